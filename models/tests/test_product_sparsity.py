"""Product sparsity: the paper's directed example, the definition, and that nothing is lost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from snn_rtl.models.errors import InputError
from snn_rtl.models.oracle.dense import naive_decompose, naive_sums
from snn_rtl.models.prosperity.product_sparsity import decompose, pack_rows, reuse, unpack_rows
from snn_rtl.models.tests.helpers import FIGURE, spike_matrices


def few_distinct(columns: int) -> st.SearchStrategy[NDArray[np.bool_]]:
    """Draw tiles whose rows repeat and contain one another, as those of real layers do."""
    row = hnp.arrays(np.bool_, columns)
    pool = st.lists(row, min_size=1, max_size=6)

    def build(draw: st.DrawFn) -> NDArray[np.bool_]:
        rows = draw(pool)
        picks = st.lists(st.integers(0, len(rows) - 1), min_size=1, max_size=3)
        return np.array(
            [
                np.logical_or.reduce([rows[pick] for pick in draw(picks)])
                for _ in range(draw(st.integers(1, 40)))
            ]
        )

    return st.composite(build)()


def test_decompose_of_the_papers_figure() -> None:
    dec = decompose(pack_rows(FIGURE))
    patterns = ["".join(str(int(bit)) for bit in row) for row in unpack_rows(dec.pattern, 4)]
    assert dec.ones.tolist() == [2, 2, 3, 1, 3, 3]
    # Rows 0 and 1 are both subsets of row 2: the smallest index is taken.
    assert dec.prefix.tolist() == [3, -1, 0, -1, 2, 1]
    assert patterns == ["1000", "1001", "0001", "0010", "0000", "0100"]
    assert dec.pattern_ones.tolist() == [1, 2, 1, 1, 0, 1]
    assert dec.exact.tolist() == [False, False, False, False, True, False]
    assert dec.order().tolist() == [3, 0, 1, 2, 4, 5]


@pytest.mark.parametrize("mode", ["bit", "dense"])
def test_decompose_without_reuse_leaves_every_row_as_it_is(mode: str) -> None:
    rows = pack_rows(FIGURE)
    dec = decompose(rows, mode)
    assert dec.prefix.tolist() == [-1] * 6
    assert dec.pattern.tolist() == rows.tolist()
    assert dec.pattern_ones.tolist() == dec.ones.tolist() == [2, 2, 3, 1, 3, 3]
    assert not dec.exact.any()


def test_decompose_refuses_an_unknown_mode() -> None:
    with pytest.raises(InputError, match="unknown mode 'sparse': choose from product, bit, dense"):
        decompose(np.zeros(4, np.uint64), "sparse")


def test_decompose_leaves_rows_of_one_spike_alone() -> None:
    dec = decompose(np.array([4, 4, 0, 0, 4], np.uint64))
    assert dec.prefix.tolist() == [-1] * 5
    assert dec.pattern_ones.tolist() == [1, 1, 0, 0, 1]
    assert dec.order().tolist() == [0, 1, 4]


def test_decompose_takes_the_first_of_equals_for_every_copy() -> None:
    dec = decompose(np.array([3, 3, 7, 3, 7], np.uint64))
    # No copy (rows 1, 3) is anyone's prefix.
    assert dec.prefix.tolist() == [-1, 0, 0, 0, 2]
    assert dec.exact.tolist() == [False, True, False, True, True]


@pytest.mark.parametrize("size", [0, 1, 5])
def test_decompose_of_empty_tiles(size: int) -> None:
    dec = decompose(np.zeros(size, np.uint64))
    assert dec.prefix.tolist() == [-1] * size
    assert dec.pattern.tolist() == [0] * size
    assert dec.order().size == 0


@pytest.mark.parametrize("columns", [1, 4, 16, 17, 32, 33, 64])
def test_decompose_uses_all_columns_of_a_word(columns: int) -> None:
    # A chain of growing rows whose last column decides: row i has columns columns-1-i .. columns-1.
    tile = np.tri(columns, dtype=bool)[:, ::-1]
    dec = decompose(pack_rows(tile))
    assert dec.prefix.tolist() == [-1, *range(columns - 1)]
    assert dec.pattern_ones.tolist() == [1] * columns


@pytest.mark.parametrize("columns", [16, 17, 32, 33, 64])
def test_decompose_cuts_no_bit_off_a_row(columns: int) -> None:
    # Cut, the first row would be empty and a subset of the second.
    rows = np.array([1 << (columns - 1), 3], np.uint64)
    assert decompose(rows).prefix.tolist() == [-1, -1]


@given(st.sampled_from([3, 5, 16, 20, 40, 64]).flatmap(few_distinct))
def test_decompose_follows_the_definition(tile: NDArray[np.bool_]) -> None:
    dec = decompose(pack_rows(tile))
    prefixes, patterns = naive_decompose(tile)
    assert dec.prefix.tolist() == prefixes
    found = unpack_rows(dec.pattern, tile.shape[1])
    assert [np.flatnonzero(row).tolist() for row in found] == patterns
    assert dec.pattern_ones.tolist() == [len(pattern) for pattern in patterns]
    assert dec.ones.tolist() == tile.sum(axis=1).tolist()
    equal = [p >= 0 and bool((tile[p] == tile[i]).all()) for i, p in enumerate(prefixes)]
    assert dec.exact.tolist() == equal


@given(few_distinct(16))
def test_order_issues_a_prefix_before_its_suffixes(tile: NDArray[np.bool_]) -> None:
    dec = decompose(pack_rows(tile))
    order = dec.order().tolist()
    assert sorted(order) == np.flatnonzero(tile.any(axis=1)).tolist()
    assert order == sorted(order, key=lambda row: (int(tile[row].sum()), row))
    place = {row: at for at, row in enumerate(order)}
    assert all(place[dec.prefix[row]] < place[row] for row in order if dec.prefix[row] >= 0)


@given(few_distinct(9), st.integers(0, 2**32 - 1))
def test_reuse_loses_nothing(tile: NDArray[np.bool_], seed: int) -> None:
    weights = np.random.default_rng(seed).integers(-128, 128, (9, 3), np.int8)
    sums = reuse(decompose(pack_rows(tile)), weights)
    assert sums.dtype == np.int64
    assert sums.tolist() == naive_sums(tile, weights).tolist()


def test_reuse_goes_through_the_prefix() -> None:
    dec = decompose(pack_rows(FIGURE))
    weights = np.array([[1], [10], [100], [-7]], np.int8)
    dec.pattern[3] = 0
    # Row 3 is the prefix of row 0, that of row 2, that of row 4: all lose its column 2.
    assert (reuse(dec, weights) - naive_sums(FIGURE, weights)).ravel().tolist() == [
        -100,
        0,
        -100,
        -100,
        -100,
        0,
    ]


@given(spike_matrices(20, 64))
def test_pack_rows_puts_column_k_into_bit_k(tile: NDArray[np.bool_]) -> None:
    words = pack_rows(tile)
    assert words.dtype == np.uint64
    assert words.tolist() == [sum(1 << int(k) for k in np.flatnonzero(row)) for row in tile]
    assert unpack_rows(words, tile.shape[1]).tolist() == tile.tolist()


def test_pack_rows_keeps_leading_axes() -> None:
    bits = np.zeros((2, 3, 5), bool)
    bits[1, 2, 4] = True
    assert pack_rows(bits).tolist() == [[0, 0, 0], [0, 0, 16]]


def test_pack_rows_refuses_more_than_a_word() -> None:
    with pytest.raises(InputError, match="65 columns"):
        pack_rows(np.zeros((2, 65), bool))
