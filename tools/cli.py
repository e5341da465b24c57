"""The options of the commands for those who work on the project."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from snn_rtl.machines import MACHINES
from snn_rtl.run.command import Command
from snn_rtl.run.options import Names, Option, chosen, jobs, seed
from snn_rtl.run.places import ROOT

test: Final = Command(
    "test",
    body="snn_rtl.tools.targets:test",
    interrupted="tests that were not reached have no verdict",
    params=[
        Option("--tests", metavar="PATH", show_default="all", help="one test, file or folder"),
        seed(),
        jobs("tests"),
    ],
)

lint: Final = Command(
    "lint",
    body="snn_rtl.tools.lint.command:lint",
    interrupted="steps that were not reached have no verdict",
    params=[
        Option("--steps", type=Names(), show_default="all", help="steps to run"),
        Option(
            "--root",
            type=click.Path(path_type=Path),
            default=ROOT,
            show_default="this project",
            help="tree to check",
        ),
        Option("--list", "listed", is_flag=True, show_default=False, help="name the steps only"),
    ],
)

rtl: Final = Command(
    "rtl",
    body="snn_rtl.tools.rtl:rtl",
    interrupted="nothing is left behind",
    params=[
        chosen("--design", MACHINES, what="machine", default=next(iter(MACHINES))),
        chosen(
            "--show",
            ("words", "list", "folder"),
            what="words of a tool's command line, the file list, or the folder of all RTL",
            default="words",
        ),
    ],
)

regmap: Final = Command(
    "regmap", body="snn_rtl.tools.regmap:main", interrupted="some files are as they were"
)

docs: Final = Command(
    "docs", body="snn_rtl.tools.targets:docs", interrupted="some files are as they were"
)

train: Final = Command(
    "train",
    body="snn_rtl.tools.targets:train",
    interrupted="networks that were not reached are as they were",
)
