"""Layers as stream beats, and output beats as matrices (formats: docs/reference/streams.md)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.prosperity.config import ProsperityConfig
from snn_rtl.tb.common.machine.job import MachineJob, OutputTile, Packets, packet


def _ints(bits: NDArray[np.uint8]) -> list[int]:
    """Return rows of bits, lowest first, as integers."""
    packed = np.packbits(bits, axis=1, bitorder="little")
    return [int.from_bytes(row.tobytes(), "little") for row in packed]


def _word_bits(words: NDArray[np.integer], width: int) -> NDArray[np.uint8]:
    """Return (rows, words) integers as (rows, words * width) bits in two's complement."""
    shifts = np.arange(width)
    bits = (words.astype(np.int64)[:, :, None] >> shifts) & 1
    return bits.astype(np.uint8).reshape(len(words), -1)


def _starts(size: int, step: int) -> range:
    return range(0, size, step)


def spike_packets(job: MachineJob[Any], config: ProsperityConfig) -> Packets:
    """Return the spike stream: a packet for each tile, m, n, k order."""
    n_tiles = len(_starts(job.n, config.lanes))
    packets: Packets = []
    for m in _starts(job.m, config.tile_m):
        row_of_tiles = []
        for k in _starts(job.k, config.tile_k):
            tile = job.spikes[m : m + config.tile_m, k : k + config.tile_k]
            beats = -(-len(tile) // config.beat_rows)
            full = np.zeros((beats * config.beat_rows, config.tile_k), dtype=np.uint8)
            full[: tile.shape[0], : tile.shape[1]] = tile
            row_of_tiles.append(packet(_ints(full.reshape(beats, -1))))
        packets += row_of_tiles * n_tiles
    return packets


def _param_beats(values: NDArray[np.integer], config: ProsperityConfig) -> list[int]:
    """Return one n tile's thresholds or biases as weight beats."""
    lanes = np.zeros(config.lanes, dtype=np.int64)
    lanes[: len(values)] = values
    bits = _word_bits(lanes[None, :], config.bias_w)
    return _ints(bits.reshape(config.param_beats, -1))


def weight_packets(job: MachineJob[Any], config: ProsperityConfig) -> Packets:
    """Return the weight stream: a packet for each tile, thresholds and biases before an n tile."""
    row_of_tiles: Packets = []
    for n in _starts(job.n, config.lanes):
        params: list[int] = []
        if job.lif is not None:
            for values in (job.lif.threshold, job.lif.bias):
                params += _param_beats(values[n : n + config.lanes], config)
        for k in _starts(job.k, config.tile_k):
            tile = job.weights[k : k + config.tile_k, n : n + config.lanes]
            full = np.zeros((len(tile), config.lanes), dtype=np.int64)
            full[:, : tile.shape[1]] = tile
            row_of_tiles.append(packet(params + _ints(_word_bits(full, config.weight_w))))
            params = []
    return row_of_tiles * len(_starts(job.m, config.tile_m))


def output_tiles(job: MachineJob[Any], config: ProsperityConfig) -> list[OutputTile]:
    """Return the packets of the output stream, in order: a beat a row."""
    tiles = []
    for m in _starts(job.m, config.tile_m):
        rows = slice(m, min(m + config.tile_m, job.m))
        for n in _starts(job.n, config.lanes):
            columns = slice(n, min(n + config.lanes, job.n))
            tiles.append(OutputTile(rows, columns, beats=rows.stop - rows.start))
    return tiles


def unpack_outputs(
    beats: list[int], config: ProsperityConfig, *, spikes_out: bool
) -> NDArray[np.int64]:
    """Return output beats as (rows, lanes), all lanes; spikes as 0 and 1.

    With spikes the bits above the lanes come as one more column, so that a check sees them.
    """
    size = (config.lanes * config.acc_w + 7) // 8
    raw = np.frombuffer(b"".join(b.to_bytes(size, "little") for b in beats), dtype=np.uint8)
    bits = np.unpackbits(raw.reshape(len(beats), size), axis=1, bitorder="little")
    if spikes_out:
        lanes = bits[:, : config.lanes].astype(np.int64)
        above = bits[:, config.lanes :].any(axis=1)
        return np.column_stack([lanes, above.astype(np.int64)])
    words = bits[:, : config.lanes * config.acc_w].reshape(len(beats), config.lanes, config.acc_w)
    place = np.left_shift(np.int64(1), np.arange(config.acc_w, dtype=np.int64))
    place[-1] = -place[-1]
    return words.astype(np.int64) @ place
