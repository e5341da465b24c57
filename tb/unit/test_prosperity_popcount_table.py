"""Tests of prosperity_popcount_table: counts and levels of both banks while tiles are loaded."""

from __future__ import annotations

from typing import Any

import cocotb
import pytest

from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.unit import both_simulators, run_unit
from snn_rtl.tb.unit.bench import (
    Bench,
    bit_width,
    directed_tiles,
    load_beats,
    pack,
    present_mask,
    random_tile,
)


class TB(Bench):
    """Loads beats and keeps the counts and the levels of both banks."""

    def __init__(self, dut: Any) -> None:
        super().__init__(dut, load_valid=0, load_bank=0, load_beat=0, load_rows=0, load_present=0)
        self.tile_m = self.sizes["TILE_M"]
        self.tile_k = self.sizes["TILE_K"]
        self.beat_rows = self.sizes["BEAT_ROWS"]
        self.full = (1 << self.tile_k) - 1
        self.forget()

    def forget(self) -> None:
        """Empty the expected tables."""
        self.ones = [[0] * self.tile_m for _ in range(2)]
        self.levels: list[set[int]] = [set(), set()]

    async def cycle(self, load: tuple[int, int, list[int], int] | None = None) -> None:
        """Load (bank, beat, rows, present) or nothing; check the tables as they were before."""
        # without load_valid the other inputs must not matter
        bank, beat, rows, present = load or (0, 0, [self.full] * self.beat_rows, ~0)
        self.drive(
            load_valid=load is not None,
            load_bank=bank,
            load_beat=beat,
            load_rows=pack(rows, self.tile_k),
            load_present=present & (1 << self.beat_rows) - 1,
        )
        await self.edge()
        for b in (0, 1):
            ones = pack(self.ones[b], bit_width(self.tile_k))
            assert self.out(f"ones_{b}") == ones, f"ones_{b}"
            levels = sum(1 << level for level in self.levels[b])
            assert self.out(f"levels_{b}") == levels, f"levels_{b}"
        if load is not None:
            counts = [row.bit_count() for row in rows]
            first = beat * self.beat_rows
            self.ones[bank][first : first + self.beat_rows] = counts
            if beat == 0:
                self.levels[bank] = set()
            self.levels[bank] |= {n for i, n in enumerate(counts) if present >> i & 1}

    async def load_tile(self, bank: int, rows: list[int]) -> None:
        """Load a tile back to back; absent rows are all ones."""
        for beat, words in enumerate(load_beats(rows, self.beat_rows, [self.full])):
            await self.cycle((bank, beat, words, present_mask(len(rows), beat, self.beat_rows)))


@cocotb.test(timeout_time=100, timeout_unit="us")
async def directed_tables(dut: Any) -> None:
    """Loads every directed tile into both banks, back to back."""
    tb = TB(dut)
    await tb.start()
    for rows in directed_tiles(tb.tile_m, tb.tile_k).values():
        for bank in (0, 1):
            await tb.load_tile(bank, rows)
    await tb.cycle()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def every_word(dut: Any) -> None:
    """Counts every word of a row, in every row of a beat."""
    tb = TB(dut)
    await tb.start()
    for word in range(1 << tb.tile_k):
        rows = [(word + 37 * i) & tb.full for i in range(tb.beat_rows)]
        await tb.cycle((word % 2, 0, rows, -1))
    await tb.cycle()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def new_tile_starts_new_levels(dut: Any) -> None:
    """A short tile after a full one keeps none of its levels."""
    tb = TB(dut)
    await tb.start()
    for bank in (0, 1):
        await tb.load_tile(bank, directed_tiles(tb.tile_m, tb.tile_k)["chain"])
        await tb.load_tile(bank, [0b11])
        await tb.cycle()
        assert tb.levels[bank] == {2}


@cocotb.test(timeout_time=100, timeout_unit="us")
async def random_tiles(dut: Any) -> None:
    """Random tiles, banks and pauses."""
    tb = TB(dut)
    await tb.start()
    rng = generator("tiles")
    for _ in range(150):
        await tb.load_tile(int(rng.integers(2)), random_tile(rng, tb.tile_m, tb.tile_k))
        if rng.random() < 0.3:
            await tb.cycle()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def reset_clears_the_tables(dut: Any) -> None:
    """After a reset both tables are empty."""
    tb = TB(dut)
    await tb.start()
    for bank in (0, 1):
        await tb.load_tile(bank, [tb.full] * tb.tile_m)
    await tb.cycle()
    await tb.restart()
    tb.forget()
    await tb.cycle()


@both_simulators
@pytest.mark.parametrize(
    "sizes",
    [{"TILE_M": 16, "TILE_K": 8, "BEAT_ROWS": 4}, {"TILE_M": 8, "TILE_K": 5, "BEAT_ROWS": 8}],
    ids=["four_beats", "one_beat"],
)
def test_popcount_table(
    request: pytest.FixtureRequest, simulator: str, sizes: dict[str, int]
) -> None:
    """All of the above."""
    run_unit(request, simulator, sizes)
