"""Pruning by magnitude: masks over weights, tightened before every step, then fine-tuning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import torch
from torch import nn
from torch.nn.utils import parametrize

from snn_rtl.examples.digits.data import Split
from snn_rtl.examples.digits.network import SpikingNetwork
from snn_rtl.examples.digits.training import fit


@dataclass(frozen=True, kw_only=True)
class PruningSpec:
    """How a network is pruned.

    Attributes:
        dense: name of the network to prune.
        sparsity: share of the weights to prune, of all layers on the accelerator together.
        epochs: of training while weights are pruned, and after that.
        rate: the largest learning rate.
        least_density: firing below this share of ones is penalised, so that no layer dies.
    """

    dense: str
    sparsity: float
    epochs: tuple[int, int]
    rate: float
    least_density: float = 0.03


PRUNED: Final = {
    "digits_pruned": PruningSpec(dense="digits", sparsity=0.97, epochs=(16, 10), rate=2e-3),
    "digits_pruned_small": PruningSpec(
        dense="digits_small", sparsity=0.5, epochs=(60, 60), rate=4e-3
    ),
}


class Mask(nn.Module):
    """Multiplies weights with ones, or with zeros where they are pruned."""

    kept: torch.Tensor

    def __init__(self, weight: torch.Tensor) -> None:
        super().__init__()
        self.register_buffer("kept", torch.ones_like(weight))

    def forward(self, weight: torch.Tensor) -> torch.Tensor:
        """Return the weights that are left."""
        return weight * self.kept


def scores(weight: torch.Tensor) -> torch.Tensor:
    """Return how much each weight counts in its layer, whatever the layer's scale.

    The score is the weight's square over the sum of the squares that are not smaller
    (LAMP: J. Lee et al., Layer-adaptive Sparsity for the Magnitude-based Pruning, ICLR 2021,
    arXiv:2010.07611): in a layer it sorts by magnitude, and the largest weight of each layer has
    the score 1.

    Args:
        weight: any shape.

    Returns:
        Flat, 0..1; 0 for a weight of zero.
    """
    squares, order = weight.detach().flatten().double().square().sort()
    larger = squares.flip(0).cumsum(0).flip(0)
    found = torch.empty_like(squares)
    found[order] = squares / larger.clamp(min=torch.finfo(squares.dtype).tiny)
    return found


def schedule(share: float, sparsity: float) -> float:
    """Return the share of weights to have pruned: fast at first, slowly towards the end.

    Args:
        share: of the pruning that is done; 1 and more: all.
        sparsity: to reach.
    """
    return sparsity * (1 - (1 - min(share, 1.0)) ** 3)


class PrunedLayer:
    """A layer whose weights are masked until `finish`.

    Attributes:
        layer: the layer; its weight is what is left.
        mask: what is left, as ones and zeros.
    """

    def __init__(self, layer: nn.Conv2d | nn.Linear) -> None:
        self.layer = layer
        self.mask = Mask(layer.weight)
        self._original = layer.weight
        parametrize.register_parametrization(layer, "weight", self.mask)

    def norms(self) -> torch.Tensor:
        """Return the norm of each channel's weights."""
        return self.layer.weight.detach().flatten(1).norm(dim=1)

    @torch.no_grad()
    def keep(self, kept: torch.Tensor) -> None:
        """Prune all other weights.

        What is left of a spiking channel is scaled to the norm it had: neurons that lose
        weights would otherwise fall silent, and silent neurons do not learn.

        Args:
            kept: bool, flat.
        """
        before = self.norms()
        self.mask.kept.copy_(kept.reshape(self.mask.kept.shape))
        after = self.norms()
        if isinstance(self.layer, nn.Conv2d):
            scale = torch.where(after > 0, before / after, 1)
            self._original.mul_(scale.reshape(-1, 1, 1, 1))

    def finish(self) -> None:
        """Leave plain weights, zero where they are pruned."""
        parametrize.remove_parametrizations(self.layer, "weight")


def tighten(layers: Sequence[PrunedLayer], sparsity: float) -> None:
    """Prune the lowest scores of all layers together; what is pruned stays so.

    Args:
        layers: the layers.
        sparsity: share of their weights to have pruned then.
    """
    found = [scores(pruned.layer.weight) for pruned in layers]
    together = torch.cat(found)
    count = round(sparsity * together.numel())
    bound = float(together.kthvalue(count).values) if count else -1.0
    for pruned, score in zip(layers, found, strict=True):
        pruned.keep(score > bound)


def accelerated(network: SpikingNetwork) -> list[nn.Conv2d | nn.Linear]:
    """Return the layers that run on the accelerator: all but the encoder."""
    layers = [*network.convs[1:], network.linear]
    return [layer for layer in layers if isinstance(layer, nn.Conv2d | nn.Linear)]


def prune(network: SpikingNetwork, spec: PruningSpec, split: Split, seed: int) -> None:
    """Prune a trained network in place, in the arithmetic it is set to.

    Args:
        network: the network; pruned weights are zero when this returns.
        spec: how it is pruned.
        split: the data.
        seed: of order and shifts.
    """
    layers = [PrunedLayer(layer) for layer in accelerated(network)]
    first, epochs = spec.epochs[0], sum(spec.epochs)

    def before_step(done: float) -> None:
        tighten(layers, schedule(done * epochs / first, spec.sparsity))

    fit(
        network,
        split,
        epochs=epochs,
        rate=spec.rate,
        seed=seed,
        least_density=spec.least_density,
        before_step=before_step,
        settled=first + 1,
    )
    for pruned in layers:
        pruned.finish()
