"""Tests of loas_spike_compressor: rows of words to bitmask and packed words, held to the cycle."""

from __future__ import annotations

from typing import Any

import cocotb
import pytest

from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.unit.bench import Bench, pack
from snn_rtl.tb.unit.fibres import (
    cases,
    reset_at_once,
    run_case,
)


class TB(Bench):
    """Offers rows, takes fibres; predicts every cycle."""

    def __init__(self, dut: Any) -> None:
        super().__init__(dut, row_valid=0, row_words=0, fibre_ready=1)
        self.columns, self.steps = self.sizes["COLUMNS"], self.sizes["TIME_STEPS"]
        self.blocks = self.columns // self.sizes["ADDERS"]
        self.rng = generator("words")
        self.taken = 0
        self.forget()

    def forget(self) -> None:
        """Expect the state after a reset."""
        self.row: list[int] | None = None
        self.age = 0

    def random_row(self) -> list[int]:
        """Return a row of any density."""
        words = self.rng.integers(1, 1 << self.steps, self.columns)
        there = self.rng.random(self.columns) < self.rng.choice([0.1, 0.5, 0.9])
        return [int(word) for word in words * there]

    def fibre(self, row: list[int]) -> int:
        """Return what a row becomes."""
        mask = pack([int(word != 0) for word in row], 1)
        return mask | pack([word for word in row if word], self.steps) << self.columns

    async def cycle(self, row: list[int] | None = None, *, ready: bool = True) -> bool:
        """Offer a row or none; check both sides; return whether it was taken."""
        offered = row if row is not None else self.random_row()
        self.drive(
            row_valid=row is not None, row_words=pack(offered, self.steps), fibre_ready=ready
        )
        await self.edge()
        self.age += 1
        valid = self.row is not None and self.age >= self.blocks
        assert self.out("fibre_valid") == valid, "fibre_valid"
        leaves = valid and ready
        accepts = self.row is None or leaves
        assert self.out("row_ready") == accepts, "row_ready"
        if valid:
            assert self.row is not None
            assert self.out("fibre") == self.fibre(self.row), f"fibre of {self.row}"
        if leaves:
            self.row = None
            self.taken += 1
        if row is not None and accepts:
            self.row, self.age = row, 0
        return row is not None and accepts

    async def send(self, rows: list[list[int]]) -> None:
        """Offer rows back to back and see the last fibre."""
        for row in rows:
            while not await self.cycle(row):
                pass
        while self.row is not None:
            await self.cycle()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def directed_rows(dut: Any) -> None:
    """Silent, full, one word at each place, one silent word at each place, halves."""
    tb = TB(dut)
    await tb.start()
    last, some = (1 << tb.steps) - 1, tb.random_row()
    rows = [[0] * tb.columns, [last] * tb.columns, [1] * tb.columns, some]
    for place in range(tb.columns):
        alone = [0] * tb.columns
        alone[place] = 1 << place % tb.steps
        rows += [alone, [0 if i == place else i % last + 1 for i in range(tb.columns)]]
    half = tb.columns // 2
    rows += [[last] * half + [0] * half, [0] * half + [1] * half]
    await tb.send(rows)
    assert tb.taken == len(rows)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def latency_and_throughput(dut: Any) -> None:
    """A fibre COLUMNS / ADDERS cycles after its row, a row every so many cycles."""
    tb = TB(dut)
    await tb.start()
    rows = [tb.random_row() for _ in range(6)]
    begin = tb.now
    await tb.send(rows)
    # the first row is taken in cycle 1, the last fibre leaves blocks cycles behind its row
    assert tb.now - begin == 1 + len(rows) * tb.blocks


@cocotb.test(timeout_time=100, timeout_unit="us")
async def fibre_waits(dut: Any) -> None:
    """A fibre that is not taken holds, for any time, and no row is taken."""
    tb = TB(dut)
    await tb.start()
    for wait in range(4):
        await tb.cycle(tb.random_row(), ready=False)
        for _ in range(tb.blocks + wait):
            assert not await tb.cycle(tb.random_row(), ready=False)
        assert await tb.cycle(tb.random_row())
        await tb.send([])
    assert tb.taken == 8


@cocotb.test(timeout_time=100, timeout_unit="us")
async def random_traffic(dut: Any) -> None:
    """Random rows, offers and readiness."""
    tb = TB(dut)
    await tb.start()
    for offers, readies in ((0.3, 1.0), (1.0, 0.3), (0.7, 0.7)):
        for _ in range(250):
            row = tb.random_row() if tb.rng.random() < offers else None
            await tb.cycle(row, ready=bool(tb.rng.random() < readies))
    assert tb.taken > 200 // tb.blocks


@cocotb.test(timeout_time=100, timeout_unit="us")
async def reset_drops_the_row(dut: Any) -> None:
    """A reset at every age of a row: nothing is offered, the next row is whole."""
    tb = TB(dut)
    await tb.start()
    for age in range(tb.blocks + 2):
        await tb.cycle([1] * tb.columns, ready=False)
        for _ in range(age):
            await tb.cycle(ready=False)
        await reset_at_once(tb, fibre_ready=0)
        tb.forget()
        await tb.cycle(ready=False)
        await tb.send([tb.random_row()])
    assert tb.taken == tb.blocks + 2


@cases(
    small={"COLUMNS": 8, "TIME_STEPS": 4, "ADDERS": 2},
    one_block={"COLUMNS": 8, "TIME_STEPS": 2, "ADDERS": 8},
    odd={"COLUMNS": 12, "TIME_STEPS": 8, "ADDERS": 4},
    paper={"COLUMNS": 32, "TIME_STEPS": 4, "ADDERS": 16},
)
def test_spike_compressor(
    request: pytest.FixtureRequest, simulator: str, case: str, sizes: dict[str, int]
) -> None:
    """All of the above."""
    run_case(request, simulator, case, sizes)
