"""Tests of loas_match_accumulator: sums of columns in two banks, held to the cycle."""

from __future__ import annotations

from typing import Any

import cocotb
import pytest

from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.unit.bench import Bench, unpack
from snn_rtl.tb.unit.fibres import (
    cases,
    reset_at_once,
    run_case,
)

Add = tuple[int, int, int, int]
"""Bank, column, weight, enabled sums."""


class TB(Bench):
    """Adds, clears, and reads one column a cycle."""

    def __init__(self, dut: Any) -> None:
        super().__init__(
            dut,
            add_valid=0,
            add_bank=0,
            add_column=0,
            add_weight=0,
            add_enable=0,
            read_bank=0,
            read_column=0,
            clear=0,
        )
        self.columns, self.sums = self.sizes["COLUMNS"], self.sizes["SUMS"]
        self.sum_w, self.weight_w = self.sizes["SUM_W"], self.sizes["WEIGHT_W"]
        self.all = (1 << self.sums) - 1
        self.rng = generator("adds")
        self.forget()

    def forget(self) -> None:
        """Expect the state after a reset."""
        self.banks = [self._empty(), self._empty()]

    def _empty(self) -> list[list[int]]:
        return [[0] * self.sums for _ in range(self.columns)]

    def random_add(self) -> Add:
        """Return any addition."""
        rng, half = self.rng, 1 << self.weight_w - 1
        return (
            int(rng.integers(2)),
            int(rng.integers(self.columns)),
            int(rng.integers(-half, half)),
            int(rng.integers(1 << self.sums)),
        )

    async def cycle(
        self, add: Add | None = None, *, read: tuple[int, int] | None = None, clear: int = 0
    ) -> None:
        """Add or not, clear banks or not; check a column, which has nothing of it yet."""
        bank, column, weight, enable = add or self.random_add()
        # weights of a test that this width does not hold wrap
        half = 1 << self.weight_w - 1
        weight = (weight + half) % (2 * half) - half
        where = read or (int(self.rng.integers(2)), int(self.rng.integers(self.columns)))
        self.drive(
            add_valid=add is not None,
            add_bank=bank,
            add_column=column,
            add_weight=weight & 2 * half - 1,
            add_enable=enable,
            read_bank=where[0],
            read_column=where[1],
            clear=clear,
        )
        await self.edge()
        got = unpack(self.out("read_sums"), self.sum_w, self.sums, signed=True)
        assert got == self.banks[where[0]][where[1]], f"bank and column {where}"
        if add is not None:
            entry = self.banks[bank][column]
            for s in range(self.sums):
                entry[s] += weight * (enable >> s & 1)
        for b in (0, 1):
            if clear >> b & 1:
                self.banks[b] = self._empty()

    async def read_all(self) -> None:
        """Read every column of both banks."""
        for bank in (0, 1):
            for column in range(self.columns):
                await self.cycle(read=(bank, column))


@cocotb.test(timeout_time=100, timeout_unit="us")
async def every_column_of_both_banks(dut: Any) -> None:
    """Nothing reads 0; each column keeps its own sums; an addition shows in the next cycle."""
    tb = TB(dut)
    await tb.start()
    await tb.read_all()
    for times in (1, 2):
        for bank in (0, 1):
            for column in range(tb.columns):
                weight = column - tb.columns // 2
                await tb.cycle((bank, column, weight * times, tb.all), read=(bank, column))
                await tb.cycle(read=(bank, column))
        await tb.read_all()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def a_column_every_cycle(dut: Any) -> None:
    """The same column is added to in consecutive cycles, with each set of enabled sums."""
    tb = TB(dut)
    await tb.start()
    column, low = tb.columns - 1, -(1 << tb.weight_w - 1)
    for weight in (low, -low - 1, low, 1):
        for enable in {1, tb.all, 0, tb.all >> 1, tb.all ^ 1}:
            await tb.cycle((1, column, weight, enable), read=(1, column))
    await tb.read_all()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def extreme_sums(dut: Any) -> None:
    """Sums reach the ends of their range."""
    tb = TB(dut)
    await tb.start()
    low = -(1 << tb.weight_w - 1)
    times = (1 << tb.sum_w - 1) // -low
    for _ in range(min(times, 300)):
        await tb.cycle((0, 0, low, tb.all), read=(0, 0))
        await tb.cycle((1, 1, -low - 1, tb.all), read=(1, 1))
    await tb.read_all()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def clear_empties_one_bank(dut: Any) -> None:
    """A cleared bank reads 0 at once and starts afresh; the other one adds in the same cycle."""
    tb = TB(dut)
    await tb.start()
    for bank in (0, 1):
        for b in (0, 1):
            for column in range(tb.columns):
                await tb.cycle((b, column, 3, tb.all))
        await tb.cycle((1 - bank, 0, -2, tb.all), clear=1 << bank)
        await tb.read_all()
        # one column only: the others are still empty
        await tb.cycle((bank, 1, 1, 1))
        await tb.read_all()
    # a bank cleared while it is added to is empty; so are both
    await tb.cycle((0, 1, 1, tb.all), clear=1)
    await tb.read_all()
    await tb.cycle((1, 0, 1, tb.all), clear=3)
    await tb.read_all()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def random_traffic(dut: Any) -> None:
    """Random additions, clears and reads."""
    tb = TB(dut)
    await tb.start()
    for _ in range(1200):
        add = tb.random_add() if tb.rng.random() < 0.8 else None
        clear = int(tb.rng.integers(1, 4)) if tb.rng.random() < 0.02 else 0
        await tb.cycle(add, clear=clear)
    await tb.read_all()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def reset_clears_both_banks(dut: Any) -> None:
    """After a reset every column reads 0."""
    tb = TB(dut)
    await tb.start()
    for column in range(tb.columns):
        for bank in (0, 1):
            await tb.cycle((bank, column, 1, tb.all))
    await reset_at_once(tb)
    tb.forget()
    await tb.read_all()


@cases(
    small={"COLUMNS": 8, "SUMS": 4, "SUM_W": 20, "WEIGHT_W": 8},
    pseudo={"COLUMNS": 12, "SUMS": 1, "SUM_W": 13, "WEIGHT_W": 8},
    odd={"COLUMNS": 2, "SUMS": 8, "SUM_W": 7, "WEIGHT_W": 2},
    paper={"COLUMNS": 32, "SUMS": 4, "SUM_W": 24, "WEIGHT_W": 8},
)
def test_match_accumulator(
    request: pytest.FixtureRequest, simulator: str, case: str, sizes: dict[str, int]
) -> None:
    """All of the above."""
    run_case(request, simulator, case, sizes)
