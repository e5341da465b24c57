"""Rounding of weights, biases and thresholds."""

from __future__ import annotations

import numpy as np
import pytest

NEEDED = "the extra `export` is not installed"
pytest.importorskip("torch", reason=NEEDED)

import torch

from snn_rtl.exporter.quantise import as_int32, quantise, straight_through
from snn_rtl.models.errors import InputError


@pytest.mark.parametrize("per_channel", [True, False])
@pytest.mark.parametrize("input_max", [1, 16, 255.0])
def test_integers_are_the_real_numbers_to_half_a_unit(per_channel: bool, input_max: float) -> None:
    torch.manual_seed(1)
    weight = torch.randn(5, 4, 3, 3, dtype=torch.float64) * torch.tensor(
        [0.1, 1.0, 3.0, 0.5, 2.0], dtype=torch.float64
    ).reshape(5, 1, 1, 1)
    bias = torch.randn(5, dtype=torch.float64)
    found = quantise(weight, bias, input_max=input_max, per_channel=per_channel)
    unit = found.unit.expand(5)
    assert found.weight.abs().max() == 127
    if per_channel:
        assert found.weight.flatten(1).abs().amax(dim=1).tolist() == [127.0] * 5
    scale = (unit * input_max).reshape(5, 1, 1, 1)
    assert ((found.weight * scale - weight).abs() <= scale / 2 * (1 + 1e-9)).all()
    assert ((found.bias * unit - bias).abs() <= unit / 2 * (1 + 1e-9)).all()
    assert ((found.threshold * unit - 1).abs() <= unit / 2 * (1 + 1e-9)).all()
    for values in (found.weight, found.bias, found.threshold):
        assert (values == values.round()).all()


def test_arrays_are_laid_out_as_a_workload_has_them() -> None:
    weight = torch.arange(2 * 3 * 2 * 2, dtype=torch.float32).reshape(2, 3, 2, 2) - 12
    weight[:, 0, 0, 0] = 127
    arrays = quantise(weight, torch.tensor([3.0, -4.0]), input_max=1, per_channel=True).arrays()
    assert arrays.weights.dtype == np.int8
    assert arrays.weights.shape == (12, 2)
    assert arrays.weights[(1 * 2 + 1) * 2 + 0, 1] == weight[1, 1, 1, 0]
    assert arrays.bias.dtype == np.int32
    assert arrays.bias.tolist() == [3, -4]
    assert arrays.threshold.dtype == np.int32
    assert arrays.threshold.tolist() == [1, 1]


def test_a_channel_without_weights_has_a_threshold() -> None:
    arrays = quantise(torch.zeros(1, 4), torch.ones(1), input_max=1, per_channel=True).arrays()
    assert arrays.weights.tolist() == [[0]] * 4
    assert arrays.threshold.tolist() == [12700]
    assert arrays.bias.tolist() == [12700]


@pytest.mark.parametrize("value", [2.0**31, -(2.0**31) - 1, float("nan"), float("inf")])
def test_numbers_that_do_not_fit_are_refused(value: float) -> None:
    with pytest.raises(InputError, match="the bias does not fit into 32 bits"):
        as_int32(np.array([0.0, value]), "bias")
    assert as_int32(np.array([2.0**31 - 1, -(2.0**31)]), "bias").tolist() == [2**31 - 1, -(2**31)]


def test_gradients_pass_straight_through() -> None:
    value = torch.tensor([0.4, 1.6], requires_grad=True)
    rounded = straight_through(value, value.round())
    assert rounded.tolist() == [0.0, 2.0]
    rounded.sum().backward()  # type: ignore[no-untyped-call]
    assert value.grad is not None
    assert value.grad.tolist() == [1.0, 1.0]
