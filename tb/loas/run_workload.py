"""Runs a workload on LoAS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pyuvm
from numpy.typing import NDArray

from snn_rtl.machines.loas import LOAS
from snn_rtl.models.workload.layer import Layer
from snn_rtl.tb.common.machine import run_workload
from snn_rtl.tb.loas.base_test import LoasTest
from snn_rtl.tb.loas.job import LayerJob


@pyuvm.test()
class RunWorkload(LoasTest, run_workload.RunWorkload):
    """Runs the workload and writes the result file, also when something differs."""

    MACHINE = LOAS
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

    def layer_job(
        self, layer: Layer, matrix: NDArray[np.bool_], weights: NDArray[np.int8]
    ) -> LayerJob:
        """Return what the machine runs for a layer."""
        return LayerJob(
            name=layer.name,
            spikes=matrix,
            weights=weights,
            ft=self.run.mode == "ft",
            lif=layer.lif_params,
            time_steps=layer.time_steps,
        )
