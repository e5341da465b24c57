"""The reference of networks on LoAS, with and without the words that are dropped."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from snn_rtl.models.errors import InputError
from snn_rtl.models.loas.config import SMALL
from snn_rtl.models.loas.loas import layer_outputs
from snn_rtl.models.loas.network import reference_runner
from snn_rtl.models.tests.helpers import captured_workload, chained_workload
from snn_rtl.models.workload import network
from snn_rtl.models.workload.layer import Layer


@pytest.mark.parametrize("ft", [False, True])
def test_a_layer_is_what_the_machine_computes(ft: bool) -> None:
    rng = np.random.default_rng(1)
    layer = Layer(
        name="fc",
        kind="linear",
        input_shape=(4, 40),
        out_features=6,
        weights=rng.integers(-9, 10, (40, 6), np.int8),
        threshold=np.full(6, 20, np.int32),
    )
    matrix = rng.random((4, 40)) < 0.4
    assert layer.weights is not None
    machine = layer_outputs(
        matrix, layer.weights, lif=layer.lif_params, time_steps=4, config=SMALL, ft=ft
    )
    np.testing.assert_array_equal(reference_runner(layer, matrix, ft=ft), machine)


def test_without_dropped_words_it_is_the_reference() -> None:
    workload = chained_workload(time_steps=4)
    logits, label = network.infer(workload, 0)
    again, same = network.infer(workload, 0, partial(reference_runner, ft=False))
    np.testing.assert_array_equal(logits, again)
    assert label == same


def test_neurons_that_fire_once_are_dropped() -> None:
    layer = Layer(
        name="fc", kind="linear", input_shape=(2, 3), out_features=1,
        weights=np.array([[1], [2], [4]], np.int8),
    )  # fmt: skip
    matrix = np.array([[1, 1, 0], [1, 0, 1]], np.bool_)
    assert reference_runner(layer, matrix, ft=False).tolist() == [[3], [5]]
    assert reference_runner(layer, matrix, ft=True).tolist() == [[1], [1]]


def test_a_layer_without_weights_is_refused() -> None:
    layer = next(layer for layer in captured_workload().layers if layer.weights is None)
    with pytest.raises(InputError, match="has no weights"):
        reference_runner(layer, layer.matrix(), ft=True)
