"""MINT: bit sparsity on 128 adders.

Source: the model published with Prosperity (HPCA 2025, arXiv:2503.03379) after MINT (ASP-DAC 2024):
a cycle for every spike and 128 outputs; the neurons take three operations a time step on 16 units.

By the artifact's rules operands come for nothing. By the honest rules tiles of 256 x 16 spikes and
16 x 128 weights come from memory while the tile before is processed, and a tile takes at least one
cycle.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from snn_rtl.models.baselines.common import LayerCycles, LayerWork, Rules, ceil_div, lockstep
from snn_rtl.models.baselines.ptb import neuron_cycles
from snn_rtl.models.baselines.tile_table import tile_table

LANES: Final = 128
TILE_M: Final = 256
TILE_K: Final = 16


def layer_cycles(work: LayerWork, rules: Rules = Rules.ARTIFACT) -> LayerCycles:
    """Return the cycles of a layer.

    Args:
        work: the layer.
        rules: which rules to follow.
    """
    n_tiles = ceil_div(work.n, LANES)
    lif = neuron_cycles(work, rules)
    if rules is Rules.ARTIFACT:
        return LayerCycles(work.name, int(work.spikes.sum()) * n_tiles, 0, lif)
    table = tile_table(work, TILE_M, TILE_K)
    process = table.for_each_n(np.maximum(table.ones, 1), n_tiles).ravel()
    steps = lockstep([table.load_cycles(work, LANES).ravel(), process])
    compute = int(process.sum())
    return LayerCycles(work.name, compute, int(steps.sum()) - compute, lif)
