"""Integer arithmetic of the accelerator inside a float graph (straight-through gradients).

Weights become int8. A real weight is ``scale * integer``; the machine adds integers only, so
the scale moves into the bias and the threshold, which it divides. Each channel of a spiking
layer has its own threshold, hence its own scale; the read-out layer has one scale,
because its channels are compared with each other.

All values are integers held in float32. They stay far below 2**24, so they are exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from snntorch import surrogate

WEIGHT_MAX: Final = 127
# A channel whose weights have all but vanished must not get a threshold beyond 2**24.
SMALLEST_PEAK: Final = 1e-2

_fire = surrogate.fast_sigmoid(slope=4)


def straight_through(exact: torch.Tensor, rounded: torch.Tensor) -> torch.Tensor:
    """Return the value of ``rounded`` with the gradient of ``exact``."""
    return exact + (rounded - exact).detach()


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


def quantise(
    weight: torch.Tensor, bias: torch.Tensor, *, input_max: int, per_channel: bool
) -> LayerParameters:
    """Quantise one layer whose real threshold is 1.

    Args:
        weight: real weights (N, ...), for inputs of 0..1.
        bias: real bias (N,), added every time step.
        input_max: the integer that stands for an input of 1 (1 for spikes, 16 for pixels).
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


def lif(
    current: torch.Tensor,
    threshold: torch.Tensor | float,
    *,
    leak_shift: int,
    soft_reset: bool,
    integer: bool,
) -> torch.Tensor:
    """Run LIF neurons over time: leak, add, compare with >, reset in the same step.

    ``V = U - (U >> leak_shift); X = V + current; spike = X > threshold;
    U = (X - threshold if soft_reset else 0) if spike else X``, from U = 0.

    Args:
        current: sums plus bias, (T, B, N, ...).
        threshold: broadcastable to one time step of it.
        leak_shift: right shift of the leak; 0 for none.
        soft_reset: subtract the threshold instead of clearing.
        integer: floor the leak as an arithmetic shift does.

    Returns:
        Spikes 0/1, same shape as ``current``, with a surrogate gradient.
    """
    potential = torch.zeros_like(current[0])
    spikes = []
    for step in current:
        if leak_shift:
            leak = potential * 2.0**-leak_shift
            potential = potential - (straight_through(leak, leak.floor()) if integer else leak)
        reached = potential + step
        # Relative to the threshold, so that the surrogate is equally wide in every channel.
        spike = _fire((reached - threshold) / threshold)
        fired = spike.detach()
        potential = reached - fired * (threshold if soft_reset else reached)
        spikes.append(spike)
    return torch.stack(spikes)
