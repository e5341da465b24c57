"""The far ends: the largest dimensions and sums, long waits, counters that count far."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyuvm

from snn_rtl.tb.common.machine.tests import corners
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.loas.base_test import LoasTest
from snn_rtl.tb.loas.job import LayerJob


@pyuvm.test()
class LargestDimensions(LoasTest, corners.LargestDimensions):
    """The largest M, K and N."""


@pyuvm.test()
class LongWaits(LoasTest, corners.LongWaits):
    """Each stream makes the machine wait so long that its wait counters need many bits."""

    def places(self) -> Iterator[tuple[LayerJob, Any, int]]:
        """Yield a layer, a bus driver with gaps, and after how many beats it halts."""
        env = self.env
        m, k, n = self.settings.config.tile
        deep, wide = (2 * m, 3 * k, n), (m, k, 5 * n)
        for shape, bus, beats in (
            (deep, env.weights.driver.bus, 1),
            (deep, env.weights.driver.bus, 12),
            (deep, env.spikes.driver.bus, 3),
            (wide, env.outputs.ready, 3),
            (deep, env.outputs.ready, 2 * n - 2),
        ):
            yield self.make_job(generator("waits"), shape, structure="full_rows"), bus, beats


@pyuvm.test()
class ManyEvents(LoasTest, corners.ManyEvents):
    """Layers that count thousands of tiles, fibres, matches and words."""

    def layers(self) -> Iterator[LayerJob]:
        """Yield them; the last one clears the counters of the one before."""
        config = self.settings.config
        rng = generator("events")
        m, _, n = config.tile
        for shape, structure, weights, ft in (
            ((1, 1, n * 1500), "full_rows", "ragged_columns", False),
            ((m, config.max_k, n), "broken_rows", "full_columns", False),
            ((4 * m, config.max_k, 1), "single_rows", "full_columns", True),
            ((m, config.max_k, 2 * n), "zero_rows", "full_columns", False),
            ((m, config.max_k, 4 * n), "full_rows", "zero_columns", False),
            ((1, 1, 1), "full_rows", "full_columns", False),
        ):
            yield self.make_job(rng, shape, structure=structure, weights=weights, ft=ft)
