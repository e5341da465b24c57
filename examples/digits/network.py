"""The two networks and their forward pass, in real numbers or in the accelerator's integers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from torch import nn
from torch.nn import functional

from snn_rtl.examples.digits.data import CLASSES, PIXEL_MAX
from snn_rtl.examples.digits.neurons import lif
from snn_rtl.exporter.quantise import LayerParameters, quantise

IMAGE_SIZE: Final = 8
TIME_STEPS: Final = 4


@dataclass(frozen=True, kw_only=True)
class ConvSpec:
    """One spiking convolution, 3x3 with padding 1: out_channels, then LIF, then max-pool."""

    name: str
    out_channels: int
    leak_shift: int
    soft_reset: bool = False
    pool: int = 1


@dataclass(frozen=True)
class NetworkSpec:
    """A network: convolutions (the first encodes pixels), then one linear layer ``fc``.

    Attributes:
        name: workload name.
        config: name of the machine whose tiles it is sized for.
        convs: the encoder, then the layers that run on the accelerator.
        epochs: (real-valued, integer) training epochs.
        rates: the largest learning rates of the two.
    """

    name: str
    config: str
    convs: tuple[ConvSpec, ...]
    epochs: tuple[int, int]
    rates: tuple[float, float]

    @property
    def features(self) -> int:
        """Inputs of the linear layer."""
        size = IMAGE_SIZE
        for conv in self.convs:
            size //= conv.pool
        return self.convs[-1].out_channels * size * size


DIGITS: Final = NetworkSpec(
    "digits",
    "paper",
    (
        ConvSpec(name="encoder", out_channels=32, leak_shift=2),
        ConvSpec(name="conv2", out_channels=128, leak_shift=2),
        ConvSpec(name="conv3", out_channels=128, leak_shift=1, soft_reset=True, pool=2),
    ),
    epochs=(16, 12),
    rates=(2e-3, 5e-4),
)
DIGITS_SMALL: Final = NetworkSpec(
    "digits_small",
    "small",
    (
        ConvSpec(name="encoder", out_channels=8, leak_shift=2),
        ConvSpec(name="conv2", out_channels=16, leak_shift=2, pool=2),
        ConvSpec(name="conv3", out_channels=16, leak_shift=1, soft_reset=True, pool=2),
    ),
    epochs=(60, 40),
    rates=(1e-2, 4e-3),
)
NETWORKS: Final = {spec.name: spec for spec in (DIGITS, DIGITS_SMALL)}


@dataclass(frozen=True)
class Activity:
    """Result of a forward pass.

    Attributes:
        logits: (B, 10), real-valued: mean over time of sums plus bias.
        spikes: one (T, B, C, H, W) tensor a layer; of convolutions after pooling.
    """

    logits: torch.Tensor
    spikes: list[torch.Tensor]


class SpikingNetwork(nn.Module):
    """A network of one NetworkSpec; ``integer`` selects the accelerator's arithmetic."""

    def __init__(self, spec: NetworkSpec) -> None:
        super().__init__()
        self.spec = spec
        self.integer = False
        channels = 1
        self.convs = nn.ModuleList()
        for conv in spec.convs:
            layer = nn.Conv2d(channels, conv.out_channels, 3, padding=1)
            # Sparse binary inputs carry little variance: start with enough of it to fire.
            nn.init.normal_(layer.weight, std=2.0 / (9 * channels) ** 0.5)
            nn.init.zeros_(layer.bias)  # type: ignore[arg-type]
            self.convs.append(layer)
            channels = conv.out_channels
        self.linear = nn.Linear(spec.features, CLASSES)

    def parameters_of(self, index: int) -> LayerParameters:
        """Return what layer ``index`` computes with: 0 is the encoder, the last the linear."""
        readout = index == len(self.convs)
        layer = self.linear if readout else self.convs[index]
        assert isinstance(layer, nn.Conv2d | nn.Linear)
        weight, bias = layer.weight, layer.bias
        assert bias is not None
        input_max = 1 if index else PIXEL_MAX
        if self.integer:
            return quantise(weight, bias, input_max=input_max, per_channel=not readout)
        one = torch.ones_like(bias)
        return LayerParameters(weight / input_max, bias, threshold=one, unit=one)

    def forward(self, images: torch.Tensor) -> Activity:
        """Run a batch.

        Args:
            images: float32 (B, 1, 8, 8), values 0..16, shown at every time step.
        """
        *layers, readout = (self.parameters_of(index) for index in range(len(self.convs) + 1))
        spikes: list[torch.Tensor] = []
        for conv, layer in zip(self.spec.convs, layers, strict=True):
            if spikes:
                sums = functional.conv2d(
                    spikes[-1].flatten(0, 1), layer.weight, layer.bias, padding=1
                )
                current = sums.reshape(TIME_STEPS, -1, *sums.shape[1:])
            else:
                sums = functional.conv2d(images, layer.weight, layer.bias, padding=1)
                current = sums.expand(TIME_STEPS, *sums.shape)
            fired = lif(
                current,
                layer.threshold[:, None, None],
                leak_shift=conv.leak_shift,
                soft_reset=conv.soft_reset,
                integer=self.integer,
            )
            pooled = functional.max_pool2d(fired.flatten(0, 1), conv.pool)
            spikes.append(pooled.reshape(TIME_STEPS, -1, *pooled.shape[1:]))
        sums = functional.linear(spikes[-1].flatten(2), readout.weight, readout.bias)
        return Activity(sums.mean(dim=0) * readout.unit, spikes)
