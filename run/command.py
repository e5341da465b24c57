"""What the commands share: exit status, messages on one line, the console."""

from __future__ import annotations

import errno
import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from tempfile import gettempdir
from typing import Any, Final

import click
from rich.console import Console

from snn_rtl.models.errors import InputError
from snn_rtl.run.interrupts import terminations_interrupt
from snn_rtl.run.options import Option
from snn_rtl.run.places import BUILD, OUT

CONTEXT: Final[Mapping[str, Any]] = {
    "help_option_names": ["-h", "--help"],
    "max_content_width": 100,
}
"""Settings of a click command."""

MAKE_VARIABLES: Final = "MAKE_VARIABLES"
"""Holds the names of the variables on make's command line; ARG_<name> holds the value of one.

Nothing else in the environment is an option: a variable that is there for something else must not
change a run.
"""

_WIDTH: Final = "COLUMNS"
"""A parameter of a machine, and what many shells export: the width of the terminal."""

_LONG: Final = re.compile(r"(\S{120})\S{80,}")
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
    """A command whose body is loaded when it runs.

    Args:
        name: of the command.
        body: its function, as module:name below snn_rtl; it takes the options and returns the exit
            status.
        interrupted: what to say after Ctrl-C, unless the interrupt brings its own words.
        params: the options.
        epilog: what the help text ends with.
    """

    def __init__(
        self,
        name: str,
        body: str,
        interrupted: str,
        params: Sequence[click.Parameter] = (),
        epilog: str = "",
    ) -> None:
        super().__init__(name, callback=self._run, params=list(params), epilog=epilog)
        self.context_settings = dict(CONTEXT)
        self.body = f"snn_rtl.{body}"
        self._interrupted = interrupted

    def _run(self, **options: Any) -> int:
        module, name = self.body.split(":")
        try:
            return int(getattr(import_module(module), name)(**options))
        except KeyboardInterrupt as stop:
            raise KeyboardInterrupt(str(stop) or self._interrupted) from None

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the options of the command line, and the variables of make's."""
        return super().parse_args(ctx, [*args, *self._from_make()])

    def _from_make(self) -> list[str]:
        """Return the options that the variables on make's command line stand for.

        Raises:
            InputError: the command has no such option.
        """
        given = os.environ.pop(MAKE_VARIABLES, None)
        if given is None:
            return []
        known = {option.variable: option for option in self.params if isinstance(option, Option)}
        values = {name: os.environ.get(f"ARG_{name}", "") for name in given.split()}
        # make's own, PYTHON's among them: what the command starts has no part in it.
        for name in [name for name in os.environ if name.startswith("ARG_")]:
            del os.environ[name]
        if values.pop("HELP", ""):
            return ["--help"]
        for name in values:
            if name not in known:
                near = get_close_matches(name.upper(), known, 1)
                hint = f"did you mean {near[0]}?" if near else f"make {self.name} HELP=1 lists them"
                raise InputError(f"there is no variable {name:.60} here: {hint}")
        for name in known:
            if name in os.environ and name not in values and name != _WIDTH:
                _complain(
                    str(self.name),
                    f"{name} of the environment does not count: make {self.name} {name}=... does",
                )
        return [f"{known[name].opts[0]}={value}" for name, value in values.items() if value]


def _complain(name: str, text: str) -> None:
    """Print a message on one line."""
    print(f"{name}: " + " ".join(text.split()), file=sys.stderr)


@contextmanager
def _one_line() -> Iterator[None]:
    """Say on one line what click finds wrong with an option, by the name of its variable.

    Raises:
        InputError: something is.
    """
    try:
        yield
    except click.BadParameter as error:
        what = error.param.variable if isinstance(error.param, Option) else ""
        text = _LONG.sub(r"\1...", error.message.removesuffix("."))
        missing = isinstance(error, click.MissingParameter)
        raise InputError(f"{what} is missing" if missing else f"{what}: {text}") from None
    except click.ClickException as error:
        raise InputError(error.format_message()) from None


def parse(command: click.Command, arguments: Sequence[str]) -> dict[str, Any]:
    """Return the options that a command's body would get.

    Raises:
        InputError: an option that there is not, or with a value that it cannot have.
    """
    with _one_line(), command.make_context(command.name, list(arguments)) as context:
        return context.params


def _invoke(command: click.Command, arguments: Sequence[str]) -> int:
    """Run a command; not by click's own main, which speaks up when it is interrupted.

    Raises:
        InputError: as parse, and what the command raises.
    """
    try:
        with (
            _one_line(),
            terminations_interrupt(),
            command.make_context(command.name, list(arguments)) as context,
        ):
            return int(command.invoke(context))
    except click.exceptions.Exit as end:  # after --help
        return end.exit_code


def _names(group: click.Group) -> list[str]:
    return group.list_commands(click.Context(group))


def _called(command: click.Command, arguments: Sequence[str]) -> str:
    """Return what the messages of a call begin with: the name of the command that is meant."""
    if isinstance(command, click.Group) and arguments and arguments[0] in _names(command):
        return arguments[0]
    return command.name or ""


def _with_place(error: OSError) -> OSError:
    """Return an error with a path: a write that finds the disk full names none."""
    if error.errno != errno.ENOSPC or error.filename is not None:
        return error
    places = [path for path in (OUT, BUILD, Path(gettempdir())) if path.is_dir()]
    full = min(places, key=lambda path: shutil.disk_usage(path).free)
    return OSError(error.errno, error.strerror, str(full))


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
    except AssertionError as error:
        # Imported here: the runner needs cocotb, which help does without.
        from snn_rtl.run.runner import RunFailure  # noqa: PLC0415

        if not isinstance(error, RunFailure):
            raise
        print(f"{name}: FAILED: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        _complain(name, f"FAILED: {_with_place(error)}")
        return 1
    except KeyboardInterrupt as stop:
        _complain(name, "; ".join(filter(None, ("interrupted", str(stop)))))
        return 130


def create_folder(folder: Path) -> Path:
    """Make a report's folder, before anything takes time, and return it.

    Raises:
        InputError: it cannot be made, or nothing can be written there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"OUT={folder}: {error.strerror}") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise InputError(f"OUT={folder} cannot be written to")
    return folder
