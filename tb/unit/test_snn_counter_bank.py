"""Tests of snn_counter_bank: each counter alone and beside the others, carries, clear, reset."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import cocotb
import pytest

from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.unit import both_simulators, run_unit
from snn_rtl.tb.unit.bench import Bench, pack, rounds

FULL: Final = (1 << 64) - 1


class TB(Bench):
    """Counts along; each cycle one counter is read."""

    def __init__(self, dut: Any) -> None:
        super().__init__(dut, clear=0, inc=0, sel=0)
        self.number = self.sizes["NUM"]
        self.largest = (1 << self.sizes["INC_W"]) - 1
        self.slots = 1 << (self.number - 1).bit_length()
        self.counts = [0] * self.slots
        self.next_sel = 0

    async def start(self) -> None:
        """Start from counters of zero."""
        await super().start()
        self.counts = [0] * self.slots

    async def cycle(self, inc: Sequence[int] = (), *, clear: bool = False) -> None:
        """Count for one cycle; check the counter whose turn it is."""
        sel, self.next_sel = self.next_sel, (self.next_sel + 1) % self.slots
        self.drive(inc=pack(inc, self.sizes["INC_W"]), clear=clear, sel=sel)
        await self.edge()
        assert self.out("value") == self.counts[sel], f"counter {sel}"
        for i, step in enumerate(inc):
            self.counts[i] += step
        assert max(self.counts) <= FULL, "the test overflows a counter"
        if clear:
            self.counts = [0] * self.slots

    async def check_all(self) -> None:
        """Read every number once, those above the last counter too."""
        for _ in range(self.slots):
            await self.cycle()

    def one(self, which: int, step: int) -> list[int]:
        """Return an increment of one counter alone."""
        return [step if i == which else 0 for i in range(self.number)]


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def each_alone(dut: Any) -> None:
    """Each counter grows by one and by the largest increment while the others stay."""
    tb = TB(dut)
    await tb.start()
    await tb.check_all()
    for which in range(tb.number):
        for step in (1, tb.largest, 0):
            await tb.cycle(tb.one(which, step))
            await tb.check_all()
    assert min(tb.counts[: tb.number]) == 1 + tb.largest


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def read_from_the_next_cycle(dut: Any) -> None:
    """A counter that is looked at all the time shows each increment one cycle later."""
    tb = TB(dut)
    await tb.start()
    for which in range(tb.number):
        for step in range(6):
            tb.next_sel = which
            await tb.cycle(tb.one(which, step % (tb.largest + 1)))


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def carries(dut: Any) -> None:
    """The largest increments every cycle, as far as 64 bits go; with wide ones to the very end."""
    tb = TB(dut)
    await tb.start()
    for _ in range(min(600, FULL // tb.largest)):
        await tb.cycle([tb.largest] * tb.number)
    await tb.check_all()
    rest = FULL - max(tb.counts)
    if rest <= tb.largest:
        for which in range(tb.number):
            await tb.cycle(tb.one(which, rest))
        await tb.check_all()
        assert tb.counts[: tb.number] == [FULL] * tb.number


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def clear_wins(dut: Any) -> None:
    """A clear sets all to 0, increments of its cycle included; counting goes on after it."""
    tb = TB(dut)
    await tb.start()
    every = [min(tb.largest, 3)] * tb.number
    for _ in range(3):
        await tb.cycle(every)
    await tb.cycle(every, clear=True)
    await tb.check_all()
    await tb.cycle(every)
    await tb.cycle(clear=True)
    await tb.cycle(every)
    await tb.check_all()
    assert tb.counts[0] == every[0]


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def reset_clears(dut: Any) -> None:
    """A reset sets all to 0, whatever is counted in it."""
    tb = TB(dut)
    await tb.start()
    every = [tb.largest] * tb.number
    await tb.cycle(every)
    tb.drive(inc=pack(every, tb.sizes["INC_W"]))
    dut.rst.value = 1
    await tb.edge()
    dut.rst.value = 0
    tb.counts = [0] * tb.slots
    await tb.check_all()


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def random_counts(dut: Any) -> None:
    """Random increments of all sizes, a clear now and then."""
    tb = TB(dut)
    await tb.start()
    rng = generator("counts")
    clears = 0

    def enough() -> bool:
        return clears > 3

    for _ in rounds(1500, enough):
        # 40 bits at most: no counter overflows in this test
        steps = [int(rng.integers(1 << 40)) >> int(rng.integers(40)) for _ in range(tb.number)]
        clear = bool(rng.random() < 0.01)
        clears += clear
        tb.next_sel = int(rng.integers(tb.slots))
        await tb.cycle([min(step, tb.largest) for step in steps], clear=clear)


@both_simulators
@pytest.mark.parametrize(("number", "inc_w"), [(2, 1), (5, 9), (3, 63)])
def test_counter_bank(
    request: pytest.FixtureRequest, simulator: str, number: int, inc_w: int
) -> None:
    """All of the above."""
    run_unit(request, simulator, {"NUM": number, "INC_W": inc_w})
