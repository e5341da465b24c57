"""The far ends: the largest dimensions and sums, long waits, counters that count far."""

from __future__ import annotations

import dataclasses
from itertools import chain, repeat
from typing import Final

import numpy as np
import pyuvm
from cocotb.triggers import ClockCycles

from models.prosperity import Mode
from tb.common.randomness import generator
from tb.common.watchdog import wait_high
from tb.prosperity.base_test import ProsperityTest
from tb.prosperity.sequences import LayerSequence, run_layer
from tb.prosperity.stimulus import make_job

STALL: Final = 140_000
"""Cycles of a long wait: a counter of cycles reaches bit 17."""


@pyuvm.test()
class LargestDimensions(ProsperityTest):
    """The largest M, K and N; a layer too long to finish is aborted after its first tiles."""

    async def body(self) -> None:
        """Run K to the end, M and N as far as three tiles."""
        config = self.settings.config
        largest = (1 << config.dim_w) - 1
        await self.refused()
        for weight in (-128, 127):
            await self.largest_sums(weight)
        for value in (largest, 0x5555_5555 & largest, 0xAAAA_AAAA & largest):
            await self.begin(DIM_M=value)
            await self.begin(DIM_N=value)

    async def refused(self) -> None:
        """Start with every bit of every size set: refused, and nothing of it stays."""
        registers = self.env.registers
        for name in ("DIM_M", "DIM_K", "DIM_N", "TIME_STEPS"):
            await registers.write(name, 0xFFFF_FFFF)
        await registers.start()
        await ClockCycles(self.dut.clk, 4)
        self.env.scoreboard.equal("state", await registers.status(), (False, False, "DIM_LARGE"))
        await registers.soft_reset()
        await ClockCycles(self.dut.clk, 4)

    async def largest_sums(self, weight: int) -> None:
        """Add equal weights over the largest K: the sums come to the end of ACC_W bits."""
        config = self.settings.config
        shape = (3, config.max_k, 2)
        job = make_job(generator("largest K"), shape, structure="full_rows")
        weights = np.full(job.weights.shape, weight, dtype=np.int8)
        await run_layer(self.env, dataclasses.replace(job, weights=weights))

    async def begin(self, **dimension: int) -> None:
        """Start a layer whose beginning is a smaller one, see that one, reset."""
        env, config = self.env, self.settings.config
        # The last tiles of the smaller layer are whole, as they are in the large one.
        shape = (3 * config.tile_m, config.tile_k, 3 * config.lanes)
        if "DIM_M" in dimension:
            shape = (shape[0], shape[1], config.lanes)
        else:
            shape = (config.tile_m, *shape[1:])
        job = make_job(generator("large"), shape)
        sequence = LayerSequence(env, job)
        await sequence.program()
        for name, value in dimension.items():
            await env.registers.write(name, value)
        sequence.offer()
        await env.registers.start()
        before = env.beats()["OUTPUT_BEATS"]
        rows = job.m * (job.n // config.lanes)
        for _ in range(100 * rows):
            if env.beats()["OUTPUT_BEATS"] - before == rows:
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
        await run_layer(env, make_job(generator("small"), (1, 1, 1)))


class PatientLayer(LayerSequence):
    """A layer in which nothing moves for a long time, on purpose."""

    async def wait_done(self) -> None:
        """Wait for the interrupt."""
        beats = self.env.beats
        await wait_high(
            self.env.dut.irq, lambda: tuple(beats().values()), self.job.name, patience=2 * STALL
        )


@pyuvm.test()
class LongWaits(ProsperityTest):
    """Each stream makes the machine wait so long that its wait counters need many bits.

    Runs with a backpressure other than none: cycles are not the model's.
    """

    async def body(self) -> None:
        """Halt each stream early, late or in the middle."""
        env, config = self.env, self.settings.config
        env.scoreboard.equal("timed", env.settings.timed, False)
        deep = (2 * config.tile_m, 3 * config.tile_k, config.lanes)
        wide = (config.tile_m, config.tile_k, 5 * config.lanes)
        spikes = config.tile_m // config.beat_rows
        places = (
            (deep, env.weights.driver.bus, 1),
            (deep, env.weights.driver.bus, 2 * config.tile_k),
            (deep, env.spikes.driver.bus, spikes),
            (wide, env.outputs.ready, 3),
            (deep, env.outputs.ready, 2 * config.tile_m - 2),
        )
        for shape, bus, beats in places:
            gaps, bus.gaps = bus.gaps, chain(repeat(0, beats), [STALL], repeat(0))
            job = make_job(generator("waits"), shape, mode=Mode.BIT)
            await PatientLayer(env, job).start(env.virtual)
            bus.gaps = gaps


@pyuvm.test()
class ManyEvents(ProsperityTest):
    """Layers that count thousands of tiles, beats, steps, and rows of every kind."""

    async def body(self) -> None:
        """Run them."""
        config = self.settings.config
        rng = generator("events")
        # One row and one column a tile: hardly anything but tiles.
        tiles = (1, 1, config.lanes * ((1 << config.dim_w) // config.lanes - 1))
        deep = (config.tile_m, config.max_k, 1)
        deeper = (2 * config.tile_m, config.max_k, 1)
        for shape, structure, mode in (
            (tiles, "full_rows", Mode.PRODUCT),
            (deep, "equal_rows", Mode.PRODUCT),
            (deeper, "random_rows", Mode.PRODUCT),
            (deep, "zero_rows", Mode.PRODUCT),
            (deep, "full_rows", Mode.DENSE),
            # Clears the counters of the one before.
            ((1, 1, 1), "full_rows", Mode.PRODUCT),
        ):
            await run_layer(self.env, make_job(rng, shape, structure=structure, mode=mode))
