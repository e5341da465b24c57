"""A test of tiny that looks away."""

from __future__ import annotations

from typing import Any

import cocotb
from cocotb.triggers import ClockCycles

from snn_rtl.tb.common.clock_reset import reset, start_clock


@cocotb.test(timeout_time=10, timeout_unit="us")
async def is_zero_after_reset(dut: Any) -> None:
    """Everything but the reset goes unchecked."""
    dut.up.value = 0
    dut.down.value = 0
    start_clock(dut)
    await reset(dut)
    assert int(dut.cnt_q.value) == 0
    dut.up.value = 1
    await ClockCycles(dut.clk, 10)
