"""The far ends: the largest dimensions and sums, long waits, counters that count far."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyuvm

from snn_rtl.models.prosperity.prosperity import Mode
from snn_rtl.tb.common.machine.tests import corners
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.prosperity.base_test import ProsperityTest
from snn_rtl.tb.prosperity.job import LayerJob
from snn_rtl.tb.prosperity.stimulus import make_job


@pyuvm.test()
class LargestDimensions(ProsperityTest, corners.LargestDimensions):
    """The largest M, K and N."""


@pyuvm.test()
class LongWaits(ProsperityTest, corners.LongWaits):
    """Each stream makes the machine wait so long that its wait counters need many bits."""

    def places(self) -> Iterator[tuple[LayerJob, Any, int]]:
        """Yield a layer, a bus driver with gaps, and after how many beats it halts."""
        env, config = self.env, self.settings.config
        deep = (2 * config.tile_m, 3 * config.tile_k, config.lanes)
        wide = (config.tile_m, config.tile_k, 5 * config.lanes)
        spikes = config.tile_m // config.beat_rows
        for shape, bus, beats in (
            (deep, env.weights.driver.bus, 1),
            (deep, env.weights.driver.bus, 2 * config.tile_k),
            (deep, env.spikes.driver.bus, spikes),
            (wide, env.outputs.ready, 3),
            (deep, env.outputs.ready, 2 * config.tile_m - 2),
        ):
            yield make_job(generator("waits"), shape, mode=Mode.BIT), bus, beats


@pyuvm.test()
class ManyEvents(ProsperityTest, corners.ManyEvents):
    """Layers that count thousands of tiles, beats, steps, and rows of every kind."""

    def layers(self) -> Iterator[LayerJob]:
        """Yield them; the last one clears the counters of the one before."""
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
            ((1, 1, 1), "full_rows", Mode.PRODUCT),
        ):
            yield make_job(rng, shape, structure=structure, mode=mode)
