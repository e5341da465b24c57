"""`snn-rtl`: every command of the project, loaded when it is called.

A command is an entry of COMMANDS and a click command in the module that it names.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Final

import click

from snn_rtl.run.command import CONTEXT, run_command

COMMANDS: Final = {
    "sim": (
        "snn_rtl.sim.command:sim",
        "infer the bundled network, or WORKLOAD, on the RTL and check every output",
    ),
    "regress": (
        "snn_rtl.regressions.command:regress",
        "a list of tests with many seeds, in parallel; a report with trends and guard rails",
    ),
    "rerun": (
        "snn_rtl.regressions.rerun:rerun",
        "repeat one run of a regression exactly, ID=<session>/<test>.<seed>",
    ),
    "baseline": (
        "snn_rtl.regressions.baseline:baseline",
        "hold later regressions against the numbers of SESSION, for a REASON",
    ),
    "coverage": (
        "snn_rtl.regressions.coverage.command:coverage",
        "code and functional coverage of a machine, held against the bars",
    ),
    "mutate": (
        "snn_rtl.mutate.command:mutate",
        "faults planted in the RTL's modules, to see whether their tests notice",
    ),
    "sweep": (
        "snn_rtl.studies.sweep.command:sweep",
        "cycles, storage, adders and area over ranges of parameters, by the timing model",
    ),
    "sweep-check": (
        "snn_rtl.regressions.sweep_check.command:sweep_check",
        "the RTL's cycles against the timing model, on random machines and layers",
    ),
    "bench": (
        "snn_rtl.studies.bench.command:bench",
        "the speed of a workload's run beside a bare loop in C++ around the same RTL",
    ),
    "pareto": (
        "snn_rtl.studies.pareto.command:pareto",
        "cycles against area over the parameters that matter, and what one would build",
    ),
    "paper": (
        "snn_rtl.studies.paper.command:paper",
        "the paper's tables and plots beside ours, for every workload at hand",
    ),
    "synth": (
        "snn_rtl.synth.command:synth",
        "area, timing and relative energy by synthesis, module by module",
    ),
    "area": (
        "snn_rtl.synth.area.command:area",
        "fit the area model's constants, which sweep, pareto and paper use, to syntheses",
    ),
    "formal": (
        "snn_rtl.formal.command:formal",
        "prove the modules with an SMT solver, reach the covers, refute broken variants",
    ),
    "lint": (
        "snn_rtl.tools.lint.command:lint",
        "Verilator, Icarus, Verible and yosys on the RTL; ruff and mypy on the Python",
    ),
    "rtl": (
        "snn_rtl.tools.rtl:rtl",
        "where a machine's Verilog is, in words that simulators and synthesis take",
    ),
}
"""By name: where the command is, and what its line of help says."""


class Commands(click.Group):
    """The commands, each imported when it is called."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        """Return a command, loaded.

        Raises:
            click.exceptions.NoSuchCommand: there is none of that name; it says what comes near.
        """
        if cmd_name not in COMMANDS:
            raise click.exceptions.NoSuchCommand(cmd_name, possibilities=COMMANDS, ctx=ctx)
        module, name = COMMANDS[cmd_name][0].split(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in order."""
        return list(COMMANDS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands, none of them loaded."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group("snn-rtl", cls=Commands, context_settings=dict(CONTEXT))
def snn_rtl() -> None:
    """Spiking-network accelerators in Verilog: run, measure and check them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: the command and its options; None for those of the process.
    """
    return run_command(snn_rtl, sys.argv[1:] if arguments is None else arguments)
