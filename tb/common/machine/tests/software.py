"""What software and streams can do besides plain layers: pauses, interrupts, resets."""

from __future__ import annotations

from itertools import product
from typing import Any

from cocotb.triggers import ClockCycles

from snn_rtl.tb.common.machine.base_test import MachineTest
from snn_rtl.tb.common.machine.job import MachineJob
from snn_rtl.tb.common.machine.sequences import (
    BackToBack,
    LayerSequence,
    RandomProgramming,
    run_layer,
)
from snn_rtl.tb.common.randomness import generator


class Pauses(MachineTest):
    """Random layers under pause profiles of single streams; both outputs, every mode."""

    async def body(self) -> None:
        """Run a large and a flat layer for each mode and output, and random ones."""
        m, k, n = self.settings.config.tile
        rng = generator("paused layers")
        large, flat = (m + 2, 3 * k + 1, n + 1), (2 * m, 1, 2 * n)
        for kind, shape in product(self.kinds(), (large, flat)):
            await run_layer(self.env, self.make_job(rng, shape, **kind))
        for _ in range(self.settings.options.get("layers", 4)):
            await run_layer(self.env, self.random_job(rng, (2, 3, 2)))


class StreamsAhead(MachineTest):
    """Back-to-back layers: the next one's beats wait at the ports while one runs."""

    async def body(self) -> None:
        """Run random layers, equal ones among them."""
        rng = generator("back to back")
        layers = self.settings.options.get("layers", 12)
        jobs = [self.random_job(rng, (2, 3, 2)) for _ in range(layers)]
        jobs.insert(3, jobs[2])
        await BackToBack(self.env, jobs).start(self.env.virtual)


class Interrupts(MachineTest):
    """Interrupts enabled and masked, polled layers, every way to clear."""

    async def body(self) -> None:
        """Run layers with random masks, then look at one event with every mask."""
        env = self.env
        rng = generator("interrupts")
        jobs = [self.random_job(rng, (2, 2, 2)) for _ in range(8)]
        await RandomProgramming(env, jobs).start(env.virtual)
        await self.both_events()
        for mask in (0, 1, 2, 3):
            await env.registers.write("IRQ_ENABLE", mask)
            await self.expect(3, mask)
        for clear, left in ((0, 3), (1, 2), (2, 0)):
            await env.registers.write("IRQ_STATUS", clear)
            await self.expect(left, 3)
        await env.registers.soft_reset()
        await env.registers.write("IRQ_STATUS", 3)
        await run_layer(env, jobs[0])

    async def both_events(self) -> None:
        """Complete a layer, then have a start refused."""
        await run_layer(self.env, self.random_job(generator("events"), (1, 1, 1)))
        await self.env.registers.write("DIM_M", 0)
        await self.env.registers.start()
        await ClockCycles(self.dut.clk, 4)

    async def expect(self, status: int, mask: int) -> None:
        """Check IRQ_STATUS and irq."""
        got = await self.env.registers.read("IRQ_STATUS")
        self.env.scoreboard.equal("IRQ_STATUS", got, status)
        irq = bool(self.dut.irq.value)
        self.env.scoreboard.equal("irq", irq, bool(status & mask))


class ResetPhases(MachineTest):
    """Soft and hard resets in each phase of a layer, then a layer that must be clean."""

    def phases(self) -> dict[str, tuple[str, int]]:
        """Return for each phase how many beats of which stream tell that it has begun.

        The layer has two m tiles, four k tiles and two n tiles.

        Raises:
            NotImplementedError: a machine must say it.
        """
        raise NotImplementedError

    async def body(self) -> None:
        """Abort layers in the phases; an idle machine is reset as well."""
        rng = generator("reset phases")
        m, k, n = self.settings.config.tile
        for hard in (False, True):
            for phase in ("idle", *self.phases()):
                job = self.make_job(rng, (2 * m, 4 * k, 2 * n), structure="full_rows")
                await self.abort(job, phase, hard=hard)
                await run_layer(self.env, self.random_job(rng, (2, 2, 2)))

    async def abort(self, job: MachineJob[Any], phase: str, *, hard: bool) -> None:
        """Start a layer, reset in a phase, which the beats taken so far tell."""
        env = self.env
        if phase != "idle":
            name, count = self.phases()[phase]
            before = env.beats()[name]
            await LayerSequence(env, job).start_layer()
            while env.beats()[name] - before < count:
                await ClockCycles(self.dut.clk, 1)
        await self.reset_machine(hard=hard)
        env.scoreboard.abandon()
