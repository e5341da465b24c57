"""Tests of loas_laggy_prefix_sum: running sums over the steps of a bitmask, held to the cycle."""

from __future__ import annotations

from typing import Any

import cocotb
import pytest

from snn_rtl.tb.common.clock_reset import start_clock
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.unit.bench import Bench, unpack
from snn_rtl.tb.unit.fibres import cases, random_word, run_case


class TB(Bench):
    """Drives a step a cycle; keeps the running total."""

    def __init__(self, dut: Any) -> None:
        super().__init__(dut, step=0, first=0, bits=0)
        self.adders, self.sum_w = self.sizes["ADDERS"], self.sizes["SUM_W"]
        self.full = (1 << self.adders) - 1
        self.rng = generator("bits")
        self.total = 0

    async def start(self) -> None:
        """Start the clock; there is no reset."""
        self.drive()
        start_clock(self.dut)
        await self.edge()

    async def cycle(self, bits: int, *, first: bool = False, step: bool = True) -> None:
        """Show some bits; check the sums below each of them."""
        self.drive(step=step, first=first, bits=bits)
        await self.edge()
        before = 0 if first else self.total
        below = [before + (bits & (1 << i) - 1).bit_count() for i in range(self.adders)]
        expected = [value % (1 << self.sum_w) for value in below]
        assert unpack(self.out("sums"), self.sum_w, self.adders) == expected, f"{bits=:#x}"
        if step:
            self.total = before + bits.bit_count()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def full_and_empty_steps(dut: Any) -> None:
    """Sums of all ones, of none, of single ones; first starts afresh."""
    tb = TB(dut)
    await tb.start()
    for bits in (tb.full, 0, 1, 1 << tb.adders - 1):
        for step in range(2 * (1 << tb.sum_w) // tb.adders + 2):
            await tb.cycle(bits, first=step == 0)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def first_starts_afresh(dut: Any) -> None:
    """A first step follows a first step, and forgets whatever total there was."""
    tb = TB(dut)
    await tb.start()
    for bits in (tb.full, 1, 0, tb.full):
        await tb.cycle(bits, first=True)
        await tb.cycle(bits, first=True)
        await tb.cycle(bits)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def only_a_step_changes_the_total(dut: Any) -> None:
    """Without a step the sums show, first or not, and the total stays."""
    tb = TB(dut)
    await tb.start()
    await tb.cycle(tb.full, first=True)
    for first in (False, True, False):
        await tb.cycle(random_word(tb.rng, tb.adders), first=first, step=False)
    await tb.cycle(tb.full)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def random_steps(dut: Any) -> None:
    """Random bits, steps and starts."""
    tb = TB(dut)
    await tb.start()
    await tb.cycle(0, first=True)
    for _ in range(500):
        bits = random_word(tb.rng, tb.adders) & random_word(tb.rng, tb.adders)
        first, step = tb.rng.random() < 0.1, tb.rng.random() < 0.8
        await tb.cycle(bits, first=bool(first), step=bool(step))


@cases(
    bit={"ADDERS": 1, "SUM_W": 1},
    small={"ADDERS": 8, "SUM_W": 5},
    odd={"ADDERS": 3, "SUM_W": 4},
    all_at_once={"ADDERS": 32, "SUM_W": 5},
    paper={"ADDERS": 16, "SUM_W": 7},
)
def test_laggy_prefix_sum(
    request: pytest.FixtureRequest, simulator: str, case: str, sizes: dict[str, int]
) -> None:
    """All of the above."""
    run_case(request, simulator, case, sizes)
