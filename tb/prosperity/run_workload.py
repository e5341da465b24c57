"""Runs a workload on Prosperity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pyuvm
from numpy.typing import NDArray

from snn_rtl.machines.prosperity import PROSPERITY
from snn_rtl.models.prosperity.prosperity import Mode
from snn_rtl.models.workload.layer import Layer
from snn_rtl.tb.common.machine import run_workload
from snn_rtl.tb.prosperity.base_test import ProsperityTest
from snn_rtl.tb.prosperity.job import LayerJob


@pyuvm.test()
class RunWorkload(ProsperityTest, run_workload.RunWorkload):
    """Runs the workload and writes the result file, also when something differs."""

    MACHINE = PROSPERITY
    COUNTS: ClassVar[Mapping[str, str]] = {
        "bit_nnz": "BIT_NNZ",
        "residual_nnz": "RESIDUAL_NNZ",
        "exact_match_rows": "EXACT_ROWS",
        "partial_match_rows": "PARTIAL_ROWS",
        "zero_rows": "ZERO_ROWS",
    }

    def layer_job(
        self, layer: Layer, matrix: NDArray[np.bool_], weights: NDArray[np.int8]
    ) -> LayerJob:
        """Return what the machine runs for a layer."""
        return LayerJob(
            name=layer.name,
            spikes=matrix,
            weights=weights,
            mode=Mode(self.run.mode),
            lif=layer.lif_params,
            time_steps=layer.time_steps,
        )
