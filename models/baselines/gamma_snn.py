"""Gamma-SNN: Gustavson's product of one time step, a row of spikes a PE.

Source: the model published with LoAS (MICRO 2024, arXiv:2407.14073) after Gamma (ASPLOS 2021).
Loops m, k, t, n: 16 rows x 64 positions of one step meet 64 x 64 weights, and each of the 16 PEs
takes one row for all columns of the tile.
"""

from __future__ import annotations

from typing import Final

from snn_rtl.models.baselines.common import LayerCycles
from snn_rtl.models.baselines.dual_sparse import DualSparseWork, TileShape, serial_cycles

SHAPE: Final = TileShape(m=16, k=64, n=64, pe="row")


def layer_cycles(work: DualSparseWork) -> LayerCycles:
    """Return the cycles of a layer."""
    return serial_cycles(work, SHAPE)
