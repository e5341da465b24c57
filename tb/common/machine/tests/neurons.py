"""Neurons at the ends of their ranges."""

from __future__ import annotations

import dataclasses
from itertools import product
from typing import Any

import numpy as np

from snn_rtl.models.lif import LifConfig, LifParams
from snn_rtl.tb.common.machine.base_test import MachineTest
from snn_rtl.tb.common.machine.job import MachineJob
from snn_rtl.tb.common.machine.sequences import run_layer
from snn_rtl.tb.common.machine.stimulus import INT32
from snn_rtl.tb.common.randomness import generator


class NeuronExtremes(MachineTest):
    """Every neuron setting; bias and threshold at and between the ends of their range."""

    def neuron_job(self, rng: np.random.Generator, index: int, columns: int) -> MachineJob[Any]:
        """Return a layer with neurons, which are replaced; index counts the settings.

        Raises:
            NotImplementedError: a machine must say it.
        """
        raise NotImplementedError

    async def body(self) -> None:
        """Run every leak, reset and comparison with all pairs of bias and threshold."""
        rng = generator("neuron extremes")
        settings = product((0, 1, 3, 17, 31), ("hard", "soft"), (">", ">="))
        for index, (leak, after, fire) in enumerate(settings):
            ends = (INT32[0], -int(rng.integers(1, 99)), 0, int(rng.integers(1, 99)), INT32[1])
            pairs = rng.permutation(np.array(list(product(ends, ends))))
            job = self.neuron_job(rng, index, len(pairs))
            config = LifConfig(leak_shift=leak, reset=after, fire=fire)  # type: ignore[arg-type]
            lif = LifParams(pairs[:, 0].astype(np.int32), pairs[:, 1].astype(np.int32), config)
            await run_layer(self.env, dataclasses.replace(job, lif=lif))
