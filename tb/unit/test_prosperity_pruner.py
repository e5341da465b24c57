"""Tests of prosperity_pruner: the best match and the residual pattern, two cycles later."""

from __future__ import annotations

from collections import deque
from itertools import product
from typing import Any

import cocotb
import numpy as np
import pytest
from cocotb.triggers import FallingEdge

from snn_rtl.models.prosperity.product_sparsity import decompose
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.unit import both_simulators, run_unit
from snn_rtl.tb.unit.bench import (
    Bench,
    as_words,
    bit_width,
    directed_tiles,
    issue_order,
    pack,
    random_tile,
    rounds,
)

LATENCY = 2


class TB(Bench):
    """Stands for the detector: two banks of rows, matches in, prefix rows out."""

    def __init__(self, dut: Any) -> None:
        super().__init__(
            dut,
            ones_0=0,
            ones_1=0,
            found_valid=0,
            found_bank=0,
            found_idx=0,
            found_ones=0,
            found_last=0,
            found_row=0,
            found_match=0,
        )
        self.tile_m = self.sizes["TILE_M"]
        self.tile_k = self.sizes["TILE_K"]
        self.banks = [[0] * self.tile_m for _ in range(2)]
        self.pipe: deque[dict[str, int] | None] = deque([None] * LATENCY)
        self.reused = 0
        self.alone = 0

    async def start(self) -> None:
        """Start, and answer prefix reads within their cycle from then on."""
        self.dut.prefix_row.value = 0
        await super().start()
        cocotb.start_soon(self._answer())

    async def _answer(self) -> None:
        while True:
            await FallingEdge(self.dut.clk)
            bank, idx = self.outs("prefix_bank", "prefix_idx")
            self.dut.prefix_row.value = self.banks[bank][idx]

    def set_bank(self, bank: int, rows: list[int]) -> None:
        """Replace the rows of a bank and its popcount table."""
        self.banks[bank] = [*rows, *[0] * (self.tile_m - len(rows))]
        counts = [row.bit_count() for row in self.banks[bank]]
        self.idle[f"ones_{bank}"] = pack(counts, bit_width(self.tile_k))

    async def cycle(
        self, found: tuple[int, int, set[int]] | None = None, *, last: bool = False
    ) -> None:
        """Show a search result (bank, row, matches) or none; check the descriptor."""
        # without found_valid the other inputs must not matter
        bank, idx, match = found or (0, 0, set(range(self.tile_m)))
        row = self.banks[bank][idx]
        self.drive(
            found_valid=found is not None,
            found_bank=bank,
            found_idx=idx,
            found_ones=row.bit_count(),
            found_last=last,
            found_row=row,
            found_match=sum(1 << j for j in match),
        )
        await self.edge()
        expected = self.pipe.popleft()
        assert self.out("desc_valid") == (expected is not None), "desc_valid"
        if expected is not None:
            got = {name: self.out(f"desc_{name}") for name in expected}
            assert got == expected, f"{got} instead of {expected}"
            self.reused += expected["reuse"]
            self.alone += 1 - expected["reuse"]
        self.pipe.append(self.expected(bank, idx, match, last) if found else None)

    def expected(self, bank: int, idx: int, match: set[int], last: bool) -> dict[str, int]:
        """Return the descriptor of a search result."""
        tile = self.banks[bank]
        desc = {"bank": bank, "row": idx, "last": int(last), "ones": tile[idx].bit_count()}
        if not match:
            return desc | {"reuse": 0, "pattern": tile[idx]}
        most = max(tile[j].bit_count() for j in match)
        prefix = min(j for j in match if tile[j].bit_count() == most)
        return desc | {"reuse": 1, "prefix": prefix, "pattern": tile[idx] ^ tile[prefix]}

    async def prune_tile(self, bank: int, rows: list[int]) -> None:
        """Show all rows of a tile in order, with the matches that a search would find."""
        while any(desc and desc["bank"] == bank for desc in self.pipe):
            await self.cycle()
        self.set_bank(bank, rows)
        dec = decompose(as_words(rows))
        order = issue_order(rows, dense=False)
        for i, row in enumerate(order):
            match = {j for j in order[:i] if rows[j] & ~rows[row] == 0}
            if rows[row].bit_count() < 2:
                match = set()
            await self.cycle((bank, row, match), last=i == len(order) - 1)
            expected = self.pipe[-1]
            assert expected is not None
            assert expected["pattern"] == dec.pattern[row]
            assert expected.get("prefix", -1) == dec.prefix[row]

    async def finish(self) -> None:
        """See the last descriptors."""
        for _ in range(LATENCY + 1):
            await self.cycle()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def directed_rows(dut: Any) -> None:
    """Prunes every directed tile, back to back and in both banks, as the model decomposes it."""
    tb = TB(dut)
    await tb.start()
    for swap in (0, 1):
        for number, rows in enumerate(directed_tiles(tb.tile_m, tb.tile_k).values()):
            await tb.prune_tile((number + swap) % 2, rows)
    await tb.finish()
    assert tb.reused > 2 * tb.tile_m
    assert tb.alone > 2 * tb.tile_m


@cocotb.test(timeout_time=100, timeout_unit="us")
async def every_index_can_win(dut: Any) -> None:
    """Each row alone, against a better one, and in a tie with every other one."""
    tb = TB(dut)
    await tb.start()
    full, last = (1 << tb.tile_k) - 1, tb.tile_m - 1
    tb.set_bank(1, [0b11 << i % (tb.tile_k - 1) for i in range(last)] + [full])
    for i in range(last):
        await tb.cycle((1, last, {i}))
        await tb.cycle((1, last, {i, last}))
        for j in range(i):
            await tb.cycle((1, last, {i, j}))
    await tb.finish()
    assert tb.reused == last * (last - 1) // 2 + 2 * last


@cocotb.test(timeout_time=100, timeout_unit="us")
async def two_ones_among_full_rows(dut: Any) -> None:
    """Each row with two ones against one with a single one, all others full: a count is its own."""
    tb = TB(dut)
    await tb.start()
    for bank, i in product((0, 1), range(tb.tile_m)):
        other, row = (i + tb.tile_m // 2) % tb.tile_m, (i + 1) % tb.tile_m
        rows = [(1 << tb.tile_k) - 1] * tb.tile_m
        rows[i], rows[other] = 0b11, 0b01
        tb.set_bank(bank, rows)
        await tb.cycle((bank, row, {i, other}))
        await tb.finish()
    assert tb.reused == 2 * tb.tile_m


@cocotb.test(timeout_time=100, timeout_unit="us")
async def random_results(dut: Any) -> None:
    """Any matches in any bank, with gaps, tables that change while no row is under way."""
    tb = TB(dut)
    await tb.start()
    rng = generator("results")
    for _ in rounds(40, lambda: tb.reused > 200):
        for bank in (0, 1):
            tile = random_tile(rng, tb.tile_m, tb.tile_k)
            tb.set_bank(bank, tile + [1] * (tb.tile_m - len(tile)))
        for _ in range(20):
            bank, idx = int(rng.integers(2)), int(rng.integers(tb.tile_m))
            some = np.flatnonzero(rng.random(tb.tile_m) < rng.choice([0.1, 0.5, 1.0]))
            match = {int(j) for j in some if tb.banks[bank][j]}
            found = (bank, idx, match) if rng.random() < 0.8 else None
            await tb.cycle(found, last=bool(rng.random() < 0.2))
        await tb.finish()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def reset_drops_the_rows(dut: Any) -> None:
    """A reset one and two cycles after a result: no descriptor."""
    tb = TB(dut)
    await tb.start()
    tb.set_bank(0, [1, 3])
    for gap in (0, 1):
        await tb.cycle((0, 1, {0}))
        for _ in range(gap):
            await tb.cycle()
        await tb.restart()
        tb.pipe = deque([None] * LATENCY)
        await tb.finish()
    await tb.cycle((0, 1, {0}))
    await tb.finish()
    assert tb.reused == 1


@both_simulators
@pytest.mark.parametrize(
    "sizes", [{"TILE_M": 16, "TILE_K": 8}, {"TILE_M": 4, "TILE_K": 5}], ids=["small", "odd"]
)
def test_pruner(request: pytest.FixtureRequest, simulator: str, sizes: dict[str, int]) -> None:
    """All of the above."""
    run_unit(request, simulator, sizes)
