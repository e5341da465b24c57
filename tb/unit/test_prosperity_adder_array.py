"""Tests of prosperity_adder_array: running sums, prefixes from the store and just being written."""

from __future__ import annotations

from typing import Any, NamedTuple

import cocotb
import numpy as np
import pytest

from snn_rtl.models.prosperity.product_sparsity import decompose
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.unit import both_simulators, run_unit
from snn_rtl.tb.unit.bench import (
    Bench,
    as_words,
    directed_tiles,
    issue_order,
    pack,
    random_tile,
    unpack,
)


class Row(NamedTuple):
    """A row to process: columns to add (None: nothing), prefix (-1: none)."""

    row: int
    prefix: int
    cols: list[int | None]
    store: bool = True


class TB(Bench):
    """Stands for the processor and the weight buffer; keeps the sums of all rows."""

    def __init__(self, dut: Any) -> None:
        super().__init__(
            dut,
            step=0,
            step_prefix=0,
            add_valid=0,
            add_first=0,
            add_weight=0,
            add_reuse=0,
            add_forward=0,
            add_last=0,
            add_store=0,
            add_row=0,
            weight_rows=0,
        )
        self.tile_m, self.tile_k, self.lanes, self.weight_w = (
            self.sizes[name] for name in ("TILE_M", "TILE_K", "LANES", "WEIGHT_W")
        )
        self.ports = self.sizes.get("WEIGHT_PORTS", 1)
        self.psum_w = self.weight_w + (self.tile_k - 1).bit_length()
        self.rng = generator("adders")
        self.limit = 1 << self.weight_w - 1
        self.set_weights(self.rng.integers(-self.limit, self.limit, (self.tile_k, self.lanes)))
        # sums by row, as the store keeps them; the running sum as the pins show it
        self.store: dict[int, list[int]] = {}
        self.running = [0] * self.lanes
        self.add: dict[str, int] = {}
        self.ended: int | None = None
        self.next_running: list[int] | None = None
        self.rows = self.forwards = self.stored = 0

    def set_weights(self, weights: np.ndarray) -> None:
        """Choose the weight tile, (TILE_K, LANES)."""
        self.weights: list[list[int]] = weights.tolist()

    async def cycle(self, *, step: bool = False, prefix: int = 0, **add: int) -> None:
        """Do the add of the step before, and a step whose add is given; check the sum.

        Without an add the data path's inputs carry what must not matter.
        """
        junk = {"add_first": 1, "add_last": 1, "add_store": 1, "add_row": 0}
        junk["add_weight"] = (1 << self.ports) - 1
        self.drive(step=step, step_prefix=prefix, **(self.add or junk))
        await self.edge()
        sums = unpack(self.out("sum"), self.psum_w, self.lanes, signed=True)
        assert sums == self.running, f"sum {sums} instead of {self.running}"
        if self.next_running is not None:
            self.running = self.next_running
        self.add, self.next_running, self.ended = add, None, None

    async def process(self, item: Row, pause: int = 0) -> None:
        """Process a row, with pauses before each step; the last add is done by the next cycle."""
        total = [0] * self.lanes
        if item.prefix >= 0:
            total = self.store[item.prefix]
        ports = self.ports
        steps = [item.cols[i : i + ports] for i in range(0, len(item.cols), ports)]
        for i, cols in enumerate(steps):
            for _ in range(pause):
                await self.cycle()
            first, last = i == 0, i == len(steps) - 1
            forward = first and item.prefix >= 0 and self.ended == item.prefix
            self.forwards += forward
            self.stored += first and item.prefix >= 0 and not forward
            # a port that adds nothing may show any weights
            shown = self.rng.integers(self.tile_k, size=ports).tolist()
            shown[: len(cols)] = [s if c is None else c for s, c in zip(shown, cols, strict=False)]
            weights = [self.weights[col] for col in shown]
            await self.cycle(
                step=True,
                prefix=max(item.prefix, 0) if first else int(self.rng.integers(self.tile_m)),
                add_valid=1,
                add_first=first,
                add_weight=sum(1 << p for p, col in enumerate(cols) if col is not None),
                add_reuse=item.prefix >= 0,
                add_forward=forward,
                add_last=last,
                add_store=item.store,
                add_row=item.row,
                weight_rows=pack([w for row in weights for w in row], self.weight_w),
            )
            for col in cols:
                if col is not None:
                    total = [a + b for a, b in zip(total, self.weights[col], strict=True)]
            self.next_running = total
            if last:
                self.ended = item.row
                self.rows += 1
                if item.store:
                    self.store[item.row] = total

    async def tile(self, words: list[int], pause: int = 0) -> None:
        """Process a tile as product sparsity decomposes it; check all sums against the product."""
        dec = decompose(as_words(words))
        for row in issue_order(words, dense=False):
            pattern = int(dec.pattern[row])
            cols = [c for c in range(self.tile_k) if pattern >> c & 1]
            # an exact match is never a prefix, so it is not stored
            item = Row(row, int(dec.prefix[row]), [*cols] or [None], store=bool(cols))
            await self.process(item, pause)
            ones = [c for c in range(self.tile_k) if words[row] >> c & 1]
            product = [sum(self.weights[c][n] for c in ones) for n in range(self.lanes)]
            assert self.next_running == product, "the test's own reuse"

    async def finish(self) -> None:
        """Do the last add, and see that the sum stays."""
        for _ in range(3):
            await self.cycle()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def directed_tiles_back_to_back(dut: Any) -> None:
    """Every directed tile, with a step a cycle and with pauses."""
    tb = TB(dut)
    await tb.start()
    for pause in (0, 1, 2):
        for words in directed_tiles(tb.tile_m, tb.tile_k).values():
            await tb.tile(words, pause)
    await tb.finish()
    assert tb.rows > 100
    assert tb.forwards > tb.tile_k
    assert tb.stored > 2 * tb.tile_k


@cocotb.test(timeout_time=100, timeout_unit="us")
async def prefix_at_every_distance(dut: Any) -> None:
    """A prefix written 1, 2, 3 and more cycles before it is read."""
    tb = TB(dut)
    await tb.start()
    for distance in range(1, 6):
        for row in range(1, tb.tile_m):
            await tb.process(Row(0, -1, [0, 1]))
            # rows in between end in other places
            for _ in range(distance - 1):
                await tb.process(Row(row, -1, [2]))
            await tb.process(Row(row, 0, [3]))
    await tb.finish()
    assert tb.forwards == tb.tile_m - 1
    assert tb.stored == 4 * (tb.tile_m - 1)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def extreme_weights(dut: Any) -> None:
    """All columns of the smallest and of the largest weight: the sum does not overflow."""
    tb = TB(dut)
    await tb.start()
    full = (1 << tb.tile_k) - 1
    for weight in (-tb.limit, tb.limit - 1, -1):
        tb.set_weights(np.full((tb.tile_k, tb.lanes), weight))
        await tb.tile([full, full >> 1, full])
        await tb.finish()
        assert tb.running == [weight * tb.tile_k] * tb.lanes
    lanes = np.arange(tb.tile_k * tb.lanes).reshape(tb.tile_k, tb.lanes) % tb.limit
    tb.set_weights(lanes * np.where(np.arange(tb.lanes) % 2, -1, 1))
    await tb.tile([full])
    await tb.finish()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def steps_without_weight(dut: Any) -> None:
    """Zeros of a dense scan add nothing; an exact match takes its prefix and is not stored."""
    tb = TB(dut)
    await tb.start()
    await tb.process(Row(1, -1, [None, 0, None, None, 1, None]))
    await tb.process(Row(2, 1, [None], store=False))
    await tb.process(Row(2, 1, [None, 2]))
    await tb.process(Row(1, -1, [None], store=False))
    await tb.process(Row(3, -1, [None, 3]))
    await tb.process(Row(0, 1, [4]))
    await tb.process(Row(1, 2, [None], store=False))
    await tb.finish()
    assert tb.rows == 7


@cocotb.test(timeout_time=200, timeout_unit="us")
async def random_tiles(dut: Any) -> None:
    """Random tiles and weights."""
    tb = TB(dut)
    await tb.start()
    rng = generator("tiles")
    while min(tb.forwards, tb.stored) < 30:
        for pause in (0, 1, 2):
            tb.set_weights(rng.integers(-tb.limit, tb.limit, (tb.tile_k, tb.lanes)))
            await tb.tile(random_tile(rng, tb.tile_m, tb.tile_k), pause)
    await tb.finish()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def reset_keeps_the_store(dut: Any) -> None:
    """A reset clears the running sum; words of the store can still be a prefix."""
    tb = TB(dut)
    await tb.start()
    await tb.process(Row(1, -1, [0, 1]))
    await tb.finish()
    await tb.restart()
    tb.running = [0] * tb.lanes
    await tb.finish()
    await tb.process(Row(0, 1, [2]))
    await tb.finish()
    assert tb.stored == 1


@both_simulators
@pytest.mark.parametrize(
    "sizes",
    [
        {"TILE_M": 16, "TILE_K": 8, "LANES": 4, "WEIGHT_W": 8},
        {"TILE_M": 4, "TILE_K": 5, "LANES": 3, "WEIGHT_W": 3},
        {"TILE_M": 16, "TILE_K": 8, "LANES": 2, "WEIGHT_W": 4, "WEIGHT_PORTS": 2},
        {"TILE_M": 4, "TILE_K": 5, "LANES": 2, "WEIGHT_W": 2, "WEIGHT_PORTS": 5},
    ],
    ids=["small", "odd", "two_ports", "all_ports"],
)
def test_adder_array(request: pytest.FixtureRequest, simulator: str, sizes: dict[str, int]) -> None:
    """All of the above."""
    run_unit(request, simulator, sizes)
