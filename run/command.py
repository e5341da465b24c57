"""What the commands share: exit status, messages on one line, the console."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

import click
from rich.console import Console

from snn_rtl.models.errors import InputError
from snn_rtl.run.interrupts import terminations_interrupt
from snn_rtl.run.runner import RunFailure

CONTEXT: Final[Mapping[str, Any]] = {
    "help_option_names": ["-h", "--help"],
    "max_content_width": 100,
}
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


class Command(click.Command):
    """A command that says what an interrupt leaves behind.

    Args:
        name: of the command.
        interrupted: what to say after Ctrl-C, unless the interrupt brings its own words.
        options: what else click takes.
    """

    def __init__(self, name: str | None, *, interrupted: str, **options: Any) -> None:
        super().__init__(name, context_settings=dict(CONTEXT), **options)
        self._interrupted = interrupted

    def invoke(self, ctx: click.Context) -> Any:
        """Run it."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as stop:
            raise KeyboardInterrupt(str(stop) or self._interrupted) from None


def _complain(name: str, text: str) -> None:
    """Print a message on one line."""
    print(f"{name}: " + " ".join(text.split()), file=sys.stderr)


def _invoke(command: click.Command, arguments: Sequence[str]) -> int:
    """Run a command; not by click's own main, which speaks up when it is interrupted.

    Raises:
        InputError: an option that there is not, or without its value.
    """
    try:
        name = command.name or ""
        with terminations_interrupt(), command.make_context(name, list(arguments)) as context:
            return int(command.invoke(context))
    except click.exceptions.Exit as end:  # after --help
        return end.exit_code
    except click.ClickException as error:
        raise InputError(error.format_message()) from None


def _names(group: click.Group) -> list[str]:
    return group.list_commands(click.Context(group))


def _called(command: click.Command, arguments: Sequence[str]) -> str:
    """Return what the messages of a call begin with: the name of the command that is meant."""
    if isinstance(command, click.Group) and arguments and arguments[0] in _names(command):
        return arguments[0]
    return command.name or ""


def run_command(command: click.Command, arguments: Sequence[str]) -> int:
    """Run a command; every failure is one line (and a rerun command), never a traceback.

    Args:
        command: what to run; it returns its exit status.
        arguments: of it.

    Returns:
        The exit status: the command's own; 1 on a failed run, 2 on bad input, 130 on Ctrl-C and
        SIGTERM.
    """
    name = _called(command, arguments)
    try:
        return _invoke(command, arguments)
    except InputError as error:
        _complain(name, str(error))
        return 2
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("snn_rtl"):
            raise
        extra = "sim" if name == "sim" else "flow"
        _complain(name, f'{error.name} is not installed: pip install "snn-rtl[{extra}]"')
        return 2
    except RunFailure as error:
        print(f"{name}: FAILED: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        _complain(name, f"FAILED: {error}")
        return 1
    except KeyboardInterrupt as stop:
        _complain(name, "; ".join(filter(None, ("interrupted", str(stop)))))
        return 130
