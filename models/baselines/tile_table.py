"""Counts of every spike tile of a layer, from which the models of Prosperity are made."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.baselines.common import MEMORY_BITS, WEIGHT_BITS, Cycles, LayerWork, extents
from snn_rtl.models.prosperity.product_sparsity import MAX_COLUMNS, decompose, pack_rows
from snn_rtl.models.workload.gemm import tiles


@dataclass(frozen=True, eq=False)
class TileTable:
    """Counts of the tiles, int64 (m tiles, k tiles) where nothing else is said.

    Attributes:
        rows: (m tiles,), rows of a tile.
        columns: (k tiles,), columns of a tile.
        ones: ones of a tile.
        pattern_ones: ones that product sparsity leaves.
        exact_rows: rows whose prefix equals them (EM).
        searches: rows with two or more ones.
        depth: longest chain of prefixes, in edges.
    """

    rows: Cycles
    columns: Cycles
    ones: Cycles
    pattern_ones: Cycles
    exact_rows: Cycles
    searches: Cycles
    depth: Cycles

    def for_each_n(self, counts: Cycles, n_tiles: int) -> Cycles:
        """Repeat counts for every n tile: (m tiles, n tiles, k tiles), the order of the walk."""
        m_tiles, k_tiles = self.ones.shape
        return np.broadcast_to(counts[:, np.newaxis, :], (m_tiles, n_tiles, k_tiles))

    def load_cycles(self, work: LayerWork, lanes: int) -> Cycles:
        """Return how long memory takes to bring spikes and weights of every tile.

        A convolution's spikes are unfolded on chip, so that a pixel comes once for all the
        windows that share it.

        Returns:
            int64, (m tiles, n tiles, k tiles).
        """
        spikes = -(-np.outer(self.rows, self.columns) // work.kernel_size**2)
        weights = np.outer(extents(work.n, lanes), self.columns) * WEIGHT_BITS
        bits = spikes[:, np.newaxis, :] + weights[np.newaxis, :, :]
        cycles: Cycles = -(-bits // MEMORY_BITS)
        return cycles


_TABLES: WeakKeyDictionary[LayerWork, dict[tuple[int, int], TileTable]] = WeakKeyDictionary()


def tile_table(work: LayerWork, tile_m: int, tile_k: int) -> TileTable:
    """Return the counts of a layer's tiles; they are kept as long as the layer is.

    Args:
        work: the layer.
        tile_m: rows of a tile.
        tile_k: columns of a tile; more than 64 are possible, but slower.
    """
    tables = _TABLES.setdefault(work, {})
    if (tile_m, tile_k) not in tables:
        tables[tile_m, tile_k] = count_tiles(work.spikes, tile_m, tile_k)
    return tables[tile_m, tile_k]


def count_tiles(spikes: NDArray[np.bool_], tile_m: int, tile_k: int) -> TileTable:
    """Count the tiles of a spike matrix, bool (M, K)."""
    rows, columns = extents(spikes.shape[0], tile_m), extents(spikes.shape[1], tile_k)
    counts = np.zeros((5, len(rows), len(columns)), np.int64)
    if tile_k <= MAX_COLUMNS:
        for i, j, words in tiles(spikes, tile_m, tile_k):
            dec = decompose(words)
            counts[:, i, j] = _summary(dec.ones, dec.prefix, dec.pattern_ones, dec.exact)
    else:
        for i in range(len(rows)):
            for j in range(len(columns)):
                bits = spikes[i * tile_m : (i + 1) * tile_m, j * tile_k : (j + 1) * tile_k]
                counts[:, i, j] = _summary(*_decompose_wide(bits))
    return TileTable(rows, columns, *counts)


def _summary(
    ones: NDArray[np.integer],
    prefix: NDArray[np.integer],
    pattern_ones: NDArray[np.integer],
    exact: NDArray[np.bool_],
) -> tuple[int, ...]:
    return (
        int(ones.sum(dtype=np.int64)),
        int(pattern_ones.sum(dtype=np.int64)),
        int(np.count_nonzero(exact)),
        int(np.count_nonzero(ones > 1)),
        chain_depth(prefix),
    )


def chain_depth(prefix: NDArray[np.integer]) -> int:
    """Return the depth of a tile's forest of prefixes: edges of its longest chain.

    Args:
        prefix: integers (rows,), index of each row's prefix, -1 for none; without cycles.
    """
    depth, ends = 0, prefix[prefix >= 0]
    while ends.size:
        depth += 1
        ends = prefix[ends]
        ends = ends[ends >= 0]
    return depth


def _decompose_wide(
    bits: NDArray[np.bool_],
) -> tuple[Cycles, Cycles, Cycles, NDArray[np.bool_]]:
    """Return ones, prefix, ones of the pattern and exactness of rows wider than a word.

    The rule is that of `decompose` in models/prosperity/product_sparsity.py, on as many words a row
    as it takes.
    """
    ones = np.count_nonzero(bits, axis=1).astype(np.int64)
    # candidates by falling number of ones, then index: the first subset found is the best
    order = np.argsort(-ones, kind="stable")
    subset = np.broadcast_to(ones[order] > 0, (len(bits), len(bits))).copy()
    for left in range(0, bits.shape[1], MAX_COLUMNS):
        words = pack_rows(bits[:, left : left + MAX_COLUMNS])
        subset &= (words[order] & ~words[:, np.newaxis]) == 0
    later = order >= np.arange(len(bits))[:, np.newaxis]
    subset &= ~(later & (ones[order] == ones[:, np.newaxis]))
    subset &= ones[:, np.newaxis] > 1
    best = order[subset.argmax(axis=1)]
    prefix: Cycles = np.where(subset.any(axis=1), best, -1)
    reused = np.where(prefix >= 0, ones[best], 0)
    return ones, prefix, ones - reused, (reused == ones) & (ones > 0)
