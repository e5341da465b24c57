"""What a layer moves on LoAS: its operands and outputs compressed, and the beats of the streams.

Source: MICRO 2024, arXiv:2407.14073, "formats": a fibre is a bitmask, a pointer and its elements.
The paper gives no width for a pointer; 32 bits are taken here, one for each whole row of A, column
of B and row of outputs. The streams of the RTL carry no pointers, but whole beats; they bring the
spikes again for every n tile and the weights for every m tile, as the machine has no cache.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.loas.config import PAPER, LoasConfig
from snn_rtl.models.loas.formats import Words
from snn_rtl.models.workload.gemm import tile_counts

POINTER_BITS: Final = 32
"""Bits of a pointer: decided here, see above."""


@dataclass(frozen=True, kw_only=True)
class Compressed:
    """Bits of a compressed matrix.

    Attributes:
        masks: a bit for every element.
        pointers: one for every row (A, outputs) or column (B).
        values: the elements that are not zero.
    """

    masks: int
    pointers: int
    values: int

    @property
    def bits(self) -> int:
        """Sum of the parts."""
        return self.masks + self.pointers + self.values

    @property
    def bytes(self) -> float:
        """The same in bytes."""
        return self.bits / 8


def compressed_words(words: Words, config: LoasConfig = PAPER) -> Compressed:
    """Return the size of packed spikes, uint8 (P, K): a layer's input or its output."""
    return _compressed(words, len(words), config.time_steps)


def compressed_weights(weights: NDArray[np.integer], config: LoasConfig = PAPER) -> Compressed:
    """Return the size of weights, integers (K, N)."""
    return _compressed(weights, weights.shape[1], config.weight_w)


def _compressed(matrix: NDArray[np.integer], fibres: int, width: int) -> Compressed:
    return Compressed(
        masks=matrix.size,
        pointers=fibres * POINTER_BITS,
        values=int(np.count_nonzero(matrix)) * width,
    )


@dataclass(frozen=True, kw_only=True)
class StreamBeats:
    """Beats of the three streams of a layer, as the RTL counts them.

    Attributes:
        spike: bitmasks and words of every (m, n, k) tile.
        weight: parameters, bitmasks and weights of every (m, n, k) tile.
        output: columns of sums, or rows of spikes, of every (m, n) tile.
    """

    spike: int
    weight: int
    output: int


def stream_beats(
    words: Words,
    weights: NDArray[np.integer],
    config: LoasConfig = PAPER,
    *,
    spikes_out: bool,
) -> StreamBeats:
    """Count the beats of a layer.

    Args:
        words: uint8, (P, K), packed spikes; FT changes nothing here.
        weights: integers, (K, N).
        config: sizes of the machine.
        spikes_out: spikes leave the layer, not raw sums.
    """
    positions, n = len(words), weights.shape[1]
    m_tiles, n_tiles = -(-positions // config.tppes), -(-n // config.columns)
    spike = _tile_beats(words, (config.tppes, config.chunk), config.time_steps, config)
    weight = _tile_beats(weights.T, (config.columns, config.chunk), config.weight_w, config)
    params = 2 * config.param_beats * n_tiles if spikes_out else 0
    return StreamBeats(
        spike=spike * n_tiles,
        weight=(weight + params) * m_tiles,
        output=positions * n_tiles if spikes_out else n * m_tiles,
    )


def _tile_beats(
    fibres: NDArray[np.integer], tile: tuple[int, int], width: int, config: LoasConfig
) -> int:
    """Return the beats of all tiles of a matrix whose rows are fibres."""
    elements = tile_counts(fibres != 0, *tile)
    masks = int(elements.shape[1]) * sum(
        config.mask_beats_of(min(tile[0], len(fibres) - top))
        for top in range(0, len(fibres), tile[0])
    )
    values = -(-elements // (config.beat_w // width))
    return masks + int(values.sum())
