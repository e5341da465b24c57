"""What the commands share on the terminal."""

from __future__ import annotations

import io

from rich.console import Console

from regressions.command import print_problems


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
