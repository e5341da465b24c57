"""What is computed on one layer: functions that worker processes run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.baselines import BASELINES, LayerCycles, LayerWork, Rules
from snn_rtl.models.baselines.common import lockstep
from snn_rtl.models.baselines.prosperity_published import PublishedMachine, layer_cycles
from snn_rtl.models.prosperity.config import PAPER, ProsperityConfig
from snn_rtl.models.prosperity.product_sparsity import Decomposition, decompose
from snn_rtl.models.prosperity.prosperity import LayerCounts, Mode, count_layer
from snn_rtl.models.prosperity.timing import row_costs
from snn_rtl.models.workload.gemm import tiles
from snn_rtl.studies.sweep.work import SpikeLayer, evaluate

ROW_CLASSES = ("zero", "one bit", "exact match", "partial match", "no prefix")
LIMITERS = ("compute", "detection", "spike load", "weight load")
_LAGS = (0, 1, 2, 2)
"""How many tiles ahead of the processor a unit is."""
BEYOND = {
    "exact matches for free": 1,
    "two weight rows a cycle": 1,
    "both, and two searches a cycle": 2,
    "one cycle a distinct row (bound)": 0,
}
"""Machines beyond the paper: searches a cycle, 0 where searching is for nothing."""


@dataclass(kw_only=True)
class Anatomy:
    """What a layer's tiles are made of; rows once for each m and k tile.

    Attributes:
        rows: rows by class.
        row_depths: rows by their depth in the forest of prefixes.
        tile_depths: m x k tiles by their deepest row.
        first_ones: rows that have at least one 1 left to add.
        later_ones: ones left beyond the first of each row: a cycle each.
        empty_tiles: m x k tiles without a row to issue, which cost a step.
        limiters: m x n x k tiles by the stage that takes longest while they are processed, if
            the stages changed tiles together.
        lockstep: cycles up to the last step, if they did.
        beyond: compute cycles, all n tiles, of the machines of BEYOND.
    """

    rows: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ROW_CLASSES, 0))
    row_depths: dict[int, int] = field(default_factory=dict)
    tile_depths: dict[int, int] = field(default_factory=dict)
    first_ones: int = 0
    later_ones: int = 0
    empty_tiles: int = 0
    limiters: dict[str, int] = field(default_factory=lambda: dict.fromkeys(LIMITERS, 0))
    lockstep: int = 0
    beyond: dict[str, int] = field(default_factory=lambda: dict.fromkeys(BEYOND, 0))

    def add(self, other: Anatomy) -> None:
        """Add what another layer or image has."""
        for name in ("rows", "row_depths", "tile_depths", "limiters", "beyond"):
            mine, more = getattr(self, name), getattr(other, name)
            for key, value in more.items():
                mine[key] = mine.get(key, 0) + value
        self.first_ones += other.first_ones
        self.later_ones += other.later_ones
        self.empty_tiles += other.empty_tiles
        self.lockstep += other.lockstep


def row_depths(prefix: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return how many prefixes a row builds on, one after another.

    Args:
        prefix: integers (rows,), -1 for none; without cycles.

    Returns:
        int64, (rows,).
    """
    depths = np.zeros(len(prefix), np.int64)
    ends = prefix.copy()
    while (ends >= 0).any():
        depths += ends >= 0
        ends = np.where(ends >= 0, prefix[ends], -1)
    return depths


def _beyond(dec: Decomposition) -> tuple[list[int], int]:
    """Return compute cycles of the machines of BEYOND on a tile, and its searches."""
    pairs = (dec.pattern_ones.astype(np.int64) + 1) // 2
    exact = int(np.count_nonzero(dec.exact))
    # Equal rows of one 1 are no exact matches: none of them has a prefix.
    distinct = np.unique(dec.rows[dec.ones > 0]).size
    compute = [int(dec.pattern_ones.sum()), int(pairs.sum()) + exact, int(pairs.sum()), distinct]
    return compute, int(np.count_nonzero(dec.ones > 1))


def _anatomy(work: LayerWork, config: ProsperityConfig) -> Anatomy:
    found = Anatomy()
    m_tiles, k_tiles = -(-work.m // config.tile_m), -(-work.k // config.tile_k)
    n_tiles = -(-work.n // config.lanes)
    units = np.zeros((len(LIMITERS), m_tiles, k_tiles), np.int64)
    compute, searches = np.zeros(len(BEYOND), np.int64), 0
    for i, j, rows in tiles(work.spikes, config.tile_m, config.tile_k):
        dec = decompose(rows)
        columns = min(config.tile_k, work.k - j * config.tile_k)
        costs = row_costs(rows, columns, Mode.PRODUCT)
        issued = int(np.count_nonzero(dec.ones))
        partial = (dec.prefix >= 0) & ~dec.exact
        classes = (
            len(rows) - issued,
            int(np.count_nonzero(dec.ones == 1)),
            int(np.count_nonzero(dec.exact)),
            int(np.count_nonzero(partial)),
            int(np.count_nonzero((dec.ones > 1) & (dec.prefix < 0))),
        )
        for name, count in zip(ROW_CLASSES, classes, strict=True):
            found.rows[name] += count
        depths = row_depths(dec.prefix)[dec.ones > 0]
        for depth, count in zip(*np.unique(depths, return_counts=True), strict=True):
            found.row_depths[int(depth)] = found.row_depths.get(int(depth), 0) + int(count)
        deepest = int(depths.max(initial=0))
        found.tile_depths[deepest] = found.tile_depths.get(deepest, 0) + 1
        first = int(np.count_nonzero(dec.pattern_ones))
        found.first_ones += first
        found.later_ones += int(dec.pattern_ones.sum(dtype=np.int64)) - first
        found.empty_tiles += issued == 0
        units[:, i, j] = costs.sum(), len(costs), -(-len(rows) // config.beat_rows), columns
        more, searched = _beyond(dec)
        compute += more
        searches += searched
    walk = [np.repeat(unit[:, np.newaxis], n_tiles, axis=1).ravel() for unit in units]
    found.lockstep = int(lockstep([np.maximum(walk[2], walk[3]), walk[1], walk[0]]).sum())
    # While a tile is processed the next one is searched, and the one behind that comes in.
    beside = [
        np.append(unit, (0, 0))[lag:][: len(unit)] for unit, lag in zip(walk, _LAGS, strict=True)
    ]
    # Of equals the first is named: compute where it is not beaten.
    for limiter, count in zip(
        *np.unique(np.argmax(beside, axis=0), return_counts=True), strict=True
    ):
        found.limiters[LIMITERS[limiter]] += int(count)
    counting = work.m // 8
    for (name, at_once), cycles in zip(BEYOND.items(), compute, strict=True):
        search = -(-searches // at_once) + counting if at_once else 0
        found.beyond[name] = max(int(cycles), search) * n_tiles
    return found


def anatomy(works: Sequence[LayerWork]) -> Anatomy:
    """Take a layer's tiles apart, on the paper's machine."""
    found = Anatomy()
    for work in works:
        found.add(_anatomy(work, PAPER))
    return found


def counts(works: Sequence[LayerWork]) -> list[LayerCounts]:
    """Count ones and rows of a layer, image by image."""
    return [count_layer(work.spikes, work.n) for work in works]


def _sum(name: str, parts: Sequence[LayerCycles]) -> LayerCycles:
    return LayerCycles(
        name,
        sum(part.compute for part in parts),
        sum(part.stalls for part in parts),
        sum(part.lif for part in parts),
    )


def machine(works: Sequence[LayerWork], model: str) -> dict[Rules, LayerCycles]:
    """Return a layer's cycles, all images, on one machine of `snn_rtl.models.baselines`."""
    cycles = BASELINES[model].layer_cycles
    return {rules: _sum(works[0].name, [cycles(work, rules) for work in works]) for rules in Rules}


def tile_size(works: Sequence[LayerWork], tile_m: int, tile_k: int) -> dict[Rules, LayerCycles]:
    """Return a layer's cycles, all images, by the published model with another tile."""
    sizes = PublishedMachine(tile_m=tile_m, tile_k=tile_k)
    return {
        rules: _sum(works[0].name, [layer_cycles(work, rules, sizes) for work in works])
        for rules in Rules
    }


def timing(
    works: Sequence[LayerWork], config: ProsperityConfig, mode: str, spikes_out: bool
) -> dict[str, int]:
    """Return a layer's cycles and counters by the timing model, summed over images."""
    packed = [
        SpikeLayer(
            name=work.name,
            shape=(work.m, work.k),
            n=work.n,
            spikes_out=spikes_out,
            bits=np.packbits(work.spikes).tobytes(),
        )
        for work in works
    ]
    return evaluate(packed, config, mode)[works[0].name]
