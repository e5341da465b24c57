"""The options of `make sim`, and those that every command has that runs a workload."""

from __future__ import annotations

from typing import Final

import click

from snn_rtl.machines import MACHINES
from snn_rtl.run.command import Command
from snn_rtl.run.options import Names, Option, chosen, images, out, seed, switch
from snn_rtl.run.places import OUT
from snn_rtl.tb.common.agents.axis.pauses import PROFILES

_MODES: Final = tuple(dict.fromkeys(mode for m in MACHINES.values() for mode in m.modes))


def machine_options() -> list[click.Parameter]:
    """Return an option for each parameter of any machine."""
    meanings: dict[str, dict[str, str]] = {}
    for name, machine in MACHINES.items():
        for parameter, text in machine.parameters.meanings().items():
            known = meanings.setdefault(parameter, {})
            known[text] = f"{known[text]}, {name}" if text in known else name
    return [
        Option(
            f"--{parameter.replace('_', '-')}",
            type=click.INT,
            metavar="N",
            help="; ".join(f"{names}: {text}" for text, names in texts.items()),
        )
        for parameter, texts in meanings.items()
    ]


def workload_options() -> list[click.Parameter]:
    """Return the options that say what runs on which machine: names of check_options."""
    defaults = ", ".join(f"{name}: {machine.modes[0]}" for name, machine in MACHINES.items())
    return [
        chosen("--design", MACHINES, what="machine", default=next(iter(MACHINES))),
        Option(
            "--workload",
            metavar="FILE",
            show_default="the bundled network",
            help="snn-workload/1 file",
        ),
        Option("--layers", type=Names(), show_default="all", help="layers to run"),
        images("20; Icarus, paper: 1"),
        Option("--mode", type=click.Choice(_MODES), show_default=defaults, help="what is skipped"),
        Option(
            "--config",
            metavar="NAME",
            default="paper",
            help="paper, small, turbo ..., or a YAML file: base and the parameters that differ",
        ),
        seed(),
        *machine_options(),
    ]


estimate: Final = Command(
    "estimate",
    body="snn_rtl.sim.estimate:estimate",
    interrupted="nothing is left behind",
    params=workload_options(),
)

sim: Final = Command(
    "sim",
    body="snn_rtl.sim.command:sim",
    interrupted="no report was written",
    params=[
        *workload_options(),
        chosen("--sim", ("verilator", "icarus"), what="simulator", default="verilator"),
        chosen("--backpressure", PROFILES, what="pauses of the streams", default="none"),
        switch("--waves", "keep a waveform"),
        out(OUT / "out", "build/out"),
    ],
)
