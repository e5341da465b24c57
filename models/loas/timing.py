"""Cycle-exact timing of the LoAS RTL for streams that never starve or stall.

Every event of the machine happens as soon as a few earlier ones allow it, so its cycle is a maximum
of theirs plus constants. This module solves those recurrences fibre by fibre. Cycle 0 is that in
which the first beats of both input streams are taken.

The units are those of rtl/loas: `_Stream` and `_Reader` are a fibre buffer, `_Tppe` is a TPPE,
`_Output` the column output, `_Scheduler` the tile scheduler between them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.loas.config import PAPER, LoasConfig
from snn_rtl.models.loas.formats import Words
from snn_rtl.models.loas.loas import live_words

WEIGHT_LATENCY: Final = 2
"""From a match to its weight at the head of an empty FIFO."""

IDLE_LATENCY: Final = 2
"""From the look-up of a match's word until its TPPE shows that nothing is under way."""


@dataclass(frozen=True, kw_only=True)
class LayerTiming:
    """Cycles of one layer and what they went to; names and meaning as the RTL's counters.

    Attributes:
        cycles: first input beat taken to last output beat taken.
        broadcast: broadcasts of weight fibres, joined ones as one.
        skip: tiles being dropped, ends of tiles without a fibre.
        wait_spikes: no spike tile loaded.
        wait_weights: no weight fibre there.
        wait_tppe: a fibre waited for a queue.
        wait_output: no bank of sums free.
        fill: before the first step.
        drain: after the last step.
        fifo_full: matches that waited for a FIFO, summed over TPPEs (beside the parts above).
    """

    cycles: int
    broadcast: int
    skip: int
    wait_spikes: int
    wait_weights: int
    wait_tppe: int
    wait_output: int
    fill: int
    drain: int
    fifo_full: int


class _Stream:
    """When the beats of one input stream are taken: one a cycle while its FIFO has room."""

    def __init__(self, config: LoasConfig) -> None:
        self.last = -1
        self.mask_beats = config.mask_beats
        self.value_beats = config.value_beats
        self.mask_pops: deque[int] = deque(maxlen=config.mask_beats)
        self.value_pops: deque[int] = deque(maxlen=config.value_beats)

    def parameters(self, beats: int, room: int) -> None:
        """Take beats of parameters, for which there is room from a cycle on."""
        self.last = max(self.last + 1, room) + beats - 1

    def masks(self, beats: int) -> list[int]:
        """Take the bitmask beats of a tile, before any of them leaves; return their cycles."""
        taken = []
        for i in range(beats):
            # The FIFO holds mask_beats: this one needs the place of the one so many before it.
            at = len(self.mask_pops) - self.mask_beats + i
            self.last = max(self.last, self.mask_pops[at] if at >= 0 else -1) + 1
            taken.append(self.last)
        return taken

    def value(self) -> int:
        """Take the next value beat; those before it have left."""
        full = len(self.value_pops) == self.value_beats
        self.last = max(self.last, self.value_pops[0] if full else -1) + 1
        return self.last


Group = tuple[int, ...]
"""Fibres that are one item; none: what ends a tile or passes a bitmask beat without a fibre."""


class _Reader:
    """When the fibres of a stream's tiles are offered.

    A step looks at one item, or passes a bitmask beat that has none to look at. An item is a fibre,
    or those of `joined` neighbours that have no more elements than a chunk. `room` is the cycle
    in which the item before was taken.
    """

    def __init__(
        self, config: LoasConfig, element_w: int, *, keep_empty: bool, joined: int = 1
    ) -> None:
        self.stream = _Stream(config)
        self.masks = config.beat_masks
        self.elements = config.beat_w // element_w
        self.keep_empty = keep_empty
        self.joined = joined
        self.chunk = config.chunk
        self.now = -1
        self.room = -1

    def open(self, counts: Sequence[int]) -> None:
        """Begin a tile whose fibres have so many elements."""
        beats = range(0, len(counts), self.masks)
        self.taken = self.stream.masks(len(beats))
        self.values = -(-sum(counts) // self.elements)
        self.announced = [any(counts[: first + self.masks]) for first in beats]
        # Steps of every bitmask beat: (its fibres, their elements), or one that passes the beat.
        self.steps: list[tuple[int, Group, int, bool]] = []
        for beat, first in enumerate(beats):
            looked_at = self._items(counts, range(first, min(first + self.masks, len(counts))))
            for i, (fibres, count) in enumerate(looked_at or [((), 0)]):
                self.steps.append((beat, fibres, count, i + 1 >= len(looked_at)))
        self.steps.reverse()
        self.used = 0
        self.head = -1

    def _items(self, counts: Sequence[int], beat: range) -> list[tuple[Group, int]]:
        """Return the items of a bitmask beat, each with its elements."""
        items: list[tuple[Group, int]] = []
        for start in beat[:: self.joined]:
            left = [
                fibre
                for fibre in range(start, min(start + self.joined, beat.stop))
                if counts[fibre] or self.keep_empty
            ]
            # From the first one on: as long as all that are left do not fit, one at a time.
            while left:
                total = sum(counts[fibre] for fibre in left)
                fits = len(left) if total <= self.chunk else 1
                items.append((tuple(left[:fits]), sum(counts[fibre] for fibre in left[:fits])))
                left = left[fits:]
        return items

    def step(self, limit: int | None = None) -> tuple[int, Group, bool] | None:
        """Do the next step of the tile that gives an item.

        Args:
            limit: only steps before this cycle.

        Returns:
            (cycle of the step, fibres, last of the tile); None if the limit came first.
        """
        while True:
            beat, fibres, count, leaves = self.steps[-1]
            at = max(self.now, self.taken[beat]) + 1
            at = max(at, self.room)
            # A beat is opened for its first element; `used` elements of the last one are gone.
            opens = count > 0 and (self.used == 0 or self.used + count > self.elements)
            if opens:
                if self.head < 0:
                    self.head = self.stream.value()
                at = max(at, self.head + 1)
            if limit is not None and at >= limit:
                return None
            self.steps.pop()
            self.now = at
            if opens:
                self.stream.value_pops.append(at)
                self.values -= 1
                self.head = -1
            self.used = (self.used + count) % self.elements
            if leaves:
                self.stream.mask_pops.append(at)
            if fibres or not self.steps:
                return at, fibres, not self.steps

    def drop(self, start: int) -> int:
        """Discard what is left of the tile from a cycle on; return that of its last step.

        In every cycle a bitmask beat leaves, and a value beat once a bitmask has announced one; the
        last bitmask beat waits until no value is left.
        """
        left = sorted({step[0] for step in self.steps})
        at = start
        for beat in left:
            at = max(at, self.taken[beat] + 1)
            while self.values and self.announced[beat]:
                if self.head < 0:
                    self.head = self.stream.value()
                if beat == left[-1]:
                    at = max(at, self.head + 1)
                elif self.head >= at:
                    break
                self.stream.value_pops.append(at)
                self.values -= 1
                self.head = -1
                if beat != left[-1]:
                    break
                at += 1
            self.stream.mask_pops.append(at)
            self.now = at
            at += 1
        return self.now


class _Tppe:
    """When the matches of one TPPE happen, and when their words have been looked up."""

    def __init__(self, config: LoasConfig) -> None:
        self.depth = config.fifo_depth
        self.heads: deque[int] = deque([-1] * config.queue_depth, maxlen=config.queue_depth)
        self.pops: deque[int] = deque([-1] * self.depth, maxlen=self.depth)
        self.match = -1
        self.full = 0

    @property
    def room(self) -> int:
        """Cycle from which the queue has a place."""
        return self.heads[0] + 1

    def push(self, cycle: int, count: int, ready: int) -> int:
        """Let a fibre in.

        Args:
            cycle: of its broadcast.
            count: matches, 1 or more.
            ready: cycle from which the laggy sums of its chunk are there.

        Returns:
            Cycle in which its last word is looked up.
        """
        first = max(cycle, self.match) + 1
        pops = self.pops
        if (
            self.depth > WEIGHT_LATENCY
            and ready <= first + WEIGHT_LATENCY
            and pops[-1] < first + WEIGHT_LATENCY
        ):
            # Each word is looked up as soon as its weight is there: no place is ever missing.
            self.match = first + count - 1
            begin = max(first, self.match - self.depth + 1)
            pops.extend(range(begin + WEIGHT_LATENCY, self.match + WEIGHT_LATENCY + 1))
        else:
            at = first
            for _ in range(count):
                free = max(at, pops[0] + 1)
                self.full += free - at
                self.match = free
                pops.append(max(free + WEIGHT_LATENCY, pops[-1] + 1, ready))
                at = free + 1
        self.heads.append(self.match)
        return pops[-1]


class _Output:
    """When tiles are read out of their sum banks and sent; indices count n tiles."""

    def __init__(self, config: LoasConfig, *, spikes_out: bool) -> None:
        self.spikes_out = spikes_out
        self.blocks = config.columns // config.laggy_adders
        self.read = -1
        # The first row of a layer finds the compressor free, however long a row takes.
        self.row = -self.blocks
        self.end = -1
        self.reads: list[int] = []
        self.sent: list[int] = []

    def free(self, tile: int) -> int:
        """Return the cycle from which a tile finds its sum bank free."""
        return self.reads[tile - 2] + 1 if tile >= 2 else 0

    def room(self, tile: int) -> int:
        """Return the cycle from which there is room for a tile's thresholds and biases."""
        # The set is given back while the last column passes the neurons.
        return self.reads[tile - 2] + 2 if tile >= 2 else 0

    def take(self, full: int, columns: int, rows: int) -> None:
        """Read a tile whose sums are complete in a cycle."""
        tile = len(self.reads)
        first = max(full, self.read + 1)
        if self.spikes_out and tile >= 2:
            first = max(first, self.sent[tile - 2] + 1)
        self.read = first + columns - 1
        self.reads.append(self.read)
        self.end = self.read + 1
        if self.spikes_out:
            # The first row leaves while the last column is stored, two cycles after its read.
            begin = max(self.read + 2, self.row + self.blocks)
            self.row = begin + (rows - 1) * self.blocks
            self.sent.append(self.row)
            self.end = self.row + self.blocks + 1


def _sizes(total: int, tile: int) -> list[int]:
    """Return the sizes of the tiles that cover a dimension."""
    return [min(tile, total - start) for start in range(0, total, tile)]


def _cut(
    matrix: NDArray[np.bool_], row: int, rows: int, column: int, columns: int
) -> NDArray[np.bool_]:
    """Return a tile of a matrix."""
    return matrix[row * rows : (row + 1) * rows, column * columns : (column + 1) * columns]


class _Scheduler:
    """Loads spike tiles, broadcasts weight fibres, and books every cycle from the first step on.

    `done` is the cycle of the last step so far, `idle` that from which nothing of the tiles so far
    is under way any more.
    """

    def __init__(self, config: LoasConfig) -> None:
        self.blocks = config.chunk // config.laggy_adders
        self.spikes = _Reader(config, config.time_steps, keep_empty=True)
        self.fibres = _Reader(
            config, config.weight_w, keep_empty=False, joined=config.joined_columns
        )
        self.tppes = [_Tppe(config) for _ in range(config.tppes)]
        self.counts = dict.fromkeys((f.name for f in fields(LayerTiming)), 0)
        # Cycle from which a TPPE's laggy sum is complete, and the unit free for another one.
        self.summed = [-1] * config.tppes
        # Cycle in which the tiles so far left their chunk bank, for the tiles of the next ones.
        self.releases: deque[int] = deque([-1] * config.chunk_banks, maxlen=config.chunk_banks)
        self.first = -1
        self.done = -1
        self.idle = 0

    def _wait(self, part: str, start: int, stop: int) -> None:
        """Book the cycles from start up to stop, without it, that come after the first step."""
        if self.first >= 0:
            self.counts[part] += max(0, stop - start)

    def _step(self, cycle: int) -> None:
        """Take an item in a cycle."""
        if self.first < 0:
            self.first = cycle
        self.fibres.room = self.done = cycle

    def load(self, counts: Sequence[int]) -> int:
        """Load a spike tile, each row into its TPPE as soon as bank and laggy sum are free.

        Args:
            counts: words of every row.

        Returns:
            Cycle from which the tile can be used.
        """
        self.spikes.open(counts)
        loaded = -1
        for row in range(len(counts)):
            step = self.spikes.step()
            assert step is not None
            loaded = max(step[0] + 1, self.releases[0] + 1, self.summed[row])
            self.spikes.room = loaded
            self.summed[row] = loaded + self.blocks + 1
        return loaded + 1

    def tile(self, loaded: int, sums_free: int, met: NDArray[np.int64] | None) -> None:
        """Work on the weight tile at hand.

        Args:
            loaded: cycle from which its spikes are there.
            sums_free: cycle from which its sum bank is free.
            met: int64, (rows, fibres): matches; None if no word of the spikes is live.
        """
        there = max(loaded, self.done + 1)
        start = max(there, sums_free)
        self._wait("wait_spikes", self.done + 1, there)
        self._wait("wait_output", there, start)
        idle = 0
        if met is None:
            self._drop(start)
        else:
            idle = self._broadcast(start, met)
        self.releases.append(max(self.done + 1, idle))
        self.idle = max(self.idle, idle)

    def _broadcast(self, start: int, met: NDArray[np.int64]) -> int:
        """Send the fibres out; return the cycle from which no match of theirs is under way."""
        idle = 0
        now = start
        last = False
        while not last:
            step = self.fibres.step()
            assert step is not None
            stepped, fibres, last = step
            here = max(now, stepped + 1)
            self._wait("wait_weights", now, here)
            if not fibres:
                self.counts["skip"] += 1
            else:
                matches = met[:, fibres].sum(axis=1)
                hits = np.flatnonzero(matches).tolist()
                free = max([here, *(self.tppes[row].room for row in hits)])
                self._wait("wait_tppe", here, free)
                here = free
                for row in hits:
                    looked_up = self.tppes[row].push(here, int(matches[row]), self.summed[row])
                    idle = max(idle, looked_up + IDLE_LATENCY)
                self.counts["broadcast"] += 1
            self._step(here)
            now = here + 1
        return idle

    def _drop(self, start: int) -> None:
        """Discard the tile's fibres; what was offered before the tile's turn is taken first."""
        last = False
        while not last and (step := self.fibres.step(start)) is not None:
            last = step[2]
            self._step(max(step[0] + 1, start))
        if not last:
            self._step(self.fibres.drop(start) + 1)
        self.counts["skip"] += self.done - max(start, self.first) + 1


def predict_layer(
    words: Words,
    weights: NDArray[np.integer],
    config: LoasConfig = PAPER,
    *,
    spikes_out: bool = False,
    ft: bool = False,
) -> LayerTiming:
    """Predict the RTL's cycles for one layer.

    Args:
        words: uint8, (P, K), packed spikes.
        weights: integers, (K, N).
        config: sizes of the machine.
        spikes_out: LIF neurons are on.
        ft: drop words of one spike.

    Returns:
        The cycles and counters that the RTL shows for the layer.
    """
    sent, live, kept = words != 0, live_words(words, ft=ft) != 0, weights != 0
    rows = _sizes(words.shape[0], config.tppes)
    columns = _sizes(weights.shape[1], config.columns)
    chunks = len(_sizes(words.shape[1], config.chunk))
    scheduler = _Scheduler(config)
    output = _Output(config, spikes_out=spikes_out)

    for tile, (m, n) in enumerate(product(range(len(rows)), range(len(columns)))):
        scheduler.idle = 0
        if spikes_out:
            scheduler.fibres.stream.parameters(2 * config.param_beats, output.room(tile))
        for k in range(chunks):
            sent_tile = _cut(sent, m, config.tppes, k, config.chunk)
            live_tile = _cut(live, m, config.tppes, k, config.chunk)
            kept_tile = _cut(kept, k, config.chunk, n, config.columns)
            loaded = scheduler.load(np.count_nonzero(sent_tile, axis=1).tolist())
            scheduler.fibres.open(np.count_nonzero(kept_tile, axis=0).tolist())
            met = live_tile.astype(np.int64) @ kept_tile if live_tile.any() else None
            scheduler.tile(loaded, output.free(tile), met)
        output.take(max(scheduler.done + 1, scheduler.idle), columns[n], rows[m])

    scheduler.counts |= {
        "cycles": output.end + 1,
        "fill": scheduler.first,
        "drain": output.end - scheduler.done,
        "fifo_full": sum(tppe.full for tppe in scheduler.tppes),
    }
    return LayerTiming(**scheduler.counts)
