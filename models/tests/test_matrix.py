"""Plain matrices as workloads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snn_rtl.models.errors import InputError
from snn_rtl.models.workload.workload import Workload, load, save

ONES = np.ones((6, 5), np.int8)


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 9), st.integers(0, 99))
def test_layer_has_the_matrix_given(positions: int, k: int, steps: int, seed: int) -> None:
    spikes = np.random.default_rng(seed).random((positions * steps, k)) < 0.3
    workload = Workload.from_matrix(spikes, time_steps=steps)
    (layer,) = workload.layers
    assert (layer.m, layer.k, layer.n) == (positions * steps, k, 128)
    assert (workload.time_steps, layer.threshold) == (steps, None)
    np.testing.assert_array_equal(layer.matrix(), spikes)


@pytest.mark.parametrize("dtype", [np.bool_, np.uint8, np.int64])
def test_types_that_hold_zeros_and_ones_are_the_same(dtype: type[np.generic]) -> None:
    spikes = np.eye(3, 4, dtype=dtype)
    (layer,) = Workload.from_matrix(spikes, n=7).layers
    assert layer.n == 7
    np.testing.assert_array_equal(layer.matrix(), np.eye(3, 4, dtype=np.bool_))


def test_lists_are_matrices_too() -> None:
    (layer,) = Workload.from_matrix([[1, 0], [0, 1]], weights=[[1, 2, 3], [4, 5, -128]]).layers
    assert layer.weights is not None
    assert (layer.n, layer.weights.dtype.name) == (3, "int8")


def test_workload_can_be_saved_and_read_again(tmp_path: Path) -> None:
    workload = Workload.from_matrix(np.eye(8, dtype=np.bool_), weights=np.eye(8, 3, dtype=int))
    save(workload, tmp_path / "w.npz")
    (layer,) = load(tmp_path / "w.npz").layers
    np.testing.assert_array_equal(layer.matrix(), np.eye(8, dtype=np.bool_))


@pytest.mark.parametrize(
    ("spikes", "options", "message"),
    [
        (np.ones(5, int), {}, r"spikes must be a matrix, not an array of shape \(5,\)"),
        (np.ones((0, 5), int), {}, r"spikes must be a matrix, not an array of shape \(0, 5\)"),
        ([[1, 0], [1]], {}, "spikes are no matrix: "),
        (np.ones((2, 2)), {}, "spikes must be integers, not float64"),
        ([["a", "b"]], {}, "spikes must be integers, not str"),
        (ONES * 2, {}, r"spikes must be 0 or 1, not 2 \(row 0, column 0\)"),
        ([[0, 1], [0, -1]], {}, r"spikes must be 0 or 1, not -1 \(row 1, column 1\)"),
        (ONES, {"time_steps": 4}, "spikes have 6 rows, which time_steps=4 does not divide"),
        (ONES, {"time_steps": 0}, "time_steps must be 1..1024, not 0"),
        (ONES, {"n": 0}, "out_channels must be 1..1048576, not 0"),
        (ONES, {"n": "128"}, "out_channels must be an integer, not '128'"),
        (ONES, {"weights": np.ones((4, 2), int)}, "weights must have 5 rows, .* not 4"),
        (ONES, {"weights": np.ones((5, 2))}, "weights must be integers, not float64"),
        (
            ONES,
            {"weights": np.full((5, 2), 128)},
            r"weights must be -128..127, not 128 \(row 0, column 0\)",
        ),
        (ONES, {"weights": np.ones((5, 2), int), "n": 3}, "n is 3, but the weights have 2 columns"),
        (ONES, {"name": "two words"}, "layer name 'two words' is not made of"),
    ],
)
def test_what_fits_not_is_refused(spikes: object, options: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Workload.from_matrix(spikes, **options)  # type: ignore[arg-type]
