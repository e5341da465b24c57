"""Tests of snn_fifo: order, fill and drain, full throughput, reset."""

from __future__ import annotations

from collections import deque
from typing import Any

import cocotb
import pytest
from cocotb.triggers import FallingEdge, RisingEdge

from snn_rtl.tb.common.clock_reset import reset, start_clock
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.unit import both_simulators, parameters, run_unit


class TB:
    """Drives both sides between clock edges and keeps the expected contents."""

    def __init__(self, dut: Any) -> None:
        self.dut = dut
        self.depth = parameters()["DEPTH"]
        self.width = parameters()["W"]
        self.words: deque[int] = deque()
        self.taken = 0

    async def start(self) -> None:
        """Start from an empty FIFO."""
        self.dut.s_valid.value = 0
        self.dut.s_data.value = 0
        self.dut.m_ready.value = 0
        start_clock(self.dut)
        await reset(self.dut)

    async def cycle(self, push: int | None, ready: bool) -> None:
        """Offer a word (or none) and readiness for one cycle; check what the FIFO answers."""
        dut = self.dut
        await FallingEdge(dut.clk)
        dut.s_valid.value = int(push is not None)
        dut.s_data.value = push or 0
        dut.m_ready.value = int(ready)
        await RisingEdge(dut.clk)
        assert dut.s_ready.value == (len(self.words) < self.depth), "s_ready"
        assert dut.m_valid.value == (len(self.words) > 0), "m_valid"
        popped = ready and bool(self.words)
        if self.words:
            assert dut.m_data.value.to_unsigned() == self.words[0], "m_data"
        if push is not None and len(self.words) < self.depth:
            self.words.append(push)
        if popped:
            self.words.popleft()
            self.taken += 1


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def fill_and_drain(dut: Any) -> None:
    """Fills it beyond full and drains it beyond empty, twice, so that the pointers wrap."""
    tb = TB(dut)
    await tb.start()
    rng = generator("words")
    for _ in range(2):
        for _ in range(tb.depth + 2):
            await tb.cycle(int(rng.integers(1 << tb.width)), ready=False)
        for _ in range(tb.depth + 2):
            await tb.cycle(None, ready=True)
    assert tb.taken == 2 * tb.depth


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def full_throughput(dut: Any) -> None:
    """Moves a word in and out every cycle."""
    tb = TB(dut)
    await tb.start()
    for word in range(4 * tb.depth):
        await tb.cycle(word % (1 << tb.width), ready=True)
    assert tb.taken == 4 * tb.depth - 1


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def random_traffic(dut: Any) -> None:
    """Random offers and readiness."""
    tb = TB(dut)
    await tb.start()
    rng = generator("traffic")
    for _ in range(2000):
        word = int(rng.integers(1 << tb.width)) if rng.random() < 0.5 else None
        await tb.cycle(word, ready=bool(rng.random() < 0.5))
    assert tb.taken > 500


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def reset_empties(dut: Any) -> None:
    """A reset forgets the words."""
    tb = TB(dut)
    await tb.start()
    for word in range(tb.depth):
        await tb.cycle(word % (1 << tb.width), ready=False)
    await FallingEdge(dut.clk)
    dut.s_valid.value = 0
    await reset(dut)
    tb.words.clear()
    await tb.cycle(1, ready=False)
    await tb.cycle(None, ready=True)
    assert tb.taken == 1


@both_simulators
@pytest.mark.parametrize("depth", [2, 5, 8])
def test_fifo(request: pytest.FixtureRequest, simulator: str, depth: int) -> None:
    """All of the above."""
    run_unit(request, simulator, {"W": 8, "DEPTH": depth})
