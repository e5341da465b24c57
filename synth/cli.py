"""The options of `make synth` and `make area`."""

from __future__ import annotations

from typing import Final

from snn_rtl.machines import MACHINES
from snn_rtl.run.command import Command
from snn_rtl.run.options import Option, Whole, chosen, jobs, out, switch


def _limit() -> Option:
    return Option(
        "--limit",
        type=Whole(1, 86_400),
        metavar="S",
        default=1200,
        help="seconds a module may take",
    )


synth: Final = Command(
    "synth",
    body="snn_rtl.synth.command:synth",
    interrupted="no report was written",
    params=[
        chosen("--design", MACHINES, what="machine", default=next(iter(MACHINES))),
        Option(
            "--config",
            metavar="NAME",
            default="paper",
            help="paper, small, turbo ..., or a YAML file",
        ),
        Option(
            "--module",
            metavar="NAME",
            show_default="the whole machine",
            help="one module and what is in it",
        ),
        _limit(),
        switch(
            "--fpga",
            name="fitted",
            what="place and route, where it fits: CONFIG=small",
        ),
        switch("--gates", "the smoke tests on the small configuration's netlist, too"),
        switch("--activity", name="toggled", what="simulate for the relative energy", default=True),
        jobs("modules"),
        out(None, "build/synth/DESIGN-CONFIG"),
    ],
)

area: Final = Command(
    "area",
    body="snn_rtl.synth.area.command:area",
    interrupted="what was mapped is kept; nothing was written",
    params=[_limit(), jobs("modules")],
)
