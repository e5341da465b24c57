"""What was found: points with relative cycles and area, fronts, the point one would build."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from snn_rtl.machines.configuration import describe
from snn_rtl.models.prosperity.area import MEMORY_UM2, Area, area, constants
from snn_rtl.models.prosperity.config import ProsperityConfig
from snn_rtl.models.prosperity.storage import storage
from snn_rtl.run.provenance import git_revision
from snn_rtl.studies.pareto.subjects import Subject
from snn_rtl.studies.sweep.report import pareto_front
from snn_rtl.synth.reports import SynthReport, SynthReports

SCHEMA: Final = "pareto/1"

OVERALL: Final = "all workloads"
"""The front of the geometric mean over the workloads."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Point:
    """A machine that was weighed.

    Attributes:
        config: its sizes.
        name: of the configuration, if it has one.
        cycles: of each workload, by label.
        area: by the model.
        relative_cycles: geometric mean over the workloads of its cycles over the base's.
        relative_area: its area over the base's.
        report: of a synthesis on the sources as they are.
        relative_path: its longest path over the base's, where both were synthesised.
        fitted: the area model was fitted to it.
        fronts: labels of the workloads (or OVERALL) in whose front it is.
    """

    config: ProsperityConfig
    name: str = ""
    cycles: Mapping[str, int]
    area: Area
    relative_cycles: float
    relative_area: float
    report: SynthReport | None = None
    relative_path: float | None = None
    fitted: bool = False
    fronts: frozenset[str] = frozenset()

    @property
    def product(self) -> float:
        """Area times cycles, over the base's: area that a layer occupies, and for how long."""
        return self.relative_area * self.relative_cycles

    @property
    def relative_time(self) -> float | None:
        """Cycles at the clock that the longest path allows, over the base's, if that is known."""
        return None if self.relative_path is None else self.relative_cycles * self.relative_path

    def beats(self, other: Point) -> bool:
        """Return whether this is no worse in area and cycles, and better in one."""
        mine = (self.relative_area, self.relative_cycles)
        its = (other.relative_area, other.relative_cycles)
        return mine[0] <= its[0] and mine[1] <= its[1] and mine != its


def mean(values: Iterable[float]) -> float:
    """Return the geometric mean."""
    logs = [math.log(value) for value in values]
    return math.exp(sum(logs) / len(logs))


def make_points(
    subject: Subject,
    cycles: Mapping[ProsperityConfig, Mapping[str, int]],
    reports: SynthReports,
) -> list[Point]:
    """Return the points by rising product, with the fronts marked.

    Args:
        subject: the machine; its base is among the configurations.
        cycles: by configuration, then label of the workload.
        reports: syntheses at hand.
    """
    names = {config: name for name, config in subject.named.items()}
    fitted = {machine.config for machine in constants().machines}
    base, least = cycles[subject.base], area(subject.base).total
    base_report = reports.of(subject.base)
    points = []
    for config, found in cycles.items():
        size, report = area(config), reports.of(config)
        points.append(
            Point(
                config=config,
                name=names.get(config, ""),
                cycles=found,
                area=size,
                relative_cycles=mean(found[label] / base[label] for label in found),
                relative_area=size.total / least,
                report=report,
                relative_path=report.path_ns / base_report.path_ns
                if report and base_report
                else None,
                fitted=config in fitted,
            )
        )
    fronts: dict[ProsperityConfig, set[str]] = {point.config: set() for point in points}
    for label in (OVERALL, *base):
        for point in on_front(points, label):
            fronts[point.config].add(label)
    points = [replace(point, fronts=frozenset(fronts[point.config])) for point in points]
    return sorted(points, key=lambda p: (p.product, tuple(asdict(p.config).values())))


def place(point: Point, label: str) -> tuple[float, float]:
    """Return where a point is for a workload, or OVERALL: area and cycles."""
    cycles = point.relative_cycles if label == OVERALL else point.cycles[label]
    return point.area.total, cycles


def on_front(points: Sequence[Point], label: str) -> list[Point]:
    """Return the points that no other beats, by rising area."""
    best = pareto_front(place(point, label) for point in points)
    return sorted((p for p in points if place(p, label) in best), key=lambda p: place(p, label))


def fed_alike(points: Sequence[Point], base: ProsperityConfig) -> list[Point]:
    """Return the points that need no more traffic than the base.

    With fewer rows a tile weights are sent more often, with fewer lanes spikes.
    """
    return [p for p in points if p.config.tile_m >= base.tile_m and p.config.lanes >= base.lanes]


def to_build(points: Sequence[Point], base: ProsperityConfig) -> Point:
    """Return the point one would build: the least area times cycles, in the mean of workloads.

    Two such machines side by side do twice the work in twice the area, so the product is what work
    costs whatever area there is. Traffic, which is in neither, may not exceed that of the base.
    """
    return min(fed_alike(points, base), key=lambda point: point.product)


def better(points: Sequence[Point], than: Point) -> dict[str, Point | None]:
    """Return points that beat one: the fastest of no more area, the smallest of no more cycles."""
    beating = [point for point in points if point.beats(than)]
    return {
        "fastest of no more area": min(beating, key=lambda p: p.relative_cycles, default=None),
        "smallest of no more cycles": min(beating, key=lambda p: p.relative_area, default=None),
    }


def words(point: Point, subject: Subject) -> str:
    """Return a point's machine in words: its name, or what tells it from a named one."""
    return point.name or describe(subject.named, point.config).title


def _json(point: Point, subject: Subject) -> dict[str, Any]:
    return {
        "machine": words(point, subject),
        "name": point.name,
        "config": asdict(point.config),
        "cycles": dict(point.cycles),
        "area_um2": {
            "cells": round(point.area.cells),
            "memory": round(point.area.memory),
            "total": round(point.area.total),
        },
        "storage_bits": storage(point.config).total,
        "relative_cycles": point.relative_cycles,
        "relative_area": point.relative_area,
        "product": point.product,
        "relative_time": point.relative_time,
        "synthesis": None
        if point.report is None
        else {"cells_um2": point.report.cells_um2, "path_ns": point.report.path_ns},
        "fitted": point.fitted,
        "fronts": sorted(point.fronts),
    }


def make_report(
    chapters: Sequence[tuple[Subject, Sequence[Point], Mapping[str, int], SynthReports]],
    workloads: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """Return what pareto.json holds.

    Args:
        chapters: machine, its points, how many were left out by reason, syntheses.
        workloads: label, file, images and layers of each.
    """
    return {
        "schema": SCHEMA,
        "source": "timing model",
        "git": git_revision(),
        "memory_um2_a_bit": MEMORY_UM2,
        "workloads": [dict(workload) for workload in workloads],
        "designs": [
            {
                "design": subject.design,
                "base": next(iter(subject.named)),
                "build": _json(to_build(points, subject.base), subject),
                "better": {
                    point.name: {
                        what: None if found is None else _json(found, subject)
                        for what, found in better(points, point).items()
                    }
                    for point in points
                    if point.name
                },
                "skipped": [{"reason": why, "count": count} for why, count in skipped.items()],
                "synthesis_refused": dict(reports.refused),
                "points": [_json(point, subject) for point in points],
            }
            for subject, points, skipped, reports in chapters
        ],
    }
