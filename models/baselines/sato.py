"""SATO: 128 elements, each adding up one row of spikes at a time.

Source: the model published with Prosperity (HPCA 2025, arXiv:2503.03379) after SATO (DAC 2022):
rows go, in the order of time step and position, to the element with the least work (the first of
equals); a row's work is its ones. The element with most work sets the pace, for one output column
after the other. A neuron takes log2(T) + 1 cycles: its time steps are combined by a tree.

By the artifact's rules rows are balanced over the whole layer and operands come for nothing. By the
honest rules a buffer holds 256 rows: they are balanced among themselves, and come from memory with
all weights (again for every 256 rows) while those before are processed. A T that is no power of two
rounds the neurons' cycles of a layer down (artifact; it leaves a fraction) or the tree's height up.
"""

from __future__ import annotations

import math
from heapq import heapreplace
from typing import Final

import numpy as np

from snn_rtl.models.baselines.common import (
    MEMORY_BITS,
    WEIGHT_BITS,
    Cycles,
    LayerCycles,
    LayerWork,
    Rules,
    extents,
    lockstep,
)

ELEMENTS: Final = 128
BUFFER_ROWS: Final = 256


def largest_load(ones: Cycles, elements: int = ELEMENTS) -> int:
    """Hand rows to the least-loaded elements in turn; return the largest load.

    Args:
        ones: int64 (rows,), work of each row.
        elements: how many share the rows.
    """
    loads = [(0, element) for element in range(elements)]
    for work in ones[ones > 0].tolist():
        load, element = loads[0]
        heapreplace(loads, (load + work, element))
    return max(loads)[0]


def layer_cycles(work: LayerWork, rules: Rules = Rules.ARTIFACT) -> LayerCycles:
    """Return the cycles of a layer.

    Args:
        work: the layer.
        rules: which rules to follow.
    """
    ones = np.count_nonzero(work.by_step(), axis=2).ravel().astype(np.int64)
    height = math.log2(work.time_steps)
    neurons = work.lif_neurons(rules)
    if rules is Rules.ARTIFACT:
        compute = largest_load(ones) * work.n
        return LayerCycles(work.name, compute, 0, math.floor(neurons * (height + 1)))

    rows = extents(work.m, BUFFER_ROWS)
    starts = np.cumsum(rows)[:-1]
    process = np.array([largest_load(part) for part in np.split(ones, starts)]) * work.n
    weights = work.k * work.n * WEIGHT_BITS
    load = -(-(-(-rows * work.k // work.kernel_size**2) + weights) // MEMORY_BITS)
    compute = int(process.sum())
    total = int(lockstep([load, process]).sum())
    return LayerCycles(work.name, compute, total - compute, neurons * (math.ceil(height) + 1))
