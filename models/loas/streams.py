"""A layer as the packets of LoAS's streams, beats as integers, and its output back as a matrix.

The machine walks m, n and k, k innermost, over tiles of tppes x columns x chunk. Every (m, n, k)
takes a packet of each input stream; every (m, n) gives a packet of the output stream: a beat for
each column of raw sums, or for each row of spikes with the bitmask of its words that are not
silent, so that the rows of consecutive n tiles make the fibres of the next layer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.bits import from_beats, from_bits, to_beats, to_bits
from snn_rtl.models.errors import InputError
from snn_rtl.models.lif import LifParams
from snn_rtl.models.loas.config import LoasConfig
from snn_rtl.models.loas.formats import (
    Element,
    Words,
    pack_words,
    parameter_beats,
    tile_beats,
    unpack_words,
)

Packet = list[int]
"""The beats of one packet; the last one has tlast."""


def spike_packets(words: Words, n: int, config: LoasConfig) -> Iterator[Packet]:
    """Iterate over the spike stream; the fibres of a row of tiles come again for every n tile.

    Args:
        words: uint8, (P, K), packed spikes; FT is the machine's business.
        n: output columns.
        config: sizes of the machine.

    Yields:
        A packet for each (m, n, k).

    Raises:
        InputError: a word has more bits than time_steps.
    """
    element = Element.word(config)
    for top in range(0, len(words), config.tppes):
        rows = words[top : top + config.tppes]
        tiles = [
            tile_beats(rows[:, left : left + config.chunk], element, config)
            for left in range(0, words.shape[1], config.chunk)
        ]
        for _ in range(0, n, config.columns):
            yield from map(list, tiles)


def weight_packets(
    weights: NDArray[np.integer], positions: int, config: LoasConfig, lif: LifParams | None = None
) -> Iterator[Packet]:
    """Iterate over the weight stream; all weights come again for every m tile.

    Args:
        weights: integers, (K, N).
        positions: rows of words.
        config: sizes of the machine.
        lif: the neurons, whose thresholds and biases precede the first tile of each (m, n);
            None for raw sums.

    Yields:
        A packet for each (m, n, k).

    Raises:
        InputError: a weight, threshold or bias does not fit.
    """
    element = Element.weight(config)
    packets: list[Packet] = []
    for left in range(0, weights.shape[1], config.columns):
        own = slice(left, left + config.columns)
        head: Packet = []
        if lif is not None:
            head = parameter_beats(lif.threshold[own], config)
            head += parameter_beats(lif.bias[own], config)
        for top in range(0, len(weights), config.chunk):
            fibres = weights[top : top + config.chunk, own].T
            packets.append(head + tile_beats(fibres, element, config))
            head = []
    for _ in range(0, positions, config.tppes):
        yield from map(list, packets)


def output_tiles(positions: int, n: int, config: LoasConfig) -> Iterator[tuple[slice, slice]]:
    """Yield (positions, columns) of the output's tiles in the order of its packets."""
    for top in range(0, positions, config.tppes):
        for left in range(0, n, config.columns):
            yield (
                slice(top, min(top + config.tppes, positions)),
                slice(left, min(left + config.columns, n)),
            )


def sum_packets(sums: NDArray[np.integer], config: LoasConfig) -> Iterator[Packet]:
    """Iterate over the output stream of raw sums.

    Args:
        sums: integers, (P * time_steps, N), row position * time_steps + t.
        config: sizes of the machine.

    Yields:
        A packet for each (m, n), a beat for each column: row r, step t in bits
        (r * time_steps + t) * acc_w and up, rows beyond P zero.

    Raises:
        InputError: a sum does not fit into acc_w bits, or the rows are no whole positions.
    """
    steps = config.time_steps
    if len(sums) % steps:
        raise InputError(f"{len(sums)} rows are no multiple of {steps} time steps")
    Element("sum", config.acc_w, signed=True).check(sums)
    for rows, columns in output_tiles(len(sums) // steps, sums.shape[1], config):
        tile = sums[rows.start * steps : rows.stop * steps, columns]
        yield [
            beat
            for column in tile.T
            for beat in to_beats(to_bits(column, config.acc_w).ravel(), config.out_w)
        ]


def read_sums(
    packets: Iterable[Packet], positions: int, n: int, config: LoasConfig
) -> NDArray[np.int64]:
    """Undo `sum_packets`.

    Returns:
        int64, (positions * time_steps, n).

    Raises:
        InputError: packets or beats are missing, too many or none, or rows beyond the positions
            are not zero.
    """
    steps = config.time_steps
    sums = np.zeros((positions * steps, n), np.int64)
    tiles = list(output_tiles(positions, n, config))
    for (rows, columns), packet in zip(tiles, _counted(packets, len(tiles)), strict=True):
        _check_beats(packet, columns.stop - columns.start)
        bits = from_beats(packet, config.out_w).reshape(len(packet), config.out_w)
        used = (rows.stop - rows.start) * steps
        if bits[:, used * config.acc_w :].any():
            raise InputError("a row beyond the positions is not zero")
        cut = bits[:, : used * config.acc_w].reshape(len(packet), used, config.acc_w)
        own = slice(rows.start * steps, rows.stop * steps)
        sums[own, columns] = from_bits(cut, signed=True).T
    return sums


def fired_packets(
    spikes: NDArray[np.integer] | NDArray[np.bool_], config: LoasConfig
) -> Iterator[Packet]:
    """Iterate over the output stream of spikes.

    Args:
        spikes: 0 and 1, (P * time_steps, N), row position * time_steps + t.
        config: sizes of the machine.

    Yields:
        A packet for each (m, n), a beat for each row: the bitmask of the words that are not
        silent, then those words without gaps, word i in bits columns + i * time_steps and up.

    Raises:
        InputError: the rows are no whole positions.
    """
    words = pack_words(spikes.astype(np.bool_), config.time_steps, config.time_steps)
    for rows, columns in output_tiles(len(words), spikes.shape[1], config):
        packet: Packet = []
        for row in words[rows, columns]:
            mask = np.zeros(config.columns, np.uint8)
            mask[: row.size] = row != 0
            values = to_bits(row[row != 0], config.time_steps).ravel()
            packet += to_beats(np.concatenate((mask, values)), config.out_w)
        yield packet


def read_fired(
    packets: Iterable[Packet], positions: int, n: int, config: LoasConfig
) -> NDArray[np.int64]:
    """Undo `fired_packets`.

    Returns:
        int64, (positions * time_steps, n), of 0 and 1.

    Raises:
        InputError: packets or beats are missing, too many or none, a column beyond n is not
            silent, a word is silent or a bit behind the last word is not zero.
    """
    words = np.zeros((positions, n), np.uint8)
    tiles = list(output_tiles(positions, n, config))
    for (rows, columns), packet in zip(tiles, _counted(packets, len(tiles)), strict=True):
        _check_beats(packet, rows.stop - rows.start)
        present = columns.stop - columns.start
        bits = from_beats(packet, config.out_w).reshape(len(packet), config.out_w)
        for row, beat in zip(words[rows, columns], bits, strict=True):
            mask, values = beat[: config.columns].astype(np.bool_), beat[config.columns :]
            count = np.count_nonzero(mask)
            if mask[present:].any() or values[count * config.time_steps :].any():
                raise InputError("a row of spikes has ones beyond its columns or its last word")
            found = values[: count * config.time_steps].reshape(count, config.time_steps)
            if not found.any(axis=1).all():
                raise InputError("a row of spikes has a silent word")
            row[mask[:present]] = from_bits(found, signed=False)
    return unpack_words(words, config.time_steps).astype(np.int64)


def _counted(packets: Iterable[Packet], expected: int) -> list[Packet]:
    """Return the packets.

    Raises:
        InputError: there are not so many.
    """
    found = list(packets)
    if len(found) != expected:
        raise InputError(f"the output has {expected} packets, not {len(found)}")
    return found


def _check_beats(packet: Packet, expected: int) -> None:
    """Check the length of a packet.

    Raises:
        InputError: it is another one.
    """
    if len(packet) != expected:
        raise InputError(f"a packet of the output has {expected} beats, not {len(packet)}")
