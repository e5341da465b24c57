"""Cycle-exact timing of the Prosperity RTL for streams that never starve or stall.

The machine is a chain of units that each handle one thing a cycle and wait for at most a few
others, so every event time is a maximum of earlier ones plus constants. This module solves
those recurrences a tile at a time, vectorised over the rows of the tile. Time 0 is the cycle in
which the first beats of both input streams are taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.prosperity.config import PAPER, ProsperityConfig
from snn_rtl.models.prosperity.merged_timing import MergedPipeline, group_rows
from snn_rtl.models.prosperity.product_sparsity import decompose
from snn_rtl.models.prosperity.prosperity import Mode
from snn_rtl.models.workload.gemm import tiles

Cycles = NDArray[np.int64]

BUFFER_LATENCY: Final = 1
"""From a spike beat taken to its load into a detector bank."""

DETECT_LATENCY: Final = 6
"""From the choice of a row by the dispatcher to its descriptor at the head of an empty queue."""

ADD_LATENCY: Final = 1
"""From the last step of a row to the addition of its result."""

READ_LATENCY: Final = 2
"""From the last addition to an m x n tile to the read of its first row."""

_IDLE: Final = -1


@dataclass(frozen=True)
class LayerTiming:
    """Cycles of one layer and what they went to; names and meaning as the RTL's counters.

    Attributes:
        cycles: first input beat taken to last output beat taken.
        process: steps of the pipeline.
        wait_detect: processor without a descriptor while a tile is being searched.
        wait_spikes: processor without a descriptor and no tile loaded.
        wait_weights: processor without its weight tile.
        wait_output: processor without an accumulator bank.
        wait_results: processor without a place for its result (where rows merge).
        fill: before the first step.
        drain: after the last step.
        queue_full: dispatcher without a queue place (beside the parts above).
        tiles: tiles processed.
        spike_beats, weight_beats, output_beats: beats of the streams.
    """

    cycles: int
    process: int
    wait_detect: int
    wait_spikes: int
    wait_weights: int
    wait_output: int
    fill: int
    drain: int
    queue_full: int
    tiles: int
    spike_beats: int
    weight_beats: int
    output_beats: int
    wait_results: int


def row_costs(rows: NDArray[np.uint64], columns: int, mode: Mode, ports: int = 1) -> Cycles:
    """Return the processor steps of a tile's rows in the order of their issue.

    Args:
        rows: uint64, (rows,), packed rows of the tile.
        columns: columns of the tile within K.
        mode: what the machine skips.
        ports: weight rows added a cycle.

    Returns:
        int64, (issued rows,); a tile without a row to issue is one step.
    """
    if mode is Mode.DENSE:
        return np.full(len(rows), -(-columns // ports), dtype=np.int64)
    dec = decompose(rows, mode)
    costs: Cycles = np.maximum(-(-dec.pattern_ones[dec.order()].astype(np.int64) // ports), 1)
    return costs if len(costs) else np.ones(1, dtype=np.int64)


class _Banks:
    """Detector banks: when each tile is loaded."""

    def __init__(self, beat_rows: int) -> None:
        self.beat_rows = beat_rows
        self.load_last = BUFFER_LATENCY - 1
        self.free = [0, 0]
        self.beats = 0

    def load(self, tile: int, rows: int) -> int:
        """Load a tile; return the first cycle in which it can be issued from."""
        beats = -(-rows // self.beat_rows)
        self.beats += beats
        self.load_last = max(self.load_last + 1, self.free[tile % 2]) + beats - 1
        return self.load_last + 1

    def release(self, tile: int, issue_last: int) -> None:
        """Free the tile's bank: its last search ends when its descriptor is queued."""
        self.free[tile % 2] = issue_last + DETECT_LATENCY


class _Weights:
    """Weight stream: when each weight tile is complete on chip."""

    def __init__(self, config: ProsperityConfig, *, spikes_out: bool) -> None:
        self.held = config.weight_tiles
        self.param_beats = 2 * config.param_beats if spikes_out else 0
        self.done: list[int] = []
        self.next_beat = 0
        self.beats = 0

    def load_params(self, set_free: int) -> None:
        """Take thresholds and biases once a set is free."""
        if self.param_beats:
            self.next_beat = max(self.next_beat, set_free) + self.param_beats
            self.beats += self.param_beats

    def load(self, tile: int, columns: int) -> int:
        """Take a tile once there is room; return the first cycle in which it can be read."""
        if tile >= self.held:
            self.next_beat = max(self.next_beat, self.done[tile - self.held] + 1)
        self.next_beat += columns
        self.beats += columns
        return self.next_beat


class _Output:
    """Output unit: when each m x n tile is read out and its bank and parameter set are free."""

    def __init__(self, segments: int) -> None:
        self.segments = segments
        self.read_last: list[int] = []
        self.rows = 0

    def free(self, mn_tile: int) -> int:
        """Return the first cycle in which the tile's bank and parameter set can be filled."""
        return self.read_last[mn_tile - 2] + self.segments + 1 if mn_tile >= 2 else 0

    def read(self, added: int, rows: int) -> None:
        """Read out a tile whose last row was added in that cycle."""
        first = added + READ_LATENCY
        if self.read_last:
            first = max(first, self.read_last[-1] + self.segments)
        self.read_last.append(first + (rows - 1) * self.segments)
        self.rows += rows

    def end(self) -> int:
        """Return the cycle in which the last beat is taken."""
        return self.read_last[-1] + self.segments + 1


class RowPipeline:
    """From loaded tiles to accumulated rows: each row has its own descriptor and its own steps.

    Attributes:
        issue_last: cycle of the last choice so far.
        blocked: cycles in which a choice waited for a queue place.
        process, detect, spikes, weights, output, results, fill: cycles of the processor, as in
            LayerTiming.
    """

    def __init__(self, total_rows: int, queue_depth: int) -> None:
        self.queue_depth = queue_depth
        self.issue_last = _IDLE
        self.blocked = 0
        self.process = self.detect = self.spikes = self.weights = self.output = self.fill = 0
        self.results = 0
        # Last step of every row, led by queue_depth rows that were never there.
        self.done: Cycles = np.full(total_rows + queue_depth, _IDLE, dtype=np.int64)
        self.count = queue_depth

    def run(self, costs: Cycles, ready: int, weights: int, bank: int) -> tuple[int, int]:
        """Take a tile through the machine.

        Args:
            costs: steps of its rows.
            ready: first cycle in which it is loaded.
            weights: first cycle in which its weight tile is there.
            bank: first cycle in which the accumulator bank is free.

        Returns:
            The cycle of its last step, and that in which its last row is added.
        """
        last = _IDLE
        # A row waits for the one queue_depth before it: longer stretches go in pieces.
        for start in range(0, len(costs), self.queue_depth):
            piece = costs[start : start + self.queue_depth]
            shown = self._issue(ready, len(piece)) + DETECT_LATENCY
            last = self._process(piece, shown, ready, weights, bank)
        return last, last + ADD_LATENCY

    def _issue(self, ready: int, rows: int) -> Cycles:
        """Issue rows that need a tile (ready) and queue places; return their issue cycles."""
        start = self.count - self.queue_depth
        places = self.done[start : start + rows] + 1
        steps = np.arange(rows, dtype=np.int64)
        floor = max(ready, self.issue_last + 1)
        free: Cycles = np.maximum(places, floor) - steps
        times: Cycles = np.maximum.accumulate(free) + steps
        unblocked = np.maximum(np.concatenate(([self.issue_last], times[:-1])) + 1, ready)
        self.blocked += int((times - unblocked).sum())
        self.issue_last = int(times[-1])
        return times

    def _process(self, costs: Cycles, shown: Cycles, ready: int, weights: int, bank: int) -> int:
        """Process rows whose descriptors are offered from these cycles on; return the last step."""
        last = int(self.done[self.count - 1])
        before = np.cumsum(costs) - costs
        allowed = np.maximum(shown, max(weights, bank, last + 1)) - before
        first: Cycles = np.maximum.accumulate(allowed) + before
        done: Cycles = first + costs - 1
        self.done[self.count : self.count + len(costs)] = done
        idle = np.concatenate(([last], done[:-1])) + 1
        if self.count == self.queue_depth:
            self.fill = int(first[0])
            idle[0] = first[0]
        self.count += len(costs)
        self.process += int(costs.sum())
        # An idle cycle has the first reason that holds: no tile, no descriptor, no weights, no
        # bank.
        loaded = np.clip(ready, idle, first)
        offered = np.clip(shown, loaded, first)
        weighed = np.clip(weights, offered, first)
        self.spikes += int((loaded - idle).sum())
        self.detect += int((offered - loaded).sum())
        self.weights += int((weighed - offered).sum())
        self.output += int((first - weighed).sum())
        return int(done[-1])


def _walk(k_tiles: int, m_tiles: int, n_tiles: int) -> Iterator[tuple[int, int, int]]:
    """Yield (m, n, k) tile indices in the machine's order."""
    for m in range(m_tiles):
        for n in range(n_tiles):
            for k in range(k_tiles):
                yield m, n, k


def predict_layer(
    spikes: NDArray[np.bool_],
    n: int,
    config: ProsperityConfig = PAPER,
    mode: Mode | str = Mode.PRODUCT,
    *,
    spikes_out: bool = False,
) -> LayerTiming:
    """Predict the RTL's cycles for one layer.

    Args:
        spikes: bool, (M, K).
        n: output columns.
        config: sizes of the machine.
        mode: what the machine skips.
        spikes_out: LIF neurons are on (they take LANES / LIF_CELLS cycles a row and their
            parameters lead the weights of every n tile).

    Returns:
        The cycles and counters that the RTL shows for the layer.
    """
    mode = Mode(mode)
    m, k = spikes.shape
    m_tiles, k_tiles = -(-m // config.tile_m), -(-k // config.tile_k)
    n_tiles = -(-n // config.lanes)
    columns = [min(config.tile_k, k - i * config.tile_k) for i in range(k_tiles)]
    rows = [min(config.tile_m, m - i * config.tile_m) for i in range(m_tiles)]
    packed = list(tiles(spikes, config.tile_m, config.tile_k))
    pipeline: RowPipeline | MergedPipeline
    plan: dict[tuple[int, int], Any]
    if config.merge_rows:
        plan = {(i, j): group_rows(words, columns[j], mode, config) for i, j, words in packed}
        pipeline = MergedPipeline(config)
    else:
        ports = config.weight_ports
        plan = {(i, j): row_costs(words, columns[j], mode, ports) for i, j, words in packed}
        pipeline = RowPipeline(sum(len(c) for c in plan.values()) * n_tiles, config.queue_depth)

    banks = _Banks(config.beat_rows)
    weights = _Weights(config, spikes_out=spikes_out)
    output = _Output(config.lif_segments if spikes_out else 1)

    for tile, (i, _, j) in enumerate(_walk(k_tiles, m_tiles, n_tiles)):
        mn_tile = tile // k_tiles
        ready = banks.load(tile, rows[i])
        if j == 0:
            weights.load_params(output.free(mn_tile))
        weighed = weights.load(tile, columns[j])
        last, added = pipeline.run(plan[i, j], ready, weighed, output.free(mn_tile))
        banks.release(tile, pipeline.issue_last)
        weights.done.append(last)
        if j == k_tiles - 1:
            output.read(added, rows[i])

    cycles = output.end() + 1
    return LayerTiming(
        cycles=cycles,
        process=pipeline.process,
        wait_detect=pipeline.detect,
        wait_spikes=pipeline.spikes,
        wait_weights=pipeline.weights,
        wait_output=pipeline.output,
        fill=pipeline.fill,
        drain=cycles - 1 - weights.done[-1],
        queue_full=pipeline.blocked,
        tiles=len(weights.done),
        spike_beats=banks.beats,
        weight_beats=weights.beats,
        output_beats=output.rows,
        wait_results=pipeline.results,
    )
