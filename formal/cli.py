"""The options of `make formal`."""

from __future__ import annotations

from typing import Final

from snn_rtl.run.command import Command
from snn_rtl.run.options import Names, Option, jobs, limit, out
from snn_rtl.run.places import OUT

formal: Final = Command(
    "formal",
    "formal.command:formal",
    "the tasks that had passed are kept",
    [
        Option("--module", "modules", type=Names(), shown="all"),
        Option("--task", "tasks whose name holds it, as a failure prints it", shown="all"),
        limit("task", 900),
        jobs("tasks"),
        out(OUT / "formal", "build/formal"),
    ],
)
