"""Cycle-exact timing of a Prosperity machine whose equal rows leave as one (MERGE_ROWS = 1).

Which rows are merged before they are issued depends on when they are issued, so the events of
detection and accumulation are followed one by one (timing.py does the rest, a tile at a time).
The terms are those of docs/reference/timing_model.md, section "Merged rows".
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.prosperity.config import ProsperityConfig
from snn_rtl.models.prosperity.product_sparsity import decompose
from snn_rtl.models.prosperity.prosperity import Mode

ARRIVAL: Final = 5
"""From the choice of a row to its descriptor at the row merger."""

DROPPED: Final = 3
"""From the choice of a row to the first choice that its equals are no longer offered for."""

REQUEST: Final = 2
"""From the last step of a row to the first addition of its result."""

_NEVER: Final = -1


@dataclass(frozen=True, kw_only=True)
class Groups:
    """The rows of one tile, as they share results.

    Attributes:
        levels: for each number of ones that occurs, rising: the group of each of its rows, in the
            order in which the dispatcher offers them.
        steps: processor steps of each group.
        rows: for each group, (accumulator, rows in it) for those with any.
    """

    levels: list[list[int]]
    steps: list[int]
    rows: list[list[tuple[int, int]]]


def group_rows(
    rows: NDArray[np.uint64], columns: int, mode: Mode, config: ProsperityConfig
) -> Groups:
    """Return the groups of a tile.

    Args:
        rows: uint64, (rows,), packed rows of the tile.
        columns: columns of the tile within K.
        mode: what the machine skips; rows are merged in product mode alone.
        config: sizes of the machine.
    """
    dec = decompose(rows, mode)
    index = np.arange(len(rows))
    issued = index if mode is Mode.DENSE else np.flatnonzero(dec.ones)
    stride = config.row_stride
    order = issued[np.lexsort((issued // stride, issued % stride, dec.ones[issued]))]
    if mode is Mode.PRODUCT:
        _, first, of_row = np.unique(rows, return_index=True, return_inverse=True)
    else:
        first = of_row = index
    costs = np.full(len(rows), columns) if mode is Mode.DENSE else dec.pattern_ones.astype(np.int64)
    steps = np.maximum(-(-costs[first] // config.weight_ports), 1)
    counts = np.zeros((len(first), config.sum_banks), np.int64)
    np.add.at(counts, (of_row[issued], issued % config.sum_banks), 1)
    ends = np.flatnonzero(np.diff(dec.ones[order])) + 1
    levels = [part.tolist() for part in np.split(of_row[order], ends)] if len(order) else []
    return Groups(
        levels=levels,
        steps=steps.tolist(),
        rows=[[(bank, n) for bank, n in enumerate(group) if n] for group in counts.tolist()],
    )


class _Credits:
    """Places of the descriptor queue: taken by a choice, given back later."""

    def __init__(self, places: int) -> None:
        self.free = places
        self.since = 0
        self.processed: deque[int] = deque()
        self.refunded: deque[int] = deque()

    def take(self) -> int:
        """Take a place; return the first cycle in which it was free."""
        if self.free:
            self.free -= 1
        else:
            first = self.processed
            if not first or (self.refunded and self.refunded[0] < first[0]):
                first = self.refunded
            self.since = max(self.since, first.popleft())
        return self.since


class _Accumulators:
    """Slots of results, and the accumulators that empty them."""

    def __init__(self, banks: int, slots: int) -> None:
        self.busy = [_NEVER] * banks
        self.empty = deque([_NEVER] * slots, slots)

    @property
    def room(self) -> int:
        """First cycle in which a slot can be reserved."""
        return self.empty[0] + 1

    def add(self, step: int, rows: list[tuple[int, int]]) -> int:
        """Add a result whose last step was in that cycle; return when its slot is empty."""
        start = step + REQUEST
        end = max(start, self.empty[-1] + 1)
        for bank, count in rows:
            last = max(self.busy[bank] + 1, start) + count - 1
            self.busy[bank] = last
            end = max(end, last)
        self.empty.append(end)
        return end


class MergedPipeline:
    """From loaded tiles to accumulated rows, event by event.

    Attributes:
        issue_last: cycle of the last choice so far.
        blocked: cycles in which a choice waited for a queue place.
        process, detect, spikes, weights, output, results, fill: cycles of the processor, as in
            LayerTiming.
    """

    def __init__(self, config: ProsperityConfig) -> None:
        self.issue_last = _NEVER
        self.blocked = 0
        self.process = self.detect = self.spikes = self.weights = self.output = self.fill = 0
        self.results = 0
        self._credits = _Credits(config.queue_depth)
        self._accumulators = _Accumulators(config.sum_banks, config.result_slots)
        self._done = _NEVER
        self._emptied = _NEVER

    def run(self, groups: Groups, ready: int, weights: int, bank: int) -> tuple[int, int]:
        """Take a tile through the machine.

        Args:
            groups: its rows.
            ready: first cycle in which it is loaded.
            weights: first cycle in which its weight tile is there.
            bank: first cycle in which the accumulator bank is free.

        Returns:
            The cycle of its last step, and that in which its last row is added.
        """
        there = (ready, weights, bank)
        if not groups.levels:
            shown = self._choose(ready) + ARRIVAL + 2
            self._process(1, [], shown, there)
            return self._done, self._emptied
        chosen: dict[int, int] = {}
        held = _NEVER
        for number, level in enumerate(groups.levels):
            place = 0
            left = True
            while left:
                cycle = self._choose(ready)
                arrival = cycle + ARRIVAL
                place = self._offered(level, place, chosen, cycle)
                left = self._offered(level, place + 1, chosen, cycle) < len(level)
                last = not left and number == len(groups.levels) - 1
                group = level[place] if place < len(level) else _NEVER
                place += 1
                enters = group != _NEVER and group not in chosen
                # A descriptor leaves with the next one of its tile, or with the tile's end.
                if held != _NEVER and (enters or last):
                    self._process(groups.steps[held], groups.rows[held], arrival + 1, there)
                if enters:
                    chosen[group] = cycle
                    held = group
                    if last:
                        self._process(groups.steps[held], groups.rows[held], arrival + 2, there)
                else:
                    self._credits.refunded.append(arrival + 1)
        return self._done, self._emptied

    def _choose(self, ready: int) -> int:
        """Return the cycle of the next choice."""
        able = max(ready, self.issue_last + 1)
        cycle = max(able, self._credits.take())
        self.blocked += cycle - able
        self.issue_last = cycle
        return cycle

    @staticmethod
    def _offered(level: list[int], place: int, chosen: dict[int, int], cycle: int) -> int:
        """Return the place of the first row from there on that is still offered in a cycle."""
        while place < len(level) and chosen.get(level[place], cycle) + DROPPED <= cycle:
            place += 1
        return place

    def _process(
        self, steps: int, rows: list[tuple[int, int]], shown: int, there: tuple[int, int, int]
    ) -> None:
        """Take the steps of a result whose descriptor and tile are there from these cycles on."""
        ready, weights, bank = there
        idle = self._done + 1
        begin = max(shown, weights, bank, idle)
        if self._done == _NEVER:
            self.fill = idle = begin
        loaded = min(max(ready, idle), begin)
        offered = min(max(shown, loaded), begin)
        weighed = min(max(weights, offered), begin)
        self.spikes += loaded - idle
        self.detect += offered - loaded
        self.weights += weighed - offered
        self.output += begin - weighed
        end = begin + steps - 1
        self._done = max(end, self._accumulators.room)
        self.results += self._done - end
        self.process += steps
        self._credits.processed.append(self._done + 1)
        self._emptied = self._accumulators.add(self._done, rows)
