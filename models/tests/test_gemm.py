"""im2col against a convolution in loops, pooling, and the cut into tiles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from snn_rtl.models.oracle.dense import naive_conv, naive_max_pool
from snn_rtl.models.tests.helpers import spike_matrices
from snn_rtl.models.workload.gemm import col2map, im2col, linear_rows, max_pool, pack_matrix, tiles


@given(
    spikes=hnp.arrays(
        np.bool_,
        st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(3, 6), st.integers(3, 7)),
    ),
    kernel_size=st.integers(1, 3),
    stride=st.integers(1, 3),
    padding=st.integers(0, 2),
    seed=st.integers(0, 2**32 - 1),
)
def test_im2col_product_is_the_convolution(
    spikes: NDArray[np.bool_], kernel_size: int, stride: int, padding: int, seed: int
) -> None:
    steps, channels = spikes.shape[:2]
    rng = np.random.default_rng(seed)
    weights = rng.integers(-128, 128, (channels * kernel_size**2, 2), np.int8)
    expected = naive_conv(spikes, weights, kernel_size, stride, padding)
    matrix = im2col(spikes, kernel_size, stride, padding)
    assert matrix.dtype == np.bool_
    rows = matrix.astype(np.int64) @ weights.astype(np.int64)
    maps = col2map(rows, steps, *expected.shape[2:])
    assert maps.tolist() == expected.tolist()


def test_im2col_orders_rows_by_position_then_time_and_columns_by_channel() -> None:
    # Pixel values name their place: t*1000 + c*100 + y*10 + x.
    t, c, y, x = np.indices((2, 2, 3, 3))
    matrix = im2col(t * 1000 + c * 100 + y * 10 + x, 2, 1, 0)
    assert matrix.shape == (8, 8)
    assert matrix[0].tolist() == [0, 1, 10, 11, 100, 101, 110, 111]
    assert matrix[1].tolist() == [1000, 1001, 1010, 1011, 1100, 1101, 1110, 1111]
    assert matrix[2, 0] == 1
    assert matrix[4, 0] == 10


def test_im2col_pads_with_zeros() -> None:
    matrix = im2col(np.ones((1, 1, 1, 1), bool), 3, 1, 1)
    assert matrix.astype(int).tolist() == [[0, 0, 0, 0, 1, 0, 0, 0, 0]]


def test_linear_rows_flatten_in_channel_order() -> None:
    maps = np.arange(12).reshape(2, 3, 2, 1)
    assert linear_rows(maps).tolist() == [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]]


@given(
    hnp.arrays(
        np.bool_,
        st.tuples(st.integers(1, 2), st.integers(1, 2), st.integers(3, 7), st.integers(3, 7)),
    ),
    st.integers(1, 3),
)
def test_max_pool_is_an_or_over_windows(spikes: NDArray[np.bool_], size: int) -> None:
    pooled = max_pool(spikes, size)
    assert pooled.dtype == np.bool_
    assert pooled.tolist() == naive_max_pool(spikes, size).tolist()


def test_max_pool_drops_a_ragged_border() -> None:
    spikes = np.zeros((1, 1, 3, 3), bool)
    spikes[0, 0, 2, :] = spikes[0, 0, :, 2] = True
    assert max_pool(spikes, 2).tolist() == [[[[False]]]]


@given(spike_matrices(20, 20), st.integers(1, 8), st.integers(1, 8))
def test_tiles_cover_the_matrix_once(matrix: NDArray[np.bool_], tile_m: int, tile_k: int) -> None:
    rows, columns = matrix.shape
    rebuilt = np.zeros(matrix.shape, int)
    visited = []
    for m_index, k_index, words in tiles(matrix, tile_m, tile_k):
        visited.append((m_index, k_index))
        assert words.size == min(tile_m, rows - m_index * tile_m)
        for i, word in enumerate(words.tolist()):
            assert word < 2**tile_k
            for bit in range(tile_k):
                column = k_index * tile_k + bit
                one = word >> bit & 1
                if column >= columns:
                    assert not one
                else:
                    rebuilt[m_index * tile_m + i, column] += one
    assert rebuilt.tolist() == matrix.astype(int).tolist()
    k_tiles = -(-columns // tile_k)
    assert visited == [(m, k) for m in range(-(-rows // tile_m)) for k in range(k_tiles)]


@pytest.mark.parametrize("tile_k", [4, 64])
def test_pack_matrix_is_one_line_a_k_tile(tile_k: int) -> None:
    matrix = np.zeros((3, 9), bool)
    matrix[1, 8] = matrix[2, 0] = True
    expected = {4: [[0, 0, 1], [0, 0, 0], [0, 1, 0]], 64: [[0, 256, 1]]}
    assert pack_matrix(matrix, tile_k).tolist() == expected[tile_k]
