"""Clock and reset of a design with the ports clk and rst (synchronous, active high)."""

from __future__ import annotations

from typing import Any, Final

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles

PERIOD_NS: Final = 2
"""500 MHz, the papers' clock."""


def start_clock(dut: Any) -> None:
    """Start the clock; it runs in the simulator, not in Python."""
    Clock(dut.clk, PERIOD_NS, unit="ns").start()


async def reset(dut: Any, cycles: int = 4) -> None:
    """Hold rst for some cycles."""
    dut.rst.value = 1
    await ClockCycles(dut.clk, cycles)
    dut.rst.value = 0
    await ClockCycles(dut.clk, 1)


def cycle_now() -> int:
    """Return the simulated time in clock periods."""
    return int(cocotb.utils.get_sim_time("ns")) // PERIOD_NS
