"""A small spiking transformer, made of snnTorch's neurons and the exporter's blocks.

It is trained in real numbers; the exporter rounds it afterwards.
"""

from __future__ import annotations

from functools import partial
from typing import Final

import snntorch as snn
import torch
from snntorch import surrogate
from torch import nn

from snn_rtl.examples.digits.data import CLASSES, PIXEL_MAX
from snn_rtl.examples.digits.network import TIME_STEPS, Activity
from snn_rtl.exporter.blocks import SpikeAttention, SpikingTransformerBlock
from snn_rtl.exporter.neurons import reset

CHANNELS: Final = 64
HEADS: Final = 2
HIDDEN: Final = 128
POSITIONS: Final = 16
# A neuron of the attention fires when its counts exceed 1 / SCALE.
SCALE: Final = 0.25

EPOCHS: Final = 36
RATE: Final = 4e-3
LEAST_DENSITY: Final = 0.03
LEAST_AGREEMENT: Final = 0.98

neurons = partial(
    snn.Leaky,
    beta=0.75,
    reset_mechanism="zero",
    init_hidden=True,
    spike_grad=surrogate.fast_sigmoid(slope=4),
)


def convolution(inputs: int, outputs: int) -> nn.Conv2d:
    """Return a 3x3 convolution, started strongly enough for sparse spikes."""
    layer = nn.Conv2d(inputs, outputs, 3, padding=1)
    nn.init.normal_(layer.weight, std=2.0 / (9 * inputs) ** 0.5)
    assert layer.bias is not None
    nn.init.zeros_(layer.bias)
    return layer


class SpikingTransformer(nn.Module):
    """Encoder, patch embedding (4 x 4 tokens of 64 features), two blocks, read-out.

    A call is one time step; the neurons keep their state until `restart`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.encoder, self.encoder_lif = convolution(1, 32), neurons()
        self.patch, self.patch_lif = convolution(32, CHANNELS), neurons()
        self.pool = nn.MaxPool2d(2)
        self.block1, self.block2 = (
            SpikingTransformerBlock(CHANNELS, HEADS, HIDDEN, neurons, SCALE) for _ in range(2)
        )
        self.fc = nn.Linear(CHANNELS * POSITIONS, CLASSES)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return the outputs (B, 10) of one time step for images (B, 1, 8, 8) of 0..1."""
        spikes = self.encoder_lif(self.encoder(images))
        spikes = self.pool(self.patch_lif(self.patch(spikes)))
        spikes = self.block2(self.block1(spikes))
        outputs: torch.Tensor = self.fc(spikes.flatten(1))
        return outputs


class Unrolled(nn.Module):
    """The transformer over all time steps, with the spikes that its layers read."""

    def __init__(self) -> None:
        super().__init__()
        self.network = SpikingTransformer()
        self._spikes: dict[nn.Module, list[tuple[torch.Tensor, ...]]] = {}
        for module in self.network.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear, SpikeAttention)):
                module.register_forward_pre_hook(self._note)

    def _note(self, module: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
        if module is not self.network.encoder:
            self._spikes.setdefault(module, []).append(inputs)

    def forward(self, images: torch.Tensor) -> Activity:
        """Run a batch.

        Args:
            images: float32 (B, 1, 8, 8), values 0..16, shown at every time step.
        """
        self._spikes.clear()
        for module in self.network.modules():
            if isinstance(module, snn.Leaky):
                reset(module)
        outputs = [self.network(images / PIXEL_MAX) for _ in range(TIME_STEPS)]
        by_input = [zip(*steps, strict=True) for steps in self._spikes.values()]
        spikes = [torch.stack(steps) for inputs in by_input for steps in inputs]
        return Activity(torch.stack(outputs).mean(dim=0), spikes)
