"""Base of all tests of a machine: builds the environment, resets, runs, drains."""

from __future__ import annotations

import time
from typing import Any, ClassVar

import cocotb
import numpy as np
from cocotb.triggers import ClockCycles
from pyuvm import ConfigDB, uvm_test

from snn_rtl.tb.common import summary
from snn_rtl.tb.common.clock_reset import cycle_now, reset, start_clock
from snn_rtl.tb.common.cycle_limit import within_limit
from snn_rtl.tb.common.machine.env import MachineEnv
from snn_rtl.tb.common.machine.job import MachineJob
from snn_rtl.tb.common.machine.settings import EnvSettings


class MachineTest(uvm_test):  # type: ignore[misc]
    """A test says in `body` what happens between reset and the end.

    A machine gives its environment and, for the tests that all machines share, its stimulus.
    """

    ENV: ClassVar[type[MachineEnv]]

    def build_phase(self) -> None:
        """Make the environment from the run's settings."""
        self.settings = EnvSettings.from_env()
        self.dut: Any = cocotb.top
        ConfigDB().set(None, "*", "settings", self.settings)
        ConfigDB().set(None, "*", "dut", self.dut)
        self.env = self.ENV("env", self)

    def make_job(
        self, rng: np.random.Generator, shape: tuple[int, int, int], **kind: Any
    ) -> MachineJob[Any]:
        """Return a layer.

        Args:
            rng: for its data.
            shape: as DIM_M, DIM_K and DIM_N count.
            kind: structure (random_rows or full_rows at least), lif, what else the machine knows.

        Raises:
            NotImplementedError: a machine must say it.
        """
        raise NotImplementedError

    def random_job(self, rng: np.random.Generator, tiles: tuple[int, int, int]) -> MachineJob[Any]:
        """Return a random layer of up to so many m, k and n tiles.

        Raises:
            NotImplementedError: a machine must say it.
        """
        raise NotImplementedError

    def kinds(self) -> list[dict[str, Any]]:
        """Return what make_job takes for each mode of the machine, with sums and with spikes out.

        Raises:
            NotImplementedError: a machine must say it.
        """
        raise NotImplementedError

    async def run_phase(self) -> None:
        """Reset the machine, run the test's body, see that nothing is left over."""
        self.raise_objection()
        self.started = time.perf_counter()
        if not self.settings.played:  # there the clock is in the Verilog
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

    async def reset_machine(self, *, hard: bool) -> None:
        """Reset the machine with rst or by its register, and drop what the sources still offer."""
        if hard:
            self.env.flush()
            await reset(self.dut)
        else:
            await self.env.registers.soft_reset()
            self.env.flush()
        await ClockCycles(self.dut.clk, 4)

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
