"""Layers of spiking transformers that the exporter knows: attention, residual, a whole block.

They compute one time step; spikes are 0.0 and 1.0 in maps (B, C, H, W), a position is a token.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

Neurons = Callable[[], nn.Module]
"""Makes a layer of neurons that takes currents, returns spikes and keeps its state itself."""


class SpikeAttention(nn.Module):
    """Attention of Spikformer (arXiv:2209.15425): ``scale * Q (K^T V)``, without softmax.

    Its output is a current: neurons must follow.

    Args:
        heads: parts of the channels.
        scale: what a count is worth; the threshold of the neurons is divided by it.
    """

    def __init__(self, heads: int, scale: float = 0.125) -> None:
        super().__init__()
        self.heads = heads
        self.scale = scale

    def forward(self, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
        """Return currents (B, C, H, W) for spikes of this shape.

        Raises:
            ValueError: the channels cannot be split into the heads.
        """
        if query.shape[1] % self.heads:
            raise ValueError(f"{query.shape[1]} channels cannot be split into {self.heads} heads")
        shape = (len(query), self.heads, query.shape[1] // self.heads, -1)
        q, k, v = (maps.reshape(shape) for maps in (query, key, value))
        counts = v @ k.transpose(-1, -2)  # (B, heads, D of V, D of K)
        return self.scale * (counts @ q).reshape(query.shape)

    def extra_repr(self) -> str:
        """Return the arguments for repr()."""
        return f"heads={self.heads}, scale={self.scale}"


class SpikeOr(nn.Module):
    """Residual connection of spikes: their OR, as ``a + b - a * b`` for its gradients."""

    def forward(self, first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
        """Return spikes where either has some."""
        return first + second - first * second


def pointwise(inputs: int, outputs: int) -> nn.Conv2d:
    """Return a layer on each token by itself, started strongly enough for sparse spikes."""
    layer = nn.Conv2d(inputs, outputs, 1)
    nn.init.normal_(layer.weight, std=2.0 / inputs**0.5)
    assert layer.bias is not None
    nn.init.zeros_(layer.bias)
    return layer


class SpikingTransformerBlock(nn.Module):
    """One encoder block: attention and a two-layer MLP, each with an OR residual.

    Args:
        channels: C, features of a token.
        heads: of the attention.
        hidden: features inside the MLP.
        neurons: makes a layer of neurons.
        scale: of the attention.
    """

    def __init__(
        self, channels: int, heads: int, hidden: int, neurons: Neurons, scale: float = 0.125
    ) -> None:
        super().__init__()
        self.q, self.k, self.v = (pointwise(channels, channels) for _ in range(3))
        self.q_lif, self.k_lif, self.v_lif = neurons(), neurons(), neurons()
        self.attn = SpikeAttention(heads, scale)
        self.attn_lif = neurons()
        self.proj, self.proj_lif = pointwise(channels, channels), neurons()
        self.fc1, self.fc1_lif = pointwise(channels, hidden), neurons()
        self.fc2, self.fc2_lif = pointwise(hidden, channels), neurons()
        self.join = SpikeOr()

    def forward(self, spikes: torch.Tensor) -> torch.Tensor:
        """Return spikes (B, C, H, W) for spikes of this shape."""
        q = self.q_lif(self.q(spikes))
        k = self.k_lif(self.k(spikes))
        v = self.v_lif(self.v(spikes))
        mixed = self.attn_lif(self.attn(q, k, v))
        spikes = self.join(spikes, self.proj_lif(self.proj(mixed)))
        hidden = self.fc1_lif(self.fc1(spikes))
        result: torch.Tensor = self.join(spikes, self.fc2_lif(self.fc2(hidden)))
        return result
