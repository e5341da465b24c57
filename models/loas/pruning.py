"""Random pruning of weights, and the sparsities that the paper's networks have.

Source of the sparsities: MICRO 2024, arXiv:2407.14073. The trained and pruned weights are not
public: random int8 weights pruned at random to the published sparsity stand in for them. They
have the number of zeros, not their places: trained weights prune unevenly over rows and columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.baselines.loas_cited import PAPER
from snn_rtl.models.errors import InputError
from snn_rtl.models.workload.layer import Layer


@dataclass(frozen=True)
class Sparsities:
    """Published sparsities of a network or of one of its layers, as shares of 1.

    Attributes:
        spikes: zeros of the spike matrix.
        silent: neurons without a spike at any step.
        silent_ft: the same, with those that fire once.
        weights: zeros of the weights.
        source: where they are published.
    """

    spikes: float
    silent: float
    silent_ft: float
    weights: float
    source: str = PAPER


NETWORKS: Final = {
    "alexnet": Sparsities(0.812, 0.713, 0.767, 0.9826),
    "vgg16": Sparsities(0.823, 0.741, 0.796, 0.982),
    "resnet19": Sparsities(0.687, 0.596, 0.661, 0.969),
}

LAYERS: Final = {
    "alexnet-l4": Sparsities(0.758, 0.632, 0.697, 0.989),
    "vgg16-l8": Sparsities(0.881, 0.765, 0.868, 0.968),
    "resnet19-l19": Sparsities(0.579, 0.514, 0.556, 0.997),
}

_FAMILIES: Final = {"alexnet": "alexnet", "vgg": "vgg16", "resnet": "resnet19"}

DEFAULT_NETWORK: Final = "vgg16"
"""Whose sparsity a network of no published family gets."""


def published_network(name: str) -> str:
    """Return the published network whose sparsity a network gets: a key of NETWORKS.

    AlexNets, VGGs and ResNets of any depth get that of their family (VGG9: VGG16), all others
    that of VGG16.

    Args:
        name: of the network or workload, such as "vgg9_cifar10".
    """
    for family, network in _FAMILIES.items():
        if name.lower().startswith(family):
            return network
    return DEFAULT_NETWORK


def target_sparsity(name: str) -> float:
    """Return the share of weights to prune in a network; see `published_network`."""
    return NETWORKS[published_network(name)].weights


def prune_random(
    weights: NDArray[np.int8], sparsity: float, rng: np.random.Generator
) -> NDArray[np.int8]:
    """Set weights to zero at random.

    Args:
        weights: int8, (K, N).
        sparsity: share of zeros to reach, 0..1.
        rng: chooses the weights.

    Returns:
        int8, (K, N), with exactly round(sparsity * K * N) zeros.

    Raises:
        InputError: a sparsity outside 0..1, or already more zeros than that.
    """
    if not 0 <= sparsity <= 1:
        raise InputError(f"sparsity must be 0..1, not {sparsity!r:.60}")
    zeros = round(sparsity * weights.size)
    filled = np.flatnonzero(weights)
    surplus = zeros - (weights.size - filled.size)
    if surplus < 0:
        raise InputError(f"more than {zeros} of {weights.size} weights are zero already")
    pruned = weights.copy()
    pruned.reshape(-1)[rng.permutation(filled)[:surplus]] = 0
    return pruned


def seeded_sparse_weights(
    layer: Layer, sparsity: float, rng: np.random.Generator
) -> NDArray[np.int8]:
    """Return random sparse weights for a layer that has none.

    Args:
        layer: the layer.
        sparsity: share of zeros, 0..1.
        rng: draws the weights and chooses the zeros.

    Returns:
        int8, (K, N), with exactly round(sparsity * K * N) zeros; the others are uniform over
        -128..127 without 0.

    Raises:
        InputError: a sparsity outside 0..1.
    """
    drawn = rng.integers(-128, 127, (layer.k, layer.n), np.int8)
    drawn[drawn >= 0] += 1
    return prune_random(drawn, sparsity, rng)
