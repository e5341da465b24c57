"""SparTen-SNN: inner products of one time step, a column of weights a PE.

Source: the model published with LoAS (MICRO 2024, arXiv:2407.14073) after SparTen (MICRO 2019).
Loops n, m, t, k: 32 rows x 128 positions of one step meet 128 x 16 weights, and each of the 16
PEs takes one column for all rows of the tile.
"""

from __future__ import annotations

from typing import Final

from snn_rtl.models.baselines.common import LayerCycles
from snn_rtl.models.baselines.dual_sparse import DualSparseWork, TileShape, serial_cycles

SHAPE: Final = TileShape(m=32, k=128, n=16, pe="column")


def layer_cycles(work: DualSparseWork) -> LayerCycles:
    """Return the cycles of a layer."""
    return serial_cycles(work, SHAPE)
