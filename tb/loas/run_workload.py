"""Runs a workload on LoAS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pyuvm
from numpy.typing import NDArray

from snn_rtl.models.loas.network import reference_runner
from snn_rtl.models.loas.pruning import seeded_sparse_weights, target_sparsity
from snn_rtl.models.workload.layer import Layer
from snn_rtl.tb.common.machine import run_workload
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.loas.base_test import LoasTest
from snn_rtl.tb.loas.job import LayerJob


@pyuvm.test()
class RunWorkload(LoasTest, run_workload.RunWorkload):
    """Runs the workload and writes the result file, also when something differs."""

    COUNTS: ClassVar[Mapping[str, str]] = {
        "bit_nnz": "BIT_NNZ",
        "words": "WORDS",
        "single_words": "SINGLE_WORDS",
        "empty_tiles": "EMPTY_TILES",
        "fibres_skipped": "FIBRES_SKIPPED",
        "matches": "MATCHES",
        "corrections": "CORRECTIONS",
        "fifo_full": "FIFO_FULL",
        "spike_beats": "SPIKE_BEATS",
        "weight_beats": "WEIGHT_BEATS",
        "output_beats": "OUTPUT_BEATS",
    }

    @property
    def ft(self) -> bool:
        """Neurons that fire once are dropped."""
        return self.run.mode == "ft"

    def machine_rows(self, layer: Layer) -> int:
        """Return the positions of a layer."""
        return layer.m // layer.time_steps

    def random_weights(self, layer: Layer) -> NDArray[np.int8]:
        """Return weights pruned at random to the published sparsity."""
        rng = generator(f"weights {layer.name}", self.run.seed)
        return seeded_sparse_weights(layer, target_sparsity(self.workload.name), rng)

    def layer_job(
        self, layer: Layer, matrix: NDArray[np.bool_], weights: NDArray[np.int8]
    ) -> LayerJob:
        """Return what the machine runs for a layer."""
        return LayerJob(
            name=layer.name,
            spikes=matrix,
            weights=weights,
            ft=self.ft,
            lif=layer.lif_params,
            time_steps=layer.time_steps,
        )

    def reference(self, layer: Layer, matrix: NDArray[np.bool_]) -> NDArray[np.integer]:
        """Return a layer's output rows without the machine."""
        return reference_runner(layer, matrix, ft=self.ft)
