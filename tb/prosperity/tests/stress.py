"""Layers that close the functional coverage: crosses, extremes, pauses, interrupts, resets."""

from __future__ import annotations

import dataclasses
from itertools import product

import numpy as np
import pyuvm

from snn_rtl.models.prosperity.prosperity import Mode
from snn_rtl.tb.common.machine.sequences import run_layer
from snn_rtl.tb.common.machine.stimulus import Rng
from snn_rtl.tb.common.machine.tests import layers, neurons, software
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.prosperity.base_test import ProsperityTest
from snn_rtl.tb.prosperity.job import LayerJob
from snn_rtl.tb.prosperity.stimulus import antichain_rows, blank_tiles, make_job


@pyuvm.test()
class Crosses(ProsperityTest, layers.Crosses):
    """Every number of tiles, every edge with every other, every mode and output."""


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
class NeuronExtremes(ProsperityTest, neurons.NeuronExtremes):
    """Every neuron setting; bias and threshold at and between the ends of their range."""

    def neuron_job(self, rng: Rng, index: int, columns: int) -> LayerJob:
        """Return a layer of one m tile; the number of time steps follows the settings."""
        sizes = self.settings.config
        steps = (1, 2, sizes.tile_m, 4, 2, sizes.tile_m // 2, 1)
        return make_job(
            rng, (sizes.tile_m, int(rng.integers(1, 2 * sizes.tile_k)), columns),
            time_steps=steps[index % len(steps)], lif=True, structure="sparse_tail",
        )  # fmt: skip


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
        for kind, shape in product(self.kinds(), shapes):
            structure = "full_rows" if shape[0] > 2 else "random_rows"
            await run_layer(self.env, make_job(rng, shape, structure=structure, **kind))


@pyuvm.test()
class Pauses(ProsperityTest, software.Pauses):
    """Random layers under pause profiles of single streams; both outputs, every mode."""


@pyuvm.test()
class StreamsAhead(ProsperityTest, software.StreamsAhead):
    """Back-to-back layers: the next one's beats wait at the ports while one runs."""


@pyuvm.test()
class Interrupts(ProsperityTest, software.Interrupts):
    """Interrupts enabled and masked, polled layers, every way to clear."""


@pyuvm.test()
class ResetPhases(ProsperityTest, software.ResetPhases):
    """Soft and hard resets in each phase of a layer."""

    def phases(self) -> dict[str, tuple[str, int]]:
        """Return how many beats of which stream tell that a phase has begun.

        Input beats as the start of the phase needs them; of the output all but the last tile's,
        and one.
        """
        sizes = self.settings.config
        return {
            "fill": ("WEIGHT_BEATS", 2),
            "process": ("WEIGHT_BEATS", (sizes.weight_tiles + 1) * sizes.tile_k),
            "drain": ("OUTPUT_BEATS", 3 * sizes.tile_m + 2),
        }
