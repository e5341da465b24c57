"""Failures put together by what they say, numbers and places aside."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from snn_rtl.regressions.record import Record

# In this order. A path keeps its last part, which may say what is missing.
_RULES: Final = (
    (re.compile(r"(?:/[\w.+@:-]+)+/([\w.+@-]+)"), r"\1"),
    (re.compile(r"\b0x[0-9a-fA-F]+\b"), "#"),
    (re.compile(r"(?<![A-Za-z_])-?\d+(?:\.\d+)?(?![A-Za-z_])"), "#"),
    (re.compile(r"\b\d+x\d+x\d+\b"), "#"),
    (re.compile(r"-[0-9a-f]{12}\b"), ""),
    (re.compile(r"\s+"), " "),
)
_VALUES: Final = re.compile(r"[:,] (?:got|expected) .*$")
_LAYER: Final = re.compile(r"^[^:]*: (?=.)")


def normalise(message: str) -> str:
    """Return what a failure says without the values of this run.

    "tie_rows 19x16x9 product: counter TILES: got 3, expected 4" becomes "counter TILES": where
    values are compared, what stands before the first colon names the layer.
    """
    first = message.strip().splitlines()[0] if message.strip() else "no message"
    text, compared = _VALUES.subn("", first)
    if compared:
        text = _LAYER.sub("", text)
    for pattern, into in _RULES:
        text = pattern.sub(into, text)
    return text.strip()


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """Failures that say the same.

    Attributes:
        title: what they say.
        records: the failures, the first one first.
    """

    title: str
    records: tuple[Record, ...]

    @property
    def key(self) -> str:
        """Short name, fit for a link."""
        return hashlib.sha256(self.title.encode()).hexdigest()[:10]


def buckets(failed: Iterable[Record]) -> list[Bucket]:
    """Return failures by what they say, the largest bucket first."""
    parts: dict[str, list[Record]] = {}
    for record in sorted(failed, key=lambda one: one.started):
        parts.setdefault(normalise(record.failure), []).append(record)
    found = [Bucket(title=title, records=tuple(records)) for title, records in parts.items()]
    return sorted(found, key=lambda bucket: -len(bucket.records))
