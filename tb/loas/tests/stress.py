"""Layers that close the functional coverage: crosses, extremes, pauses, interrupts, resets."""

from __future__ import annotations

import dataclasses
from itertools import product

import numpy as np
import pyuvm

from snn_rtl.tb.common.machine.sequences import run_layer
from snn_rtl.tb.common.machine.stimulus import Rng
from snn_rtl.tb.common.machine.tests import layers, neurons, software
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.loas.base_test import LoasTest
from snn_rtl.tb.loas.job import LayerJob


@pyuvm.test()
class Crosses(LoasTest, layers.Crosses):
    """Every number of tiles, every edge with every other, every mode and output."""


@pyuvm.test()
class SumExtremes(LoasTest):
    """The largest and the smallest sums of several chunks, all and no steps firing."""

    async def body(self) -> None:
        """Run equal weights at the ends of their range."""
        m, k, n = self.settings.config.tile
        rng = generator("sum extremes")
        for weight, kind in product((-128, -1, 1, 127), self.kinds()):
            job = self.make_job(rng, (m, 3 * k, n + 1), structure="full_rows", **kind)
            weights = np.full(job.weights.shape, weight, dtype=np.int8)
            await run_layer(self.env, dataclasses.replace(job, weights=weights))


@pyuvm.test()
class NeuronExtremes(LoasTest, neurons.NeuronExtremes):
    """Every neuron setting; bias and threshold at and between the ends of their range."""

    def neuron_job(self, rng: Rng, index: int, columns: int) -> LayerJob:
        """Return a layer of one m tile; the number of time steps follows the settings."""
        config = self.settings.config
        return self.make_job(
            rng, (config.tppes, int(rng.integers(1, 2 * config.chunk)), columns),
            time_steps=config.time_steps - index % 2, lif=True, ft=index % 3 == 0,
        )  # fmt: skip


@pyuvm.test()
class Waits(LoasTest):
    """Layers after which every wait counter has counted, in each mode, with sums and spikes.

    A layer of one product waits for nothing; one row and many columns wait for the output; one
    column waits for spikes; few weights a chunk wait for them; full chunks wait for TPPEs and their
    FIFOs; silent chunks are skipped.
    """

    async def body(self) -> None:
        """Run each shape in each mode."""
        m, k, n = self.settings.config.tile
        rng = generator("waits")
        cases = (
            ((1, 1, 1), "full_rows", "full_columns"),
            ((1, 1, 9 * n), "full_rows", "full_columns"),
            ((2 * m, 8 * k, 1), "full_rows", "full_columns"),
            ((m, 6 * k, n), "full_rows", "full_columns"),
            ((m, 6 * k, 2 * n), "random_rows", "sparse_columns"),
            ((m, 6 * k, n), "alternating_chunks", "empty_chunks"),
            ((m, 12 * k, 1), "broken_rows", "full_columns"),
            ((m, 3 * k, 2 * n), "full_rows", "lone_columns"),
            ((3 * m, k, 2 * n), "lone_rows", "ragged_columns"),
            ((m, 4 * k, n), "zero_rows", "full_columns"),
            ((m, 4 * k, n), "full_rows", "zero_columns"),
        )
        for kind, (shape, structure, weights) in product(self.kinds(), cases):
            job = self.make_job(rng, shape, structure=structure, weights=weights, **kind)
            await run_layer(self.env, job)


@pyuvm.test()
class Pauses(LoasTest, software.Pauses):
    """Random layers under pause profiles of single streams; both outputs, every mode."""


@pyuvm.test()
class StreamsAhead(LoasTest, software.StreamsAhead):
    """Back-to-back layers: the next one's beats wait at the ports while one runs."""


@pyuvm.test()
class Interrupts(LoasTest, software.Interrupts):
    """Interrupts enabled and masked, polled layers, every way to clear."""


@pyuvm.test()
class ResetPhases(LoasTest, software.ResetPhases):
    """Soft and hard resets in each phase of a layer."""

    def phases(self) -> dict[str, tuple[str, int]]:
        """Return how many beats of which stream tell that a phase has begun.

        A first weight tile of full columns has more than two beats; of the output one beat, or all
        but the last tile's and one.
        """
        return {
            "fill": ("WEIGHT_BEATS", 2),
            "process": ("OUTPUT_BEATS", 1),
            "drain": ("OUTPUT_BEATS", 3 * self.settings.config.columns + 1),
        }
