"""The output stream of LoAS, read: packets as matrices, and what is wrong with the bits around."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.bits import from_beats, from_bits
from snn_rtl.models.loas.config import LoasConfig
from snn_rtl.models.loas.streams import output_tiles
from snn_rtl.tb.common.machine.job import OutputTile


def tiles_of(positions: int, n: int, config: LoasConfig, *, spikes_out: bool) -> list[OutputTile]:
    """Return the packets of the output stream: a beat a column of sums, or a row of spikes."""
    steps = config.time_steps
    return [
        OutputTile(
            rows=slice(rows.start * steps, rows.stop * steps),
            columns=columns,
            beats=rows.stop - rows.start if spikes_out else columns.stop - columns.start,
        )
        for rows, columns in output_tiles(positions, n, config)
    ]


def read_sums(beats: list[int], rows: int, config: LoasConfig) -> tuple[NDArray[np.int64], str]:
    """Return a packet of raw sums.

    Args:
        beats: one for each column.
        rows: positions * time steps within M.
        config: sizes of the machine.

    Returns:
        int64, (rows, columns), and what is wrong with the bits of other rows.
    """
    bits = from_beats(beats, config.out_w).reshape(len(beats), config.out_w)
    used = rows * config.acc_w
    sums = from_bits(bits[:, :used].reshape(len(beats), rows, config.acc_w), signed=True)
    return sums.T, "bits beyond the last row are not zero" if bits[:, used:].any() else ""


def read_fired(beats: list[int], columns: int, config: LoasConfig) -> tuple[NDArray[np.int64], str]:
    """Return a packet of compressed spikes.

    Args:
        beats: one for each position.
        columns: within N.
        config: sizes of the machine.

    Returns:
        int64, (positions * time steps, columns), and what is wrong with the format.
    """
    steps = config.time_steps
    bits = from_beats(beats, config.out_w).reshape(len(beats), config.out_w)
    fired = np.zeros((len(beats), steps, config.columns), np.int64)
    trouble = ""
    for row, beat in zip(fired, bits, strict=True):
        places = np.flatnonzero(beat[: config.columns])
        end = config.columns + len(places) * steps
        words = beat[config.columns : end].reshape(-1, steps)
        row[:, places] = words.T
        if not words.any(axis=1).all():
            trouble = "a word that the bitmask announces is silent"
        if beat[end:].any():
            trouble = "bits beyond the last word are not zero"
    if fired[:, :, columns:].any():
        trouble = "columns beyond N are not silent"
    return fired[:, :, :columns].reshape(-1, columns), trouble
