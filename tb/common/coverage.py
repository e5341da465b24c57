"""Functional coverage: groups of points and crosses, and what becomes of their counts.

A `CoverGroup` has points (bins by name) and crosses of points. A bin that cannot be hit is ignored
with a reason; hitting it all the same fails the run, so that a wrong reason does not stay. Groups
are exported as plain dicts that `merge` adds up; it is the only place where coverage is merged.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any, Final

from snn_rtl.models.errors import InputError

SCHEMA: Final = "functional-coverage/1"
FILE_NAME: Final = "functional.json"
"""Name of the functional coverage that a passing run leaves in its folder."""

VARIABLE: Final = "TB_COVERAGE"
"""Environment variable that switches functional coverage on (1)."""

SEPARATOR: Final = " x "
"""Between the bins of a cross."""

Values = str | Iterable[str] | None


@dataclass(frozen=True)
class Point:
    """A set of named bins; a sample hits those it names.

    Attributes:
        name: of the point in its group.
        bins: names of the bins.
        ignore: bins that are left out, each with the reason why it cannot be hit.
    """

    name: str
    bins: tuple[str, ...]
    ignore: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cross:
    """All combinations of the bins of some points.

    Attributes:
        name: of the cross in its group.
        points: names of the points.
        ignore: combinations that cannot be hit, each with the reason; "*" stands for any bin.
    """

    name: str
    points: tuple[str, ...]
    ignore: Mapping[tuple[str, ...], str] = field(default_factory=dict)

    def reason(self, bins: tuple[str, ...]) -> str | None:
        """Return why a combination is left out, None if it is not."""
        for pattern, why in self.ignore.items():
            if all(p in ("*", b) for p, b in zip(pattern, bins, strict=True)):
                return why
        return None


class CoverGroup:
    """Points and crosses that are sampled together."""

    def __init__(
        self, name: str, doc: str, points: Iterable[Point], crosses: Iterable[Cross] = ()
    ) -> None:
        self.name = name
        self.doc = doc
        self.points = {point.name: point for point in points}
        self.crosses = {cross.name: cross for cross in crosses}
        self._reasons = {point.name: dict(point.ignore) for point in self.points.values()}
        self._hits = {
            point.name: dict.fromkeys((*point.bins, *point.ignore), 0)
            for point in self.points.values()
        }
        for cross in self.crosses.values():
            combined = list(product(*(self.bins(name) for name in cross.points)))
            reasons = {SEPARATOR.join(bins): cross.reason(bins) for bins in combined}
            self._hits[cross.name] = dict.fromkeys(reasons, 0)
            self._reasons[cross.name] = {bins: why for bins, why in reasons.items() if why}

    def bins(self, point: str) -> list[str]:
        """Return the bins of a point that count."""
        return [name for name in self.points[point].bins if name not in self.points[point].ignore]

    def sample(self, **values: Values) -> None:
        """Count one sample.

        Args:
            values: point to the bin hit, or bins; a point that is not given is not sampled.

        Raises:
            KeyError: a point or bin that does not exist.
        """
        hits: dict[str, frozenset[str]] = {name: frozenset() for name in self.points}
        for name, value in values.items():
            if value is not None:
                hits[name] = frozenset((value,) if isinstance(value, str) else value)
        for name, names in hits.items():
            unknown = names.difference(self.points[name].bins)
            if unknown:
                raise KeyError(f"{self.name}.{name} has no bin {sorted(unknown)[0]!r}")
        for name, names in hits.items():
            for one in names:
                self._hits[name][one] += 1
        for cross in self.crosses.values():
            counts = self._hits[cross.name]
            for combined in product(*(hits[name] for name in cross.points)):
                bins = SEPARATOR.join(combined)
                # Bins that a point ignores are in no cross.
                if bins in counts:
                    counts[bins] += 1

    def _item(self, name: str) -> dict[str, Any]:
        hits, reasons = self._hits[name], self._reasons[name]
        return {
            "bins": {bins: count for bins, count in hits.items() if bins not in reasons},
            "ignored": {bins: {"reason": why, "hits": hits[bins]} for bins, why in reasons.items()},
        }

    def to_dict(self) -> dict[str, Any]:
        """Return doc, points and crosses with the hits of every bin."""
        return {
            "doc": self.doc,
            "points": {name: self._item(name) for name in self.points},
            "crosses": {
                name: {"points": list(cross.points), **self._item(name)}
                for name, cross in self.crosses.items()
            },
        }


def items(group: Mapping[str, Any]) -> Iterable[tuple[str, dict[str, Any]]]:
    """Yield (name, item) of an exported group's points and crosses."""
    yield from group["points"].items()
    yield from group["crosses"].items()


def export(groups: Iterable[CoverGroup]) -> dict[str, Any]:
    """Return groups as a JSON-able dict."""
    return {"schema": SCHEMA, "groups": {group.name: group.to_dict() for group in groups}}


def impossible_hits(coverage: Mapping[str, Any]) -> list[str]:
    """Return the ignored bins that were hit: their reasons are wrong."""
    return [
        f"{group}.{name}: {bins} was hit, but is ignored: {entry['reason']}"
        for group, content in coverage["groups"].items()
        for name, item in items(content)
        for bins, entry in item["ignored"].items()
        if entry["hits"]
    ]


def holes(coverage: Mapping[str, Any]) -> list[str]:
    """Return the bins without a hit, as group.item: bin."""
    return [
        f"{group}.{name}: {bins}"
        for group, content in coverage["groups"].items()
        for name, item in items(content)
        for bins, hits in item["bins"].items()
        if not hits
    ]


def totals(coverage: Mapping[str, Any]) -> dict[str, tuple[int, int]]:
    """Return (bins hit, bins) of every group."""
    result = {}
    for group, content in coverage["groups"].items():
        counts = [hits for _, item in items(content) for hits in item["bins"].values()]
        result[group] = (sum(hits > 0 for hits in counts), len(counts))
    return result


def _shape(coverage: Mapping[str, Any]) -> Any:
    """Return a dict's groups with all counts taken out."""
    return {
        group: {
            name: (
                item.get("points"),
                list(item["bins"]),
                {bins: entry["reason"] for bins, entry in item["ignored"].items()},
            )
            for name, item in items(content)
        }
        for group, content in coverage["groups"].items()
    }


def merge(parts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Add up exported coverage of several runs.

    Raises:
        InputError: no part, another schema, or groups, points or bins that differ.
    """
    total: dict[str, Any] | None = None
    for part in parts:
        if part.get("schema") != SCHEMA:
            raise InputError(f"coverage has the schema {part.get('schema')!r}, not {SCHEMA!r}")
        if total is None:
            total = json.loads(json.dumps(part))
            continue
        if _shape(part) != _shape(total):
            raise InputError("coverage of different shapes cannot be merged: runs of other sources")
        for group, content in part["groups"].items():
            for (_, into), (_, item) in zip(
                items(total["groups"][group]), items(content), strict=True
            ):
                for bins, hits in item["bins"].items():
                    into["bins"][bins] += hits
                for bins, entry in item["ignored"].items():
                    into["ignored"][bins]["hits"] += entry["hits"]
    if total is None:
        raise InputError("no coverage to merge")
    return total


def load(path: Path) -> dict[str, Any]:
    """Read a run's coverage.

    Raises:
        InputError: it cannot be read or is not coverage.
    """
    try:
        coverage = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: {error}") from None
    if not isinstance(coverage, dict) or coverage.get("schema") != SCHEMA:
        raise InputError(f"{path} holds no {SCHEMA}")
    return coverage
