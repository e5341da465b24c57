"""LoAS's formats: packed spike words, fibres with bitmask and pointer, tiles of them as beats.

Source: MICRO 2024, arXiv:2407.14073, "formats". The time steps of one neuron are one word; words
without a spike, and weights that are zero, are left out. A *fibre* is a chunk of one row of
words, or of one column of weights: a bitmask of what is there and the elements one behind the
other. A tile of fibres travels as beats: all bitmasks, then the elements of all fibres. Pointers
do not travel: a fibre's elements begin behind those of the fibres before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.bits import from_beats, from_bits, to_beats, to_bits
from snn_rtl.models.errors import InputError
from snn_rtl.models.loas.config import LoasConfig
from snn_rtl.models.workload.limits import integer

Words = NDArray[np.uint8]
"""Packed spikes, (positions, K): bit t of a word is the spike at time step t."""

MAX_WORD: Final = 8
"""Most time steps of a word."""


def pack_words(spikes: NDArray[np.bool_], time_steps: int, width: int) -> Words:
    """Pack the time steps of each neuron into one word; silent steps fill it up.

    Args:
        spikes: bool, (P * T, K), row position * T + t.
        time_steps: T.
        width: bits of a word, T..8.

    Returns:
        uint8, (P, K).

    Raises:
        InputError: more time steps than a word has bits, or rows that are no whole positions.
    """
    if not 1 <= time_steps <= width <= MAX_WORD:
        raise InputError(f"{time_steps} time steps do not fit into words of {width} bits")
    if len(spikes) % time_steps:
        raise InputError(f"{len(spikes)} rows are no multiple of {time_steps} time steps")
    steps = spikes.reshape(-1, time_steps, spikes.shape[1])
    packed: Words = np.packbits(steps, axis=1, bitorder="little")[:, 0]
    return packed


def unpack_words(words: Words, time_steps: int) -> NDArray[np.bool_]:
    """Undo `pack_words`.

    Args:
        words: uint8, (P, K).
        time_steps: T.

    Returns:
        bool, (P * T, K), row position * T + t.
    """
    steps = np.unpackbits(words[:, np.newaxis], axis=1, count=time_steps, bitorder="little")
    return steps.reshape(-1, words.shape[1]).astype(np.bool_)


def drop_single(words: Words) -> Words:
    """Return the words with those of exactly one spike made silent (the variant FT)."""
    kept: Words = np.where(np.bitwise_count(words) == 1, np.uint8(0), words)
    return kept


@dataclass(frozen=True)
class Element:
    """What the fibres of a stream hold.

    Attributes:
        name: of one element.
        width: its bits.
        signed: two's complement.
    """

    name: str
    width: int
    signed: bool

    @classmethod
    def word(cls, config: LoasConfig) -> Element:
        """Return the element of the spike stream."""
        return cls("word", config.time_steps, signed=False)

    @classmethod
    def weight(cls, config: LoasConfig) -> Element:
        """Return the element of the weight stream."""
        return cls("weight", config.weight_w, signed=True)

    def check(self, values: NDArray[np.integer]) -> None:
        """Check that the values fit.

        Raises:
            InputError: one does not.
        """
        low = -(1 << (self.width - 1)) if self.signed else 0
        high = low + (1 << self.width) - 1
        if values.size and not low <= int(values.min()) <= int(values.max()) <= high:
            raise InputError(f"a {self.name} must be {low}..{high} to have {self.width} bits")


@dataclass(frozen=True, eq=False)
class FibreTile:
    """The fibres of one tile, compressed.

    Attributes:
        masks: bool, (fibres, positions): where an element is.
        elements: int64, (elements,): those of all fibres in order; none is zero.

    Raises:
        InputError: when made: masks and elements contradict each other.
    """

    masks: NDArray[np.bool_]
    elements: NDArray[np.int64]

    def __post_init__(self) -> None:
        """Check that the elements are those that the masks announce."""
        announced = np.count_nonzero(self.masks)
        if self.elements.shape != (announced,):
            raise InputError(
                f"the bitmasks announce {announced} elements, not {self.elements.shape}"
            )
        if not self.elements.all():
            raise InputError("an element is zero")

    @property
    def pointers(self) -> NDArray[np.int64]:
        """Where each fibre's elements begin: int64, (fibres,)."""
        counts = np.count_nonzero(self.masks, axis=1)
        ends: NDArray[np.int64] = np.cumsum(counts)
        starts: NDArray[np.int64] = ends - counts
        return starts


def compress(tile: NDArray[np.integer]) -> FibreTile:
    """Compress a tile.

    Args:
        tile: integers, (fibres, positions): rows of words, or columns of weights as rows.

    Returns:
        The fibres.
    """
    masks = tile != 0
    return FibreTile(masks, tile[masks].astype(np.int64))


def decompress(fibres: FibreTile) -> NDArray[np.int64]:
    """Undo `compress`: return the tile, int64, (fibres, positions)."""
    tile = np.zeros(fibres.masks.shape, np.int64)
    tile[fibres.masks] = fibres.elements
    return tile


def tile_beats(tile: NDArray[np.integer], element: Element, config: LoasConfig) -> list[int]:
    """Return the beats of a tile: bitmasks, then elements.

    Args:
        tile: integers, (fibres, positions), at most a chunk of positions.
        element: what the tile holds.
        config: sizes of the machine; chunk and beat_w matter.

    Returns:
        Beats of beat_w bits; all bits that stand for nothing are zero.

    Raises:
        InputError: more positions than a chunk has, or an element that does not fit.
    """
    element.check(tile)
    fibres, positions = tile.shape
    _check_size(fibres, positions, config)
    packed = compress(tile)
    masks = np.zeros((fibres, config.chunk), np.uint8)
    masks[:, :positions] = packed.masks
    values = to_bits(packed.elements, element.width)
    return to_beats(masks.ravel(), config.beat_w) + to_beats(values.ravel(), config.beat_w)


def read_tile(
    beats: Sequence[int], fibres: int, positions: int, element: Element, config: LoasConfig
) -> NDArray[np.int64]:
    """Undo `tile_beats`, as the machine does: bits that stand for nothing are ignored.

    Args:
        beats: of the tile, without parameters.
        fibres: of the tile.
        positions: of the chunk that lie within K.
        element: what the tile holds.
        config: sizes of the machine; chunk and beat_w matter.

    Returns:
        int64, (fibres, positions).

    Raises:
        InputError: sizes that no tile has, beats that are none or too few or too many for the
            bitmasks, or an element that is zero.
    """
    _check_size(fibres, positions, config)
    head = config.mask_beats_of(fibres)
    if len(beats) < head:
        raise InputError(f"{len(beats)} beats are too few for the bitmasks of {fibres} fibres")
    bits = from_beats(beats[:head], config.beat_w)[: fibres * config.chunk]
    masks = bits.reshape(fibres, config.chunk)[:, :positions].astype(np.bool_)
    count = int(np.count_nonzero(masks))
    expected = head + config.value_beats_of(count, element.width)
    if len(beats) != expected:
        raise InputError(
            f"a tile of {count} {element.name}s has {expected} beats, not {len(beats)}"
        )
    values = from_beats(beats[head:], config.beat_w)[: count * element.width]
    elements = from_bits(values.reshape(count, element.width), signed=element.signed)
    return decompress(FibreTile(masks, elements))


def _check_size(fibres: int, positions: int, config: LoasConfig) -> None:
    """Check the sizes of a tile.

    Raises:
        InputError: no tile has them.
    """
    integer(fibres, "fibres of a tile", 1, max(config.tppes, config.columns))
    integer(positions, "positions of a chunk", 1, config.chunk)


def parameter_beats(values: NDArray[np.integer], config: LoasConfig) -> list[int]:
    """Return the thresholds, or the biases, of one n tile as beats.

    Args:
        values: integers, (columns of the tile,); the columns beyond them get zeros.
        config: sizes of the machine; columns, bias_w and beat_w matter.

    Returns:
        param_beats beats: column c in bits c * bias_w and up, lowest bits first.

    Raises:
        InputError: more values than columns, or one that does not fit.
    """
    integer(len(values), "columns of a tile", 1, config.columns)
    Element("bias or threshold", config.bias_w, signed=True).check(values)
    padded = np.zeros(config.columns, np.int64)
    padded[: len(values)] = values
    return to_beats(to_bits(padded, config.bias_w).ravel(), config.beat_w)


def read_parameters(beats: Sequence[int], config: LoasConfig) -> NDArray[np.int64]:
    """Undo `parameter_beats`: return int64, (config.columns,).

    Raises:
        InputError: the number of beats is not param_beats, or one is no beat.
    """
    if len(beats) != config.param_beats:
        raise InputError(f"parameters have {config.param_beats} beats, not {len(beats)}")
    bits = from_beats(beats, config.beat_w)
    return from_bits(bits.reshape(config.columns, config.bias_w), signed=True)
