"""Reads SymbiYosys's task files, as far as the driver has to know them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from snn_rtl.models.errors import InputError

MODES: Final = ("prove", "bmc", "cover")
"""What a task can do: k-induction, a bounded check, reach its covers."""

_SECTION: Final = re.compile(r"^\[(\w+)\]$")
_TAGGED: Final = re.compile(r"^(~?)(\w+):\s*(.*)$")


@dataclass(frozen=True, kw_only=True)
class SbyTask:
    """A task of a file.

    Attributes:
        name: of the task.
        mode: one of MODES.
        depth: steps.
        sources: the files it reads, as the file names them.
    """

    name: str
    mode: str
    depth: int
    sources: tuple[str, ...]


def _sections(path: Path) -> dict[str, list[str]]:
    """Return the lines by section, without comments."""
    found: dict[str, list[str]] = {}
    lines: list[str] | None = None
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: {error}") from None
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.partition("#")[0].strip()
        section = _SECTION.match(line)
        if section:
            lines = found.setdefault(section[1], [])
        elif line and lines is None:
            raise InputError(f"{path}:{number}: a line before the first section")
        elif line and lines is not None:
            lines.append(line)
    return found


def _lines_of(lines: list[str], tags: frozenset[str], path: Path) -> list[str]:
    """Return the lines that are a task's: those without a tag, and those with one of its own."""
    chosen = []
    for line in lines:
        tagged = _TAGGED.match(line)
        if tagged is None:
            chosen.append(line)
            continue
        if not tagged[3]:
            raise InputError(f"{path}: blocks of a tag are not supported: {line}")
        if (tagged[2] in tags) != bool(tagged[1]):
            chosen.append(tagged[3])
    return chosen


def read_sby(path: Path) -> list[SbyTask]:
    """Return the tasks of a file.

    Raises:
        InputError: the file cannot be read, has no tasks, or one lacks what a task needs.
    """
    sections = _sections(path)
    tasks = []
    for line in sections.get("tasks", []):
        name, *more = line.split()
        tags = frozenset([name, *more])
        options = dict(
            entry.split(None, 1)
            for entry in _lines_of(sections.get("options", []), tags, path)
            if " " in entry
        )
        mode, depth = options.get("mode", ""), options.get("depth", "")
        if mode not in MODES or not depth.isdecimal():
            raise InputError(f"{path}: task {name} needs a depth, and a mode of {', '.join(MODES)}")
        sources = tuple(_lines_of(sections.get("files", []), tags, path))
        tasks.append(SbyTask(name=name, mode=mode, depth=int(depth), sources=sources))
    if not tasks:
        raise InputError(f"{path}: no tasks")
    return tasks
