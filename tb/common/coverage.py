"""Functional coverage: a thin typed layer over cocotb-coverage.

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

from cocotb_coverage.coverage import CoverCross, CoverPoint, coverage_db

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
        self._ignored: dict[tuple[str, str], tuple[str, int]] = {}
        self._reset()

    def _reset(self) -> None:
        """Register with cocotb-coverage, whose database is one for the process."""
        for key in [k for k in coverage_db if k == self.name or k.startswith(f"{self.name}.")]:
            del coverage_db[key]

        def sampled(values: dict[str, frozenset[str]]) -> None:
            """Do nothing: the decorators around it count."""

        hook = sampled
        # The decorator applied last is sampled first: crosses look at what their points just hit.
        for cross in self.crosses.values():
            hook = self._cross(cross)(hook)
        for point in self.points.values():
            hook = self._point(point)(hook)
        self._hook = hook

    def _point(self, point: Point) -> CoverPoint:
        key = point.name
        for name, why in point.ignore.items():
            self._ignored[key, name] = (why, 0)
        return CoverPoint(
            f"{self.name}.{key}",
            xf=lambda values: values[key],
            rel=lambda values, name: name in values,
            bins=[name for name in point.bins if name not in point.ignore],
            inj=False,
        )

    def _cross(self, cross: Cross) -> CoverCross:
        # cocotb-coverage wants the points to be there before a cross of them.
        for name in cross.points:
            self._point(self.points[name])
        left_out = []
        for bins in product(*(self.bins(name) for name in cross.points)):
            why = cross.reason(bins)
            if why is not None:
                left_out.append(bins)
                self._ignored[cross.name, SEPARATOR.join(bins)] = (why, 0)
        return CoverCross(
            f"{self.name}.{cross.name}",
            items=[f"{self.name}.{name}" for name in cross.points],
            ign_bins=left_out,
        )

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
        self._count_ignored(hits)
        self._hook(hits)

    def _count_ignored(self, hits: Mapping[str, frozenset[str]]) -> None:
        for (item, bins), (why, count) in self._ignored.items():
            points = (item,) if item in self.points else self.crosses[item].points
            parts = (bins,) if item in self.points else tuple(bins.split(SEPARATOR))
            if all(part in hits[name] for name, part in zip(points, parts, strict=True)):
                self._ignored[item, bins] = (why, count + 1)

    def _item(self, name: str) -> dict[str, Any]:
        counted = coverage_db[f"{self.name}.{name}"].detailed_coverage
        return {
            "bins": {
                key if isinstance(key, str) else SEPARATOR.join(key): count
                for key, count in counted.items()
            },
            "ignored": {
                bins: {"reason": why, "hits": count}
                for (item, bins), (why, count) in self._ignored.items()
                if item == name
            },
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
