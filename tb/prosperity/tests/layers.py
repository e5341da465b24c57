"""Whole layers: structures, shapes, neurons, random mixes; no fault, no reset."""

from __future__ import annotations

from itertools import cycle

import pyuvm

from models.prosperity import Mode
from tb.common.randomness import generator
from tb.prosperity.base_test import ProsperityTest
from tb.prosperity.sequences import run_layer
from tb.prosperity.stimulus import STRUCTURES, make_job, random_job


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
class Shapes(ProsperityTest):
    """From 1 x 1 x 1 to two tiles and one more: every remainder of M, of K and of N."""

    async def body(self) -> None:
        """Run sizes side by side, each list as often as the longest needs."""
        config = self.settings.config
        rng = generator("shapes")
        sizes = [range(1, 2 * tile + 2) for tile in (config.tile_m, config.tile_k, config.lanes)]
        longest = max(len(s) for s in sizes)
        await run_layer(self.env, make_job(rng, (1, 1, 1), structure="full_rows"))
        # Shifted starts keep small M from always meeting small K and N.
        lists = [cycle([*s[shift:], *s[:shift]]) for s, shift in zip(sizes, (0, 3, 5), strict=True)]
        for _ in range(longest):
            m, k, n = (next(values) for values in lists)
            await run_layer(self.env, make_job(rng, (m, k, n)))


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
class Random(ProsperityTest):
    """Random layers; options: layers (how many), tiles (most m, k, n tiles)."""

    async def body(self) -> None:
        """Run them back to back."""
        options = self.settings.options
        rng = generator("layers")
        for _ in range(options.get("layers", 20)):
            await run_layer(
                self.env, random_job(rng, self.settings.config, options.get("tiles", (3, 4, 2)))
            )


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
