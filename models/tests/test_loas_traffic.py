"""Compressed sizes, energy by the published power, product sparsity on packed matrices."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from snn_rtl.models.errors import InputError
from snn_rtl.models.loas import energy
from snn_rtl.models.loas.formats import pack_words
from snn_rtl.models.loas.packed_density import (
    PackedDensity,
    count_packed,
    pack_groups,
    packed_density,
)
from snn_rtl.models.loas.traffic import Compressed, compressed_weights, compressed_words
from snn_rtl.models.prosperity.config import PAPER as PROSPERITY
from snn_rtl.models.prosperity.prosperity import count_layer
from snn_rtl.models.tests.helpers import FIGURE, captured, spike_matrices
from snn_rtl.models.tests.loas_helpers import TINY, hand_layer


def test_compressed_sizes_by_hand() -> None:
    layer = hand_layer()
    words = pack_words(layer.spikes, 2, 2)
    # 3 rows of 33 words, four of 2 bits; 3 columns of 33 weights, four of 8 bits
    spikes = compressed_words(words, TINY)
    assert spikes == Compressed(masks=99, pointers=96, values=8)
    weights = compressed_weights(layer.weights, TINY)
    assert weights == Compressed(masks=99, pointers=96, values=32)
    assert (spikes.bits, weights.bits, weights.bytes) == (203, 227, 28.375)


def test_energy_by_hand() -> None:
    # 800 000 cycles are 1 ms, at 188.9 mW
    assert energy.seconds(800_000) == pytest.approx(1e-3)
    assert energy.on_chip_mj(800_000) == pytest.approx(0.1889)


def test_pack_groups_by_hand() -> None:
    # one position, three steps
    spikes = np.array([[1, 0, 0], [0, 0, 1], [0, 1, 1]], np.bool_)
    assert pack_groups(spikes, 3, 1).astype(int).tolist() == [[1, 1, 1]]
    assert pack_groups(spikes, 3, 2).astype(int).tolist() == [[1, 0, 1], [0, 1, 1]]
    for groups in (3, 4):
        assert pack_groups(spikes, 3, groups).tolist() == spikes.tolist()
    # eight steps in four groups of two
    steps = np.zeros((8, 1), np.bool_)
    steps[[0, 5]] = True
    assert pack_groups(steps, 8).ravel().tolist() == [True, False, True, False]


@given(spike_matrices(6, 9), st.integers(1, 5), st.integers(1, 6))
def test_pack_groups_follows_the_definition(
    position: NDArray[np.bool_], positions: int, groups: int
) -> None:
    steps = len(position)
    packed = pack_groups(np.tile(position, (positions, 1)), steps, groups)
    size = -(-steps // groups)
    expected = [position[start : start + size].any(axis=0) for start in range(0, steps, size)]
    np.testing.assert_array_equal(packed, np.tile(expected, (positions, 1)))
    assert len(expected) <= groups


def test_pack_groups_refuses_bad_input() -> None:
    with pytest.raises(InputError, match="cannot make 0 groups"):
        pack_groups(np.zeros((4, 1), np.bool_), 4, 0)
    for steps in (0, 3):
        with pytest.raises(InputError, match=f"4 rows are no multiple of {steps} time steps"):
            pack_groups(np.zeros((4, 1), np.bool_), steps)


def test_four_groups_of_four_steps_are_the_spikes() -> None:
    rng = np.random.default_rng(5)
    spikes = rng.random((40 * 4, 50)) < 0.2
    assert count_packed(spikes, 10, 4) == count_layer(spikes, 10, PROSPERITY)


def test_packed_density_by_hand() -> None:
    # The paper's figure: 14 ones, 6 left; beside a layer of as many zeros, 7 of 24 and 3 of 24.
    figure = count_packed(FIGURE, 1, 1)
    empty = replace(figure, bit_nnz=0, residual_nnz=0)
    assert packed_density([figure]) == PackedDensity(packed=14 / 24, product=6 / 24)
    both = packed_density([figure, empty])
    assert (both.packed, both.product) == (14 / 48, 6 / 48)
    assert both.improvement == pytest.approx(14 / 6)
    assert packed_density([empty]).improvement == float("inf")
    with pytest.raises(InputError, match="without layers"):
        packed_density([])


@pytest.mark.parametrize(
    ("groups", "packed", "product"),
    [(4, "0.180059", "0.041700"), (1, "0.242054", "0.120670")],
)
def test_packed_density_of_alexnet(groups: int, packed: str, product: str) -> None:
    workload = captured("alexnet")
    found = packed_density(
        count_packed(layer.matrix(), layer.n, workload.time_steps, groups)
        for layer in workload.layers
    )
    assert (f"{found.packed:.6f}", f"{found.product:.6f}") == (packed, product)
