"""The matrices of a layer, put together again from the beats that the monitors saw."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.loas.formats import Element, Words, read_parameters, read_tile, unpack_words
from snn_rtl.models.loas.loas import live_words
from snn_rtl.models.workload.gemm import exact_product
from snn_rtl.tb.loas.observer import LoasLayer


def cut(layer: LoasLayer, stream: str) -> list[list[int]]:
    """Return the packets of a stream."""
    packets: list[list[int]] = [[]]
    for beat in layer.beats[stream]:
        assert beat.data is not None
        packets[-1].append(beat.data)
        if beat.last:
            packets.append([])
    return packets[:-1]


class LayerData:
    """The matrices of a layer.

    Attributes:
        layer: what was seen.
        words: uint8, (P, K), as they came.
        live: the same without those that are dropped.
        weights: int64, (K, N).
        threshold: int64, (N,); zeros without neurons.
        bias: the same.
        sums: int64, (P, time_steps, N).
    """

    def __init__(self, layer: LoasLayer) -> None:
        self.layer = layer
        setup, sizes = layer.setup, layer.sizes
        self.words: Words = np.zeros((setup.m, setup.k), np.uint8)
        self.weights: NDArray[np.int64] = np.zeros((setup.k, setup.n), np.int64)
        self.threshold: NDArray[np.int64] = np.zeros(setup.n, np.int64)
        self.bias: NDArray[np.int64] = np.zeros(setup.n, np.int64)
        self._read()
        self.live = live_words(self.words, ft=setup.ft)
        steps = unpack_words(self.live, sizes.time_steps)
        sums = exact_product(steps, self.weights)
        self.sums = sums.reshape(setup.m, sizes.time_steps, setup.n)

    def _read(self) -> None:
        setup, sizes = self.layer.setup, self.layer.sizes
        m_starts, k_starts, n_starts = self.layer.starts
        tiles = product(m_starts, n_starts, k_starts)
        packets = zip(cut(self.layer, "spikes"), cut(self.layer, "weights"), strict=True)
        lead = sizes.param_beats
        for (m, n, k), (spikes, weights) in zip(tiles, packets, strict=True):
            positions = min(sizes.chunk, setup.k - k)
            if n == 0:
                rows = min(sizes.tppes, setup.m - m)
                tile = read_tile(spikes, rows, positions, Element.word(sizes), sizes)
                self.words[m : m + rows, k : k + positions] = tile
            if m == 0:
                columns = min(sizes.columns, setup.n - n)
                params = 2 * lead if setup.spikes_out and k == 0 else 0
                if params:
                    own = slice(n, n + columns)
                    self.threshold[own] = read_parameters(weights[:lead], sizes)[:columns]
                    self.bias[own] = read_parameters(weights[lead:params], sizes)[:columns]
                beats = weights[params:]
                tile = read_tile(beats, columns, positions, Element.weight(sizes), sizes)
                self.weights[k : k + positions, n : n + columns] = tile.T
