"""Tests of prosperity_tcam: loads, row reads and the subset search of both banks."""

from __future__ import annotations

from typing import Any

import cocotb
import pytest

from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.unit import both_simulators, run_unit
from snn_rtl.tb.unit.bench import Bench, directed_tiles, load_beats, pack, random_tile, rounds


class TB(Bench):
    """Drives all ports at once and keeps the rows of both banks."""

    def __init__(self, dut: Any) -> None:
        super().__init__(
            dut,
            load_valid=0,
            load_bank=0,
            load_beat=0,
            load_rows=0,
            query_bank=0,
            query_idx=0,
            search_bank=0,
            search_row=0,
            prefix_bank=0,
            prefix_idx=0,
        )
        self.tile_m = self.sizes["TILE_M"]
        self.tile_k = self.sizes["TILE_K"]
        self.beat_rows = self.sizes["BEAT_ROWS"]
        self.banks = [[0] * self.tile_m for _ in range(2)]
        self.matches = 0
        self.misses = 0

    async def cycle(
        self,
        *,
        load: tuple[int, int, list[int]] | None = None,
        query: tuple[int, int] = (0, 0),
        search: tuple[int, int] = (0, 0),
        prefix: tuple[int, int] = (0, 0),
    ) -> None:
        """Load (bank, beat, rows), read and search for one cycle; check what is found."""
        bank, beat, rows = load or (0, 0, [(1 << self.tile_k) - 1] * self.beat_rows)
        self.drive(
            load_valid=load is not None,
            load_bank=bank,
            load_beat=beat,
            load_rows=pack(rows, self.tile_k),
            query_bank=query[0],
            query_idx=query[1],
            search_bank=search[0],
            search_row=search[1],
            prefix_bank=prefix[0],
            prefix_idx=prefix[1],
        )
        await self.edge()
        assert self.out("query_row") == self.banks[query[0]][query[1]], "query_row"
        assert self.out("prefix_row") == self.banks[prefix[0]][prefix[1]], "prefix_row"
        subset = [row & ~search[1] == 0 for row in self.banks[search[0]]]
        assert self.out("subset") == pack(subset, 1), "subset"
        self.matches += sum(subset)
        self.misses += len(subset) - sum(subset)
        if load is not None:
            first = beat * self.beat_rows
            self.banks[bank][first : first + self.beat_rows] = rows

    async def load_tile(self, bank: int, rows: list[int]) -> None:
        """Load a tile, absent rows with ones."""
        for beat, words in enumerate(load_beats(rows, self.beat_rows, [1])):
            await self.cycle(load=(bank, beat, words))


@cocotb.test(timeout_time=100, timeout_unit="us")
async def directed_searches(dut: Any) -> None:
    """Searches each tile for its own rows, no ones, all ones and each single one, in both banks."""
    tb = TB(dut)
    await tb.start()
    full = (1 << tb.tile_k) - 1
    for number, rows in enumerate(directed_tiles(tb.tile_m, tb.tile_k).values()):
        bank = number % 2
        await tb.load_tile(bank, rows)
        queries = {0, full, *rows, *(1 << i for i in range(tb.tile_k))}
        for query in sorted(queries):
            await tb.cycle(search=(bank, query))
        for index in range(len(rows)):
            await tb.cycle(query=(bank, index), prefix=(bank, len(rows) - 1 - index))
    assert tb.matches > 100
    assert tb.misses > 100


@cocotb.test(timeout_time=100, timeout_unit="us")
async def load_is_seen_in_the_next_cycle(dut: Any) -> None:
    """Loads a beat of either bank while it is read and searched: old rows first, new rows then."""
    tb = TB(dut)
    await tb.start()
    full = (1 << tb.tile_k) - 1
    for bank in (0, 1):
        for beat in range(tb.tile_m // tb.beat_rows):
            row = (bank, beat * tb.beat_rows)
            for words in ([full] * tb.beat_rows, [1] * tb.beat_rows):
                await tb.cycle(load=(bank, beat, words), query=row, search=(bank, 2), prefix=row)
                await tb.cycle(query=row, search=(bank, 1), prefix=row)
    assert tb.banks == [[1] * tb.tile_m] * 2


@cocotb.test(timeout_time=100, timeout_unit="us")
async def random_traffic(dut: Any) -> None:
    """A load, a search and two reads in one cycle, anywhere."""
    tb = TB(dut)
    await tb.start()
    rng = generator("traffic")

    def place() -> tuple[int, int]:
        return int(rng.integers(2)), int(rng.integers(tb.tile_m))

    for _ in rounds(800, lambda: min(tb.matches, tb.misses) > 500):
        load = None
        if rng.random() < 0.5:
            beats = load_beats(random_tile(rng, tb.tile_m, tb.tile_k), tb.beat_rows, [0])
            beat = int(rng.integers(len(beats)))
            load = (int(rng.integers(2)), beat, beats[beat])
        search = (int(rng.integers(2)), int(rng.integers(1 << tb.tile_k)))
        await tb.cycle(load=load, query=place(), search=search, prefix=place())


@cocotb.test(timeout_time=100, timeout_unit="us")
async def reset_clears_the_rows(dut: Any) -> None:
    """After a reset all rows are empty: every query contains them."""
    tb = TB(dut)
    await tb.start()
    for bank in (0, 1):
        await tb.load_tile(bank, [(1 << tb.tile_k) - 1] * tb.tile_m)
    await tb.restart()
    tb.banks = [[0] * tb.tile_m for _ in range(2)]
    for bank in (0, 1):
        for index in range(tb.tile_m):
            await tb.cycle(query=(bank, index), prefix=(bank, index), search=(bank, 0))


@both_simulators
@pytest.mark.parametrize(
    "sizes",
    [{"TILE_M": 16, "TILE_K": 8, "BEAT_ROWS": 8}, {"TILE_M": 8, "TILE_K": 5, "BEAT_ROWS": 8}],
    ids=["two_beats", "one_beat"],
)
def test_tcam(request: pytest.FixtureRequest, simulator: str, sizes: dict[str, int]) -> None:
    """All of the above."""
    run_unit(request, simulator, sizes)
