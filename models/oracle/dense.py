"""A second opinion: the same results by plain loops over the definitions.

Imports nothing from this package, so that the models and the RTL cannot share a mistake
with it. Slow; the one thing left to NumPy is the dense integer product.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def naive_decompose(tile: NDArray[np.bool_]) -> tuple[list[int], list[list[int]]]:
    """Find prefixes and patterns of a tile (HPCA 2025, "product sparsity") by trying all pairs.

    Args:
        tile: bool, (m, k).

    Returns:
        The prefix of each row, -1 for none, and the pattern of each row as the sorted list
        of its columns.
    """
    sets = [{column for column, one in enumerate(row) if one} for row in tile.tolist()]
    prefixes: list[int] = []
    patterns: list[list[int]] = []
    for i, row in enumerate(sets):
        best = -1
        if len(row) >= 2:
            for j, other in enumerate(sets):
                if not other or not other.issubset(row):
                    continue
                if other == row and j >= i:
                    continue
                if best < 0 or len(other) > len(sets[best]):
                    best = j
        prefixes.append(best)
        patterns.append(sorted(row if best < 0 else row - sets[best]))
    return prefixes, patterns


def naive_sums(spikes: NDArray[np.bool_], weights: NDArray[np.int8]) -> NDArray[np.int64]:
    """Multiply spikes, bool (M, K), and weights, (K, N), as dense 64-bit integers."""
    sums: NDArray[np.int64] = np.dot(spikes.astype(np.int64), weights.astype(np.int64))
    return sums


def naive_lif(
    sums: NDArray[np.int64],
    time_steps: int,
    bias: NDArray[np.integer],
    threshold: NDArray[np.integer],
    *,
    leak_shift: int = 0,
    reset: str = "hard",
    fire: str = ">",
) -> NDArray[np.int64]:
    """Run leaky integrate-and-fire neurons one by one.

    Args:
        sums: integers, (P * T, N), row position * T + t.
        time_steps: T.
        bias: integers, (N,).
        threshold: integers, (N,).
        leak_shift: U loses floor(U / 2 ** leak_shift) a step; 0: nothing.
        reset: "hard" or "soft".
        fire: ">" or ">=".

    Returns:
        int64, (P * T, N), of 0 and 1.
    """
    table, offsets, limits = sums.tolist(), bias.tolist(), threshold.tolist()
    spikes = np.zeros(sums.shape, np.int64)
    for first in range(0, len(table), time_steps):
        for neuron, (offset, limit) in enumerate(zip(offsets, limits, strict=True)):
            potential = 0
            for row in range(first, first + time_steps):
                if leak_shift > 0:
                    potential -= potential // 2**leak_shift
                potential += table[row][neuron] + offset
                if potential > limit or (fire == ">=" and potential == limit):
                    spikes[row, neuron] = 1
                    potential = 0 if reset == "hard" else potential - limit
    return spikes


def naive_outputs(
    spikes: NDArray[np.bool_],
    weights: NDArray[np.int8],
    *,
    time_steps: int,
    bias: NDArray[np.integer] | None = None,
    threshold: NDArray[np.integer] | None = None,
    leak_shift: int = 0,
    reset: str = "hard",
    fire: str = ">",
) -> NDArray[np.int64]:
    """Compute a layer's output.

    Args:
        spikes: bool, (M, K), row position * T + t.
        weights: int8, (K, N).
        time_steps: T.
        bias: integers, (N,); None for zeros.
        threshold: integers, (N,); None for raw sums, without bias.
        leak_shift: as in `naive_lif`.
        reset: as in `naive_lif`.
        fire: as in `naive_lif`.

    Returns:
        int64, (M, N): sums, or spikes 0 and 1.
    """
    sums = naive_sums(spikes, weights)
    if threshold is None:
        return sums
    offsets = np.zeros(len(threshold), np.int64) if bias is None else bias
    return naive_lif(
        sums, time_steps, offsets, threshold, leak_shift=leak_shift, reset=reset, fire=fire
    )


def naive_conv(
    maps: NDArray[np.integer] | NDArray[np.bool_],
    weights: NDArray[np.integer],
    kernel_size: int,
    stride: int,
    padding: int,
) -> NDArray[np.int64]:
    """Convolve maps with weights, output by output.

    Args:
        maps: (T, C, H, W), spikes or pixels.
        weights: (C * kernel_size ** 2, N), rows (channel, ky, kx).
        kernel_size: side of the kernel.
        stride: step.
        padding: zeros on each side.

    Returns:
        int64, (T, N, H_out, W_out).
    """
    steps, channels, height, width = maps.shape
    tall = (height + 2 * padding - kernel_size) // stride + 1
    wide = (width + 2 * padding - kernel_size) // stride + 1
    values, kernel, outputs = maps.tolist(), weights.tolist(), weights.shape[1]
    sums = np.zeros((steps, outputs, tall, wide), np.int64)
    for t, n, y, x in np.ndindex(sums.shape):
        total = 0
        for c, ky, kx in np.ndindex(channels, kernel_size, kernel_size):
            from_y, from_x = y * stride + ky - padding, x * stride + kx - padding
            if 0 <= from_y < height and 0 <= from_x < width:
                weight = kernel[(c * kernel_size + ky) * kernel_size + kx][n]
                total += int(values[t][c][from_y][from_x]) * weight
        sums[t, n, y, x] = total
    return sums


def naive_max_pool(spikes: NDArray[np.bool_], size: int) -> NDArray[np.bool_]:
    """Pool spikes, (T, C, H, W), over size x size windows; a ragged border is dropped."""
    steps, channels, height, width = spikes.shape
    pooled = np.zeros((steps, channels, height // size, width // size), np.bool_)
    for t, c, y, x in np.ndindex(pooled.shape):
        for dy, dx in np.ndindex(size, size):
            if spikes[t, c, y * size + dy, x * size + dx]:
                pooled[t, c, y, x] = True
    return pooled


def naive_attention(
    query: NDArray[np.bool_], key: NDArray[np.bool_], value: NDArray[np.bool_], heads: int
) -> NDArray[np.int64]:
    """Compute Q K^T V head by head, from the attention matrix Q K^T on (Spikformer's order).

    Args:
        query: spikes, (T, C, H, W).
        key: the same.
        value: the same.
        heads: parts of the channels.

    Returns:
        int64, (H * W * T, C), row position * T + t.
    """
    steps, channels, height, width = query.shape
    size, tokens = channels // heads, height * width
    sums = np.zeros((tokens * steps, channels), np.int64)
    for t, head in np.ndindex(steps, heads):
        own = slice(head * size, (head + 1) * size)
        q, k, v = (
            np.array([maps[t, own, y, x] for y in range(height) for x in range(width)], np.int64)
            for maps in (query, key, value)
        )
        result = np.dot(np.dot(q, k.T), v)
        for position in range(tokens):
            sums[position * steps + t, own] = result[position]
    return sums
