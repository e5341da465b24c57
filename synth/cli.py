"""The options of `make synth` and `make area`."""

from __future__ import annotations

from typing import Final

from snn_rtl.run.command import Command
from snn_rtl.run.options import Option, jobs, limit, out, switch
from snn_rtl.sim.cli import config, design

synth: Final = Command(
    "synth",
    "synth.command:synth",
    "no report was written",
    [
        design(),
        config(),
        Option("--module", "one module and what is in it", shown="the whole machine"),
        limit("module", 1200),
        switch("--fpga", "place and route, where it fits: CONFIG=small", name="fitted"),
        switch("--gates", "the smoke tests on the small configuration's netlist, too"),
        switch("--activity", "simulate for the relative energy", name="toggled", default=True),
        jobs("modules"),
        out(None, "build/synth/DESIGN-CONFIG"),
    ],
)

area: Final = Command(
    "area",
    "synth.area.command:area",
    "what was mapped is kept; nothing was written",
    [limit("module", 1200), jobs("modules")],
)
