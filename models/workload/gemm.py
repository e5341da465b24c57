"""Spiking layers as matrix products: im2col, its inverse on the output side, and tiling.

Rows are position * T + t with time innermost (HPCA 2025, "spiking GeMM"), columns of a
convolution are (channel, ky, kx).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.prosperity.product_sparsity import pack_rows

Scalar = TypeVar("Scalar", bound=np.generic)

_FLOAT32_EXACT = 1 << 24
_FLOAT64_EXACT = 1 << 53


def output_size(size: int, kernel_size: int, stride: int, padding: int) -> int:
    """Return the length of one output axis of a convolution (below 1: the kernel does not fit)."""
    return (size + 2 * padding - kernel_size) // stride + 1


def im2col(spikes: NDArray[Scalar], kernel_size: int, stride: int, padding: int) -> NDArray[Scalar]:
    """Turn a convolution's input into the left matrix of a product.

    Args:
        spikes: (T, C, H, W); spikes are bool, any other type is kept (direct-coded pixels).
        kernel_size: side of the square kernel.
        stride: step of both axes.
        padding: zeros added on each of the four sides.

    Returns:
        (P * T, C * kernel_size ** 2) of the same type: row position * T + t, positions in
        raster order, columns (channel, ky, kx).
    """
    side = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    padded = np.pad(spikes, side) if padding else spikes
    windows = np.lib.stride_tricks.sliding_window_view(
        padded, (kernel_size, kernel_size), axis=(2, 3)
    )[:, :, ::stride, ::stride]
    steps, channels, height, width = windows.shape[:4]
    by_row = windows.transpose(2, 3, 0, 1, 4, 5)
    return by_row.reshape(height * width * steps, channels * kernel_size**2)


def linear_rows(spikes: NDArray[Scalar]) -> NDArray[Scalar]:
    """Turn a linear layer's input (T, F), or (T, C, H, W) to be flattened, into rows (T, F)."""
    return spikes.reshape(spikes.shape[0], -1)


def col2map(rows: NDArray[Scalar], time_steps: int, height: int, width: int) -> NDArray[Scalar]:
    """Turn output rows (P * T, N) back into maps.

    Args:
        rows: (P * T, N), row position * T + t, P = height * width.
        time_steps: T.
        height: rows of an output map.
        width: columns of an output map.

    Returns:
        (T, N, height, width).
    """
    return rows.reshape(height, width, time_steps, -1).transpose(2, 3, 0, 1)


def max_pool(spikes: NDArray[np.bool_], size: int) -> NDArray[np.bool_]:
    """Pool spikes: the OR of size x size windows without overlap, a ragged border is dropped.

    Args:
        spikes: bool, (T, C, H, W).
        size: side of a window.

    Returns:
        bool, (T, C, H // size, W // size).
    """
    steps, channels, height, width = spikes.shape
    height, width = height // size, width // size
    cut = spikes[:, :, : height * size, : width * size]
    windows = cut.reshape(steps, channels, height, size, width, size)
    pooled: NDArray[np.bool_] = np.logical_or.reduce(windows, axis=(3, 5))
    return pooled


def pack_matrix(matrix: NDArray[np.bool_], tile_k: int) -> NDArray[np.uint64]:
    """Pack a spike matrix (M, K) into words of tile_k columns.

    Returns:
        uint64, (ceil(K / tile_k), M): the rows of one k tile are contiguous; columns beyond
        K are zeros.
    """
    rows, columns = matrix.shape
    k_tiles = -(-columns // tile_k)
    padded = np.zeros((rows, k_tiles * tile_k), np.bool_)
    padded[:, :columns] = matrix
    return np.ascontiguousarray(pack_rows(padded.reshape(rows, k_tiles, tile_k)).T)


def tiles(
    matrix: NDArray[np.bool_], tile_m: int, tile_k: int
) -> Iterator[tuple[int, int, NDArray[np.uint64]]]:
    """Iterate over the tiles of a spike matrix, k innermost.

    Args:
        matrix: bool, (M, K).
        tile_m: rows of a tile.
        tile_k: columns of a tile, at most 64.

    Yields:
        m index, k index and the packed rows, uint64 (rows,). The last m tile has only the
        rows that are left; columns beyond K are zeros.
    """
    packed = pack_matrix(matrix, tile_k)
    for m_index, start in enumerate(range(0, matrix.shape[0], tile_m)):
        for k_index in range(packed.shape[0]):
            yield m_index, k_index, packed[k_index, start : start + tile_m]


def tile_counts(
    matrix: NDArray[np.bool_] | NDArray[np.integer], tile_rows: int, tile_columns: int
) -> NDArray[np.int64]:
    """Add up the elements of every tile of a matrix, (rows, columns), both at least 1.

    Returns:
        int64, (ceil(rows / tile_rows), ceil(columns / tile_columns)).
    """
    tops = np.arange(0, matrix.shape[0], tile_rows)
    lefts = np.arange(0, matrix.shape[1], tile_columns)
    strips = np.add.reduceat(matrix, lefts, axis=1, dtype=np.int64)
    sums: NDArray[np.int64] = np.add.reduceat(strips, tops, axis=0)
    return sums


def exact_product(
    spikes: NDArray[np.bool_], weights: NDArray[np.integer] | NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Multiply spikes and weights exactly.

    Args:
        spikes: bool, (M, K).
        weights: integers or bool, (K, N).

    Returns:
        int64, (M, N).
    """
    # Floating-point BLAS is far faster than NumPy's integer product, and exact as long as
    # every partial sum is an integer that the mantissa holds.
    whole = weights.astype(np.int64)
    largest = weights.shape[0] * int(np.abs(whole).max(initial=0))
    if largest > _FLOAT64_EXACT:
        return spikes.astype(np.int64) @ whole
    kind = np.float32 if largest <= _FLOAT32_EXACT else np.float64
    product: NDArray[np.floating] = spikes.astype(kind) @ weights.astype(kind)
    return product.astype(np.int64)
