"""Layers that close the functional coverage: crosses, extremes, pauses, interrupts, resets."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from itertools import cycle, product

import numpy as np
import pyuvm
from cocotb.triggers import ClockCycles

from models.lif import LifConfig, LifParams
from models.prosperity import Mode
from tb.common.clock_reset import reset
from tb.common.randomness import generator
from tb.prosperity.base_test import ProsperityTest
from tb.prosperity.job import LayerJob
from tb.prosperity.sequences import BackToBack, LayerSequence, RandomProgramming, run_layer
from tb.prosperity.stimulus import INT32, Rng, antichain_rows, blank_tiles, make_job, random_job

KINDS = tuple(product(Mode, (False, True)))
"""Mode, and whether spikes come out."""


def _size(rng: Rng, tile: int, tiles: int, *, whole: bool) -> int:
    """Return a size of so many tiles, the last one whole or not."""
    return tile * tiles if whole else tile * (tiles - 1) + int(rng.integers(1, tile))


@pyuvm.test()
class Crosses(ProsperityTest):
    """Every number of tiles with every other, every edge with every other, every mode and output.

    Options: share (one layer in so many is run).
    """

    def shapes(self, rng: Rng) -> Iterator[tuple[int, int, int]]:
        """Yield shapes of 1 to 3 tiles each way, then of all edges."""
        sizes = self.settings.config
        steps = (sizes.tile_m, sizes.tile_k, sizes.lanes)
        for tiles in product((1, 2, 3), repeat=3):
            m, k, n = (
                _size(rng, s, t, whole=rng.random() < 0.5)
                for s, t in zip(steps, tiles, strict=True)
            )
            yield m, k, n
        for edges in product((1, 2, 3), repeat=3):
            # One tile in part, two whole tiles, two tiles of which one is in part.
            m, k, n = (
                _size(rng, s, min(e, 2), whole=e == 2) for s, e in zip(steps, edges, strict=True)
            )
            yield m, k, n

    async def body(self) -> None:
        """Run each shape with the next mode and output."""
        rng = generator("crosses")
        kinds = cycle([*KINDS, *KINDS[3:], *KINDS[:3], *KINDS[::-1]][:17])
        share = self.settings.options.get("share", 1)
        for index, (shape, (mode, lif)) in enumerate(zip(self.shapes(rng), kinds, strict=False)):
            if index % share == 0:
                await run_layer(self.env, make_job(rng, shape, mode=mode, lif=lif))


@pyuvm.test()
class RowExtremes(ProsperityTest):
    """Tiles of every density, empty tiles in every place, antichains, extreme sums; each mode."""

    async def body(self) -> None:
        """Run them."""
        sizes = self.settings.config
        rng = generator("row extremes")
        shape = (sizes.tile_m, 3 * sizes.tile_k, sizes.lanes + 1)
        one = (sizes.tile_m, sizes.tile_k, sizes.lanes)
        for mode in Mode:
            for density in (0.05, 0.5, 0.9, 1.0):
                job = make_job(rng, shape, mode=mode)
                spikes = rng.random(job.spikes.shape) < density
                await run_layer(self.env, dataclasses.replace(job, spikes=spikes))
            for empty in ((0,), (1,), (2,), (0, 1, 2)):
                job = make_job(rng, shape, mode=mode, structure="chain_rows")
                await run_layer(self.env, blank_tiles(job, sizes, empty))
            await run_layer(self.env, make_job(rng, one, mode=mode, structure="zero_rows"))
            await run_layer(
                self.env, dataclasses.replace(make_job(rng, one, mode=mode), spikes=self.lone(one))
            )
        job = make_job(rng, one)
        rows = antichain_rows(rng, sizes.tile_m // 2, sizes.tile_k)
        await run_layer(self.env, dataclasses.replace(job, spikes=rows))
        for weight, lif in product((-128, 127), (False, True)):
            job = make_job(rng, shape, structure="full_rows", lif=lif)
            weights = np.full(job.weights.shape, weight, dtype=np.int8)
            await run_layer(self.env, dataclasses.replace(job, weights=weights))

    @staticmethod
    def lone(shape: tuple[int, int, int]) -> np.ndarray:
        """Return rows of which one has a one."""
        rows = np.zeros(shape[:2], dtype=np.bool_)
        rows[shape[0] // 2, 0] = True
        return rows


@pyuvm.test()
class NeuronExtremes(ProsperityTest):
    """Every neuron setting; bias and threshold at and between the ends of their range."""

    async def body(self) -> None:
        """Run every leak, reset and comparison with all pairs of bias and threshold."""
        sizes = self.settings.config
        rng = generator("neuron extremes")
        settings = product((0, 1, 3, 17, 31), ("hard", "soft"), (">", ">="))
        steps = cycle([1, 2, sizes.tile_m, 4, 2, sizes.tile_m // 2, 1])
        for (leak, after, fire), time_steps in zip(settings, steps, strict=False):
            ends = (INT32[0], -int(rng.integers(1, 99)), 0, int(rng.integers(1, 99)), INT32[1])
            pairs = rng.permutation(np.array(list(product(ends, ends))))
            job = make_job(
                rng, (sizes.tile_m, int(rng.integers(1, 2 * sizes.tile_k)), len(pairs)),
                time_steps=time_steps, lif=True, structure="sparse_tail",
            )  # fmt: skip
            config = LifConfig(leak_shift=leak, reset=after, fire=fire)  # type: ignore[arg-type]
            lif = LifParams(pairs[:, 0].astype(np.int32), pairs[:, 1].astype(np.int32), config)
            await run_layer(self.env, dataclasses.replace(job, lif=lif))


@pyuvm.test()
class Waits(ProsperityTest):
    """Layers after which every wait counter has counted, in each mode, with sums and spikes.

    Few rows and many tiles make detection wait for its banks; few columns starve of weights; one
    k tile waits for the output; many rows fill the queue.
    """

    async def body(self) -> None:
        """Run each shape in each mode."""
        sizes = self.settings.config
        rng = generator("waits")
        shapes = (
            (1, 12 * sizes.tile_k, 1),
            (3 * sizes.tile_m, 1, 1),
            (2 * sizes.tile_m, 1, 3 * sizes.lanes),
            (3 * sizes.tile_m, 2 * sizes.tile_k, sizes.lanes),
            (2, 8 * sizes.tile_k + 1, sizes.lanes),
            (1, 1, 9 * sizes.lanes),
        )
        for (mode, lif), shape in product(KINDS, shapes):
            structure = "full_rows" if shape[0] > 2 else "random_rows"
            await run_layer(self.env, make_job(rng, shape, structure=structure, mode=mode, lif=lif))


@pyuvm.test()
class Pauses(ProsperityTest):
    """Random layers under pause profiles of single streams; both outputs, every mode."""

    async def body(self) -> None:
        """Run a large and a flat layer for each mode and output, and random ones."""
        sizes = self.settings.config
        rng = generator("paused layers")
        shape = (sizes.tile_m + 2, 3 * sizes.tile_k + 1, sizes.lanes + 1)
        flat = (2 * sizes.tile_m, 1, 2 * sizes.lanes)
        for (mode, lif), size in product(KINDS, (shape, flat)):
            await run_layer(self.env, make_job(rng, size, mode=mode, lif=lif))
        for _ in range(self.settings.options.get("layers", 4)):
            await run_layer(self.env, random_job(rng, sizes, (2, 3, 2)))


@pyuvm.test()
class StreamsAhead(ProsperityTest):
    """Back-to-back layers: the next one's beats wait at the ports while one runs."""

    async def body(self) -> None:
        """Run random layers, equal ones among them."""
        rng = generator("back to back")
        jobs = [
            random_job(rng, self.settings.config, (2, 3, 2))
            for _ in range(self.settings.options.get("layers", 12))
        ]
        jobs.insert(3, jobs[2])
        await BackToBack(self.env, jobs).start(self.env.virtual)


@pyuvm.test()
class Interrupts(ProsperityTest):
    """Interrupts enabled and masked, polled layers, every way to clear."""

    async def body(self) -> None:
        """Run layers with random masks, then look at one event with every mask."""
        env = self.env
        rng = generator("interrupts")
        jobs = [random_job(rng, self.settings.config, (2, 2, 2)) for _ in range(8)]
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
        job = random_job(generator("events"), self.settings.config, (1, 1, 1))
        await run_layer(self.env, job)
        await self.env.registers.write("DIM_M", 0)
        await self.env.registers.start()
        await ClockCycles(self.dut.clk, 4)

    async def expect(self, status: int, mask: int) -> None:
        """Check IRQ_STATUS and irq."""
        got = await self.env.registers.read("IRQ_STATUS")
        self.env.scoreboard.equal("IRQ_STATUS", got, status)
        irq = bool(self.dut.irq.value)
        self.env.scoreboard.equal("irq", irq, bool(status & mask))


@pyuvm.test()
class ResetPhases(ProsperityTest):
    """Soft and hard resets in each phase of a layer, then a layer that must be clean."""

    async def body(self) -> None:
        """Abort layers in the phases; an idle machine is reset as well."""
        rng = generator("reset phases")
        sizes = self.settings.config
        shape = (2 * sizes.tile_m, 4 * sizes.tile_k, 2 * sizes.lanes)
        for hard in (False, True):
            for phase in ("idle", "fill", "process", "drain"):
                job = make_job(rng, shape, structure="full_rows")
                await self.abort(job, phase, hard=hard)
                await run_layer(self.env, random_job(rng, sizes, (2, 2, 2)))

    async def abort(self, job: LayerJob, phase: str, *, hard: bool) -> None:
        """Start a layer, reset in a phase, which the beats taken so far tell."""
        env, config = self.env, self.settings.config
        if phase != "idle":
            # As many input beats as the start of the phase needs; of the output all but the last
            # tile's, and one.
            beats = {
                "fill": ("WEIGHT_BEATS", 2),
                "process": ("WEIGHT_BEATS", (config.weight_tiles + 1) * config.tile_k),
                "drain": ("OUTPUT_BEATS", 3 * config.tile_m + 2),
            }
            name, count = beats[phase]
            before = env.beats()[name]
            await LayerSequence(env, job).start_layer()
            while env.beats()[name] - before < count:
                await ClockCycles(self.dut.clk, 1)
        if hard:
            env.flush()
            await reset(self.dut)
        else:
            await env.registers.soft_reset()
            env.flush()
        await ClockCycles(self.dut.clk, 4)
        env.scoreboard.abandon()
