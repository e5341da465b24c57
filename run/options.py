"""Options of the commands: their types, and those that many commands have."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Any, Final

import click

MAX_SEED: Final = (1 << 63) - 1

_MOST_JOBS: Final = 4096


class Option(click.Option):
    """An option, which make takes as a variable: --tile-k is TILE_K.

    Args:
        flag: the option.
        help: what it is.
        name: of the parameter that gets its value, if it is not that of the option.
        shown: the default in the help text, if it is not the value.
        options: what else click takes.
    """

    def __init__(
        self, flag: str, help: str, *, name: str | None = None, shown: str = "", **options: Any
    ) -> None:
        self.variable = flag.removeprefix("--").replace("-", "_").upper()
        names = [flag, *([name] if name else [])]
        super().__init__(names, help=help, show_default=shown or True, **options)

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option with its variable, and what is said of it."""
        record = super().get_help_record(ctx)
        return record and (f"{self.variable}, {record[0]}", record[1])


class Whole(click.IntRange):
    """A whole number within limits."""

    name = "whole number"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """Return what stands for it in the help text."""
        del param, ctx
        return "N"


class Switch(click.ParamType[bool, str | bool]):
    """1 or 0."""

    name = "0|1"

    def convert(
        self, value: str | bool, param: click.Parameter | None, ctx: click.Context | None
    ) -> bool:
        """Return whether it is 1."""
        if value not in (False, True, "0", "1"):
            self.fail(f"{value!r:.80} is neither 0 nor 1", param, ctx)
        return value in (True, "1")


class Folder(click.ParamType[Path, str | Path]):
    """The folder of a report, absolute; it need not be there yet."""

    name = "dir"

    def convert(
        self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None
    ) -> Path:
        """Return the folder, unless something that is no folder is in the way."""
        text = str(value)
        if not text.isprintable():
            self.fail(f"{text!r:.80} holds characters that cannot be printed", param, ctx)
        folder = Path(value).absolute()
        try:
            existing = next(path for path in (folder, *folder.parents) if path.exists())
        except OSError as error:
            self.fail(f"{text:.80}: {error.strerror}", param, ctx)
        if not existing.is_dir():
            self.fail(f"{text}: {existing} is not a folder", param, ctx)
        return folder


class Names(click.ParamType[tuple[str, ...], str | tuple[str, ...]]):
    """Names separated by commas, each once.

    Args:
        known: the names that there are; without them any is taken.
    """

    name = "a,b"

    def __init__(self, known: Collection[str] = ()) -> None:
        self._known = known

    def convert(
        self,
        value: str | tuple[str, ...],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[str, ...]:
        """Return the names, unless one is empty or unknown."""
        if isinstance(value, tuple):
            return value
        names = tuple(dict.fromkeys(name.strip() for name in value.split(",")))
        if "" in names:
            self.fail(f"{value!r:.80} has an empty name", param, ctx)
        for name in names:
            if self._known and name not in self._known:
                choices = ", ".join(self._known)
                self.fail(f"unknown {name!r:.80}: choose from {choices}", param, ctx)
        return names


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def jobs(what: str, *, default: int | Callable[[], int] = 2) -> Option:
    """Return the option --jobs: how many of what are done at the same time."""
    shown = "one a core" if default is cores else ""
    number = Whole(1, _MOST_JOBS)
    return Option("--jobs", f"{what} at a time", type=number, default=default, shown=shown)


def limit(what: str, default: int) -> Option:
    """Return the option --limit: how many seconds something may take."""
    help_ = f"seconds that a {what} may take"
    return Option("--limit", help_, type=Whole(1, 86_400), default=default)


def seed(default: int | None = 1, what: str = "base of all randomness", shown: str = "") -> Option:
    """Return the option --seed."""
    return Option("--seed", what, type=Whole(0, MAX_SEED), default=default, shown=shown)


def out(default: Path | None, shown: str, what: str = "folder of the report") -> Option:
    """Return the option --out.

    Args:
        default: the folder where none is given; None if other options decide.
        shown: the default in the help text.
        what: the option is.
    """
    return Option("--out", what, type=Folder(), default=default, shown=shown)


def images(shown: str) -> Option:
    """Return the option --images; how many there are is known when the workload is read."""
    return Option("--images", "images to infer", type=Whole(1), shown=shown)


def switch(flag: str, what: str, *, name: str | None = None, default: bool = False) -> Option:
    """Return an option that is 1 or 0; without a value it is 1."""
    kind: dict[str, Any] = {"type": Switch(), "is_flag": False, "flag_value": "1"}
    return Option(flag, what, name=name, default=default, shown=str(int(default)), **kind)


def chosen(flag: str, what: str, known: Iterable[str], default: str | None = None) -> Option:
    """Return an option that takes one of some names."""
    return Option(flag, what, type=click.Choice(tuple(known)), default=default)
