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


def design() -> Option:
    """Return the option --design."""
    return chosen("--design", "machine", MACHINES, next(iter(MACHINES)))


def config(what: str = "") -> Option:
    """Return the option --config."""
    names = "paper, small, turbo ..., or a YAML file: base and the parameters that differ"
    return Option("--config", what + names, metavar="NAME", default="paper")


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
            "; ".join(f"{names}: {text}" for text, names in texts.items()),
            type=click.INT,
            metavar="N",
        )
        for parameter, texts in meanings.items()
    ]


def workload_options() -> list[click.Parameter]:
    """Return the options that say what runs on which machine: names of check_options."""
    defaults = ", ".join(f"{name}: {machine.modes[0]}" for name, machine in MACHINES.items())
    return [
        design(),
        Option("--workload", "snn-workload/1 file", metavar="FILE", shown="the bundled network"),
        Option("--layers", "layers to run", type=Names(), shown="all"),
        images("20; Icarus, paper: 1"),
        Option("--mode", "what is skipped", type=click.Choice(_MODES), shown=defaults),
        config(),
        seed(),
        *machine_options(),
    ]


estimate: Final = Command(
    "estimate", "sim.estimate:estimate", "nothing is left behind", workload_options()
)

sim: Final = Command(
    "sim",
    "sim.command:sim",
    "no report was written",
    [
        *workload_options(),
        chosen("--sim", "simulator", ("verilator", "icarus"), "verilator"),
        chosen("--backpressure", "pauses of the streams", PROFILES, "none"),
        switch("--waves", "keep a waveform"),
        out(OUT / "out", "build/out"),
    ],
)
