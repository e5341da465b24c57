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
        name: of the parameter that gets its value, if it is not that of the option.
        options: what else click takes.
    """

    def __init__(self, flag: str, name: str | None = None, **options: Any) -> None:
        self.variable = flag.removeprefix("--").replace("-", "_").upper()
        super().__init__([flag, *([name] if name else [])], **{"show_default": True, **options})

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option with its variable, and what is said of it."""
        record = super().get_help_record(ctx)
        return record and (f"{self.variable}, {record[0]}", record[1])


class Whole(click.IntRange):
    """A whole number within limits."""

    name = "whole number"


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
        known: returns the names that there are; without it any is taken.
    """

    name = "a,b"

    def __init__(self, known: Callable[[], Collection[str]] | None = None) -> None:
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
        known = names if self._known is None else self._known()
        for name in names:
            if name not in known:
                self.fail(f"unknown {name!r:.80}: choose from {', '.join(known)}", param, ctx)
        return names


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def jobs(what: str, *, default: int | Callable[[], int] = 2) -> Option:
    """Return the option --jobs.

    Args:
        what: is done at the same time.
        default: how many at a time.
    """
    return Option(
        "--jobs",
        type=Whole(1, _MOST_JOBS),
        metavar="N",
        default=default,
        show_default="one a core" if default is cores else True,
        help=f"{what} at a time",
    )


def seed(default: int | None = 1, *, what: str = "base of all randomness", **more: Any) -> Option:
    """Return the option --seed."""
    number = Whole(0, MAX_SEED)
    return Option("--seed", type=number, metavar="N", default=default, help=what, **more)


def out(default: Path | None, shown: str, *, what: str = "folder of the report") -> Option:
    """Return the option --out.

    Args:
        default: the folder where none is given; None if other options decide.
        shown: the default in the help text.
        what: the option is.
    """
    return Option("--out", type=Folder(), default=default, show_default=shown, help=what)


def images(shown: str) -> Option:
    """Return the option --images; how many there are is known when the workload is read."""
    number = Whole(1)
    return Option("--images", type=number, metavar="N", show_default=shown, help="images to infer")


def switch(flag: str, what: str, *, name: str | None = None, default: bool = False) -> Option:
    """Return an option that is 1 or 0; without a value it is 1."""
    return Option(
        flag,
        name,
        type=Switch(),
        is_flag=False,
        flag_value="1",
        metavar="0|1",
        default=default,
        show_default=str(int(default)),
        help=what,
    )


def chosen(flag: str, known: Iterable[str], *, what: str, default: str | None = None) -> Option:
    """Return an option that takes one of some names."""
    return Option(flag, type=click.Choice(tuple(known)), default=default, help=what)
