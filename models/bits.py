"""Integers as rows of bits, lowest first, and rows of bits as the beats of a stream."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.errors import InputError

_SIGN: Final = 63
"""The place of the sign in a 64-bit integer."""


def to_bits(values: NDArray[np.integer], width: int) -> NDArray[np.uint8]:
    """Return integers (...) as bits (..., width), two's complement where negative."""
    places = np.minimum(np.arange(width), _SIGN)
    bits: NDArray[np.int64] = values.astype(np.int64)[..., np.newaxis] >> places & 1
    return bits.astype(np.uint8)


def from_bits(bits: NDArray[np.uint8], *, signed: bool) -> NDArray[np.int64]:
    """Return bits (..., width) as integers (...), two's complement if signed.

    Raises:
        InputError: a value that 64 bits, two's complement, do not hold.
    """
    width = bits.shape[-1]
    fill = bits[..., -1:] if signed else np.zeros_like(bits[..., -1:])
    if (bits[..., _SIGN:] != fill).any():
        raise InputError(f"an integer of {width} bits does not fit into 64")
    whole = np.repeat(fill, _SIGN + 1, axis=-1)
    whole[..., : min(width, _SIGN)] = bits[..., :_SIGN]
    packed = np.packbits(whole, axis=-1, bitorder="little")
    return packed.view("<i8")[..., 0].astype(np.int64)


def to_beats(bits: NDArray[np.uint8], width: int) -> list[int]:
    """Cut bits (count,) into beats of width bits; zeros fill the last one."""
    padded = np.zeros((-(-bits.size // width), width), np.uint8)
    padded.ravel()[: bits.size] = bits
    packed = np.packbits(padded, axis=1, bitorder="little")
    return [int.from_bytes(row.tobytes(), "little") for row in packed]


def from_beats(beats: Sequence[int], width: int) -> NDArray[np.uint8]:
    """Return beats of width bits as bits, (beats * width,).

    Raises:
        InputError: a beat is no integer of so many bits.
    """
    size = -(-width // 8)
    octets = bytearray()
    for index, beat in enumerate(beats):
        if type(beat) is not int or not 0 <= beat < 1 << width:
            raise InputError(f"beat {index} is no integer of {width} bits: {beat!r:.60}")
        octets += beat.to_bytes(size, "little")
    rows = np.frombuffer(bytes(octets), np.uint8).reshape(len(beats), size)
    return np.unpackbits(rows, axis=1, count=width, bitorder="little").ravel()
