"""The Prosperity machine's function: what a layer computes and how many ones are left to add.

Source: HPCA 2025, arXiv:2503.03379. Cycles are the business of `snn_rtl.models.prosperity.timing`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.lif import LifParams
from snn_rtl.models.lif import lif as run_lif
from snn_rtl.models.prosperity.config import PAPER, ProsperityConfig
from snn_rtl.models.prosperity.product_sparsity import decompose
from snn_rtl.models.workload.gemm import exact_product, tiles


class Mode(StrEnum):
    """What the machine skips: repeated work and zeros, zeros only, or nothing."""

    PRODUCT = "product"
    BIT = "bit"
    DENSE = "dense"


@dataclass(frozen=True)
class LayerCounts:
    """Counts of one layer; ones and rows are counted once for each m and k tile.

    Attributes:
        m: rows of the spike matrix.
        k: columns of the spike matrix.
        n: output columns.
        tiles: m tiles x k tiles x n tiles.
        bit_nnz: ones of the spike matrix.
        residual_nnz: ones of all patterns; bit_nnz in the modes "bit" and "dense".
        exact_match_rows: tile rows whose prefix equals them.
        partial_match_rows: tile rows whose prefix is a proper subset.
        zero_rows: tile rows without a one.
    """

    m: int
    k: int
    n: int
    tiles: int
    bit_nnz: int
    residual_nnz: int
    exact_match_rows: int
    partial_match_rows: int
    zero_rows: int


def count_layer(
    spikes: NDArray[np.bool_],
    n: int,
    config: ProsperityConfig = PAPER,
    mode: Mode | str = Mode.PRODUCT,
) -> LayerCounts:
    """Count what product sparsity finds in a layer.

    Args:
        spikes: bool, (M, K).
        n: output columns.
        config: sizes of the machine; tile_m, tile_k and lanes matter.
        mode: what the machine skips.

    Returns:
        The counts.

    Raises:
        InputError: an unknown mode.
    """
    count = bit_nnz = residual_nnz = exact = matched = zero = 0
    for _, _, rows in tiles(spikes, config.tile_m, config.tile_k):
        dec = decompose(rows, mode)
        count += 1
        bit_nnz += int(dec.ones.sum())
        residual_nnz += int(dec.pattern_ones.sum())
        exact += int(np.count_nonzero(dec.exact))
        matched += int(np.count_nonzero(dec.prefix >= 0))
        zero += int(np.count_nonzero(dec.ones == 0))
    return LayerCounts(
        m=spikes.shape[0],
        k=spikes.shape[1],
        n=n,
        tiles=count * -(-n // config.lanes),
        bit_nnz=bit_nnz,
        residual_nnz=residual_nnz,
        exact_match_rows=exact,
        partial_match_rows=matched - exact,
        zero_rows=zero,
    )


def densities(counts: Iterable[LayerCounts], lanes: int = PAPER.lanes) -> tuple[float, float]:
    """Return bit density and product density of a network.

    Every layer weighs M * K * ceil(N / lanes), as in the published figures.

    Args:
        counts: counts of the layers.
        lanes: adders of the machine; output columns of a tile.

    Returns:
        Ones, and ones left to add, over all positions; (0, 0) without layers.
    """
    positions = ones = residuals = 0
    for layer in counts:
        weight = -(-layer.n // lanes)
        positions += layer.m * layer.k * weight
        ones += layer.bit_nnz * weight
        residuals += layer.residual_nnz * weight
    if not positions:
        return 0.0, 0.0
    return ones / positions, residuals / positions


def layer_sums(spikes: NDArray[np.bool_], weights: NDArray[np.int8]) -> NDArray[np.int64]:
    """Multiply spikes and weights exactly.

    Args:
        spikes: bool, (M, K).
        weights: int8, (K, N).

    Returns:
        int64, (M, N).
    """
    return exact_product(spikes, weights)


def layer_outputs(
    spikes: NDArray[np.bool_],
    weights: NDArray[np.int8],
    *,
    lif: LifParams | None,
    time_steps: int,
) -> NDArray[np.int64]:
    """Compute what the machine sends out for a layer.

    Args:
        spikes: bool, (M, K), row position * T + t.
        weights: int8, (K, N).
        lif: the neurons; None for raw sums.
        time_steps: T.

    Returns:
        int64, (M, N): spikes 0 or 1 after the neurons, or the raw sums without bias.
    """
    sums = layer_sums(spikes, weights)
    if lif is None:
        return sums
    return run_lif(sums, time_steps, lif.bias, lif.threshold, lif.config).astype(np.int64)
