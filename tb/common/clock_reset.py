"""Clock and reset of a design with the ports clk and rst (synchronous, active high)."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from cocotb.clock import Clock
from cocotb.triggers import ClockCycles
from cocotb.utils import get_sim_steps, get_sim_time

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


@cache
def _period_steps() -> int:
    return get_sim_steps(PERIOD_NS, "ns")


def cycle_now() -> int:
    """Return the simulated time in clock periods."""
    return int(get_sim_time("step")) // _period_steps()
