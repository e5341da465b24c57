"""Weights, biases and thresholds as the integers of the accelerator.

Weights become int8. A real weight is ``scale * integer``; the machine adds integers only, so
the scale moves into the bias and the threshold, which it divides. Each channel of a spiking
layer has its own threshold, hence its own scale; the read-out layer has one scale,
because its channels are compared with each other.

Rounding passes gradients straight through, so that a network can be trained with it. In float32
all integers must stay below 2**24 to be exact, which they do unless a bias is far larger than
any weight.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from snn_rtl.models.errors import InputError

WEIGHT_MAX: Final = 127
# A channel whose weights have all but vanished must not get a threshold beyond 2**24.
SMALLEST_PEAK: Final = 1e-2

_INT32: Final = np.iinfo(np.int32)


def straight_through(exact: torch.Tensor, rounded: torch.Tensor) -> torch.Tensor:
    """Return the value of ``rounded`` with the gradient of ``exact``."""
    return exact + (rounded - exact).detach()


@dataclass(frozen=True)
class IntegerArrays:
    """What a workload stores of a layer: weights int8 (K, N), bias and threshold int32 (N,)."""

    weights: NDArray[np.int8]
    bias: NDArray[np.int32]
    threshold: NDArray[np.int32]


@dataclass(frozen=True)
class LayerParameters:
    """What a layer adds and compares, with gradients to its real parameters.

    Attributes:
        weight: (N, ...); -127..127 when quantised.
        bias: (N,).
        threshold: (N,).
        unit: (N,) or (1,), what 1 in a sum, bias or threshold is worth in real numbers.
    """

    weight: torch.Tensor
    bias: torch.Tensor
    threshold: torch.Tensor
    unit: torch.Tensor

    def arrays(self) -> IntegerArrays:
        """Return quantised parameters as a workload's arrays.

        A convolution's weights are (N, C, ky, kx), so flattening them gives K in the order
        (channel, ky, kx); a linear layer's K is (channel, y, x) of the map before it.

        Raises:
            InputError: a bias or threshold does not fit into 32 bits.
        """
        weight, bias, threshold = (
            tensor.detach().numpy() for tensor in (self.weight, self.bias, self.threshold)
        )
        return IntegerArrays(
            np.ascontiguousarray(weight.reshape(len(weight), -1).T).astype(np.int8),
            as_int32(bias, "bias"),
            as_int32(threshold, "threshold"),
        )


def as_int32(values: NDArray[np.floating], what: str) -> NDArray[np.int32]:
    """Return rounded real numbers as int32.

    Raises:
        InputError: one does not fit into 32 bits, or is no number.
    """
    if not np.all((values >= _INT32.min) & (values <= _INT32.max)):
        raise InputError(
            f"the {what} does not fit into 32 bits: the weights are too small beside it"
        )
    return values.round().astype(np.int32)


def quantise(
    weight: torch.Tensor, bias: torch.Tensor, *, input_max: float, per_channel: bool
) -> LayerParameters:
    """Quantise one layer whose real threshold is 1.

    Args:
        weight: real weights (N, ...), for inputs of 0..1.
        bias: real bias (N,), added every time step.
        input_max: the integer that stands for an input of 1 (1 for spikes, 16 for pixels 0..16).
        per_channel: one scale a channel instead of one for the layer.
    """
    flat = weight.detach().abs().flatten(1)
    peak = flat.amax(dim=1) if per_channel else flat.max().reshape(1)
    scale = peak.clamp(min=SMALLEST_PEAK) / WEIGHT_MAX
    unit = scale / input_max
    scaled = weight / scale.reshape(-1, *[1] * (weight.dim() - 1))
    return LayerParameters(
        weight=straight_through(scaled, scaled.round()),
        bias=straight_through(bias / unit, (bias / unit).round()),
        threshold=(1 / unit).round().expand(len(bias)),
        unit=unit,
    )
