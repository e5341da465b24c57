"""`snn-rtl`: every command of the project, loaded when it is called.

A command is an entry of COMMANDS, and in the module cli of the package named there a click command.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Sequence
from importlib import import_module

import click

from snn_rtl.commands import COMMANDS
from snn_rtl.run.command import CONTEXT, run_command


class Commands(click.Group):
    """The commands, each imported when it is called."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        """Return a command, loaded.

        Raises:
            click.exceptions.NoSuchCommand: there is none of that name; it says what comes near.
        """
        if cmd_name not in COMMANDS:
            raise click.exceptions.NoSuchCommand(cmd_name, possibilities=COMMANDS, ctx=ctx)
        package, text = COMMANDS[cmd_name]
        module = import_module(f"snn_rtl.{package}.cli")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        command.help = text
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
    # The environment's own tools come first, whether it is active or not.
    scripts = sysconfig.get_path("scripts")
    if scripts not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join(filter(None, (scripts, os.environ.get("PATH"))))
    return run_command(snn_rtl, sys.argv[1:] if arguments is None else arguments)
