"""Tests of prosperity_row_merger: equal rows, their one descriptor, the last one of each tile."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cocotb
import pytest

from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.unit import both_simulators, run_unit
from snn_rtl.tb.unit.bench import (
    Bench,
    bit_width,
    directed_tiles,
    issue_order,
    load_beats,
    pack,
    present_mask,
    random_tile,
)

LATENCY = 3
"""From a search to its descriptor from the pruner."""


@dataclass(frozen=True)
class Search:
    """One search of a tile; row None: an empty issue."""

    row: int | None
    first: bool
    last: bool


@dataclass(frozen=True)
class Leaving:
    """A search on its way through the pruner: the rows that share its descriptor, if it has one."""

    rows: frozenset[int]
    last: bool
    desc: int


def searches(rows: Sequence[int | None]) -> list[Search]:
    """Return the searches of one tile, in this order."""
    end = len(rows) - 1
    return [Search(row, i == 0, i == end) for i, row in enumerate(rows)]


class TB(Bench):
    """Stands for the spike buffer, the dispatcher, the detector and the pruner."""

    def __init__(self, dut: Any) -> None:
        super().__init__(
            dut,
            reuse=1,
            load_valid=0,
            load_bank=0,
            load_beat=0,
            load_present=0,
            ones_0=0,
            ones_1=0,
            search_valid=0,
            search_bank=0,
            search_idx=0,
            search_ones=0,
            search_first=0,
            search_empty=0,
            subset=0,
            in_valid=0,
            in_last=0,
            in_desc=0,
        )
        self.tile_m, self.tile_k, self.beat_rows, self.width = (
            self.sizes[name] for name in ("TILE_M", "TILE_K", "BEAT_ROWS", "W")
        )
        self.rng = generator("descriptors")
        self.bank = 0
        self.words = [[0] * self.tile_m for _ in range(2)]
        self.left = self.twins = self.refunds = self.shared = 0
        self.forget()

    def forget(self) -> None:
        """Expect the state after a reset."""
        self.present: list[set[int]] = [set(), set()]
        self.loads: deque[tuple[int, int, list[int], int]] = deque()
        # bank, first row and rows of the load of this cycle
        self.loaded: tuple[int, int, list[int]] | None = None
        self.gone: set[int] = set()
        self.pipe: deque[Leaving | None] = deque([None] * LATENCY)
        # the descriptor that waits for the one behind it
        self.held: Leaving | None = None
        # it is the last one of its tile
        self.ended = False
        # the tile under way has a descriptor
        self.inside = False

    def load(self, bank: int, rows: Sequence[int]) -> None:
        """Plan the load of a tile; rows beyond it equal rows of it, and must not join them."""
        for beat, words in enumerate(load_beats(rows, self.beat_rows, rows)):
            present = present_mask(len(rows), beat, self.beat_rows)
            self.loads.append((bank, beat, words, present))

    def _do_load(self) -> dict[str, int]:
        """Take the next planned load into the memories; return its pins."""
        if not self.loads:
            return {"load_bank": self.bank, "load_present": (1 << self.beat_rows) - 1}
        bank, beat, words, present = self.loads.popleft()
        place = beat * self.beat_rows
        # the popcount table and the rows change with the edge, as the presence does
        self.loaded = (bank, place, words)
        if beat == 0:
            self.present[bank] = set()
        self.present[bank] |= {place + i for i in range(self.beat_rows) if present >> i & 1}
        return {"load_valid": 1, "load_bank": bank, "load_beat": beat, "load_present": present}

    async def cycle(self, search: Search | None = None) -> None:
        """Search a row or none, do the next planned load; check all outputs."""
        self.loaded = None
        present = [set(rows) for rows in self.present]
        pins = self._do_load()
        for bank in (0, 1):
            counts = [word.bit_count() for word in self.words[bank]]
            pins[f"ones_{bank}"] = pack(counts, bit_width(self.tile_k))
        entering = self.pipe.popleft()
        pins |= {"in_valid": 0, "in_last": 1, "in_desc": int(self.rng.integers(1 << self.width))}
        if entering is not None:
            pins |= {"in_valid": 1, "in_last": int(entering.last), "in_desc": entering.desc}
        group: set[int] = set()
        twin = False
        # without search_valid the other inputs must not matter
        pins |= {"search_bank": self.bank, "search_first": 1, "subset": (1 << self.tile_m) - 1}
        if search is not None:
            pins |= self._search_pins(search)
            if search.first:
                self.gone = set()
            twin = search.row is not None and search.row in self.gone
            if search.row is not None and not twin:
                group = {search.row}
                if self.idle["reuse"]:
                    words = self.words[self.bank]
                    rows = present[self.bank]
                    group |= {j for j in rows if words[j] == words[search.row]}
                    self.gone |= group
        self.drive(**pins)
        await self.edge()
        if search is not None:
            self.check_search(search, group, twin=twin)
            desc = int(self.rng.integers(1 << self.width))
            self.pipe.append(Leaving(frozenset(group), search.last, desc))
        else:
            assert self.out("merge_valid") == 0, "merge_valid without a search"
            self.pipe.append(None)
        self.check_leaving(entering)
        if self.loaded is not None:
            bank, place, words = self.loaded
            self.words[bank][place : place + len(words)] = words

    def _search_pins(self, search: Search) -> dict[str, int]:
        words = self.words[self.bank]
        word = 0 if search.row is None else words[search.row]
        some = int(self.rng.integers(self.tile_m))
        return {
            "search_valid": 1,
            "search_bank": self.bank,
            "search_idx": some if search.row is None else search.row,
            "search_ones": word.bit_count(),
            "search_first": int(search.first),
            "search_empty": int(search.row is None),
            "subset": sum(1 << j for j in range(self.tile_m) if words[j] & ~word == 0),
        }

    def check_search(self, search: Search, group: set[int], *, twin: bool) -> None:
        """Check what the detector and the dispatcher are told within the cycle."""
        if search.row is not None:
            assert self.out("search_twin") == twin, "search_twin"
            self.twins += twin
        merges = bool(group) and bool(self.idle["reuse"])
        assert self.out("merge_valid") == merges, "merge_valid"
        if merges:
            got = self.outs("merge_bank", "merge_rows")
            assert got == (self.bank, sum(1 << j for j in group)), "merge_rows"

    def check_leaving(self, entering: Leaving | None) -> None:
        """Check the descriptor that leaves, if any, and what becomes of the one that enters."""
        assert self.out("holds") == (self.held is not None), "holds"
        has_desc = refund = closes = False
        if entering is not None:
            some = bool(entering.rows)
            got = self.outs("in_none", "in_twins")
            assert got == (not some, max(0, len(entering.rows) - 1)), "in_none, in_twins"
            # a tile without any row has a descriptor all the same
            has_desc = some or (entering.last and not self.inside)
            refund = not has_desc
            closes = refund and entering.last
            self.inside = not entering.last and (self.inside or has_desc)
        assert self.out("refund") == refund, "refund"
        self.refunds += refund
        leaves = self.held is not None and (self.ended or has_desc or closes)
        assert self.out("out_valid") == leaves, "out_valid"
        if leaves and self.held is not None:
            rows = sum(1 << j for j in self.held.rows)
            got = self.outs("out_last", "out_desc", "out_rows")
            expected = (self.ended or closes, self.held.desc, rows)
            assert got == expected, f"out_last, out_desc, out_rows {got} instead of {expected}"
            self.left += 1
            self.shared += len(self.held.rows) > 1
            self.held = None
        self.ended = False
        if has_desc and entering is not None:
            assert self.held is None, "the test lost a descriptor"
            self.held = entering
            self.ended = entering.last

    async def tile(self, order: Sequence[int | None], *, ahead: Sequence[int] = ()) -> None:
        """Search a loaded tile and load the one ahead into the other bank meanwhile."""
        while self.loads:
            await self.cycle()
        self.load(1 - self.bank, ahead)
        for search in searches(order):
            await self.cycle(search)
        self.bank ^= 1

    async def run(self, tiles: list[tuple[list[int], list[int | None]]]) -> None:
        """Search tiles back to back, each loaded while the one before is searched."""
        self.load(self.bank, tiles[0][0])
        aheads = [rows for rows, _ in tiles[1:]] + [[]]
        for (_, order), ahead in zip(tiles, aheads, strict=True):
            await self.tile(order, ahead=ahead)
        await self.finish()

    async def finish(self) -> None:
        """See the last descriptors leave."""
        for _ in range(LATENCY + 3):
            await self.cycle()
        assert self.held is None


def every_row(rows: list[int], *, dense: bool = False) -> list[int | None]:
    """Return a tile's issues where none was dropped in time."""
    return [*issue_order(rows, dense=dense)] or [None]


def distinct_rows(rows: list[int]) -> list[int | None]:
    """Return a tile's issues where all equal rows were dropped in time."""
    order = issue_order(rows, dense=False)
    seen: dict[int, int] = {}
    for row in order:
        seen.setdefault(rows[row], row)
    return [*seen.values()] or [None]


@cocotb.test(timeout_time=100, timeout_unit="us")
async def directed_tiles_back_to_back(dut: Any) -> None:
    """Every directed tile with all rows issued, with the distinct ones, and an empty issue more."""
    tb = TB(dut)
    await tb.start()
    tiles = list(directed_tiles(tb.tile_m, tb.tile_k).values())
    await tb.run([(rows, every_row(rows)) for rows in tiles])
    assert tb.shared > 0
    assert tb.twins > tb.tile_m // 2
    twins = tb.twins
    await tb.run([(rows, distinct_rows(rows)) for rows in tiles])
    await tb.run([(rows, [*distinct_rows(rows), None]) for rows in tiles])
    assert tb.twins == twins


@cocotb.test(timeout_time=100, timeout_unit="us")
async def each_row_can_stand_for_the_others(dut: Any) -> None:
    """Whichever of the equal rows comes first: it leaves with all of them."""
    tb = TB(dut)
    await tb.start()
    rows = [1] * tb.tile_m
    for first in range(tb.tile_m):
        others = [row for row in range(tb.tile_m) if row != first]
        before = tb.left
        await tb.run([(rows, [first, *others]), (rows, [first])])
        assert tb.left == before + 2


@cocotb.test(timeout_time=100, timeout_unit="us")
async def groups_do_not_mix(dut: Any) -> None:
    """Rows inside others, with as many ones, and outside the tile stay out of a group."""
    tb = TB(dut)
    await tb.start()
    low, high = 0b01, 0b10
    both = low | high
    turns = [[low, high], [low, both], [both, low], [both, both], [high, 0], [0, 0]]
    tiles = [[turn[i % 2] for i in range(size)] for turn in turns for size in (1, tb.tile_m)]
    await tb.run([(rows, every_row(rows)) for rows in tiles])
    assert tb.left == sum(max(1, len({r for r in rows if r})) for rows in tiles)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def descriptors_wait_for_the_one_behind(dut: Any) -> None:
    """With pauses: a descriptor leaves with the next one, or with the end of its tile."""
    tb = TB(dut)
    await tb.start()
    rows = [0b01, 0b10, *[0b11] * tb.tile_m][: tb.tile_m]
    for pause in range(5):
        for order in ([0, 1], [0, None], [0, None, 1], [1], [None], [None, 0], [None, None]):
            tb.load(tb.bank, rows)
            while tb.loads:
                await tb.cycle()
            for search in searches(order):
                await tb.cycle(search)
                for _ in range(pause):
                    await tb.cycle()
            tb.bank ^= 1
            if pause % 2:
                await tb.finish()
    await tb.finish()
    # empty issues: all but the one of a tile without a row
    assert tb.refunds == 5 * (1 + 1 + 1 + 1)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def without_reuse_every_row_stands_for_itself(dut: Any) -> None:
    """In the other modes nothing is merged, zero rows of a dense tile have descriptors."""
    tb = TB(dut)
    await tb.start()
    tb.idle["reuse"] = 0
    tiles = list(directed_tiles(tb.tile_m, tb.tile_k).values())
    for dense in (False, True):
        before = tb.left
        await tb.run([(rows, every_row(rows, dense=dense)) for rows in tiles])
        assert tb.left - before == sum(len(every_row(rows, dense=dense)) for rows in tiles)
    assert tb.twins == tb.shared == tb.refunds == 0
    tb.idle["reuse"] = 1
    await tb.run([(rows, every_row(rows)) for rows in tiles])
    assert tb.shared > 0


@cocotb.test(timeout_time=300, timeout_unit="us")
async def random_traffic(dut: Any) -> None:
    """Random tiles; equal rows are dropped or not, empty issues and pauses anywhere."""
    tb = TB(dut)
    await tb.start()
    rng = generator("traffic")
    while tb.left < 200 or min(tb.twins, tb.refunds, tb.shared) < 50:
        tb.idle["reuse"] = int(rng.random() < 0.8)
        rows = random_tile(rng, tb.tile_m, tb.tile_k)
        tb.load(tb.bank, rows)
        while tb.loads:
            await tb.cycle()
        drops, empties, pauses = rng.choice([0.0, 0.5, 1.0], 3) * (1.0, 0.4, 0.5)
        order: list[int | None] = []
        for row in issue_order(rows, dense=False):
            twin = any(other is not None and rows[other] == rows[row] for other in order)
            if not (twin and tb.idle["reuse"] and rng.random() < drops):
                order.append(row)
            while rng.random() < empties:
                order.append(None)
        for search in searches(order or [None]):
            while rng.random() < pauses:
                await tb.cycle()
            await tb.cycle(search)
        tb.bank ^= 1
    await tb.finish()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def reset_drops_the_rows(dut: Any) -> None:
    """A reset in any cycle of a tile: no descriptor leaves, and no row is gone or present."""
    tb = TB(dut)
    await tb.start()
    rows = [0b11] * tb.tile_m
    for cycles in range(LATENCY + 5):
        tb.bank = 0
        tb.load(0, rows)
        while tb.loads:
            await tb.cycle()
        order = searches([0, 1])
        for i in range(cycles):
            await tb.cycle(order[i] if i < len(order) else None)
        await tb.restart()
        tb.forget()
        # rows are present again only when they are loaded: this one is alone
        tb.load(0, [0b11])
        while tb.loads:
            await tb.cycle()
        # the middle of a tile, for all that the module can know: nobody is gone
        await tb.cycle(Search(0, first=False, last=True))
        await tb.finish()
        assert tb.out("holds") == 0


@both_simulators
@pytest.mark.parametrize(
    "sizes",
    [
        {"TILE_M": 16, "TILE_K": 8, "BEAT_ROWS": 8, "W": 17},
        {"TILE_M": 8, "TILE_K": 5, "BEAT_ROWS": 8, "W": 5},
        {"TILE_M": 2, "TILE_K": 3, "BEAT_ROWS": 1, "W": 6},
    ],
    ids=["two_beats", "one_beat", "two_rows"],
)
def test_row_merger(request: pytest.FixtureRequest, simulator: str, sizes: dict[str, int]) -> None:
    """All of the above."""
    run_unit(request, simulator, sizes)
