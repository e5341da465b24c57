"""The published cycle model of LoAS: all time steps of a row of words a PE.

Source: MICRO 2024, arXiv:2407.14073, and the simulator published with it. Loops m, n, k: 16 rows
x 128 positions of words meet 128 x 32 weights; a weight fibre is broadcast to all 16 TPPEs, each
of which takes one row for all columns of the tile. LoAS-FT drops the words of one spike; in the
paper its networks are tuned for that, here the same spikes are taken.
"""

from __future__ import annotations

from typing import Final

from snn_rtl.models.baselines.common import LayerCycles
from snn_rtl.models.baselines.dual_sparse import DualSparseWork, TileShape, slowest_pe_cycles

SHAPE: Final = TileShape(m=16, k=128, n=32, pe="row")


def layer_cycles(
    work: DualSparseWork, *, ft: bool = False, shape: TileShape = SHAPE
) -> LayerCycles:
    """Return the cycles of a layer.

    Args:
        work: the layer.
        ft: drop the words of one spike.
        shape: of the tiles, for machines of other sizes.
    """
    live = work.spike_counts() >= (2 if ft else 1)
    return LayerCycles(work.name, slowest_pe_cycles(live, work.weights, shape), 0, 0)
