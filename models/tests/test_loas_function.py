"""LoAS's function and counts: by hand, against the oracle, worst cases, hostile input."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snn_rtl.models.errors import InputError
from snn_rtl.models.lif import LifConfig, LifParams
from snn_rtl.models.loas.config import PAPER, SMALL
from snn_rtl.models.loas.formats import pack_words
from snn_rtl.models.loas.loas import (
    LayerCounts,
    count_layer,
    layer_outputs,
    live_words,
    machine_outputs,
    pseudo_and_corrections,
)
from snn_rtl.models.loas.pruning import seeded_sparse_weights
from snn_rtl.models.oracle.dense import naive_outputs, naive_sums
from snn_rtl.models.oracle.dual_sparse import naive_drop_single, naive_dual_sparse
from snn_rtl.models.tests.helpers import captured
from snn_rtl.models.tests.loas_helpers import TINY, Drawn, hand_layer, layers


def test_pseudo_and_corrections_by_hand() -> None:
    layer = hand_layer()
    words = pack_words(layer.spikes, 2, 2)
    pseudo, corrections = pseudo_and_corrections(words, layer.weights, 2)
    assert pseudo.tolist() == [[5, 7, 1], [0, 7, 0], [-3, 0, 0]]
    # p = 0 misses k = 1 at step 1, p = 1 at step 0
    zero = [0, 0, 0]
    assert corrections.tolist() == [[zero, [0, 7, 0]], [[0, 7, 0], zero], [zero, zero]]


def test_layer_outputs_by_hand() -> None:
    layer = hand_layer()
    sums = layer_outputs(layer.spikes, layer.weights, lif=None, time_steps=2, config=TINY)
    assert sums.tolist() == [[5, 7, 1], [5, 0, 1], [0, 0, 0], [0, 7, 0], [-3, 0, 0], [-3, 0, 0]]
    # without the words of one spike column 1 has nothing
    ft = layer_outputs(layer.spikes, layer.weights, lif=None, time_steps=2, config=TINY, ft=True)
    assert ft.tolist() == [[5, 0, 1], [5, 0, 1], [0, 0, 0], [0, 0, 0], [-3, 0, 0], [-3, 0, 0]]


def test_count_layer_by_hand() -> None:
    layer = hand_layer()
    counts = count_layer(layer.spikes, layer.weights, 2, TINY)
    assert counts == LayerCounts(
        m=6,
        k=33,
        n=3,
        positions=3,
        ft=False,
        tiles=8,  # 2 m x 2 k x 2 n
        bit_nnz=6,
        words=4,
        once_words=2,
        full_words=2,
        weight_nnz=4,
        matches=5,  # p = 0: columns 0, 2 and 1; p = 1: column 1; p = 2: column 0
        corrections=2,
        fibres=4,  # all three of (m 0, k 0), one of (m 1, k 1)
        broadcasts=4,
        empty_fibres=8,  # (m 0, k 1) and (m 1, k 0) are dropped; two are empty in (m 1, k 1)
        empty_tiles=4,
    )
    assert (counts.silent_words, counts.single_words) == (95, 0)
    assert counts.bit_density == 6 / 198
    assert counts.word_density == 4 / 99
    assert counts.weight_density == 4 / 99

    ft = count_layer(layer.spikes, layer.weights, 2, TINY, ft=True)
    assert ft == replace(counts, ft=True, matches=3, corrections=0)
    assert ft.single_words == 2


@given(layers(), st.booleans())
def test_counts_and_sums_equal_the_oracle(layer: Drawn, ft: bool) -> None:
    config, steps = layer.config, layer.time_steps
    kept = naive_drop_single(layer.spikes, steps) if ft else layer.spikes
    sums, expected = naive_dual_sparse(
        kept,
        layer.weights,
        time_steps=steps,
        word_bits=config.time_steps,
        tile=(config.tppes, config.chunk, config.columns),
    )
    words = pack_words(layer.spikes, steps, config.time_steps)
    outputs = machine_outputs(words, layer.weights, config=config, ft=ft)
    assert outputs.dtype == np.int64
    assert outputs.tolist() == sums
    counts = count_layer(layer.spikes, layer.weights, steps, config, ft=ft)
    assert {name: getattr(counts, name) for name in expected} == expected
    assert counts.bit_nnz == int(layer.spikes.sum())
    by_position = layer.spikes.reshape(-1, steps, layer.spikes.shape[1]).sum(axis=1)
    assert counts.words == int((by_position > 0).sum())
    assert counts.once_words == int((by_position == 1).sum())
    assert counts.full_words == int((by_position == config.time_steps).sum())
    assert counts.weight_nnz == int((layer.weights != 0).sum())


@given(layers(), st.booleans(), st.booleans(), st.integers(0, 2**32 - 1))
def test_layer_outputs_equal_the_oracle(layer: Drawn, neurons: bool, ft: bool, seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = layer.weights.shape[1]
    bias, threshold = rng.integers(-50, 50, n, np.int32), rng.integers(0, 200, n, np.int32)
    outputs = layer_outputs(
        layer.spikes,
        layer.weights,
        lif=LifParams(bias, threshold, LifConfig(1, "soft", ">=")) if neurons else None,
        time_steps=layer.time_steps,
        config=layer.config,
        ft=ft,
    )
    expected = naive_outputs(
        naive_drop_single(layer.spikes, layer.time_steps) if ft else layer.spikes,
        layer.weights,
        time_steps=layer.time_steps,
        bias=bias,
        threshold=threshold if neurons else None,
        leak_shift=1,
        reset="soft",
        fire=">=",
    )
    assert outputs.tolist() == expected.tolist()


@pytest.mark.parametrize("word", [0b1111, 0b0101])
@pytest.mark.parametrize("weight", [127, -128])
def test_largest_k_is_exact(word: int, weight: int) -> None:
    words = np.full((1, SMALL.max_k), word, np.uint8)
    weights = np.full((SMALL.max_k, 1), weight, np.int8)
    full = SMALL.max_k * weight
    expected = [full if word >> step & 1 else 0 for step in range(4)]
    assert machine_outputs(words, weights, config=SMALL).ravel().tolist() == expected
    limit = 1 << (SMALL.acc_w - 1)
    assert -limit <= full < limit


def test_weights_of_any_width_are_exact() -> None:
    # sums beyond the mantissa of a double
    wide = replace(PAPER, weight_w=56, acc_w=63, beat_w=128 * 56, bias_w=224, chunk=128)
    weights = np.full((9, 1), (1 << 55) - 1, np.int64)
    words = np.full((1, 9), 0b0010, np.uint8)
    expected = [0, 9 * ((1 << 55) - 1), 0, 0]
    assert machine_outputs(words, weights, config=wide).ravel().tolist() == expected


def test_full_and_alternating_words() -> None:
    # every word all ones: nothing is corrected; no word all ones: everything is
    weights = np.ones((64, 8), np.int8)
    ones = count_layer(np.ones((8 * 4, 64), np.bool_), weights, 4, SMALL)
    assert (ones.matches, ones.corrections) == (8 * 64 * 8, 0)
    spikes = np.ones((8 * 4, 64), np.bool_)
    spikes[::4] = False
    misses = count_layer(spikes, weights, 4, SMALL)
    assert (misses.matches, misses.corrections) == (8 * 64 * 8, 8 * 64 * 8)
    # fewer steps than the machine has: speculation never hits
    padded = count_layer(np.ones((8 * 3, 64), np.bool_), weights, 3, SMALL)
    assert (padded.matches, padded.corrections, padded.full_words) == (4096, 4096, 0)


def test_alternating_empty_chunks_are_dropped() -> None:
    spikes = np.ones((4, 4 * 32), np.bool_)
    spikes[:, 32:64] = spikes[:, 96:] = False
    counts = count_layer(spikes, np.ones((128, 9), np.int8), 4, SMALL)
    assert (counts.tiles, counts.empty_tiles) == (8, 4)
    assert (counts.fibres, counts.empty_fibres) == (18, 18)


def test_live_words_without_ft_are_the_words() -> None:
    words = np.array([[1, 2, 3]], np.uint8)
    assert live_words(words, ft=False) is words
    assert live_words(words, ft=True).tolist() == [[0, 0, 3]]


@pytest.mark.parametrize(
    ("words", "weights", "message"),
    [
        (np.zeros((1, 2), np.uint8), np.zeros((3, 1), np.int8), "are no product"),
        (np.zeros(2, np.uint8), np.zeros((2, 1), np.int8), "are no product"),
        (np.zeros((0, 2), np.uint8), np.zeros((2, 1), np.int8), "are empty"),
        (np.zeros((1, 2), np.uint8), np.zeros((2, 0), np.int8), "are empty"),
        (np.full((1, 1), 16, np.uint8), np.zeros((1, 1), np.int8), "a word must be 0..15"),
        (np.zeros((1, 1), np.uint8), np.full((1, 1), 128), "a weight must be -128..127"),
        (np.zeros((1, 4097), np.uint8), np.zeros((4097, 1), np.int8), "K = 4097 is larger than"),
    ],
)
def test_machine_refuses_what_it_cannot_run(
    words: np.ndarray, weights: np.ndarray, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        machine_outputs(words, weights, config=SMALL)


def test_layers_of_too_many_steps_are_refused() -> None:
    spikes, weights = np.zeros((5, 1), np.bool_), np.zeros((1, 1), np.int8)
    for run in (
        lambda: layer_outputs(spikes, weights, lif=None, time_steps=5, config=SMALL),
        lambda: count_layer(spikes, weights, 5, SMALL),
    ):
        with pytest.raises(InputError, match="5 time steps do not fit into words of 4 bits"):
            run()


# words, words of one spike, words that are all ones
ALEXNET = {
    "conv2d_1": (4355, 34, 4098),
    "conv2d_2": (9816, 0, 6397),
    "conv2d_3": (66674, 0, 32540),
    "conv2d_4": (43794, 0, 17328),
    "fc_0": (532, 0, 387),
}


def test_counts_of_a_captured_network() -> None:
    workload = captured("alexnet")
    rng = np.random.default_rng(1)
    found, hits, words = {}, 0, 0
    for layer in workload.layers:
        weights = seeded_sparse_weights(layer, 0.9826, rng)
        matrix = layer.matrix()
        counts = count_layer(matrix, weights, workload.time_steps)
        found[layer.name] = (counts.words, counts.once_words, counts.full_words)
        hits, words = hits + counts.full_words, words + counts.words
        sums = layer_outputs(matrix, weights, lif=None, time_steps=workload.time_steps)
        assert sums.tolist() == naive_sums(matrix, weights).tolist()
    assert found == ALEXNET
    # the share of hits that the paper's network has is 49 %
    assert round(hits / words, 2) == 0.49
