"""Whole layers: structures, shapes, neurons, random mixes; no fault, no reset."""

from __future__ import annotations

import pyuvm

from snn_rtl.models.prosperity.prosperity import Mode
from snn_rtl.tb.common.machine.sequences import run_layer
from snn_rtl.tb.common.machine.tests import layers
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.prosperity.base_test import ProsperityTest
from snn_rtl.tb.prosperity.stimulus import STRUCTURES, make_job


@pyuvm.test()
class Structures(ProsperityTest):
    """Every row structure in every mode, over more than one tile in each direction."""

    async def body(self) -> None:
        """Run them back to back."""
        config = self.settings.config
        rng = generator("structures")
        shape = (config.tile_m + 1, 2 * config.tile_k + 3, config.lanes + 1)
        for structure in STRUCTURES:
            for mode in Mode:
                await run_layer(self.env, make_job(rng, shape, structure=structure, mode=mode))


@pyuvm.test()
class Shapes(ProsperityTest, layers.Shapes):
    """Every remainder of M, of K and of N."""


@pyuvm.test()
class Neurons(ProsperityTest):
    """Spikes out for every number of time steps, ragged shapes, random settings and extremes."""

    async def body(self) -> None:
        """Run each T a few times."""
        config = self.settings.config
        rng = generator("neurons")
        steps = 1
        while steps <= config.tile_m:
            for positions in (1, config.tile_m // steps + 1):
                shape = (positions * steps, config.tile_k + 1, config.lanes + 3)
                await run_layer(self.env, make_job(rng, shape, time_steps=steps, lif=True))
            steps *= 2


@pyuvm.test()
class Random(ProsperityTest, layers.Random):
    """Random layers."""


@pyuvm.test()
class ManyTiles(ProsperityTest):
    """Layers with so many small tiles that detection, weights and output run ahead and wait."""

    async def body(self) -> None:
        """Run tall, deep and wide layers."""
        config = self.settings.config
        rng = generator("many tiles")
        shapes = (
            (9 * config.tile_m, 1, 1),
            (1, 40 * config.tile_k, config.lanes),
            (2, config.tile_k, 9 * config.lanes),
            (config.tile_m, 1, 6 * config.lanes),
        )
        for shape in shapes:
            for structure in ("random_rows", "zero_rows", "full_rows", "sparse_tail"):
                for lif in (False, True):
                    await run_layer(self.env, make_job(rng, shape, structure=structure, lif=lif))


@pyuvm.test()
class FullTiles(ProsperityTest):
    """A few full tiles, raw and with neurons: small enough for the full-size machine on Icarus."""

    async def body(self) -> None:
        """Run two layers of two full tiles and one ragged one."""
        config = self.settings.config
        rng = generator("full tiles")
        full = (config.tile_m, 2 * config.tile_k, config.lanes)
        await run_layer(self.env, make_job(rng, full, structure="chain_rows"))
        await run_layer(self.env, make_job(rng, full, time_steps=4, lif=True))
        ragged = (config.tile_m + 4, config.tile_k + 3, config.lanes + 1)
        await run_layer(self.env, make_job(rng, ragged, structure="duplicate_rows"))
