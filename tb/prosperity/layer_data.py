"""The matrices of a layer, put together again from the beats that the monitors saw."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.prosperity.prosperity import layer_sums
from snn_rtl.tb.prosperity.observer import ProsperityLayer


def unpack_bits(words: list[int], width: int) -> NDArray[np.uint8]:
    """Return words as (words, width) bits, lowest first."""
    size = -(-width // 8)
    raw = np.frombuffer(b"".join(w.to_bytes(size, "little") for w in words), dtype=np.uint8)
    return np.unpackbits(raw.reshape(len(words), size), axis=1, bitorder="little")[:, :width]


def unpack_signed(words: list[int], width: int, count: int) -> NDArray[np.int64]:
    """Return words as (words, count) signed integers of some bits, lowest first."""
    bits = unpack_bits(words, width * count).reshape(len(words), count, width).astype(np.int64)
    place = np.left_shift(np.int64(1), np.arange(width, dtype=np.int64))
    place[-1] = -place[-1]
    return bits @ place


class LayerData:
    """The matrices of a layer, put together from the beats of its first m, n tiles."""

    def __init__(self, layer: ProsperityLayer) -> None:
        self.layer = layer
        self.setup, self.sizes = layer.setup, layer.sizes
        self.spikes = self._spikes()
        self._weights_and_params()
        self.sums = layer_sums(self.spikes, self.weights.astype(np.int8))

    def _spikes(self) -> NDArray[np.bool_]:
        setup, sizes, layer = self.setup, self.sizes, self.layer
        words = layer.words("spikes")
        result = np.zeros((setup.m, setup.k), dtype=np.bool_)
        at = 0
        m_starts, k_starts, n_starts = layer.starts
        for m in m_starts:
            beats = layer.spike_beats(m)
            for n in n_starts:
                for k in k_starts:
                    if n == 0:
                        bits = unpack_bits(words[at : at + beats], sizes.spike_beat_w)
                        tile = bits.reshape(-1, sizes.tile_k)
                        rows = min(sizes.tile_m, setup.m - m)
                        columns = min(sizes.tile_k, setup.k - k)
                        result[m : m + rows, k : k + columns] = tile[:rows, :columns]
                    at += beats
        return result

    def _weights_and_params(self) -> None:
        setup, sizes, layer = self.setup, self.sizes, self.layer
        words = layer.words("weights")
        _, k_starts, n_starts = layer.starts
        self.weights = np.zeros((setup.k, setup.n), dtype=np.int64)
        self.threshold = np.zeros(setup.n, dtype=np.int64)
        self.bias = np.zeros(setup.n, dtype=np.int64)
        at = 0
        for n in n_starts:
            lanes = min(sizes.lanes, setup.n - n)
            if setup.spikes_out:
                for values in (self.threshold, self.bias):
                    beats = words[at : at + sizes.param_beats]
                    width = sizes.lanes * sizes.weight_w
                    word = sum(beat << width * i for i, beat in enumerate(beats))
                    values[n : n + lanes] = unpack_signed([word], sizes.bias_w, sizes.lanes)[
                        0, :lanes
                    ]
                    at += sizes.param_beats
            for k in k_starts:
                rows = min(sizes.tile_k, setup.k - k)
                tile = unpack_signed(words[at : at + rows], sizes.weight_w, sizes.lanes)
                self.weights[k : k + rows, n : n + lanes] = tile[:, :lanes]
                at += rows
