"""Tests of snn_arg_max: the largest key, the smallest index of equal ones, two cycles, no stall."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import combinations
from typing import Any, Final

import cocotb
import pytest

from snn_rtl.tb.common.clock_reset import start_clock
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.unit import both_simulators, run_unit
from snn_rtl.tb.unit.bench import Bench, pack

LATENCY: Final = 2


class TB(Bench):
    """Gives a set of keys every cycle and keeps what must come out."""

    def __init__(self, dut: Any) -> None:
        super().__init__(dut, keys=0)
        self.number = self.sizes["N"]
        self.largest = (1 << self.sizes["KEY_W"]) - 1
        self.expected: deque[tuple[int, int]] = deque()
        self.checked = 0
        self.ties = 0
        self.found: set[int] = set()

    async def start(self) -> None:
        """Start the clock; there is no reset."""
        self.drive()
        start_clock(self.dut)
        await self.edge()

    async def cycle(self, keys: Sequence[int]) -> None:
        """Apply keys for one cycle; check the result of those of two cycles before."""
        self.drive(keys=pack(keys, self.sizes["KEY_W"]))
        await self.edge()
        if len(self.expected) == LATENCY:
            assert self.outs("max", "idx") == self.expected.popleft(), "max, idx"
            self.checked += 1
        best = max(keys)
        self.expected.append((best, list(keys).index(best)))
        self.ties += list(keys).count(best) > 1
        self.found.add(list(keys).index(best))

    async def drain(self) -> None:
        """Wait for the last results, other keys behind them."""
        for _ in range(LATENCY):
            await self.cycle([self.largest] * self.number)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def directed_keys(dut: Any) -> None:
    """The largest at each index; all equal; each pair of equal largest ones; slopes."""
    tb = TB(dut)
    await tb.start()
    for background, peak in ((0, 1), (0, tb.largest), (tb.largest - 1, tb.largest)):
        for i in range(tb.number):
            await tb.cycle([peak if j == i else background for j in range(tb.number)])
        for pair in combinations(range(tb.number), 2):
            await tb.cycle([peak if j in pair else background for j in range(tb.number)])
    for key in range(tb.largest + 1):
        await tb.cycle([key] * tb.number)
    slope = [min(i, tb.largest) for i in range(tb.number)]
    await tb.cycle(slope)
    await tb.cycle(slope[::-1])
    await tb.drain()
    assert tb.found == set(range(tb.number))


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def random_keys(dut: Any) -> None:
    """New keys every cycle, from few values, so that many are equal, and from all."""
    tb = TB(dut)
    await tb.start()
    rng = generator("keys")
    for trial in range(1500):
        top = 1 if trial % 3 == 0 else tb.largest
        await tb.cycle([int(key) for key in rng.integers(top + 1, size=tb.number)])
    await tb.drain()
    assert tb.checked == 1500
    assert tb.ties > 200


@both_simulators
@pytest.mark.parametrize(("number", "key_w"), [(2, 1), (11, 3), (16, 5)])
def test_arg_max(request: pytest.FixtureRequest, simulator: str, number: int, key_w: int) -> None:
    """All of the above."""
    run_unit(request, simulator, {"N": number, "KEY_W": key_w})
