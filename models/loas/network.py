"""Networks as LoAS infers them: the integer reference, with the words that the variant FT drops."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.loas.formats import drop_single, pack_words, unpack_words
from snn_rtl.models.workload import network
from snn_rtl.models.workload.layer import Layer


def reference_runner(layer: Layer, matrix: NDArray[np.bool_], *, ft: bool) -> NDArray[np.int64]:
    """Run a layer on the reference model.

    Args:
        layer: the layer.
        matrix: bool, (M, K), row position * T + t.
        ft: neurons that fire once count as silent.

    Returns:
        int64, (M, N): spikes 0 or 1, or raw sums without bias where it has no threshold.

    Raises:
        InputError: the layer has no weights.
    """
    spikes = matrix
    if ft:
        steps = layer.time_steps
        spikes = unpack_words(drop_single(pack_words(matrix, steps, steps)), steps)
    return network.reference_runner(layer, spikes)
