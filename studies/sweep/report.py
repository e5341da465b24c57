"""The result of a sweep: rows with cycles and costs, Pareto fronts, sweep.json and sweep.csv."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeVar

from snn_rtl.models.prosperity.area import Area, area
from snn_rtl.models.prosperity.config import ProsperityConfig
from snn_rtl.models.prosperity.storage import Storage, storage
from snn_rtl.studies.sweep.work import COUNTERS, Result

SCHEMA: Final = "sweep/1"
Cost = TypeVar("Cost", int, float)
Cycles = TypeVar("Cycles", int, float)

FRONTS: Final = ("storage", "adders", "area")
"""Costs that cycles are weighed against."""

_WAITS: Final = (
    *("wait_detect", "wait_spikes", "wait_weights", "wait_output", "wait_results"),
    *("fill", "drain"),
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Row:
    """One point.

    Attributes:
        workload: its label.
        mode: what the machine skips.
        config: the machine.
        layers: cycles and counters by layer.
        storage: bits by memory.
        fronts: names of the Pareto fronts that it is on.
    """

    workload: str
    mode: str
    config: ProsperityConfig
    layers: Result
    storage: Storage
    fronts: frozenset[str] = frozenset()

    @cached_property
    def totals(self) -> dict[str, int]:
        """Sums over the layers."""
        rows = self.layers.values()
        return {counter: sum(row[counter] for row in rows) for counter in COUNTERS}

    @property
    def cycles(self) -> int:
        """Cycles of all layers."""
        return self.totals["cycles"]

    @property
    def adders(self) -> int:
        """Adders of processor and accumulators: in each lane one a weight port and a sum bank."""
        return self.config.lanes * (self.config.weight_ports + self.config.sum_banks)

    @cached_property
    def area(self) -> Area:
        """Area by the model."""
        return area(self.config)

    @property
    def limit(self) -> str:
        """What the processor waits for longest; empty if it never waits."""
        totals = self.totals
        longest = max(_WAITS, key=lambda name: totals[name])
        return longest if totals[longest] else ""

    def cost(self, front: str) -> int:
        """Return what a front weighs cycles against."""
        if front == "area":
            return round(self.area.total)
        return self.storage.total if front == "storage" else self.adders


def pareto_front(points: Iterable[tuple[Cost, Cycles]]) -> set[tuple[Cost, Cycles]]:
    """Return the points that no other point beats.

    Args:
        points: (cost, cycles); less is better in both.

    Returns:
        Those for which no other has at most their cost and at most their cycles.
    """
    front: set[tuple[Cost, Cycles]] = set()
    best: Cycles | None = None
    for cost, cycles in sorted(set(points)):
        if best is None or cycles < best:
            front.add((cost, cycles))
            best = cycles
    return front


def _on_front(rows: Sequence[Row], front: str) -> set[Row]:
    """Return the rows on a front; of rows that are equal there, those that cost least otherwise."""
    places: dict[tuple[int, int], list[Row]] = {}
    for row in rows:
        places.setdefault((row.cost(front), row.cycles), []).append(row)
    found: set[Row] = set()
    for place in pareto_front(places):
        least = min(map(_costs, places[place]))
        found.update(row for row in places[place] if _costs(row) == least)
    return found


def _costs(row: Row) -> int:
    """Return a number that grows with each cost (the rows are equal in one of them)."""
    return sum(row.cost(front) for front in FRONTS)


def make_rows(results: Mapping[tuple[str, str, ProsperityConfig], Result]) -> list[Row]:
    """Return the rows by workload, then cycles, with the fronts marked.

    Args:
        results: by label of the workload, mode and machine.
    """
    plain = [
        Row(workload=label, mode=mode, config=config, layers=result, storage=storage(config))
        for (label, mode, config), result in results.items()
    ]
    on: dict[str, set[Row]] = {front: set() for front in FRONTS}
    for group in {(row.workload, row.mode) for row in plain}:
        members = [row for row in plain if (row.workload, row.mode) == group]
        for front in FRONTS:
            on[front] |= _on_front(members, front)
    order = list(dict.fromkeys(label for label, _, _ in results))
    rows = [
        replace(row, fronts=frozenset(front for front in FRONTS if row in on[front]))
        for row in plain
    ]
    key: Callable[[Row], Any] = lambda row: (  # noqa: E731
        order.index(row.workload),
        row.cycles,
        row.storage.total,
        row.mode,
        tuple(asdict(row.config).values()),
    )
    return sorted(rows, key=key)


def make_report(
    rows: Sequence[Row],
    *,
    base: str,
    ranges: Mapping[str, Sequence[int]],
    skipped: Mapping[str, int],
    workloads: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """Return what sweep.json holds.

    Args:
        rows: the points.
        base: name of the configuration behind the ranges.
        ranges: values by parameter.
        skipped: combinations left out, counted by reason.
        workloads: label, file, images and layers of each.
    """
    return {
        "schema": SCHEMA,
        "source": "timing model",
        "base": base,
        "ranges": {name: list(values) for name, values in ranges.items()},
        "skipped": [{"reason": text, "count": count} for text, count in skipped.items()],
        "workloads": [dict(workload) for workload in workloads],
        "points": [
            {
                "workload": row.workload,
                "mode": row.mode,
                "config": asdict(row.config),
                "cycles": row.cycles,
                "totals": row.totals,
                "layers": row.layers,
                "adders": row.adders,
                "area_um2": {
                    "cells": round(row.area.cells),
                    "memory": round(row.area.memory),
                    "total": row.cost("area"),
                },
                "storage_bits": {**asdict(row.storage), "total": row.storage.total},
                "pareto": sorted(row.fronts),
            }
            for row in rows
        ],
    }


def write_csv(rows: Sequence[Row], out: Path) -> Path:
    """Write sweep.csv, a line a point, and return its path."""
    path = out / "sweep.csv"
    with path.open("w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        for index, row in enumerate(rows):
            bits = {f"{name}_bits": size for name, size in asdict(row.storage).items()}
            cells = {
                "workload": row.workload,
                "mode": row.mode,
                **asdict(row.config),
                **row.totals,
                **bits,
                "storage_bits": row.storage.total,
                "adders": row.adders,
                "area_cells_um2": round(row.area.cells),
                "area_memory_um2": round(row.area.memory),
                "area_um2": row.cost("area"),
                **{f"pareto_{front}": int(front in row.fronts) for front in FRONTS},
            }
            if index == 0:
                table.writerow(cells)
            table.writerow(cells.values())
    return path
