"""Eyeriss: a dense 14 x 12 array, the machine the others' speed is given over.

Source: the model published with Prosperity (HPCA 2025, arXiv:2503.03379) after Eyeriss (ISCA 2016):
14 weight rows by 12 output columns are held, one row of spikes enters a cycle, zeros included.

By the artifact's rules 14 columns of spikes are always at work (M * K // 14 cycles for 12 outputs),
operands come for nothing, and the neurons take (T // 12) * L // 14 cycles: none at all for T < 12.

By the honest rules the last of the ceil(K / 14) weight tiles is a whole tile too, the array fills
and drains, weights and spikes of every tile come from memory (spikes of one bit, unfolded on chip),
and a neuron's time step takes one of the 168 elements one cycle.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from snn_rtl.models.baselines.common import (
    MEMORY_BITS,
    WEIGHT_BITS,
    LayerCycles,
    LayerWork,
    Rules,
    ceil_div,
    extents,
    lockstep,
)

ROWS: Final = 14
COLUMNS: Final = 12


def layer_cycles(work: LayerWork, rules: Rules = Rules.ARTIFACT) -> LayerCycles:
    """Return the cycles of a layer.

    Args:
        work: the layer.
        rules: which rules to follow.
    """
    steps, neurons = work.time_steps, work.lif_neurons(rules)
    if rules is Rules.ARTIFACT:
        compute = ceil_div(work.n, COLUMNS) * (work.k * work.m // ROWS)
        return LayerCycles(work.name, compute, 0, steps // COLUMNS * neurons // ROWS)

    k_tiles, n_tiles = extents(work.k, ROWS), extents(work.n, COLUMNS)
    weights = np.outer(n_tiles, k_tiles).ravel() * WEIGHT_BITS
    spikes = np.tile(-(-work.m * k_tiles // work.kernel_size**2), len(n_tiles))
    load = -(-(weights + spikes) // MEMORY_BITS)
    process = np.full(len(load), work.m, np.int64)
    compute = int(process.sum())
    total = int(lockstep([load, process]).sum()) + ROWS + COLUMNS - 2
    lif = ceil_div(neurons * steps, ROWS * COLUMNS)
    return LayerCycles(work.name, compute, total - compute, lif)
