"""The functional machine: exact sums, counts worked by hand and the published densities."""

from __future__ import annotations

from dataclasses import astuple, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from snn_rtl.models.errors import InputError
from snn_rtl.models.lif import LifConfig, LifParams
from snn_rtl.models.oracle.dense import naive_decompose, naive_outputs, naive_sums
from snn_rtl.models.prosperity.config import SMALL
from snn_rtl.models.prosperity.product_sparsity import decompose, reuse
from snn_rtl.models.prosperity.prosperity import (
    LayerCounts,
    Mode,
    count_layer,
    densities,
    layer_outputs,
    layer_sums,
)
from snn_rtl.models.tests.helpers import FIGURE, captured, spike_matrices
from snn_rtl.models.workload.gemm import tiles

# m, k, n, bit nnz, residual nnz, EM rows, zero rows, cycles of the published model
VGG9 = {
    "conv2d_1": (4096, 576, 64, 368752, 84374, 38613, 42813, 122987),
    "conv2d_2": (1024, 576, 128, 99720, 34630, 5118, 6855, 39748),
    "conv2d_3": (1024, 1152, 128, 137077, 54574, 8508, 21433, 63082),
    "conv2d_4": (256, 1152, 256, 51161, 20203, 2023, 2026, 44452),
    "conv2d_5": (256, 2304, 256, 40613, 20361, 2499, 16196, 45720),
    "fc_0": (4, 4096, 1024, 3116, 2502, 14, 106, 20128),
}
ALEXNET = {
    "conv2d_1": (256, 576, 192, 16872, 2920, 2843, 4093, 11526),
    "conv2d_2": (256, 1728, 384, 32468, 9673, 5143, 14063, 44448),
    "conv2d_3": (256, 3456, 256, 198736, 44306, 22663, 6533, 133938),
    "conv2d_4": (256, 2304, 256, 122532, 28762, 14217, 4840, 85958),
    "fc_0": (4, 1024, 10, 1840, 594, 136, 4, 730),
}


@pytest.mark.parametrize(
    ("tile_k", "expected"),
    [
        # Columns 0-1: rows 5 after 4 (PM); columns 2-3: row 2 after 0, row 4 after 5 (PM).
        (2, (6, 4, 9, 8, 14, 11, 0, 3, 1)),
        # Columns 0-2: row 0 after 1 (PM), row 2 equals row 0 (EM); column 3 alone: nothing.
        (3, (6, 4, 9, 8, 14, 11, 1, 1, 2)),
    ],
)
def test_count_layer_of_ragged_tiles(tile_k: int, expected: tuple[int, ...]) -> None:
    config = replace(SMALL, tile_m=4, tile_k=tile_k, spike_beat_w=4 * tile_k, lanes=8)
    assert astuple(count_layer(FIGURE, 9, config)) == expected


@pytest.mark.parametrize("mode", [Mode.BIT, Mode.DENSE])
def test_count_layer_without_reuse(mode: Mode) -> None:
    counts = count_layer(FIGURE, 8, SMALL, mode)
    assert astuple(counts) == (6, 4, 8, 1, 14, 14, 0, 0, 0)


def test_count_layer_refuses_an_unknown_mode() -> None:
    with pytest.raises(InputError, match="unknown mode"):
        count_layer(FIGURE, 8, SMALL, "fast")


@given(spike_matrices(40, 20), st.integers(1, 30))
def test_count_layer_follows_the_definition(matrix: NDArray[np.bool_], n: int) -> None:
    counts = count_layer(matrix, n, SMALL)
    residual = exact = partial = zero = cut = 0
    for top in range(0, matrix.shape[0], SMALL.tile_m):
        for left in range(0, matrix.shape[1], SMALL.tile_k):
            tile = matrix[top : top + SMALL.tile_m, left : left + SMALL.tile_k]
            prefixes, patterns = naive_decompose(tile)
            cut += 1
            zero += int((~tile.any(axis=1)).sum())
            residual += sum(map(len, patterns))
            exact += sum(p >= 0 and not left for p, left in zip(prefixes, patterns, strict=True))
            partial += sum(
                p >= 0 and bool(left) for p, left in zip(prefixes, patterns, strict=True)
            )
    assert counts == LayerCounts(
        m=matrix.shape[0],
        k=matrix.shape[1],
        n=n,
        tiles=cut * -(-n // SMALL.lanes),
        bit_nnz=int(matrix.sum()),
        residual_nnz=residual,
        exact_match_rows=exact,
        partial_match_rows=partial,
        zero_rows=zero,
    )


def test_densities_weigh_layers_by_n_tiles() -> None:
    empty = LayerCounts(10, 10, 128, 1, 0, 0, 0, 0, 10)
    full = replace(empty, n=129, bit_nnz=100, residual_nnz=30)
    # 100 positions once and 100 twice
    assert densities([empty, full]) == (200 / 300, 60 / 300)
    assert densities([empty, full], lanes=64) == (300 / 500, 90 / 500)
    assert densities([]) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("name", "golden", "bit", "product"),
    [("vgg9", VGG9, "0.135011", "0.045564"), ("alexnet", ALEXNET, "0.169505", "0.039690")],
)
def test_counts_of_captured_networks(
    name: str, golden: dict[str, tuple[int, ...]], bit: str, product: str
) -> None:
    counts = {}
    for layer in captured(name).layers:
        counts[layer.name] = count_layer(layer.matrix(), layer.n)
    found = {
        layer: (
            c.m,
            c.k,
            c.n,
            c.bit_nnz,
            c.residual_nnz,
            c.exact_match_rows,
            c.zero_rows,
            (c.residual_nnz + c.exact_match_rows) * -(-c.n // 128),
        )
        for layer, c in counts.items()
    }
    assert found == golden
    assert [f"{density:.6f}" for density in densities(counts.values())] == [bit, product]


@given(spike_matrices(30, 40), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_layer_sums_equal_the_oracle(matrix: NDArray[np.bool_], n: int, seed: int) -> None:
    weights = np.random.default_rng(seed).integers(-128, 128, (matrix.shape[1], n), np.int8)
    sums = layer_sums(matrix, weights)
    assert sums.dtype == np.int64
    assert sums.tolist() == naive_sums(matrix, weights).tolist()


@pytest.mark.parametrize("k", [1 << 17, (1 << 17) + 1, 140001])
@pytest.mark.parametrize("weight", [127, -128])
def test_layer_sums_are_exact_at_the_limit_of_a_mantissa(k: int, weight: int) -> None:
    weights = np.full((k, 1), weight, np.int8)
    weights[0] = 1
    assert layer_sums(np.ones((1, k), bool), weights).tolist() == [[(k - 1) * weight + 1]]


@given(spike_matrices(40, 20), st.integers(0, 2**32 - 1))
def test_reuse_over_all_tiles_is_the_layer(matrix: NDArray[np.bool_], seed: int) -> None:
    rows, columns = matrix.shape
    padded = -(-columns // SMALL.tile_k) * SMALL.tile_k
    weights = np.zeros((padded, 2), np.int8)
    weights[:columns] = np.random.default_rng(seed).integers(-128, 128, (columns, 2), np.int8)
    sums = np.zeros((rows, 2), np.int64)
    for m_index, k_index, words in tiles(matrix, SMALL.tile_m, SMALL.tile_k):
        top, left = m_index * SMALL.tile_m, k_index * SMALL.tile_k
        part = reuse(decompose(words), weights[left : left + SMALL.tile_k])
        sums[top : top + words.size] += part
    assert sums.tolist() == layer_sums(matrix, weights[:columns]).tolist()


@given(st.integers(1, 4), st.booleans(), st.integers(0, 2**32 - 1))
def test_layer_outputs_equal_the_oracle(steps: int, neurons: bool, seed: int) -> None:
    rng = np.random.default_rng(seed)
    spikes = rng.random((5 * steps, 12)) < 0.4
    weights = rng.integers(-128, 128, (12, 3), np.int8)
    bias, threshold = rng.integers(-50, 50, 3, np.int32), rng.integers(0, 200, 3, np.int32)
    params = LifParams(bias, threshold, LifConfig(1, "soft", ">="))
    outputs = layer_outputs(spikes, weights, lif=params if neurons else None, time_steps=steps)
    expected = naive_outputs(
        spikes,
        weights,
        time_steps=steps,
        bias=bias,
        threshold=threshold if neurons else None,
        leak_shift=1,
        reset="soft",
        fire=">=",
    )
    assert outputs.dtype == np.int64
    assert outputs.tolist() == expected.tolist()
