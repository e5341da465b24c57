"""Networks whose weights are integers already, so that their export must be exact."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import snntorch as snn
import torch
from numpy.typing import NDArray
from torch import nn

from snn_rtl.exporter.blocks import SpikingTransformerBlock
from snn_rtl.exporter.neurons import is_neurons, reset

IMAGES = (6, 8, 7)


def images(seed: int, count: int = 3) -> NDArray[np.uint8]:
    """Return random images of two channels."""
    return np.random.default_rng(seed).integers(0, 256, (count, 2, *IMAGES[1:]), np.uint8)


def neurons(
    threshold: float | torch.Tensor = 1.0,
    beta: float | torch.Tensor = 1.0,
    reset_mechanism: str = "zero",
    **more: Any,
) -> Any:
    """Return neurons that keep their state."""
    return snn.Leaky(
        beta=beta, threshold=threshold, reset_mechanism=reset_mechanism, init_hidden=True, **more
    )


def make_integer(model: nn.Module, seed: int) -> nn.Module:
    """Give every layer integers that quantisation leaves alone."""
    rng = np.random.default_rng(seed)
    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            shape = tuple(module.weight.shape)
            values = rng.integers(-127, 128, shape)
            values.reshape(len(values), -1)[:, 0] = 127
            module.weight.data = torch.from_numpy(values.astype(np.float32))
            if module.bias is not None:
                bias = rng.integers(-60, 60, len(values))
                module.bias.data = torch.from_numpy(bias.astype(np.float32))
    return model


class Convolutions(nn.Module):
    """Encoder, two convolutions with pooling by module and by function, hidden layer, read-out."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder, self.encoder_lif = nn.Conv2d(2, 4, 3, padding=1), neurons(9000.0)
        self.conv1, self.lif1 = nn.Conv2d(4, 5, 3, stride=1, padding=1), neurons(150.0)
        self.pool = nn.MaxPool2d(2)
        self.conv2, self.lif2 = nn.Conv2d(5, 6, 2, padding=1, bias=False), neurons(99.0)
        self.hidden, self.hidden_lif = nn.Linear(6 * 2 * 2, 7), neurons(120.0)
        self.last = nn.Linear(7, 4)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Return outputs (B, 4) of one time step."""
        spikes = self.encoder_lif(self.encoder(pixels))
        spikes = self.pool(self.lif1(self.conv1(spikes)))
        spikes = nn.functional.max_pool2d(self.lif2(self.conv2(spikes)), 2)
        spikes = self.hidden_lif(self.hidden(spikes.flatten(1)))
        outputs: torch.Tensor = self.last(spikes)
        return outputs


class Transformer(nn.Module):
    """Encoder, one block, read-out."""

    def __init__(self, heads: int = 2, scale: float = 1.0) -> None:
        super().__init__()
        self.encoder, self.encoder_lif = nn.Conv2d(2, 8, 3, padding=1), neurons(9000.0)
        thresholds = iter([90.0, 90.0, 90.0, 6.5, 120.0, 150.0, 200.0])
        self.pool = nn.MaxPool2d(2)
        self.block = SpikingTransformerBlock(8, heads, 12, lambda: neurons(next(thresholds)), scale)
        self.fc = nn.Linear(8 * 4 * 3, 5)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Return outputs (B, 5) of one time step."""
        spikes = self.pool(self.encoder_lif(self.encoder(pixels)))
        outputs: torch.Tensor = self.fc(self.block(spikes).flatten(1))
        return outputs


class Looped(nn.Module):
    """snnTorch's usual style: the loop over time is inside, potentials are handed around."""

    def __init__(self, time_steps: int = 3, *, encode_once: bool = False) -> None:
        super().__init__()
        self.time_steps = time_steps
        self.encode_once = encode_once
        self.conv = nn.Conv2d(2, 4, 3, padding=1)
        self.lif1 = snn.Leaky(beta=1.0, threshold=9000.0, reset_mechanism="subtract")
        self.fc1 = nn.Linear(4 * 8 * 7, 6)
        self.lif2 = snn.Leaky(beta=1.0, threshold=300.0, reset_mechanism="zero")
        self.fc2 = nn.Linear(6, 4)

    def forward(self, pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return outputs (T, B, 4) and the last potentials."""
        potential1, potential2 = self.lif1.init_leaky(), self.lif2.init_leaky()
        outputs = []
        current = self.conv(pixels)
        for step in range(self.time_steps):
            if step and not self.encode_once:
                current = self.conv(pixels)
            spikes, potential1 = self.lif1(current, potential1)
            spikes, potential2 = self.lif2(self.fc1(spikes.view(len(spikes), -1)), potential2)
            outputs.append(self.fc2(spikes))
        return torch.stack(outputs), potential2


def logits(model: nn.Module, pixels: NDArray[np.uint8], passes: int) -> NDArray[np.float32]:
    """Return the model's outputs, summed over passes."""
    run: Callable[[torch.Tensor], torch.Tensor] = model
    for module in model.modules():
        if is_neurons(module):
            reset(module)
    batch = torch.from_numpy(pixels.astype(np.float32))
    with torch.no_grad():
        total = torch.stack([run(batch) for _ in range(passes)]).sum(dim=0)
    return np.asarray(total.numpy())
