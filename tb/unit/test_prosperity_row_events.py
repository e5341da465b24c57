"""Tests of prosperity_row_events: ones, matches, zero rows of each m and k tile, counted once."""

from __future__ import annotations

from collections import Counter, deque
from typing import Any

import cocotb
import numpy as np
import pytest

from snn_rtl.models.prosperity.product_sparsity import unpack_rows
from snn_rtl.models.prosperity.prosperity import count_layer
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.unit import both_simulators, run_unit
from snn_rtl.tb.unit.bench import Bench, as_words, directed_tiles, random_tile
from snn_rtl.tb.unit.counting import RowEvent, row_events

OUTPUTS = {
    "BIT_NNZ": "inc_bit_nnz",
    "RESIDUAL_NNZ": "inc_residual_nnz",
    "EXACT_ROWS": "inc_exact",
    "PARTIAL_ROWS": "inc_partial",
    "ZERO_ROWS": "inc_zero",
}


class TB(Bench):
    """Loads tiles and shows their descriptors; adds up the increments."""

    def __init__(self, dut: Any) -> None:
        super().__init__(
            dut,
            load_done=0,
            load_bank=0,
            load_first_n=0,
            load_tile_rows=0,
            desc_valid=0,
            desc_last=0,
            desc_bank=0,
            desc_reuse=0,
            desc_ones=0,
            desc_pattern=0,
            desc_none=0,
            desc_twins=0,
        )
        self.tile_m, self.tile_k = self.sizes["TILE_M"], self.sizes["TILE_K"]
        # draws which of the equal rows are dropped
        self.merge = generator("merge") if self.sizes.get("MERGE_ROWS") else None
        self.bank = 0
        self.total: Counter[str] = Counter()

    async def cycle(
        self, load: tuple[int, bool, int] | None = None, event: RowEvent | None = None
    ) -> None:
        """Load (bank, first_n, rows) or not, show a descriptor or not; check the increments."""
        # without load_done and desc_valid the other inputs must not matter
        bank, first_n, rows = load or (self.bank, not self.total["ZERO_ROWS"] % 2, 1)
        pins = {"last": 1, "bank": self.bank, "reuse": 1, "ones": 1, "pattern": 1}
        pins = event.pins if event else pins
        self.drive(
            load_done=load is not None,
            load_bank=bank,
            load_first_n=first_n,
            load_tile_rows=rows,
            desc_valid=event is not None,
            **{f"desc_{name}": value for name, value in pins.items()},
        )
        await self.edge()
        expected = event.counts if event else dict.fromkeys(OUTPUTS, 0)
        got = {name: self.out(port) for name, port in OUTPUTS.items()}
        assert got == expected, f"{got} instead of {expected}"
        self.total.update(got)

    async def run(
        self, tiles: list[tuple[list[int], bool]], mode: str, rng: np.random.Generator | None = None
    ) -> None:
        """Show tiles (rows, counted); each is loaded while the one before is shown."""
        loads: deque[tuple[int, bool, int]] = deque()
        for i, (rows, counted) in enumerate(tiles):
            loads.append(((self.bank + i) % 2, counted, len(rows)))
        await self.cycle(loads.popleft())
        for rows, counted in tiles:
            load = loads.popleft() if loads else None
            events = row_events(rows, mode, self.bank, counted=counted, merge=self.merge)
            for event in events:
                while rng is not None and rng.random() < 0.3:
                    await self.cycle()
                await self.cycle(load, event)
                load = None
            self.bank ^= 1
        await self.cycle()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def directed_counts(dut: Any) -> None:
    """Every directed tile counts what the model counts, in all modes and both banks."""
    tb = TB(dut)
    await tb.start()
    for mode in ("product", "bit", "dense"):
        for rows in directed_tiles(tb.tile_m, tb.tile_k).values():
            for _ in range(2):
                tb.total.clear()
                await tb.run([(rows, True)], mode)
                bits = unpack_rows(as_words(rows), tb.tile_k)
                counts = count_layer(bits, 1, mode=mode)
                assert dict(tb.total) == {
                    "BIT_NNZ": counts.bit_nnz,
                    "RESIDUAL_NNZ": counts.residual_nnz,
                    "EXACT_ROWS": counts.exact_match_rows,
                    "PARTIAL_ROWS": counts.partial_match_rows,
                    "ZERO_ROWS": counts.zero_rows,
                }


@cocotb.test(timeout_time=100, timeout_unit="us")
async def groups_of_every_size(dut: Any) -> None:
    """Up to all rows of the tile equal, with one one, two, and all; alone and beside others."""
    tb = TB(dut)
    await tb.start()
    full = (1 << tb.tile_k) - 1
    for word in (1, 0b11, full):
        for size in range(1, tb.tile_m + 1):
            for rest in ([], [1, 0b101, full]):
                rows = ([word] * size + rest)[: tb.tile_m]
                tb.total.clear()
                await tb.run([(rows, True)], "product")
                bits = unpack_rows(as_words(rows), tb.tile_k)
                counts = count_layer(bits, 1, mode="product")
                assert tb.total["BIT_NNZ"] == counts.bit_nnz
                assert tb.total["RESIDUAL_NNZ"] == counts.residual_nnz
                assert tb.total["EXACT_ROWS"] == counts.exact_match_rows


@cocotb.test(timeout_time=100, timeout_unit="us")
async def only_the_first_n_tile_counts(dut: Any) -> None:
    """Tiles of later n tiles count nothing, whichever bank they are in."""
    tb = TB(dut)
    await tb.start()
    tiles = list(directed_tiles(tb.tile_m, tb.tile_k).values())
    for pattern in ((True, False), (False, True), (False, False), (True, True, False)):
        many = [(rows, pattern[i % len(pattern)]) for i, rows in enumerate(tiles * 2)]
        await tb.run(many, "product")
    assert tb.total["BIT_NNZ"] > 10 * tb.tile_m


@cocotb.test(timeout_time=200, timeout_unit="us")
async def random_tiles(dut: Any) -> None:
    """Random tiles in all modes, with pauses between rows."""
    tb = TB(dut)
    await tb.start()
    rng = generator("tiles")
    while any(tb.total[name] < 20 for name in OUTPUTS):
        for mode in ("product", "bit", "dense"):
            tiles = [random_tile(rng, tb.tile_m, tb.tile_k) for _ in range(10)]
            await tb.run([(rows, bool(rng.random() < 0.7)) for rows in tiles], mode, rng)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def reset_forgets_the_tiles(dut: Any) -> None:
    """A reset in the middle of a tile: its rows are not missing from the next one's zeros."""
    tb = TB(dut)
    await tb.start()
    for bank in (0, 1):
        await tb.cycle((bank, True, 3))
        await tb.cycle(None, RowEvent({"bank": bank, "ones": 1, "pattern": 1}, COUNT_ONE))
        await tb.restart()
        # no tile is known: nothing counts
        nothing = dict.fromkeys(OUTPUTS, 0)
        await tb.cycle(None, RowEvent({"bank": bank, "ones": 1, "pattern": 1}, nothing))
        await tb.restart()
        tb.bank = bank
        await tb.run([([0, 1, 0], True)], "product")
    assert tb.total["ZERO_ROWS"] == 4


COUNT_ONE = {"BIT_NNZ": 1, "RESIDUAL_NNZ": 1, "EXACT_ROWS": 0, "PARTIAL_ROWS": 0, "ZERO_ROWS": 0}


@both_simulators
@pytest.mark.parametrize(
    "sizes",
    [
        {"TILE_M": 16, "TILE_K": 8},
        {"TILE_M": 4, "TILE_K": 5},
        {"TILE_M": 16, "TILE_K": 8, "MERGE_ROWS": 1},
        {"TILE_M": 2, "TILE_K": 3, "MERGE_ROWS": 1},
    ],
    ids=["small", "odd", "merge", "merge_two_rows"],
)
def test_row_events(request: pytest.FixtureRequest, simulator: str, sizes: dict[str, int]) -> None:
    """All of the above."""
    run_unit(request, simulator, sizes)
