"""Values of command options: checked, or refused in one line."""

from __future__ import annotations

import os
from pathlib import Path

from snn_rtl.models.errors import InputError


def choice(what: str, value: str, choices: tuple[str, ...]) -> str:
    """Return one of some names.

    Raises:
        InputError: it is none of them.
    """
    if value not in choices:
        raise InputError(f"unknown {what} {value!r:.80}: choose from {', '.join(choices)}")
    return value


def number(what: str, text: str, low: int, high: int) -> int:
    """Return a whole number within limits.

    Raises:
        InputError: it is none, or outside.
    """
    try:
        value = int(text, 10)
    except ValueError:
        raise InputError(f"{what} must be a whole number, not {text!r:.60}") from None
    if not low <= value <= high:
        raise InputError(f"{what} must be {low} to {high}, not {text:.60}")
    return value


def out_folder(text: str | None, default: Path) -> Path:
    """Return the folder of a report, absolute; it need not be there yet.

    Raises:
        InputError: something that is no folder is in the way.
    """
    if text and not text.isprintable():
        raise InputError(f"OUT={text!r} holds characters that cannot be printed")
    out = (Path(text) if text else default).absolute()
    try:
        existing = next(path for path in (out, *out.parents) if path.exists())
    except OSError as error:
        raise InputError(f"OUT={text:.80}: {error.strerror}") from None
    if not existing.is_dir():
        raise InputError(f"OUT={text}: {existing} is not a folder")
    return out


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
