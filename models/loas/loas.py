"""The LoAS machine's function: what a layer computes, and how much of it is work.

Source: MICRO 2024, arXiv:2407.14073. A match of a word that is not silent and a weight that is
not zero adds the weight once, as if the neuron fired at every step (the pseudo sum); a word that
is not all ones is corrected: the weight is added to a correction for each step without a spike.
A step's sum is the pseudo sum minus its correction. The variant FT drops words of one spike.
Cycles are not the business of this module.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.errors import InputError
from snn_rtl.models.lif import LifParams
from snn_rtl.models.lif import lif as run_lif
from snn_rtl.models.loas.config import PAPER, LoasConfig
from snn_rtl.models.loas.formats import Element, Words, drop_single, pack_words
from snn_rtl.models.workload.gemm import exact_product, tile_counts


@dataclass(frozen=True, kw_only=True)
class LayerCounts:
    """Counts of one layer; those of the spikes alone are counted once, not for every n tile.

    Attributes:
        m: rows of the spike matrix: positions * time steps of the workload.
        k: columns of the spike matrix.
        n: output columns.
        positions: rows of words.
        ft: words of one spike are dropped.
        tiles: m tiles x k tiles x n tiles.
        bit_nnz: ones of the spike matrix.
        words: words that are not silent.
        once_words: words of exactly one spike.
        full_words: words that are all ones: where speculation hits.
        weight_nnz: weights that are not zero.
        matches: matches of all n tiles.
        corrections: matches of all n tiles whose word is not all ones.
        fibres: weight fibres broadcast: neither empty nor in a dropped tile, in all m tiles.
        broadcasts: cycles that they take: those of joined columns share one where they fit.
        empty_fibres: the other weight fibres of all m tiles.
        empty_tiles: tiles dropped because no live word is in them, in all n tiles.
    """

    m: int
    k: int
    n: int
    positions: int
    ft: bool
    tiles: int
    bit_nnz: int
    words: int
    once_words: int
    full_words: int
    weight_nnz: int
    matches: int
    corrections: int
    fibres: int
    broadcasts: int
    empty_fibres: int
    empty_tiles: int

    @property
    def single_words(self) -> int:
        """Words that FT drops: those of one spike, none without FT."""
        return self.once_words if self.ft else 0

    @property
    def silent_words(self) -> int:
        """Words without a spike."""
        return self.positions * self.k - self.words

    @property
    def bit_density(self) -> float:
        """Ones over all elements of the spike matrix."""
        return self.bit_nnz / (self.m * self.k)

    @property
    def word_density(self) -> float:
        """Words that are not silent over all words."""
        return self.words / (self.positions * self.k)

    @property
    def weight_density(self) -> float:
        """Weights that are not zero over all weights."""
        return self.weight_nnz / (self.k * self.n)


def live_words(words: Words, *, ft: bool) -> Words:
    """Return the words that the machine keeps when it loads them."""
    return drop_single(words) if ft else words


def check_layer(words: Words, weights: NDArray[np.integer], config: LoasConfig) -> None:
    """Check that the machine can run a layer.

    Args:
        words: uint8, (P, K).
        weights: integers, (K, N).
        config: sizes of the machine.

    Raises:
        InputError: sizes that do not fit each other or the machine, or weights or words that are
            too wide.
    """
    if words.ndim != 2 or weights.ndim != 2 or words.shape[1] != len(weights):
        raise InputError(f"words {words.shape} and weights {weights.shape} are no product")
    if not words.size or not weights.size:
        raise InputError(f"words {words.shape} or weights {weights.shape} are empty")
    if len(weights) > config.max_k:
        raise InputError(f"K = {len(weights)} is larger than {config.max_k}")
    Element.word(config).check(words)
    Element.weight(config).check(weights)


def pseudo_and_corrections(
    words: Words, weights: NDArray[np.integer], time_steps: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return what the accumulators of the TPPEs hold after all matches.

    Args:
        words: uint8, (P, K), live words.
        weights: integers, (K, N).
        time_steps: bits of a word.

    Returns:
        The pseudo sums, int64, (P, N), and the corrections, int64, (P, time_steps, N).
    """
    steps = np.arange(time_steps, dtype=np.uint8)[:, np.newaxis]
    live = words != 0
    missing = live[:, np.newaxis] & ((words[:, np.newaxis] >> steps & 1) == 0)
    corrections = exact_product(missing.reshape(-1, words.shape[1]), weights)
    return exact_product(live, weights), corrections.reshape(len(words), time_steps, -1)


def machine_outputs(
    words: Words,
    weights: NDArray[np.integer],
    *,
    lif: LifParams | None = None,
    config: LoasConfig = PAPER,
    ft: bool = False,
) -> NDArray[np.int64]:
    """Compute what the machine sends out for a layer, steps that only pad a word included.

    Args:
        words: uint8, (P, K).
        weights: integers, (K, N).
        lif: the neurons; None for raw sums.
        config: sizes of the machine.
        ft: drop words of one spike.

    Returns:
        int64, (P * time_steps, N), row position * time_steps + t: spikes 0 or 1 after the
        neurons, or the raw sums without bias.

    Raises:
        InputError: the machine cannot run the layer.
    """
    check_layer(words, weights, config)
    pseudo, corrections = pseudo_and_corrections(
        live_words(words, ft=ft), weights, config.time_steps
    )
    sums = (pseudo[:, np.newaxis] - corrections).reshape(-1, weights.shape[1])
    if lif is None:
        return sums
    return run_lif(sums, config.time_steps, lif.bias, lif.threshold, lif.config).astype(np.int64)


def drop_padding(
    outputs: NDArray[np.int64], time_steps: int, config: LoasConfig
) -> NDArray[np.int64]:
    """Return the rows of a workload's own steps: (P * time_steps, N) of (P * config's, N)."""
    by_step = outputs.reshape(-1, config.time_steps, outputs.shape[1])
    return by_step[:, :time_steps].reshape(-1, outputs.shape[1])


def layer_outputs(
    spikes: NDArray[np.bool_],
    weights: NDArray[np.integer],
    *,
    lif: LifParams | None,
    time_steps: int,
    config: LoasConfig = PAPER,
    ft: bool = False,
) -> NDArray[np.int64]:
    """Compute a layer's output on the machine.

    Args:
        spikes: bool, (M, K), row position * T + t.
        weights: integers, (K, N).
        lif: the neurons; None for raw sums.
        time_steps: T, at most that of the machine.
        config: sizes of the machine.
        ft: drop words of one spike.

    Returns:
        int64, (M, N): spikes 0 or 1 after the neurons, or the raw sums without bias.

    Raises:
        InputError: the machine cannot run the layer.
    """
    words = pack_words(spikes, time_steps, config.time_steps)
    outputs = machine_outputs(words, weights, lif=lif, config=config, ft=ft)
    return drop_padding(outputs, time_steps, config)


def _broadcasts(weights: NDArray[np.int64], config: LoasConfig) -> NDArray[np.int64]:
    """Return the broadcasts of every k tile: int64, (k tiles,).

    Args:
        weights: int64, (k tiles, N): weights of a fibre that are not zero.
        config: sizes of the machine.
    """
    joined = config.joined_columns
    padded = np.pad(weights, ((0, 0), (0, -weights.shape[1] % joined)))
    groups = padded.reshape(len(weights), -1, joined)
    found = np.zeros(groups.shape[:2], np.int64)
    left = np.ones(groups.shape[:2], np.bool_)
    for first in range(joined):
        # From the first fibre on all go at once if they fit, else the first one alone.
        rest = groups[:, :, first:].sum(axis=2)
        fits = rest <= config.chunk
        found += left & (np.where(fits, rest, groups[:, :, first]) > 0)
        left &= ~fits
    total: NDArray[np.int64] = found.sum(axis=1)
    return total


def count_layer(
    spikes: NDArray[np.bool_],
    weights: NDArray[np.integer],
    time_steps: int,
    config: LoasConfig = PAPER,
    *,
    ft: bool = False,
) -> LayerCounts:
    """Count what dual sparsity finds in a layer.

    Args:
        spikes: bool, (M, K), row position * T + t.
        weights: integers, (K, N).
        time_steps: T, at most that of the machine.
        config: sizes of the machine; time_steps, tppes, columns and chunk matter.
        ft: drop words of one spike.

    Returns:
        The counts.

    Raises:
        InputError: the machine cannot run the layer.
    """
    words = pack_words(spikes, time_steps, config.time_steps)
    check_layer(words, weights, config)
    live = live_words(words, ft=ft)
    nonzero = weights != 0
    matched = np.count_nonzero(nonzero, axis=1)
    positions, k = words.shape
    n = weights.shape[1]

    live_tiles = tile_counts(live != 0, config.tppes, config.chunk) > 0
    m_tiles, k_tiles = live_tiles.shape
    n_tiles = -(-n // config.columns)
    in_fibres = tile_counts(nonzero, config.chunk, 1)
    uses = np.count_nonzero(live_tiles, axis=0)
    fibres = int(uses @ np.count_nonzero(in_fibres, axis=1))
    corrected = (live != 0) & (live != config.all_ones)
    return LayerCounts(
        m=spikes.shape[0],
        k=k,
        n=n,
        positions=positions,
        ft=ft,
        tiles=m_tiles * k_tiles * n_tiles,
        bit_nnz=int(np.count_nonzero(spikes)),
        words=int(np.count_nonzero(words)),
        once_words=int(np.count_nonzero(np.bitwise_count(words) == 1)),
        full_words=int(np.count_nonzero(words == config.all_ones)),
        weight_nnz=int(matched.sum()),
        matches=int(np.count_nonzero(live, axis=0) @ matched),
        corrections=int(np.count_nonzero(corrected, axis=0) @ matched),
        fibres=fibres,
        broadcasts=int(uses @ _broadcasts(in_fibres, config)),
        empty_fibres=m_tiles * k_tiles * n - fibres,
        empty_tiles=int(np.count_nonzero(~live_tiles)) * n_tiles,
    )
