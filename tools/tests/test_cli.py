"""`snn-rtl`: every command has its options and its body, and help comes at once."""

from __future__ import annotations

import resource
import subprocess
import sys
from importlib import import_module

import click
import pytest

from snn_rtl.cli import main, snn_rtl
from snn_rtl.commands import COMMANDS
from snn_rtl.run.command import Command
from snn_rtl.run.options import Option
from snn_rtl.run.places import ROOT

HEAVY = ("cocotb", "cocotb_tools", "dask", "distributed", "plotly", "jinja2", "pytest", "torch")
"""What no help needs, and takes long to import."""


def command(name: str) -> Command:
    found = snn_rtl.get_command(click.Context(snn_rtl), name)
    assert isinstance(found, Command)
    return found


@pytest.mark.parametrize("name", list(COMMANDS))
def test_a_command_has_a_body_and_options_that_make_can_name(name: str) -> None:
    found = command(name)
    assert found.name == name
    module, _, body = found.body.partition(":")
    assert callable(getattr(import_module(module), body))
    assert all(isinstance(option, Option) for option in found.params)


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_imports_nothing_that_takes_long(name: str) -> None:
    words = [name, "--help"] if name else ["--help"]
    script = (
        "import sys; from snn_rtl.cli import main\n"
        f"status = main({words})\n"
        f"print('LOADED', *sorted(set(sys.modules) & set({HEAVY})))\n"
        "sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("LOADED\n")
    for known in COMMANDS if not name else ():
        assert f"\n  {known} " in done.stdout


@pytest.mark.parametrize("words", [["--help"], ["sim", "--help"]])
def test_help_answers_at_once(words: list[str]) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    call = [sys.executable, "-m", "snn_rtl", *words]
    subprocess.run(call, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # Seconds of CPU: others may be at work on this machine.
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.5


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["smi"], "snn-rtl: No such command 'smi'. Did you mean 'sim'?"),
        (
            ["sim", "--backpresure=x"],
            "sim: No such option '--backpresure'. Did you mean '--backpressure'?",
        ),
        (
            ["formal", "--modules=fifo"],
            "formal: No such option '--modules'. Did you mean '--module'?",
        ),
        (["sim", "fast"], "sim: Got unexpected extra argument (fast)"),
        (["rerun"], "rerun: ID is missing"),
        (["test", "--jobs=0"], "test: JOBS: 0 is not in the range 1<=x<=4096"),
        (["test", "--jobs=abc"], "test: JOBS: 'abc' is not a valid whole number"),
    ],
)
def test_what_is_not_known_is_refused_in_one_line(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert capsys.readouterr().err == f"{message}\n"
