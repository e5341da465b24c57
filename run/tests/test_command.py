"""What the commands share on the terminal."""

from __future__ import annotations

import io
import os
import signal
import time

import click
import pytest
from rich.console import Console

from snn_rtl.run.command import Command, print_problems, run_command


def printed(*problems: str) -> list[str]:
    console = Console(file=io.StringIO(), width=40)
    print_problems(problems, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def test_problems_are_printed_as_they_are() -> None:
    text = "rtl/x.v:3: [red]bit[3][/red] " + "and so on " * 9
    assert printed() == []
    assert printed(text, "two") == [f"- {text}", "- two"]


def test_too_many_problems_are_counted() -> None:
    lines = printed(*(f"problem {index}" for index in range(23)))
    assert lines[-2:] == ["- problem 19", "- and 3 more"]


def test_a_termination_ends_a_command_as_an_interrupt_does(
    capsys: pytest.CaptureFixture[str],
) -> None:
    @click.command(cls=Command, interrupted="nothing is lost")
    def waits() -> int:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(60)
        return 0

    before = signal.getsignal(signal.SIGTERM)
    assert run_command(waits, []) == 130
    assert capsys.readouterr().err == "waits: interrupted; nothing is lost\n"
    assert signal.getsignal(signal.SIGTERM) is before
