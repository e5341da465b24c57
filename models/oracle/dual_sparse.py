"""A second opinion on dual sparsity: plain loops over the definitions of LoAS.

Imports nothing from this package, so that the models and the RTL cannot share a mistake with it;
`snn_rtl.models.oracle.dense` has the sums and the neurons.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def naive_drop_single(spikes: NDArray[np.bool_], time_steps: int) -> NDArray[np.bool_]:
    """Return the spikes without those of neurons that fire at one time step only.

    Args:
        spikes: bool, (P * T, K), row position * T + t.
        time_steps: T.
    """
    table = spikes.tolist()
    for first in range(0, len(table), time_steps):
        for k in range(spikes.shape[1]):
            fired = [row for row in range(first, first + time_steps) if table[row][k]]
            if len(fired) == 1:
                table[fired[0]][k] = False
    return np.array(table, np.bool_).reshape(spikes.shape)


def naive_dual_sparse(
    spikes: NDArray[np.bool_],
    weights: NDArray[np.integer],
    *,
    time_steps: int,
    word_bits: int,
    tile: tuple[int, int, int],
) -> tuple[list[list[int]], dict[str, int]]:
    """Walk through a layer tile by tile, fibre by fibre and match by match.

    Args:
        spikes: bool, (P * T, K), row position * T + t; those that FT drops are gone already.
        weights: integers, (K, N).
        time_steps: T.
        word_bits: time steps of the machine; those beyond T are silent.
        tile: rows, positions of k and columns of a tile.

    Returns:
        The sums (P * word_bits rows of N): the pseudo sum minus what was corrected; and counts of
        tiles, empty_tiles, fibres, empty_fibres, matches and corrections.
    """
    bits, table = spikes.tolist(), weights.tolist()
    positions, k, n = len(bits) // time_steps, len(table), weights.shape[1]
    names = ("tiles", "empty_tiles", "fibres", "empty_fibres", "matches", "corrections")
    counts = dict.fromkeys(names, 0)
    sums = [[0] * n for _ in range(positions * word_bits)]
    for m0 in range(0, positions, tile[0]):
        rows = range(m0, min(m0 + tile[0], positions))
        for n0 in range(0, n, tile[2]):
            columns = range(n0, min(n0 + tile[2], n))
            for k0 in range(0, k, tile[1]):
                chunk = range(k0, min(k0 + tile[1], k))
                counts["tiles"] += 1
                words = {
                    (row, j): [bits[row * time_steps + t][j] for t in range(time_steps)]
                    for row in rows
                    for j in chunk
                }
                if not any(any(word) for word in words.values()):
                    counts["empty_tiles"] += 1
                    counts["empty_fibres"] += len(columns)
                    continue
                for column in columns:
                    fibre = [j for j in chunk if table[j][column] != 0]
                    counts["fibres" if fibre else "empty_fibres"] += 1
                    for row in rows:
                        for j in fibre:
                            word = words[row, j] + [False] * (word_bits - time_steps)
                            if not any(word):
                                continue
                            counts["matches"] += 1
                            counts["corrections"] += not all(word)
                            for step, fired in enumerate(word):
                                total = sums[row * word_bits + step]
                                total[column] += table[j][column]
                                if not fired:
                                    total[column] -= table[j][column]
    return sums, counts


def naive_tile_beats(
    fibres: list[list[int]], *, chunk: int, element_bits: int, beat_bits: int
) -> list[int]:
    """Write a tile of fibres as beats, bit by bit.

    Args:
        fibres: the elements of each fibre, zeros included; at most a chunk.
        chunk: bits of a bitmask.
        element_bits: bits of an element, two's complement.
        beat_bits: bits of a beat.

    Returns:
        The beats of the bitmasks, then those of the elements that are not zero.
    """
    masks, values = "", ""
    for fibre in fibres:
        for j in range(chunk):
            element = fibre[j] if j < len(fibre) else 0
            masks += "1" if element else "0"
            if element:
                values += format(element % 2**element_bits, f"0{element_bits}b")[::-1]
    return [
        int(text[start : start + beat_bits][::-1], 2)
        for text in (masks, values)
        for start in range(0, len(text), beat_bits)
    ]
