"""Points that need not be covered: rtl/<machine>/coverage_exclusions.yaml, each with its reason.

An entry names a file and a kind of point, and picks points by their lines, by a regular
expression over their whole text, or both. `word`, `words` and `bits` pick bits of a vector that
holds words side by side: bit i is bit i mod word of word i div word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final

import msgspec

from snn_rtl.run.code_coverage import KINDS, Hits, Point
from snn_rtl.run.records import Document, Text, read_yaml

FILE_NAME: Final = "coverage_exclusions.yaml"
"""Name of the file in a machine's folder of rtl/."""

_RANGE: Final = re.compile(r"\d+(-\d+)?(,\d+(-\d+)?)*")
_BIT: Final = re.compile(r"\[(\d+)\]:[01]->[01]$")


@dataclass(frozen=True, kw_only=True)
class Exclusion:
    """One entry.

    Attributes:
        number: its place in the file, from 1.
        file: source file below the root.
        kind: of the points.
        reason: why they cannot or need not be covered.
        lines: source lines; empty for any.
        match: expression that the whole text must match; None for any.
        word: bits of a word, 0 without words.
        words: words that count; empty for all.
        bits: bits of a word that count; empty for all.
    """

    number: int
    file: str
    kind: str
    reason: str
    lines: frozenset[int] = frozenset()
    match: re.Pattern[str] | None = None
    word: int = 0
    words: frozenset[int] = frozenset()
    bits: frozenset[int] = frozenset()

    def __str__(self) -> str:
        """Return where the entry points."""
        what = [f"exclusion {self.number}: {self.file}, {self.kind}"]
        if self.lines:
            what.append(f"lines {spans(self.lines)}")
        if self.match is not None:
            what.append(f"match {self.match.pattern!r}")
        if self.word:
            what.append(f"words {spans(self.words) or 'all'}, bits {spans(self.bits) or 'all'}")
        return ", ".join(what)

    def covers(self, point: Point) -> bool:
        """Return whether the entry picks a point."""
        return (
            (point.file, point.kind) == (self.file, self.kind)
            and (not self.lines or point.line in self.lines)
            and (self.match is None or self.match.fullmatch(point.text) is not None)
            and (not self.word or self._covers_bit(point.text))
        )

    def _covers_bit(self, text: str) -> bool:
        found = _BIT.search(text)
        if found is None:
            return False
        word, bit = divmod(int(found[1]), self.word)
        return (not self.words or word in self.words) and (not self.bits or bit in self.bits)


@dataclass(frozen=True, kw_only=True)
class Applied:
    """What the exclusions did.

    Attributes:
        points: excluded point to its entry.
        stale: what is wrong with entries, one line each.
    """

    points: dict[Point, Exclusion] = field(default_factory=dict)
    stale: list[str] = field(default_factory=list)


def spans(numbers: Iterable[int]) -> str:
    """Return numbers as ranges, such as "3, 5-7"."""
    parts: list[list[int]] = []
    for number in sorted(numbers):
        if parts and number == parts[-1][-1] + 1:
            parts[-1][1:] = [number]
        else:
            parts.append([number])
    return ", ".join("-".join(map(str, part)) for part in parts)


class _Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    file: str
    kind: str
    reason: Text
    lines: int | str | None = None
    match: Text | None = None
    word: Annotated[int, msgspec.Meta(ge=0)] = 0
    words: int | str | None = None
    bits: int | str | None = None


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    exclusions: list[_Entry]


def _numbers(value: int | str | None) -> frozenset[int]:
    """Return the numbers of a text such as 3-7,9.

    Raises:
        ValueError: it is no such text.
    """
    if value is None:
        return frozenset()
    text = str(value).replace(" ", "")
    if not _RANGE.fullmatch(text):
        raise ValueError(f"{value!r} is neither a number nor a range such as 3-7,9")
    numbers: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        numbers.update(range(int(first), int(last or first) + 1))
    return frozenset(numbers)


def _exclusion(document: Document[_File], number: int, root: Path) -> Exclusion:
    entry, place = document.value.exclusions[number], ("exclusions", number)
    if entry.kind not in KINDS:
        message = f"unknown kind {entry.kind!r}: choose from {', '.join(KINDS)}"
        document.fail(message, *place, "kind")
    if not (root / entry.file).is_file():
        document.fail(f"there is no file {entry.file}", *place, "file")
    if entry.lines is None and entry.match is None:
        document.fail("it has neither lines nor match", *place)
    if not entry.word and (entry.words is not None or entry.bits is not None):
        document.fail("words and bits need word, the bits of a word", *place)
    numbers = {}
    for key in ("lines", "words", "bits"):
        try:
            numbers[key] = _numbers(getattr(entry, key))
        except ValueError as error:
            document.fail(str(error), *place, key)
    try:
        match = re.compile(" ".join(entry.match.split())) if entry.match is not None else None
    except re.error as error:
        document.fail(f"is no regular expression: {error}", *place, "match")
    return Exclusion(
        number=number + 1,
        file=entry.file,
        kind=entry.kind,
        reason=" ".join(entry.reason.split()),
        match=match,
        word=entry.word,
        **numbers,
    )


def exclusions_of(design: str, root: Path) -> Path:
    """Return the file with a machine's exclusions."""
    return root / "rtl" / design / FILE_NAME


def load_exclusions(path: Path, root: Path) -> list[Exclusion]:
    """Read the entries.

    Args:
        path: the file.
        root: the project's root, which `file` is relative to.

    Raises:
        InputError: it cannot be read, or an entry is malformed or without a reason.
    """
    document = read_yaml(path, _File)
    return [_exclusion(document, at, root) for at in range(len(document.value.exclusions))]


def apply(exclusions: Sequence[Exclusion], hits: Hits) -> Applied:
    """Find the points of all entries; an entry that is wrong excludes nothing.

    An entry is stale if it picks no point that no other one does, or one that was passed.
    """
    applied = Applied()
    for exclusion in exclusions:
        chosen = [point for point in hits if exclusion.covers(point)]
        passed = sorted(point for point in chosen if hits[point])
        new = [point for point in chosen if point not in applied.points]
        if passed:
            applied.stale.append(f"{exclusion}: covered after all: {passed[0]}")
            if len(passed) > 1:
                applied.stale[-1] += f" and {len(passed) - 1} more"
        elif not new:
            applied.stale.append(f"{exclusion}: there is no such point")
        else:
            applied.points.update(dict.fromkeys(new, exclusion))
    return applied
