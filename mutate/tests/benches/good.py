"""A test of tiny that notices everything."""

from __future__ import annotations

from typing import Any

import cocotb
from cocotb.triggers import FallingEdge

from snn_rtl.tb.common.clock_reset import reset, start_clock
from snn_rtl.tb.common.randomness import generator


@cocotb.test(timeout_time=10, timeout_unit="us")
async def counts_as_predicted(dut: Any) -> None:
    """Random steps, every output in every cycle, resets in between."""
    rng = generator("steps")
    dut.up.value = 0
    dut.down.value = 0
    start_clock(dut)
    await reset(dut)
    value = 0
    for _ in range(600):
        await FallingEdge(dut.clk)
        assert int(dut.cnt_q.value) == value, "cnt_q"
        assert int(dut.full.value) == (value == 5), "full"
        up, down, rst = (int(rng.random() < share) for share in (0.6, 0.45, 0.02))
        dut.up.value, dut.down.value, dut.rst.value = up, down, rst
        value = 0 if rst else min(5, value + 1) if up > down else max(0, value - (down > up))
