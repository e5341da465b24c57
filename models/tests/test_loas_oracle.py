"""The oracle of dual sparsity against results worked by hand, and helpers beneath the models."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from snn_rtl.models.oracle import dual_sparse as oracle_dual_sparse
from snn_rtl.models.oracle.dual_sparse import naive_drop_single, naive_dual_sparse, naive_tile_beats
from snn_rtl.models.tests.loas_helpers import hand_layer
from snn_rtl.models.workload.gemm import exact_product, tile_counts


def test_oracle_shares_no_code_with_the_models() -> None:
    tree = ast.parse(Path(oracle_dual_sparse.__file__).read_text(encoding="utf-8"))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0] if not node.level else "models")
    assert imported == {"__future__", "numpy"}


def test_naive_drop_single_by_hand() -> None:
    # two positions of two steps: fires once, twice, never | never, once, twice
    spikes = np.array([[1, 1, 0], [0, 1, 0], [0, 0, 1], [0, 1, 1]], np.bool_)
    kept = naive_drop_single(spikes, 2)
    assert kept.astype(int).tolist() == [[0, 1, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1]]


def test_naive_dual_sparse_by_hand() -> None:
    layer = hand_layer()
    sums, counts = naive_dual_sparse(
        layer.spikes, layer.weights, time_steps=2, word_bits=2, tile=(2, 32, 2)
    )
    assert sums == [[5, 7, 1], [5, 0, 1], [0, 0, 0], [0, 7, 0], [-3, 0, 0], [-3, 0, 0]]
    assert counts == {
        "tiles": 8,
        "empty_tiles": 4,
        "fibres": 4,
        "empty_fibres": 8,
        "matches": 5,
        "corrections": 2,
    }


def test_naive_dual_sparse_pads_words() -> None:
    spikes, weights = np.array([[True]]), np.array([[3]])
    sums, counts = naive_dual_sparse(spikes, weights, time_steps=1, word_bits=3, tile=(1, 1, 1))
    assert sums == [[3], [0], [0]]
    assert counts["corrections"] == 1


def test_naive_tile_beats_by_hand() -> None:
    # masks 0100 1010 in one beat of 8 bits, lowest first; -1, 3, 5 of 3 bits in two beats
    beats = naive_tile_beats([[0, -1], [3, 0, 5]], chunk=4, element_bits=3, beat_bits=8)
    assert beats == [0b01010010, 0b01011111, 0b1]


@given(
    hnp.arrays(np.int8, st.tuples(st.integers(1, 9), st.integers(1, 9))),
    st.integers(1, 10),
    st.integers(1, 10),
)
def test_tile_counts_follow_the_definition(
    matrix: NDArray[np.int8], tile_rows: int, tile_columns: int
) -> None:
    found = tile_counts(matrix, tile_rows, tile_columns)
    assert found.dtype == np.int64
    assert found.tolist() == [
        [
            sum(map(sum, matrix[top : top + tile_rows, left : left + tile_columns].tolist()))
            for left in range(0, matrix.shape[1], tile_columns)
        ]
        for top in range(0, matrix.shape[0], tile_rows)
    ]


@pytest.mark.parametrize("weight", [1, 1 << 21, (1 << 24) + 1, 1 << 50, (1 << 53) + 1, 1 << 61])
@pytest.mark.parametrize("sign", [1, -1])
def test_exact_product_of_any_size(weight: int, sign: int) -> None:
    weights = np.array([[sign * weight], [sign * weight], [sign]], np.int64)
    spikes = np.array([[1, 1, 1], [1, 0, 1]], np.bool_)
    expected = [[sign * (2 * weight + 1)], [sign * (weight + 1)]]
    assert exact_product(spikes, weights).tolist() == expected


def test_exact_product_of_bits_and_of_the_smallest_byte() -> None:
    spikes = np.ones((1, 3), np.bool_)
    assert exact_product(spikes, np.ones((3, 2), np.bool_)).tolist() == [[3, 3]]
    assert exact_product(spikes, np.full((3, 1), -128, np.int8)).tolist() == [[-384]]
