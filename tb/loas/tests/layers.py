"""Whole layers: structures, shapes, neurons, random mixes; no fault, no reset."""

from __future__ import annotations

from itertools import cycle, product

import pyuvm

from snn_rtl.tb.common.machine.sequences import run_layer
from snn_rtl.tb.common.machine.tests import layers
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.loas.base_test import LoasTest
from snn_rtl.tb.loas.stimulus import STRUCTURES, WEIGHTS


@pyuvm.test()
class Structures(LoasTest):
    """Every structure of spikes with every structure of weights, in both modes.

    Options: share (one layer in so many is run).
    """

    async def body(self) -> None:
        """Run them back to back, over more than one tile in each direction."""
        m, k, n = self.settings.config.tile
        rng = generator("structures")
        shape = (m + 1, 3 * k + 3, n + 1)
        cases = product(STRUCTURES, (False, True), WEIGHTS)
        # Of other length than the structures of weights, so that each of them meets both.
        outputs = cycle((False, True, False, True, True))
        share = self.settings.options.get("share", 1)
        for index, ((structure, ft, weights), lif) in enumerate(zip(cases, outputs, strict=False)):
            if index % share == index // len(WEIGHTS) % share:
                job = self.make_job(
                    rng, shape, structure=structure, weights=weights, ft=ft, lif=lif
                )
                await run_layer(self.env, job)


@pyuvm.test()
class Shapes(LoasTest, layers.Shapes):
    """Every remainder of M, of K and of N."""


@pyuvm.test()
class Neurons(LoasTest):
    """Spikes out for every number of time steps, ragged shapes, random settings and extremes."""

    async def body(self) -> None:
        """Run each T a few times; the machine's steps beyond it are silent."""
        config = self.settings.config
        m, k, n = config.tile
        rng = generator("neurons")
        for steps, ft in product(range(1, config.time_steps + 1), (False, True)):
            for shape in ((1, k + 1, n + 3), (m + 1, 5, 2 * n), (2 * m, 2 * k, 1)):
                for lif in (False, True):
                    job = self.make_job(rng, shape, time_steps=steps, lif=lif, ft=ft)
                    await run_layer(self.env, job)


@pyuvm.test()
class Random(LoasTest, layers.Random):
    """Random layers."""


@pyuvm.test()
class ManyTiles(LoasTest):
    """Layers with so many tiles that spikes, weights, TPPEs and output run ahead and wait."""

    async def body(self) -> None:
        """Run tall, deep and wide layers."""
        m, k, n = self.settings.config.tile
        rng = generator("many tiles")
        shapes = ((9 * m, 1, 1), (1, 20 * k, n), (2, k, 9 * n), (m, 1, 6 * n), (m, 6 * k, 1))
        structures = ("random_rows", "zero_rows", "full_rows", "alternating_chunks")
        for shape, structure, lif in product(shapes, structures, (False, True)):
            await run_layer(self.env, self.make_job(rng, shape, structure=structure, lif=lif))


@pyuvm.test()
class FullTiles(LoasTest):
    """A few full tiles, raw and with neurons: small enough for the full-size machine on Icarus."""

    async def body(self) -> None:
        """Run layers of two full tiles and a ragged one."""
        m, k, n = self.settings.config.tile
        rng = generator("full tiles")
        for shape, kind in (
            ((m, 2 * k, n), {"structure": "broken_rows"}),
            ((m, 2 * k, n), {"structure": "random_rows", "lif": True}),
            ((m + 1, k + 3, n + 1), {"structure": "random_rows", "lif": True, "ft": True}),
        ):
            job = self.make_job(rng, shape, weights="ragged_columns", **kind)
            await run_layer(self.env, job)
