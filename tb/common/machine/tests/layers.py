"""Whole layers without fault or reset: shapes, random mixes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle, product
from typing import Any

import numpy as np

from snn_rtl.tb.common.machine.base_test import MachineTest
from snn_rtl.tb.common.machine.job import MachineJob
from snn_rtl.tb.common.machine.sequences import run_layer
from snn_rtl.tb.common.randomness import generator


class Shapes(MachineTest):
    """From 1 x 1 x 1 to two tiles and one more: every remainder of M, of K and of N."""

    async def body(self) -> None:
        """Run sizes side by side, each list as often as the longest needs."""
        rng = generator("shapes")
        sizes = [range(1, 2 * tile + 2) for tile in self.settings.config.tile]
        longest = max(len(s) for s in sizes)
        await run_layer(self.env, self.make_job(rng, (1, 1, 1), structure="full_rows"))
        # Shifted starts keep small M from always meeting small K and N.
        lists = [cycle([*s[shift:], *s[:shift]]) for s, shift in zip(sizes, (0, 3, 5), strict=True)]
        for _ in range(longest):
            m, k, n = (next(values) for values in lists)
            await run_layer(self.env, self.make_job(rng, (m, k, n)))


class Random(MachineTest):
    """Random layers.

    Options: layers (how many), tiles (most m, k, n tiles), seed (that the layers are drawn from,
    where they are known before the simulation has one; the simulation's own without it), only
    (index of the one layer to run).
    """

    async def body(self) -> None:
        """Run them back to back."""
        options = self.settings.options
        rng = generator("layers", options.get("seed"))
        for index in range(options.get("layers", 20)):
            # Layers that are left out are drawn all the same: the others stay as they are.
            job = self.random_job(rng, options.get("tiles", (3, 4, 2)))
            if options.get("only") in (None, index):
                await self.run_job(index, job)

    async def run_job(self, index: int, job: MachineJob[Any]) -> None:
        """Run one of them."""
        del index
        await run_layer(self.env, job)


def _size(rng: np.random.Generator, tile: int, tiles: int, *, whole: bool) -> int:
    """Return a size of so many tiles, the last one whole or not."""
    return tile * tiles if whole else tile * (tiles - 1) + int(rng.integers(1, tile))


class Crosses(MachineTest):
    """Every number of tiles with every other, every edge with every other, every mode and output.

    Options: share (one layer in so many is run).
    """

    def shapes(self, rng: np.random.Generator) -> Iterator[tuple[int, int, int]]:
        """Yield shapes of 1 to 3 tiles each way, then of all edges."""
        steps = self.settings.config.tile
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
        kinds = self.kinds()
        # Shuffled and of odd length, so that no mode meets the same edges every time.
        half = len(kinds) // 2
        turns = cycle([*kinds, *kinds[half:], *kinds[:half], *kinds[::-1]][: 3 * len(kinds) - 1])
        share = self.settings.options.get("share", 1)
        for index, (shape, kind) in enumerate(zip(self.shapes(rng), turns, strict=False)):
            if index % share == 0:
                await run_layer(self.env, self.make_job(rng, shape, **kind))
