"""The options of the commands for those who work on the project."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from snn_rtl.run.command import Command
from snn_rtl.run.options import Names, Option, chosen, jobs, seed
from snn_rtl.run.places import ROOT
from snn_rtl.sim.cli import design

_NO_VERDICT: Final = "what was not reached has no verdict"
_AS_THEY_WERE: Final = "what was not reached is as it was"
_WHERE: Final = "words of a tool's command line, the file list, or the folder of all RTL"
_FOLDER: Final = click.Path(path_type=Path)

test: Final = Command(
    "test",
    "tools.targets:test",
    _NO_VERDICT,
    [Option("--tests", "one test, file or folder", shown="all"), seed(), jobs("tests")],
)

lint: Final = Command(
    "lint",
    "tools.lint.command:lint",
    _NO_VERDICT,
    [
        Option("--steps", "steps to run", type=Names(), shown="all"),
        Option("--root", "tree to check", type=_FOLDER, default=ROOT, shown="this project"),
        Option("--list", "name the steps only", name="listed", is_flag=True),
    ],
)

rtl: Final = Command(
    "rtl",
    "tools.rtl:rtl",
    "nothing is left behind",
    [design(), chosen("--show", _WHERE, ("words", "list", "folder"), "words")],
)

regmap: Final = Command("regmap", "tools.regmap:main", _AS_THEY_WERE)

docs: Final = Command("docs", "tools.targets:docs", _AS_THEY_WERE)

train: Final = Command("train", "tools.targets:train", _AS_THEY_WERE)
