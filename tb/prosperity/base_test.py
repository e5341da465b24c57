"""Base of all tests of the whole machine: builds the environment, resets, runs, drains."""

from __future__ import annotations

import time
from typing import Any

import cocotb
from cocotb.triggers import ClockCycles
from pyuvm import ConfigDB, uvm_test

from tb.common import summary
from tb.common.clock_reset import cycle_now, reset, start_clock
from tb.common.cycle_limit import within_limit
from tb.prosperity.env import ProsperityEnv
from tb.prosperity.settings import EnvSettings


class ProsperityTest(uvm_test):  # type: ignore[misc]
    """A test says in `body` what happens between reset and the end."""

    def build_phase(self) -> None:
        """Make the environment from the run's settings."""
        self.settings = EnvSettings.from_env()
        self.dut: Any = cocotb.top
        ConfigDB().set(None, "*", "settings", self.settings)
        ConfigDB().set(None, "*", "dut", self.dut)
        self.env = ProsperityEnv("env", self)

    async def run_phase(self) -> None:
        """Reset the machine, run the test's body, see that nothing is left over."""
        self.raise_objection()
        self.started = time.perf_counter()
        start_clock(self.dut)
        await reset(self.dut)
        await within_limit(self.body())
        await self.drain()
        self.drop_objection()

    async def body(self) -> None:
        """What the test does.

        Raises:
            NotImplementedError: a test must say it.
        """
        raise NotImplementedError

    async def drain(self) -> None:
        """Give late beats time to show up; the scoreboard fails on them."""
        beats = self.env.beats()
        await ClockCycles(self.dut.clk, 50)
        self.env.scoreboard.equal("beats after the end", self.env.beats(), beats)

    def report_phase(self) -> None:
        """Leave the run's numbers; a run that failed a check has ended before."""
        board = self.env.scoreboard
        summary.write(
            {
                "checks": board.checks,
                "layers": board.layers,
                "tiles": board.tiles_seen,
                "rows": board.rows_seen,
                "cycles": cycle_now(),
                "wall_s": time.perf_counter() - self.started,
            }
        )
