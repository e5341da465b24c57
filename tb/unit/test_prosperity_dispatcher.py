"""Tests of prosperity_dispatcher: order, merged rows, credits, banks, held to the cycle."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

import cocotb
import numpy as np
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
    rounds,
)


class Issue(NamedTuple):
    """What one issue must show; the index of an empty one says nothing."""

    bank: int
    idx: int
    ones: int
    first: bool
    last: bool
    empty: bool


class Issuing:
    """A loaded tile: what is left to issue, a level (rows with as many ones) at a time."""

    def __init__(self, bank: int, rows: list[int], stride: int, *, dense: bool) -> None:
        self.bank = bank
        self.first = True
        order = issue_order(rows, dense=dense)
        counts = sorted({rows[row].bit_count() for row in order})
        self.levels = deque(
            (
                ones,
                sorted((r for r in order if rows[r].bit_count() == ones), key=stride_key(stride)),
            )
            for ones in counts
        )
        if stride == 1:
            assert order == [row for _, level in self.levels for row in level], "the test's order"

    def merge(self, rows: set[int]) -> None:
        """Take rows out; their levels stay."""
        for _, level in self.levels:
            level[:] = [row for row in level if row not in rows]

    def issue(self) -> Issue:
        """Take the next row out; where a level has none left, an empty issue ends it."""
        ones, level = self.levels[0] if self.levels else (0, [])
        empty = not level
        row = 0 if empty else level.pop(0)
        if not level and self.levels:
            self.levels.popleft()
        last = not self.levels
        shown = Issue(self.bank, row, 0 if empty else ones, self.first, last, empty)
        self.first = False
        return shown


def stride_key(stride: int) -> Callable[[int], tuple[int, int]]:
    """Return the key that sorts rows 0, S, 2S ..., then 1, S + 1 ..."""
    return lambda row: (row % stride, row // stride)


class TB(Bench):
    """Stands for the spike buffer, the popcount tables and the queue; predicts every cycle."""

    def __init__(self, dut: Any) -> None:
        super().__init__(
            dut,
            dense=0,
            load_valid=0,
            load_bank=0,
            load_beat=0,
            load_present=0,
            load_last=0,
            ones_0=0,
            ones_1=0,
            levels_0=0,
            levels_1=0,
            release_valid=0,
            release_bank=0,
            merge_valid=0,
            merge_bank=0,
            merge_rows=0,
            credit=0,
            refund=0,
        )
        self.tile_m = self.sizes["TILE_M"]
        self.tile_k = self.sizes["TILE_K"]
        self.beat_rows = self.sizes["BEAT_ROWS"]
        # what flow() does with spent banks and used places
        self.releases = True
        self.repays = True
        self.forget()

    def forget(self) -> None:
        """Expect the state after a reset."""
        self.counts = [[0] * self.tile_m for _ in range(2)]
        self.levels: list[set[int]] = [set(), set()]
        self.busy = [False, False]
        self.load_bank = 0
        self.tiles: deque[Issuing] = deque()
        self.credits = self.sizes["CREDITS"]
        self.used_places = 0
        self.shown: Issue | None = None
        # banks whose last issue is out, to be released
        self.spent: deque[int] = deque()
        self.issued = 0
        self.empties = 0
        self.blocked = 0

    def tables(self) -> dict[str, int]:
        """Return what the popcount tables show."""
        shown = {}
        for b in (0, 1):
            shown[f"ones_{b}"] = pack(self.counts[b], bit_width(self.tile_k))
            shown[f"levels_{b}"] = sum(1 << level for level in self.levels[b])
        return shown

    async def cycle(
        self,
        *,
        load: tuple[int, list[int], int] | None = None,
        last: bool = False,
        release: bool = False,
        credit: bool = False,
        refund: bool = False,
        merge: tuple[int, set[int]] | None = None,
    ) -> None:
        """Load (beat, rows, present) of the next tile, release, give places back, merge; check."""
        beat, rows, present = load or (0, [], (1 << self.beat_rows) - 1)
        released = self.spent.popleft() if release else None
        self.drive(
            load_valid=load is not None,
            load_bank=self.load_bank,
            load_beat=beat,
            load_present=present,
            load_last=last or load is None,
            release_valid=release,
            release_bank=self.load_bank if released is None else released,
            credit=credit,
            refund=refund,
            # without merge_valid the other inputs must not matter
            merge_valid=merge is not None,
            merge_bank=merge[0] if merge else int(not self.load_bank),
            merge_rows=sum(1 << row for row in merge[1]) if merge else (1 << self.tile_m) - 1,
            **self.tables(),
        )
        await self.edge()
        self.check()
        # what this cycle leads to
        self.shown = None
        if self.tiles and self.credits:
            self.shown = self.tiles[0].issue()
            self.credits -= 1
            self.used_places += 1
            self.issued += 1
            self.empties += self.shown.empty
            if self.shown.last:
                self.tiles.popleft()
                self.spent.append(self.shown.bank)
        # a row that is chosen in the cycle in which it is merged is issued all the same
        for tile in self.tiles:
            if merge is not None and tile.bank == merge[0]:
                tile.merge(merge[1])
        self.credits += credit + refund
        self.used_places -= credit + refund
        if released is not None:
            self.busy[released] = False
        if load is not None:
            self.note_load(beat, rows, present, last=last)

    def note_load(self, beat: int, rows: list[int], present: int, *, last: bool) -> None:
        """Take a load into the tables and, at its end, the tile into the expected issues."""
        bank = self.load_bank
        first = beat * self.beat_rows
        self.counts[bank][first : first + self.beat_rows] = [row.bit_count() for row in rows]
        if beat == 0:
            self.levels[bank] = set()
            self.loading: list[int] = []
        there = [row for i, row in enumerate(rows) if present >> i & 1]
        self.levels[bank] |= {row.bit_count() for row in there}
        self.loading += there
        if last:
            stride = self.sizes.get("ROW_STRIDE", 1)
            dense = bool(self.idle["dense"])
            self.tiles.append(Issuing(bank, self.loading, stride, dense=dense))
            self.busy[bank] = True
            self.load_bank ^= 1

    def check(self) -> None:
        """Compare the outputs with the prediction."""
        assert self.out("bank_busy") == pack(self.busy, 1), "bank_busy"
        blocked = bool(self.tiles) and not self.credits
        assert self.out("blocked") == blocked, "blocked"
        self.blocked += blocked
        assert self.out("issue_valid") == (self.shown is not None), "issue_valid"
        if self.shown is None:
            return
        got = Issue(
            self.out("issue_bank"),
            0 if self.shown.empty else self.out("issue_idx"),
            self.out("issue_ones"),
            *(bool(self.out(f"issue_{name}")) for name in ("first", "last", "empty")),
        )
        assert got == self.shown, f"issued {got} instead of {self.shown}"

    async def load_tile(self, rows: list[int]) -> None:
        """Load a tile back to back, once its bank is free; everything else goes on."""
        while self.busy[self.load_bank]:
            await self.flow()
        beats = load_beats(rows, self.beat_rows, [1])
        for beat, words in enumerate(beats):
            present = present_mask(len(rows), beat, self.beat_rows)
            await self.flow(load=(beat, words, present), last=beat == len(beats) - 1)

    async def flow(self, **load: Any) -> None:
        """Spend a cycle in which banks are released and places given back at once."""
        release = self.releases and bool(self.spent)
        await self.cycle(release=release, credit=self.repays and self.used_places > 0, **load)

    async def block(self) -> None:
        """Use all places up, so that tiles can be loaded and merged before they are issued."""
        self.repays = False
        while self.credits:
            if not self.tiles:
                await self.load_tile([1] * self.tile_m)
            await self.flow()
        while self.tiles:
            await self.cycle(release=bool(self.spent), credit=not self.credits)
        await self.settle()
        assert not self.credits

    async def settle(self) -> None:
        """See the issue that is under way, and release all banks that are through."""
        while self.shown or self.spent:
            await self.flow()

    async def go(self) -> list[Issue]:
        """Issue all tiles that are loaded; return what was issued."""
        seen = []
        self.repays = True
        while self.tiles or self.shown:
            await self.flow()
            if self.shown is not None:
                seen.append(self.shown)
        await self.settle()
        return seen

    async def finish(self) -> None:
        """Issue what is left."""
        while self.tiles or self.shown or any(self.busy):
            await self.flow()
        await self.flow()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def directed_tiles_in_order(dut: Any) -> None:
    """Issues every directed tile, zero rows skipped, then with them, without a reset between."""
    tb = TB(dut)
    await tb.start()
    for dense in (0, 1, 0):
        tb.idle["dense"] = dense
        for rows in directed_tiles(tb.tile_m, tb.tile_k).values():
            await tb.load_tile(rows)
        await tb.finish()
    assert tb.issued > 10 * tb.tile_m


@cocotb.test(timeout_time=100, timeout_unit="us")
async def zero_rows_do_not_outlive_their_tile(dut: Any) -> None:
    """Rows skipped in one mode are not issued with a shorter tile in dense mode."""
    tb = TB(dut)
    await tb.start()
    for _ in range(2):
        await tb.load_tile([0] * tb.tile_m)
    await tb.finish()
    tb.idle["dense"] = 1
    for _ in range(2):
        await tb.load_tile([0, 1])
    await tb.finish()
    assert tb.issued == 2 + 2 * 2


@cocotb.test(timeout_time=100, timeout_unit="us")
async def a_row_every_cycle(dut: Any) -> None:
    """Issues full tiles without a gap, also from one tile to the next."""
    tb = TB(dut)
    await tb.start()
    rows = directed_tiles(tb.tile_m, tb.tile_k)["chain_upside_down"]
    await tb.load_tile(rows)
    begin, tiles = tb.now, 6
    for _ in range(tiles - 1):
        await tb.load_tile(rows)
    while tb.tiles:
        await tb.flow()
    assert tb.issued == tiles * tb.tile_m
    assert tb.now - begin == tb.issued, "a gap between tiles"


@cocotb.test(timeout_time=100, timeout_unit="us")
async def credits_exhausted(dut: Any) -> None:
    """Stops after CREDITS issues, goes on by one for each place given back, and regains all."""
    tb = TB(dut)
    await tb.start()
    full = tb.sizes["CREDITS"]
    for _ in range(2):
        tb.issued = tb.blocked = 0
        tb.repays = False
        await tb.load_tile([1] * tb.tile_m)
        for _ in range(full + 3):
            await tb.flow()
        assert tb.issued == full
        assert tb.blocked == 3
        await tb.cycle(credit=True)
        for _ in range(3):
            await tb.flow()
        assert tb.issued == full + 1
        # two places in consecutive cycles: one is given back while the other one is used
        await tb.cycle(credit=True)
        await tb.cycle(credit=True)
        for _ in range(3):
            await tb.flow()
        assert tb.issued == full + 3
        tb.repays = True
        await tb.finish()
        while tb.used_places:
            await tb.flow()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def both_returns_in_one_cycle(dut: Any) -> None:
    """Places come back by credit, by refund and by both at once; none is lost or doubled."""
    tb = TB(dut)
    await tb.start()
    full = tb.sizes["CREDITS"]
    tb.repays = False
    await tb.load_tile([1] * tb.tile_m)
    await tb.load_tile([3] * tb.tile_m)
    while tb.credits:
        await tb.flow()
    for credit, refund in ((1, 0), (0, 1), (1, 1), (1, 1), (0, 1)):
        before = tb.issued
        await tb.cycle(credit=bool(credit), refund=bool(refund))
        for _ in range(4):
            await tb.cycle()
        assert tb.issued == before + credit + refund
        assert tb.used_places == full
    tb.repays = True
    await tb.finish()
    # two places a cycle come back with nothing to issue: all are free, and no more
    while tb.used_places:
        await tb.cycle(credit=True, refund=tb.used_places > 1)
    tb.repays = False
    await tb.load_tile([1] * tb.tile_m)
    before = tb.issued
    for _ in range(full + 4):
        await tb.flow()
    assert tb.issued == before + full
    tb.repays = True
    await tb.finish()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def merged_rows_are_not_issued(dut: Any) -> None:
    """Rows merged before their turn are skipped: first, inside and last of a level."""
    tb = TB(dut)
    await tb.start()
    rows = [1] * (tb.tile_m // 2) + [3] * (tb.tile_m - tb.tile_m // 2)
    half = set(range(tb.tile_m // 2))
    other = set(range(tb.tile_m)) - half
    for dropped in ({0}, {min(other)}, half - {1}, other - {tb.tile_m - 1}, {1, 2, max(other)}):
        await tb.block()
        await tb.load_tile(rows)
        bank = tb.tiles[0].bank
        await tb.cycle(merge=(bank, dropped))
        seen = await tb.go()
        assert sorted(issue.idx for issue in seen) == sorted((half | other) - dropped)
        assert not any(issue.empty for issue in seen)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def merged_levels_leave_empty(dut: Any) -> None:
    """A level without a row left is an empty issue: the first, a middle one, the last one, all."""
    tb = TB(dut)
    await tb.start()
    words = [0b1, 0b11, 0b111]
    rows = [words[i % 3] for i in range(tb.tile_m)]
    of_level = [{i for i in range(tb.tile_m) if i % 3 == level} for level in range(3)]
    for gone in ({0}, {1}, {2}, {0, 1}, {1, 2}, {0, 2}, {0, 1, 2}):
        await tb.block()
        await tb.load_tile(rows)
        bank = tb.tiles[0].bank
        # the other bank's rows are none of its own
        await tb.cycle(merge=(1 - bank, set(range(tb.tile_m))))
        for level in gone:
            await tb.cycle(merge=(bank, of_level[level]))
        seen = await tb.go()
        left = sum(len(rows) for level, rows in enumerate(of_level) if level not in gone)
        assert sum(issue.empty for issue in seen) == len(gone)
        assert len(seen) == left + len(gone)
        assert seen[-1].empty == (2 in gone)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def merge_meets_the_choice(dut: Any) -> None:
    """Equal rows are merged some cycles after the first is chosen: those in flight are issued."""
    tb = TB(dut)
    await tb.start()
    everyone = set(range(tb.tile_m))
    for delay in range(tb.tile_m):
        for rows in ([3] * tb.tile_m, [*[3] * (tb.tile_m - 1), 7]):
            await tb.finish()
            tb.repays = True
            await tb.load_tile(rows)
            bank, before = tb.tiles[0].bank, tb.issued
            for _ in range(delay):
                await tb.flow()
            twins = {row for row in everyone if rows[row] == 3}
            await tb.flow(merge=(bank, twins))
            await tb.finish()
            # the last one chosen, and an empty issue for the rest of its level
            chosen = min(delay + 1, len(twins))
            rest = chosen < len(twins)
            assert tb.issued - before == chosen + rest + (len(rows) - len(twins))


@cocotb.test(timeout_time=100, timeout_unit="us")
async def bank_stays_busy_until_its_release(dut: Any) -> None:
    """Both banks stay busy after their last issue, and either can be released first."""
    tb = TB(dut)
    await tb.start()
    tb.releases = False
    for backwards in (False, True):
        for _ in range(2):
            await tb.load_tile([3])
        for _ in range(3):
            await tb.flow()
        assert tb.busy == [True, True]
        assert not tb.tiles
        if backwards:
            tb.spent.reverse()
        await tb.cycle(release=True)
        await tb.flow()
        assert tb.busy == [backwards, not backwards]
        await tb.cycle(release=True)
        await tb.flow()
        assert tb.busy == [False, False]
    assert tb.issued == 4


@cocotb.test(timeout_time=100, timeout_unit="us")
async def random_traffic(dut: Any) -> None:
    """Random tiles, load pauses, late releases and rare credits, in both modes."""
    tb = TB(dut)
    await tb.start()
    rng = generator("traffic")
    for _ in rounds(1, lambda: tb.issued > 200 and min(tb.blocked, tb.empties) > 20):
        for dense in (0, 1):
            tb.idle["dense"] = dense
            rows, beat = random_tile(rng, tb.tile_m, tb.tile_k), 0
            share = 0.5
            for i in range(600):
                if i % 100 == 0:
                    share = rng.choice([0.2, 0.6, 1.0])
                load, last = None, False
                beats = load_beats(rows, tb.beat_rows, [0])
                if not tb.busy[tb.load_bank] and rng.random() < 0.7:
                    load = (beat, beats[beat], present_mask(len(rows), beat, tb.beat_rows))
                    last = beat == len(beats) - 1
                    beat += 1
                await tb.cycle(
                    load=load,
                    last=last,
                    release=bool(tb.spent) and bool(rng.random() < 0.3),
                    credit=tb.used_places > 0 and bool(rng.random() < share),
                    refund=tb.used_places > 1 and bool(rng.random() < share / 4),
                    merge=random_merge(tb, rng),
                )
                if last:
                    rows, beat = random_tile(rng, tb.tile_m, tb.tile_k), 0
            while beat:
                load = (beat, beats[beat], present_mask(len(rows), beat, tb.beat_rows))
                last = beat == len(beats) - 1
                beat = 0 if last else beat + 1
                await tb.flow(load=load, last=last)
            await tb.finish()


def random_merge(tb: TB, rng: np.random.Generator) -> tuple[int, set[int]] | None:
    """Return rows of a tile that is loaded, some of them issued already, or none."""
    if not tb.tiles or rng.random() < 0.8:
        return None
    tile = tb.tiles[rng.integers(len(tb.tiles))]
    share = rng.choice([0.2, 0.5, 1.0])
    return tile.bank, {row for row in range(tb.tile_m) if rng.random() < share}


@cocotb.test(timeout_time=100, timeout_unit="us")
async def reset_forgets_both_banks(dut: Any) -> None:
    """A reset in the middle of a tile drops it, frees the banks and gives all places back."""
    tb = TB(dut)
    await tb.start()
    for _ in range(2):
        while tb.issued < 3:
            await tb.load_tile([1] * tb.tile_m)
        await tb.restart()
        tb.forget()
        await tb.cycle()
    for rows in ([0], [1, 3], [7]):
        await tb.load_tile(rows)
    await tb.finish()
    assert tb.issued == 4


@both_simulators
@pytest.mark.parametrize(
    "sizes",
    [
        {"TILE_M": 16, "TILE_K": 8, "BEAT_ROWS": 8, "CREDITS": 4},
        {"TILE_M": 8, "TILE_K": 5, "BEAT_ROWS": 8, "CREDITS": 3},
        {"TILE_M": 16, "TILE_K": 8, "BEAT_ROWS": 8, "CREDITS": 5, "ROW_STRIDE": 4},
        {"TILE_M": 8, "TILE_K": 5, "BEAT_ROWS": 8, "CREDITS": 3, "ROW_STRIDE": 4},
    ],
    ids=["two_beats", "one_beat", "stride", "half_stride"],
)
def test_dispatcher(request: pytest.FixtureRequest, simulator: str, sizes: dict[str, int]) -> None:
    """All of the above."""
    run_unit(request, simulator, sizes)
