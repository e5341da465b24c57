"""Product sparsity of one spike tile (Prosperity, HPCA 2025, section "product sparsity").

A row of the tile may reuse the partial result of another row whose ones are a subset of
its own, its *prefix*; only the remaining ones, the *pattern*, are then added up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.errors import InputError

MAX_COLUMNS = 64
"""Widest tile: a row is packed into one 64-bit word."""

MODES = ("product", "bit", "dense")


def pack_rows(bits: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Pack rows of spikes into words.

    Args:
        bits: bool, (..., rows, cols) with cols <= 64.

    Returns:
        uint64, (..., rows); bit k of a word is column k, the bits above are zero.

    Raises:
        InputError: more than 64 columns.
    """
    columns = bits.shape[-1]
    if columns > MAX_COLUMNS:
        raise InputError(f"a tile row has {columns} columns, at most {MAX_COLUMNS} fit into a word")
    octets = np.packbits(bits, axis=-1, bitorder="little")
    padded = np.zeros((*bits.shape[:-1], 8), np.uint8)
    padded[..., : octets.shape[-1]] = octets
    return padded.view("<u8")[..., 0].astype(np.uint64)


def unpack_rows(rows: NDArray[np.uint64], columns: int) -> NDArray[np.bool_]:
    """Undo `pack_rows`.

    Args:
        rows: uint64, (..., rows).
        columns: number of columns, at most 64.

    Returns:
        bool, (..., rows, columns).
    """
    octets = np.ascontiguousarray(rows, "<u8")[..., np.newaxis].view(np.uint8)
    return np.unpackbits(octets, axis=-1, count=columns, bitorder="little").astype(np.bool_)


@dataclass(frozen=True, eq=False)
class Decomposition:
    """Prefix and pattern of every row of one tile.

    Attributes:
        rows: uint64 (rows,), the tile.
        ones: uint8 (rows,), ones of each row.
        prefix: int32 (rows,), index of the row whose partial result is reused, -1 for none.
        pattern: uint64 (rows,), what is left to add: row XOR row of the prefix.
        pattern_ones: uint8 (rows,), ones of each pattern.
        exact: bool (rows,), the prefix equals the row (EM in the paper).
    """

    rows: NDArray[np.uint64]
    ones: NDArray[np.uint8]
    prefix: NDArray[np.int32]
    pattern: NDArray[np.uint64]
    pattern_ones: NDArray[np.uint8]
    exact: NDArray[np.bool_]

    def order(self) -> NDArray[np.int64]:
        """Return the indices of the non-zero rows in issue order.

        The order is a stable sort by number of ones, so a prefix comes before its suffixes.
        """
        by_ones = np.argsort(self.ones, kind="stable")
        return by_ones[np.count_nonzero(self.ones == 0) :].astype(np.int64, copy=False)


def decompose(rows: NDArray[np.uint64], mode: str = "product") -> Decomposition:
    """Find prefix and pattern of every row of a tile.

    A row with fewer than two ones has no prefix. Any other row takes, among the rows that
    are a non-empty subset of it (of equal rows only those above it), the one with most
    ones and, among those, the smallest index.

    Args:
        rows: uint64 (rows,), as `pack_rows` returns them.
        mode: "product", or "bit" / "dense": no prefixes, the pattern is the row.

    Returns:
        The decomposition.

    Raises:
        InputError: an unknown mode.
    """
    if mode not in MODES:
        raise InputError(f"unknown mode {mode!r}: choose from {', '.join(MODES)}")
    ones = np.bitwise_count(rows)
    if mode != "product":
        none = np.full(rows.size, -1, np.int32)
        return Decomposition(rows, ones, none, rows, ones, np.zeros(rows.size, np.bool_))
    prefix, exact = _prefixes(rows, ones)
    # index -1 (no prefix) selects the appended zero row
    pattern = rows ^ np.append(rows, np.uint64(0))[prefix]
    return Decomposition(rows, ones, prefix, pattern, np.bitwise_count(pattern), exact)


def _prefixes(
    rows: NDArray[np.uint64], ones: NDArray[np.uint8]
) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    words = _narrow(rows)
    first = _first_equal(words)
    index = np.arange(rows.size, dtype=np.int32)
    many = ones > 1
    exact = (first != index) & many
    prefix = np.where(exact, first, np.int32(-1))

    # Only the first of equal rows can be a prefix: one query and one candidate a distinct row,
    # sorted by falling number of ones, then index, so that the first subset found is the best.
    fresh = np.flatnonzero(first == index)
    fresh = fresh[np.argsort(MAX_COLUMNS - ones[fresh], kind="stable")]
    queries = fresh[: np.count_nonzero(many[fresh])]
    # The empty set closes the list of candidates: found last, it stands for "no prefix".
    count = np.count_nonzero(ones[fresh])
    candidates = np.append(words[fresh[:count]], words.dtype.type(0))
    names = np.append(fresh[:count], -1).astype(np.int32)
    subset = (candidates & ~words[queries][:, np.newaxis]) == 0
    np.fill_diagonal(subset, False)
    prefix[queries] = names[subset.argmax(axis=1)]
    return prefix, exact


def _narrow(rows: NDArray[np.uint64]) -> NDArray[np.unsignedinteger]:
    """Return the rows in the smallest word that holds them: less memory to walk through."""
    top = int(rows.max(initial=0))
    for word in (np.uint16, np.uint32):
        if top <= np.iinfo(word).max:
            return rows.astype(word)
    return rows


def _first_equal(words: NDArray[np.unsignedinteger]) -> NDArray[np.int32]:
    """Return for each row the smallest index of an equal row (its own if there is none)."""
    by_value = np.argsort(words, kind="stable")
    values = words[by_value]
    starts = np.empty(words.size, np.bool_)
    starts[:1] = True
    np.not_equal(values[1:], values[:-1], out=starts[1:])
    first = np.empty(words.size, np.int32)
    first[by_value] = by_value[starts][np.cumsum(starts) - 1]
    return first


def reuse(dec: Decomposition, weights: NDArray[np.integer]) -> NDArray[np.int64]:
    """Compute a tile's sums the way the machine does, through reused partial results.

    Args:
        dec: decomposition of the tile.
        weights: integers, (cols, N): the weight rows of the tile's columns.

    Returns:
        int64, (rows, N): equal to the plain product of spikes and weights.
    """
    columns = weights.shape[0]
    sums = unpack_rows(dec.pattern, columns).astype(np.int64) @ weights.astype(np.int64)
    for row in dec.order():
        if dec.prefix[row] >= 0:
            sums[row] += sums[dec.prefix[row]]
    return sums
