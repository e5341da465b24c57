"""The options of the studies: sweep, pareto, paper, bench."""

from __future__ import annotations

from dataclasses import fields
from math import isnan
from typing import Final

import click

from snn_rtl.models.prosperity.config import ProsperityConfig
from snn_rtl.run.command import Command
from snn_rtl.run.options import Names, Option, Whole, cores, images, jobs, out
from snn_rtl.run.places import OUT
from snn_rtl.sim.cli import config, workload_options
from snn_rtl.studies.sweep.ranges import Range

_KEPT: Final = "the points that were done are kept"
_MODES: Final = ("product", "bit", "dense")
_TOO_SLOW: Final = "fails below this share of the loop's cycles a second"


class _Ratio(click.FloatRange):
    """A number within limits, which NaN is not."""

    name = "number"

    def convert(
        self, value: float, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the number, unless it is none or outside."""
        number = super().convert(value, param, ctx)
        if isnan(number):
            self.fail(f"nan is not in the range {self._describe_range()}", param, ctx)
        return number


def _workloads(what: str) -> Option:
    return Option("--workloads", what, type=Names())


sweep: Final = Command(
    "sweep",
    "studies.sweep.command:sweep",
    _KEPT,
    [
        Option("--workload", "may be repeated", name="workloads", multiple=True, metavar="FILE"),
        images("5"),
        Option("--mode", ", ".join(_MODES), name="modes", type=Names(_MODES), default=_MODES[0]),
        config("of what has no range: "),
        *(
            Option("--" + field.name.replace("_", "-"), f"paper: {field.default}", type=Range())
            for field in fields(ProsperityConfig)
        ),
        jobs("processes", default=cores),
        out(OUT / "sweep", "build/sweep"),
    ],
    "A RANGE is a list such as 32,64 of numbers, first:last:*factor or first:last:+step. Without "
    "any: TILE_M 32:512:*2 and TILE_K 8,16,32.",
)

pareto: Final = Command(
    "pareto",
    "studies.pareto.command:pareto",
    _KEPT,
    [
        _workloads("files that join the bundled network"),
        images("5"),
        jobs("processes", default=cores),
        out(OUT / "pareto", "build/pareto"),
    ],
)

paper: Final = Command(
    "paper",
    "studies.paper.command:paper",
    "nothing was written",
    [
        _workloads("files that join the bundled networks"),
        images("20"),
        jobs("processes", default=cores),
        out(OUT / "paper", "build/paper"),
    ],
    "The bundled networks are always among them. Without WORKLOADS the captured networks beside "
    "the repository, in ../shared/workloads/, join them where they are.",
)

bench: Final = Command(
    "bench",
    "studies.bench.command:bench",
    "the report holds the repetitions that were complete",
    [
        *workload_options(),
        Option("--repeats", "runs under cocotb, and of the loop", type=Whole(1, 100), default=3),
        Option("--ratio", _TOO_SLOW, type=_Ratio(0, 10, min_open=True), default=0.7, metavar="X"),
        out(OUT / "bench", "build/bench"),
    ],
)
