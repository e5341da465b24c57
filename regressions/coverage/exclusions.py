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
from typing import Any, Final

import yaml

from snn_rtl.models.errors import InputError
from snn_rtl.run.code_coverage import KINDS, Hits, Point

FILE_NAME: Final = "coverage_exclusions.yaml"
"""Name of the file in a machine's folder of rtl/."""

_KEYS: Final = ("file", "kind", "lines", "match", "word", "words", "bits", "reason")
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


def _numbers(value: Any) -> frozenset[int]:
    text = str(value).replace(" ", "")
    if not _RANGE.fullmatch(text):
        raise ValueError(f"{value!r} is neither a number nor a range such as 3-7,9")
    numbers: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        numbers.update(range(int(first), int(last or first) + 1))
    return frozenset(numbers)


def _text(entry: dict[str, Any], key: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"it has no {key}")
    return " ".join(value.split())


def _exclusion(number: int, entry: Any, root: Path) -> Exclusion:
    if not isinstance(entry, dict):
        raise ValueError("it is no mapping")
    unknown = [key for key in entry if key not in _KEYS]
    if unknown:
        raise ValueError(f"unknown key {unknown[0]!r}: choose from {', '.join(_KEYS)}")
    kind, file = _text(entry, "kind"), _text(entry, "file")
    if kind not in KINDS:
        raise ValueError(f"unknown kind {kind!r}: choose from {', '.join(KINDS)}")
    if not (root / file).is_file():
        raise ValueError(f"there is no file {file}")
    if "lines" not in entry and "match" not in entry:
        raise ValueError("it has neither lines nor match")
    if ("words" in entry or "bits" in entry) and "word" not in entry:
        raise ValueError("words and bits need word, the bits of a word")
    word = entry.get("word", 0)
    if not isinstance(word, int) or word < 0:
        raise ValueError(f"word is a number of bits, not {word!r}")
    sets = {key: _numbers(entry[key]) for key in ("lines", "words", "bits") if key in entry}
    return Exclusion(
        number=number,
        file=file,
        kind=kind,
        reason=_text(entry, "reason"),
        match=re.compile(_text(entry, "match")) if "match" in entry else None,
        word=word,
        **sets,
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
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise InputError(f"{path.name}: {' '.join(str(error).split())}") from None
    entries = content.get("exclusions") if isinstance(content, dict) else None
    if not isinstance(entries, list):
        raise InputError(f"{path.name}: there is no list `exclusions`")
    found = []
    for number, entry in enumerate(entries, start=1):
        try:
            found.append(_exclusion(number, entry, root))
        except (ValueError, re.error) as error:
            raise InputError(f"{path.name}: exclusion {number}: {error}") from None
    return found


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
