"""GoSPA-SNN: outer products of one time step, a column of weights a PE over 64 rows.

Source: the model published with LoAS (MICRO 2024, arXiv:2407.14073) after GoSPA (ISCA 2021).
Loops k, n, t, m: 64 rows x 256 positions of one step meet 256 x 16 weights, and each of the 16
PEs takes one column for all rows of the tile. The partial sums, which leave the chip after every
tile, cost no cycles here.
"""

from __future__ import annotations

from typing import Final

from snn_rtl.models.baselines.common import LayerCycles
from snn_rtl.models.baselines.dual_sparse import DualSparseWork, TileShape, serial_cycles

SHAPE: Final = TileShape(m=64, k=256, n=16, pe="column")


def layer_cycles(work: DualSparseWork) -> LayerCycles:
    """Return the cycles of a layer."""
    return serial_cycles(work, SHAPE)
