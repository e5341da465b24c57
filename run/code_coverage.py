"""Code coverage as Verilator writes it: parsed, added up over instances, runs and builds.

A point is something the simulator counts: a block of lines, a side of a branch, a way in which
an expression got its value, an edge of a bit. Points are told apart by where they are in the
source and what they say, never by the instance, so that the instances of a module add up.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from snn_rtl.models.errors import InputError

KINDS: Final = ("line", "branch", "expression", "toggle")
"""The kinds of points, the most important first."""

_MAGIC: Final = b"# SystemC::Coverage-3\n"
_RECORD: Final = re.compile(rb"C '((?:\x01[^\x01\x02']+\x02[^\x01]*)+)' (\d+)")
_KINDS: Final = {"line": "line", "branch": "branch", "expr": "expression", "toggle": "toggle"}


@dataclass(frozen=True, order=True, slots=True)
class Point:
    """One point of the source.

    Attributes:
        file: path below the project's root.
        line: where it begins, from 1.
        column: likewise.
        kind: one of KINDS.
        text: what it says: "block", "else", "(a==1 && b==0) => 0", "busy:0->1".
        lines: source lines that its count stands for, such as "87-88,91"; may be empty.
    """

    file: str
    line: int
    column: int
    kind: str
    text: str
    lines: str = field(default="", compare=False)

    @property
    def module(self) -> str:
        """The module it is in: files and modules have the same name."""
        return Path(self.file).stem

    def span(self) -> list[int]:
        """Return the source lines that the count stands for; the first one at least."""
        numbers = {self.line}
        for part in self.lines.split(",") if self.lines else ():
            first, _, last = part.partition("-")
            numbers.update(range(int(first), int(last or first) + 1))
        return sorted(numbers)

    def __str__(self) -> str:
        """Return where it is and what it says."""
        return f"{self.file}:{self.line}: {self.kind}: {self.text}"


Hits = Counter[Point]
"""How often each point was passed; a point that was not has a count of zero."""


@cache
def _point(record: bytes, root: Path) -> Point:
    """Return the point of a record; runs of a build have the same records."""
    fields = dict(pair.split("\x02", 1) for pair in record.decode().split("\x01")[1:])
    try:
        path = Path(fields["f"])
        return Point(
            file=(path.relative_to(root) if path.is_absolute() else path).as_posix(),
            line=int(fields["l"]),
            column=int(fields["n"]),
            kind=_KINDS[fields["page"].split("/")[0].removeprefix("v_")],
            text=fields["o"],
            lines=fields.get("S", ""),
        )
    except (KeyError, ValueError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error


def parse(data: bytes, root: Path) -> Hits:
    """Parse the content of a coverage file.

    Args:
        data: the file: a first line with the format's name, then one record a line,
            ``C '<0x01 key 0x02 value ...>' count``.
        root: paths of sources become relative to it.

    Raises:
        ValueError: it is damaged; the message says in which line.
    """
    if not data.startswith(_MAGIC):
        raise ValueError("line 1: not a Verilator coverage file of format 3")
    if not data.endswith(b"\n"):
        raise ValueError("the last line is cut off")
    hits = Hits()
    for number, line in enumerate(data.splitlines(), start=1):
        if line.startswith(b"#") or not line:
            continue
        record = _RECORD.fullmatch(line)
        if record is None:
            raise ValueError(f"line {number}: no coverage record")
        try:
            hits[_point(record[1], root)] += int(record[2])
        except ValueError as error:
            raise ValueError(f"line {number}: {error}") from error
    if not hits:
        raise ValueError("no points in it")
    return hits


def read(path: Path, root: Path) -> Hits:
    """Read a coverage file.

    Raises:
        InputError: it cannot be read or is damaged.
    """
    try:
        return parse(path.read_bytes(), root)
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: {error}") from error


def merge(parts: Iterable[Hits]) -> Hits:
    """Add counts up; the points are those of all parts (builds differ in theirs)."""
    total = Hits()
    for part in parts:
        for point, count in part.items():
            total[point] += count
    return total


def holes(hits: Hits) -> list[Point]:
    """Return the points that were never passed, in the order of the source."""
    return sorted(point for point, count in hits.items() if not count)
