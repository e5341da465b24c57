"""What the commands share: exit status, messages on one line, the console."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Final

import click
from rich.console import Console

from snn_rtl.models.errors import InputError
from snn_rtl.run.interrupts import terminations_interrupt
from snn_rtl.run.runner import RunFailure

CONTEXT: Final = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
"""Settings of a click command."""

_LOG_WIDTH: Final = 110
_MOST_PROBLEMS: Final = 20


def make_console() -> Console:
    """Return a console; one that is no terminal is as wide as a log."""
    console = Console()
    return console if console.is_terminal else Console(width=_LOG_WIDTH)


def print_problems(problems: Sequence[str], console: Console) -> None:
    """Print what keeps a command from passing; a report has those that are too many here."""
    for problem in problems[:_MOST_PROBLEMS]:
        console.print(f"- {problem}", markup=False, highlight=False, soft_wrap=True)
    if len(problems) > _MOST_PROBLEMS:
        console.print(f"- and {len(problems) - _MOST_PROBLEMS} more", highlight=False)


def _complain(name: str, text: str) -> None:
    """Print a message on one line."""
    print(f"{name}: " + " ".join(text.split()), file=sys.stderr)


def _invoke(name: str, command: click.Command) -> int:
    """Run a command; not by click's own main, which speaks up when it is interrupted.

    Raises:
        InputError: an option that there is not, or without its value.
    """
    try:
        with terminations_interrupt(), command.make_context(name, sys.argv[1:]) as context:
            return int(command.invoke(context))
    except click.exceptions.Exit as end:  # after --help
        return end.exit_code
    except click.ClickException as error:
        raise InputError(error.format_message()) from None


def run_command(name: str, command: click.Command, interrupted: str) -> int:
    """Run a command; every failure is one line (and a rerun command), never a traceback.

    Args:
        name: of the command, for its messages.
        command: what to run; it returns its exit status.
        interrupted: what to say after Ctrl-C, unless the interrupt brings its own words.

    Returns:
        The exit status: the command's own; 1 on a failed run, 2 on bad input, 130 on Ctrl-C and
        SIGTERM.
    """
    try:
        return _invoke(name, command)
    except InputError as error:
        _complain(name, str(error))
        return 2
    except RunFailure as error:
        print(f"{name}: FAILED: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        _complain(name, f"FAILED: {error}")
        return 1
    except KeyboardInterrupt as stop:
        _complain(name, f"interrupted; {str(stop) or interrupted}")
        return 130
