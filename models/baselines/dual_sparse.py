"""What the models of the dual-sparse machines share: LoAS's published one and its baselines.

Source: MICRO 2024, arXiv:2407.14073, and the simulator published with it. Spikes and weights are
cut into tiles; the processing elements (PEs) of a machine take the rows or the columns of a tile,
one each, and find one match of a spike, or word, and a weight that is not zero in a cycle. A tile
costs the matches of the PE that has most; nothing else is charged: no memory, no empty tile, no
fill, no neurons. The cost of a tile does not depend on those before it, so a machine's order of
loops shows in the shape of its tiles alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.baselines.common import LayerCycles
from snn_rtl.models.errors import InputError
from snn_rtl.models.workload.gemm import tile_counts
from snn_rtl.models.workload.layer import Layer


@dataclass(frozen=True, kw_only=True, eq=False)
class DualSparseWork:
    """One layer as the models of dual-sparse machines take it.

    Attributes:
        name: of the layer.
        spikes: bool, (M, K), row position * T + t.
        weights: integers, (K, N).
        time_steps: T.

    Raises:
        InputError: when made: matrices that are empty or no product, or rows that are no whole
            number of positions.
    """

    name: str
    spikes: NDArray[np.bool_]
    weights: NDArray[np.integer]
    time_steps: int

    def __post_init__(self) -> None:
        """Check the sizes."""
        rows, k = self.spikes.shape
        if k != len(self.weights) or not self.spikes.size or not self.weights.size:
            raise InputError(
                f"layer {self.name!r}: spikes {self.spikes.shape} and weights "
                f"{self.weights.shape} are no product"
            )
        if self.time_steps < 1 or rows % self.time_steps:
            raise InputError(
                f"layer {self.name!r}: {rows} rows are no multiple of {self.time_steps} steps"
            )

    @classmethod
    def from_layer(
        cls,
        layer: Layer,
        weights: NDArray[np.integer] | None = None,
        spikes: NDArray[np.bool_] | None = None,
    ) -> DualSparseWork:
        """Take a layer of a workload.

        Args:
            layer: the layer.
            weights: integers, (K, N); None for the layer's own.
            spikes: its spike matrix, bool (M, K); None for that of its own spikes.

        Raises:
            InputError: the layer has no weights or no spikes.
        """
        found = layer.weights if weights is None else weights
        if found is None:
            raise InputError(f"{layer} has no weights")
        matrix = layer.matrix() if spikes is None else spikes
        return cls(name=layer.name, spikes=matrix, weights=found, time_steps=layer.time_steps)

    def steps(self) -> list[NDArray[np.bool_]]:
        """Return the spikes of each time step, T times bool (P, K)."""
        return [self.spikes[step :: self.time_steps] for step in range(self.time_steps)]

    def spike_counts(self) -> NDArray[np.int64]:
        """Return how often each neuron fires: int64, (P, K)."""
        by_position = self.spikes.reshape(-1, self.time_steps, self.spikes.shape[1])
        counts: NDArray[np.int64] = np.count_nonzero(by_position, axis=1)
        return counts


@dataclass(frozen=True)
class TileShape:
    """How a machine cuts a layer.

    Attributes:
        m: rows of a tile.
        k: positions of a tile.
        n: columns of a tile.
        pe: what a PE has of a tile, a row of it or a column.
    """

    m: int
    k: int
    n: int
    pe: Literal["row", "column"]


def slowest_pe_cycles(
    rows: NDArray[np.bool_], weights: NDArray[np.integer], shape: TileShape
) -> int:
    """Return the cycles of a product: for each tile the matches of the PE that has most.

    Args:
        rows: bool, (rows, K): spikes of one time step, or words that are not silent.
        weights: integers, (K, N); a zero matches nothing.
        shape: of the tiles.
    """
    # A PE's matches are a sum over the axis that it has to itself: taken before the product,
    # it leaves a matrix with one row, or column, for each tile.
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    if shape.pe == "row":
        left, right = rows.astype(np.int64), tile_counts(weights != 0, 1, shape.n)
        tops = np.arange(0, len(rows), shape.m)
    else:
        left, right = tile_counts(rows, shape.m, 1), (weights != 0).astype(np.int64)
        tops = np.arange(0, weights.shape[1], shape.n)
    axis = 0 if shape.pe == "row" else 1
    cycles = 0
    for first in range(0, len(weights), shape.k):
        part = slice(first, first + shape.k)
        matches = left[:, part] @ right[part]
        cycles += int(np.maximum.reduceat(matches, tops, axis=axis).sum())
    return cycles


def serial_cycles(work: DualSparseWork, shape: TileShape) -> LayerCycles:
    """Return the cycles of a layer on a machine that takes one time step after the other."""
    cycles = sum(slowest_pe_cycles(rows, work.weights, shape) for rows in work.steps())
    return LayerCycles(work.name, cycles, 0, 0)
