"""Tests of prosperity_detector: matches among the rows issued before, held to the cycle."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

import cocotb
import pytest

from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.unit import both_simulators, run_unit
from snn_rtl.tb.unit.bench import (
    Bench,
    directed_tiles,
    issue_order,
    load_beats,
    pack,
    random_tile,
    rounds,
)

LATENCY = 2


class TB(Bench):
    """Stands for the spike buffer and the dispatcher; knows which rows were issued."""

    def __init__(self, dut: Any) -> None:
        super().__init__(
            dut,
            reuse=1,
            load_valid=0,
            load_bank=0,
            load_beat=0,
            load_rows=0,
            issue_valid=0,
            issue_bank=0,
            issue_idx=0,
            issue_ones=0,
            issue_first=0,
            issue_last=0,
            issue_empty=0,
            search_twin=0,
            prefix_bank=0,
            prefix_idx=0,
        )
        self.tile_m = self.sizes["TILE_M"]
        self.tile_k = self.sizes["TILE_K"]
        self.beat_rows = self.sizes["BEAT_ROWS"]
        self.rng = generator("detector")
        # share of the rows that are said to have left with an earlier one
        self.twin_share = 0.0
        self.twins = 0
        self.matches = 0
        self.searches = 0
        self.bank = 0
        self.forget()

    def forget(self) -> None:
        """Expect the state after a reset."""
        self.banks = [[0] * self.tile_m for _ in range(2)]
        self.known: set[int] = set()
        self.pipe: deque[dict[str, int] | None] = deque([None] * LATENCY)
        self.loads: deque[tuple[int, int, list[int]]] = deque()
        # the issue of the last cycle, and whether its row left with an earlier one
        self.searched: dict[str, int] | None = None
        self.twin = False

    async def cycle(self, issue: dict[str, int] | None = None) -> None:
        """Issue a row or none, do the next load, if any, and check all outputs."""
        load = self.loads.popleft() if self.loads else None
        bank, beat, rows = load or (self.bank, 0, [1] * self.beat_rows)
        prefix = int(self.rng.integers(2)), int(self.rng.integers(self.tile_m))
        # without issue_valid the other inputs must not matter
        fields = issue or {"bank": self.bank, "idx": 0, "ones": 3, "first": 1, "last": 1}
        self.drive(
            load_valid=load is not None,
            load_bank=bank,
            load_beat=beat,
            load_rows=pack(rows, self.tile_k),
            issue_valid=issue is not None,
            prefix_bank=prefix[0],
            prefix_idx=prefix[1],
            search_twin=self.twin or self.searched is None,
            **{f"issue_{name}": value for name, value in fields.items()},
        )
        await self.edge()
        assert self.out("prefix_row") == self.banks[prefix[0]][prefix[1]], "prefix_row"
        self.check_search()
        found = self.pipe.popleft()
        assert self.out("found_valid") == (found is not None), "found_valid"
        if found is not None:
            got = {name: self.out(f"found_{name}") for name in found}
            assert got == found, f"found {got} instead of {found}"
            self.searches += 1
            self.matches += found["match"].bit_count()
        self.searched = issue
        self.twin = issue is not None and bool(self.rng.random() < self.twin_share)
        self.twins += self.twin
        self.pipe.append(self.expected(issue) if issue else None)
        if load is not None:
            self.banks[bank][beat * self.beat_rows : (beat + 1) * self.beat_rows] = rows

    def check_search(self) -> None:
        """Compare what the merger of equal rows sees with the issue of the last cycle."""
        assert self.out("search_valid") == (self.searched is not None), "search_valid"
        if self.searched is None:
            return
        names = ["bank", "ones", "first", "empty"]
        if not self.searched["empty"]:
            names.append("idx")
        got = {name: self.out(f"search_{name}") for name in names}
        assert got == {name: int(self.searched[name]) for name in names}, f"search {got}"
        # subsets among all rows of the bank, known or not, there or not
        tile = self.banks[self.searched["bank"]]
        row = 0 if self.searched["empty"] else tile[self.searched["idx"]]
        subset = sum(1 << j for j, word in enumerate(tile) if word & ~row == 0)
        assert self.out("subset") == subset, "subset"

    def expected(self, issue: dict[str, int]) -> dict[str, int]:
        """Return what an issue must find, and make its row known."""
        tile = self.banks[issue["bank"]]
        row = 0 if issue["empty"] else tile[issue["idx"]]
        if issue["first"]:
            self.known = set()
        searches = self.idle["reuse"] and issue["ones"] >= 2
        match = {j for j in self.known if searches and tile[j] & ~row == 0}
        if row and not self.twin:
            self.known.add(issue["idx"])
        kept = {name: issue[name] for name in ("bank", "idx", "ones", "last")}
        if issue["empty"]:
            del kept["idx"]
        return kept | {"row": row, "match": sum(1 << j for j in match)}

    def load(self, bank: int, rows: Sequence[int]) -> None:
        """Plan the load of a tile, absent rows full or empty (a subset of every query)."""
        filler = [(1 << self.tile_k) - 1, 0]
        for beat, words in enumerate(load_beats(rows, self.beat_rows, filler)):
            self.loads.append((bank, beat, words))

    async def search(self, rows: list[int], *, pause: float = 0, ahead: Sequence[int] = ()) -> None:
        """Issue a loaded tile in order, and load the one ahead into the other bank meanwhile."""
        while self.loads:
            await self.cycle()
        bank = self.bank
        self.load(1 - bank, ahead)
        order = issue_order(rows, dense=not self.idle["reuse"])
        empty = not order
        # an empty issue names no row: any index will do
        for i, idx in enumerate(order or [self.beat_rows - 1]):
            while self.rng.random() < pause:
                await self.cycle()
            await self.cycle(
                {
                    "bank": bank,
                    "idx": idx,
                    "ones": 0 if empty else rows[idx].bit_count(),
                    "first": int(i == 0),
                    "last": int(empty or i == len(order) - 1),
                    "empty": int(empty),
                }
            )
        self.bank = 1 - bank

    async def finish(self) -> None:
        """See the last searches."""
        for _ in range(LATENCY + 1):
            await self.cycle()


async def run_tiles(tb: TB, tiles: list[list[int]], pause: float = 0) -> None:
    """Search tiles back to back, each loaded while the one before is searched."""
    tb.load(tb.bank, tiles[0])
    for rows, ahead in zip(tiles, [*tiles[1:], []], strict=True):
        await tb.search(rows, pause=pause, ahead=ahead)
    await tb.finish()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def directed_searches(dut: Any) -> None:
    """Searches every directed tile back to back, twice, so that each meets both banks."""
    tb = TB(dut)
    await tb.start()
    tiles = list(directed_tiles(tb.tile_m, tb.tile_k).values())
    await run_tiles(tb, tiles)
    await run_tiles(tb, [[1, 3], *tiles])
    assert tb.matches > 100


@cocotb.test(timeout_time=100, timeout_unit="us")
async def the_papers_figure(dut: Any) -> None:
    """Finds the matches of the paper's example, by hand."""
    tb = TB(dut)
    await tb.start()
    rows = [0b0101, 0b1001, 0b1101, 0b0100, 0b1101, 0b1011]
    matches = []
    tb.load(0, rows)
    order = issue_order(rows, dense=False)
    assert order == [3, 0, 1, 2, 4, 5]
    while tb.loads:
        await tb.cycle()
    for i in range(len(order) + LATENCY):
        idx = order[min(i, 5)]
        fields = {"bank": 0, "idx": idx, "ones": rows[idx].bit_count(), "empty": 0}
        await tb.cycle(fields | {"first": i == 0, "last": i == 5} if i < len(order) else None)
        if i >= LATENCY:
            matches.append(tb.out("found_match"))
    assert matches == [0, 0b1000, 0, 0b1011, 0b1111, 0b10]


@cocotb.test(timeout_time=100, timeout_unit="us")
async def no_reuse_no_match(dut: Any) -> None:
    """With reuse low nothing matches, zero rows are searched too, and reuse starts afresh."""
    tb = TB(dut)
    await tb.start()
    tiles = list(directed_tiles(tb.tile_m, tb.tile_k).values())
    tb.idle["reuse"] = 0
    await run_tiles(tb, tiles)
    assert tb.matches == 0
    assert tb.searches > 5 * tb.tile_m
    tb.idle["reuse"] = 1
    await run_tiles(tb, tiles)
    assert tb.matches > 0


@cocotb.test(timeout_time=100, timeout_unit="us")
async def random_tiles(dut: Any) -> None:
    """Random tiles with and without pauses, loads beside the searches."""
    tb = TB(dut)
    await tb.start()
    rng = generator("tiles")
    for _ in rounds(1, lambda: tb.matches > 200):
        for pause in (0.0, 0.4):
            tiles = [random_tile(rng, tb.tile_m, tb.tile_k) for _ in range(40)]
            await run_tiles(tb, tiles, pause)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def twins_are_no_prefix(dut: Any) -> None:
    """Rows that left with an earlier one are searched and never match; others match as before."""
    tb = TB(dut)
    await tb.start()
    rng = generator("twins")
    for tb.twin_share in (1.0, 0.5):
        tb.matches = 0
        tiles = list(directed_tiles(tb.tile_m, tb.tile_k).values())
        tiles += [random_tile(rng, tb.tile_m, tb.tile_k) for _ in range(20)]
        await run_tiles(tb, tiles)
        assert (tb.matches > 0) == (tb.twin_share < 1)
    assert tb.twins > 100


@cocotb.test(timeout_time=100, timeout_unit="us")
async def reset_drops_searches(dut: Any) -> None:
    """A reset right after an issue shows nothing, and no row stays known."""
    tb = TB(dut)
    await tb.start()
    rows = [1, 3, 7]
    for _ in range(2):
        tb.bank = 0
        tb.load(0, rows)
        await tb.search(rows)
        await tb.restart()
        tb.forget()
        for _ in range(LATENCY + 2):
            await tb.cycle()
    tb.bank = 0
    await run_tiles(tb, [rows])
    # one row of each tile was out before its reset
    assert tb.searches == 1 + 1 + len(rows)


@both_simulators
@pytest.mark.parametrize(
    "sizes",
    [{"TILE_M": 16, "TILE_K": 8, "BEAT_ROWS": 8}, {"TILE_M": 8, "TILE_K": 5, "BEAT_ROWS": 8}],
    ids=["two_beats", "one_beat"],
)
def test_detector(request: pytest.FixtureRequest, simulator: str, sizes: dict[str, int]) -> None:
    """All of the above."""
    run_unit(request, simulator, sizes)
