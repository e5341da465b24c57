"""The options of `make formal`."""

from __future__ import annotations

from typing import Final

from snn_rtl.run.command import Command
from snn_rtl.run.options import Names, Option, Whole, jobs, out
from snn_rtl.run.places import OUT

formal: Final = Command(
    "formal",
    body="snn_rtl.formal.command:formal",
    interrupted="the tasks that had passed are kept",
    params=[
        Option("--module", type=Names(), show_default="all", help="modules"),
        Option(
            "--task",
            metavar="TEXT",
            show_default="all",
            help="tasks whose module/task[:variant] holds it, as a failure prints it",
        ),
        Option(
            "--limit",
            type=Whole(1, 86_400),
            metavar="S",
            default=900,
            help="seconds a task may take",
        ),
        jobs("tasks"),
        out(OUT / "formal", "build/formal"),
    ],
)
