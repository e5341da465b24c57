"""Runs a workload on Prosperity."""

from __future__ import annotations

import numpy as np
import pyuvm
from numpy.typing import NDArray

from snn_rtl.models.prosperity.prosperity import Mode
from snn_rtl.models.workload.layer import Layer
from snn_rtl.tb.common.machine import run_workload
from snn_rtl.tb.prosperity.base_test import ProsperityTest
from snn_rtl.tb.prosperity.job import LayerJob


@pyuvm.test()
class RunWorkload(ProsperityTest, run_workload.RunWorkload):
    """Runs the workload and writes the result file, also when something differs."""

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
