"""What the commands share on the terminal."""

from __future__ import annotations

import errno
import io
import os
import signal
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import click
import pytest
from rich.console import Console

from snn_rtl.run import command
from snn_rtl.run.command import Command, print_problems, run_command
from snn_rtl.run.options import Names, Option, Whole, chosen, switch
from snn_rtl.run.tests import bodies


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
    waits = Command("waits", "run.tests.bodies:waits", "nothing is lost")
    before = signal.getsignal(signal.SIGTERM)
    assert run_command(waits, []) == 130
    assert capsys.readouterr().err == "waits: interrupted; nothing is lost\n"
    assert signal.getsignal(signal.SIGTERM) is before


NOTES = Command(
    "notes",
    "run.tests.bodies:notes",
    "",
    [
        chosen("--design", "machine", ("prosperity", "loas"), "prosperity"),
        Option("--tile-k", "", type=Whole(1, 64)),
        Option("--layers", "", type=Names()),
        Option("--list", "", name="name"),
        Option("--columns", "", type=Whole(1)),
        Option("--workload", "", name="workloads", multiple=True),
        switch("--waves", "waves"),
    ],
)
"""A command with an option of every kind."""


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Return what runs the command as make does, with variables of its command line."""
    bodies.seen.clear()

    def run(**variables: str) -> int:
        monkeypatch.setenv("MAKE_VARIABLES", " ".join(variables))
        for name, text in variables.items():
            monkeypatch.setenv(f"ARG_{name}", text)
        return run_command(NOTES, [])

    return run


def test_variables_of_make_are_the_options(make: Callable[..., int]) -> None:
    file = "it's $HOME, two words.npz"
    given = {"DESIGN": "loas", "TILE_K": "32", "LAYERS": "a, b", "LIST": "pr", "WAVES": "1"}
    given["COLUMNS"] = "8"
    assert make(**given, WORKLOAD=file) == 0
    options = {"design": "loas", "tile_k": 32, "layers": ("a", "b"), "name": "pr", "waves": True}
    assert bodies.seen == [options | {"workloads": (file,), "columns": 8}]
    # What the command starts has no part in it.
    assert not [name for name in os.environ if name.startswith(("ARG_", "MAKE_VARIABLES"))]


def test_an_empty_variable_counts_as_none(make: Callable[..., int]) -> None:
    assert make(DESIGN="", LAYERS="", WAVES="") == 0
    (options,) = bodies.seen
    assert (options["design"], options["layers"], options["waves"]) == ("prosperity", None, False)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("DESGIN", "there is no variable DESGIN here: did you mean DESIGN?"),
        ("design", "there is no variable design here: did you mean DESIGN?"),
        ("TILEK", "there is no variable TILEK here: did you mean TILE_K?"),
        ("JOBS", "there is no variable JOBS here: make notes HELP=1 lists them"),
    ],
)
def test_unknown_variables_are_refused(
    name: str, message: str, make: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert make(**{name: "loas"}) == 2
    assert capsys.readouterr().err == f"notes: {message}\n"
    assert make(**{name: ""}) == 2
    assert not bodies.seen


def test_values_are_refused_by_the_name_of_their_variable(
    make: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert make(DESIGN="x" * 5000) == 2
    line = capsys.readouterr().err
    assert line.startswith("notes: DESIGN: 'xxx")
    assert line.endswith("is not one of 'prosperity', 'loas'\n")
    assert len(line) < 300
    assert make(TILE_K="65") == 2
    assert capsys.readouterr().err == "notes: TILE_K: 65 is not in the range 1<=x<=64\n"
    assert make(WAVES="2") == 2
    assert capsys.readouterr().err == "notes: WAVES: '2' is neither 0 nor 1\n"


def test_the_environment_sets_nothing_and_says_so(
    make: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DESIGN", "loas")
    monkeypatch.setenv("ARG_TILE_K", "8")
    # Of the terminal, as many shells export it.
    monkeypatch.setenv("COLUMNS", "80")
    assert make(LIST="pr") == 0
    assert (bodies.seen[0]["design"], bodies.seen[0]["tile_k"]) == ("prosperity", None)
    expected = "DESIGN of the environment does not count: make notes DESIGN=... does"
    assert capsys.readouterr().err == f"notes: {expected}\n"
    # Without make nobody expects it to.
    assert run_command(NOTES, []) == 0
    assert (bodies.seen[1]["design"], bodies.seen[1]["tile_k"]) == ("prosperity", None)
    assert capsys.readouterr().err == ""


def test_make_tells_the_variables(
    make: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert make(HELP="1", DESIGN="loas") == 0
    assert "TILE_K, --tile-k" in capsys.readouterr().out
    assert not bodies.seen


def test_a_full_disk_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where a write names no file, the place with the least room stands for it."""

    @click.command()
    def write() -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    free = {tmp_path: 7}
    monkeypatch.setattr(command, "OUT", tmp_path)
    usage = SimpleNamespace(disk_usage=lambda path: SimpleNamespace(free=free.get(path, 9)))
    monkeypatch.setattr(command, "shutil", usage)
    assert run_command(write, []) == 1
    error = f"write: FAILED: [Errno 28] No space left on device: '{tmp_path}'\n"
    assert capsys.readouterr().err == error
