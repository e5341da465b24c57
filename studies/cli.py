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
from snn_rtl.sim.cli import workload_options
from snn_rtl.studies.sweep.ranges import Range

_KEPT: Final = "the points that were done are kept"


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
    return Option("--workloads", type=Names(), metavar="A,B", help=what)


sweep: Final = Command(
    "sweep",
    body="snn_rtl.studies.sweep.command:sweep",
    interrupted=_KEPT,
    epilog="A RANGE is a list such as 32,64 of numbers, first:last:*factor or first:last:+step. "
    "Without any: TILE_M 32:512:*2 and TILE_K 8,16,32.",
    params=[
        Option("--workload", "workloads", multiple=True, metavar="FILE", help="may be repeated"),
        images("5"),
        Option(
            "--mode",
            "modes",
            type=Names(lambda: ("product", "bit", "dense")),
            default=("product",),
            show_default="product",
            help="product, bit, dense",
        ),
        Option(
            "--config",
            metavar="NAME",
            default="paper",
            help="of what has no range: a name, or a YAML file",
        ),
        *(
            Option(
                "--" + field.name.replace("_", "-"),
                type=Range(),
                help=f"paper: {field.default}",
            )
            for field in fields(ProsperityConfig)
        ),
        jobs("processes", default=cores),
        out(OUT / "sweep", "build/sweep"),
    ],
)

pareto: Final = Command(
    "pareto",
    body="snn_rtl.studies.pareto.command:pareto",
    interrupted=_KEPT,
    params=[
        _workloads("files that join the bundled network"),
        images("5"),
        jobs("processes", default=cores),
        out(OUT / "pareto", "build/pareto"),
    ],
)

paper: Final = Command(
    "paper",
    body="snn_rtl.studies.paper.command:paper",
    interrupted="nothing was written",
    epilog="The bundled networks are always among them. Without WORKLOADS the captured networks "
    "beside the repository, in ../shared/workloads/, join them where they are.",
    params=[
        _workloads("files that join the bundled networks"),
        images("20"),
        jobs("processes", default=cores),
        out(OUT / "paper", "build/paper"),
    ],
)

bench: Final = Command(
    "bench",
    body="snn_rtl.studies.bench.command:bench",
    interrupted="the report holds the repetitions that were complete",
    params=[
        *workload_options(),
        Option(
            "--repeats",
            type=Whole(1, 100),
            metavar="N",
            default=3,
            help="runs under cocotb, and of the bare loop",
        ),
        Option(
            "--ratio",
            type=_Ratio(0, 10, min_open=True),
            metavar="X",
            default=0.7,
            help="fails below this share of the loop's cycles a second",
        ),
        out(OUT / "bench", "build/bench"),
    ],
)
