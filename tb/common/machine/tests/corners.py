"""The far ends: the largest dimensions and sums, long waits, counters that count far."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from itertools import chain, repeat
from typing import Any, Final

import numpy as np
from cocotb.triggers import ClockCycles

from snn_rtl.tb.common.machine.base_test import MachineTest
from snn_rtl.tb.common.machine.job import MachineJob
from snn_rtl.tb.common.machine.sequences import LayerSequence, run_layer
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.watchdog import wait_high

STALL: Final = 140_000
"""Cycles of a long wait: a counter of cycles reaches bit 17."""

_ALL_ONES: Final = 0xFFFF_FFFF


class LargestDimensions(MachineTest):
    """The largest M, K and N; a layer too long to finish is aborted after its first tiles."""

    async def body(self) -> None:
        """Run K to the end, M and N as far as three tiles."""
        largest = (1 << self.settings.config.dim_w) - 1
        await self.refused()
        for weight in (-128, 127):
            await self.largest_sums(weight)
        for value in (largest, 0x5555_5555 & largest, 0xAAAA_AAAA & largest):
            await self.begin(DIM_M=value)
            await self.begin(DIM_N=value)

    async def refused(self) -> None:
        """Start with every bit of every size set: refused, and nothing of it stays."""
        registers = self.env.registers
        for name, entry in registers.map.registers.items():
            if entry["access"] == "config" and entry["width"] == 32:
                await registers.write(name, _ALL_ONES)
        await registers.start()
        await ClockCycles(self.dut.clk, 4)
        self.env.scoreboard.equal("state", await registers.status(), (False, False, "DIM_LARGE"))
        await registers.soft_reset()
        await ClockCycles(self.dut.clk, 4)

    async def largest_sums(self, weight: int) -> None:
        """Add equal weights over the largest K: the sums come to the end of ACC_W bits."""
        shape = (3, self.settings.config.max_k, 2)
        job = self.make_job(generator("largest K"), shape, structure="full_rows")
        weights = np.full(job.weights.shape, weight, dtype=np.int8)
        await run_layer(self.env, dataclasses.replace(job, weights=weights))

    async def begin(self, **dimension: int) -> None:
        """Start a layer whose beginning is a smaller one, see that one, reset."""
        env, config = self.env, self.settings.config
        m, k, n = config.tile
        # The last tiles of the smaller layer are whole, as they are in the large one.
        shape = (3 * m, k, n) if "DIM_M" in dimension else (m, k, 3 * n)
        job = self.make_job(generator("large"), shape)
        sequence = LayerSequence(env, job)
        await sequence.program()
        for name, value in dimension.items():
            await env.registers.write(name, value)
        sequence.offer()
        await env.registers.start()
        before = env.beats()["OUTPUT_BEATS"]
        beats = sum(tile.beats for tile in job.output_tiles(config))
        for _ in range(100 * beats):
            if env.beats()["OUTPUT_BEATS"] - before == beats:
                break
            await ClockCycles(self.dut.clk, 1)
        env.scoreboard.equal(f"{dimension}: tiles missing", len(env.scoreboard.tiles), 0)
        env.scoreboard.equal(
            f"{dimension}: state", await env.registers.status(), (True, False, "NONE")
        )
        await env.registers.soft_reset()
        env.flush()
        env.scoreboard.abandon()
        await ClockCycles(self.dut.clk, 4)
        env.scoreboard.equal(
            "after the reset", await env.registers.status(), (False, False, "NONE")
        )
        await run_layer(env, self.make_job(generator("small"), (1, 1, 1)))


class PatientLayer(LayerSequence):
    """A layer in which nothing moves for a long time, on purpose."""

    async def wait_done(self) -> None:
        """Wait for the interrupt."""
        beats = self.env.beats
        await wait_high(
            self.env.dut.irq, lambda: tuple(beats().values()), self.job.name, patience=2 * STALL
        )


class LongWaits(MachineTest):
    """Each stream makes the machine wait so long that its wait counters need many bits.

    Runs with a backpressure other than none: cycles are not the model's.
    """

    def places(self) -> Iterator[tuple[MachineJob[Any], Any, int]]:
        """Yield a layer, a bus driver with gaps, and after how many beats it halts.

        Raises:
            NotImplementedError: a machine must say it.
        """
        raise NotImplementedError

    async def body(self) -> None:
        """Halt each stream early, late or in the middle."""
        env = self.env
        env.scoreboard.equal("timed", env.settings.timed, False)
        for job, bus, beats in self.places():
            gaps, bus.gaps = bus.gaps, chain(repeat(0, beats), [STALL], repeat(0))
            await PatientLayer(env, job).start(env.virtual)
            bus.gaps = gaps


class ManyEvents(MachineTest):
    """Layers that count thousands of tiles, beats, steps, and rows of every kind."""

    def layers(self) -> Iterator[MachineJob[Any]]:
        """Yield them; the last one clears the counters of the one before.

        Raises:
            NotImplementedError: a machine must say it.
        """
        raise NotImplementedError

    async def body(self) -> None:
        """Run them."""
        for job in self.layers():
            await run_layer(self.env, job)
