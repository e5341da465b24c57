"""Product sparsity on LoAS: how much of a packed spike matrix it leaves to add.

Source: HPCA 2025, arXiv:2503.03379, where LoAS is evaluated: the time steps of a neuron are ORed
into 4 groups, and product sparsity is found on the packed matrix, whose rows are (position,
group), in tiles of 256 x 16. With T = 4 every step is a group of its own; one group gives the
bitmask of LoAS's words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.errors import InputError
from snn_rtl.models.prosperity.config import PAPER as PROSPERITY
from snn_rtl.models.prosperity.prosperity import LayerCounts, count_layer

GROUPS: Final = 4


@dataclass(frozen=True, kw_only=True)
class PackedDensity:
    """Densities of packed matrices.

    Attributes:
        packed: ones over all elements.
        product: ones that product sparsity leaves, over all elements.
    """

    packed: float
    product: float

    @property
    def improvement(self) -> float:
        """How many times fewer ones product sparsity leaves; infinite where it leaves none."""
        return self.packed / self.product if self.product else float("inf")


def pack_groups(
    spikes: NDArray[np.bool_], time_steps: int, groups: int = GROUPS
) -> NDArray[np.bool_]:
    """OR consecutive time steps into groups.

    Args:
        spikes: bool, (P * T, K), row position * T + t.
        time_steps: T.
        groups: groups of ceil(T / groups) steps; the last ones may have fewer, or be left out.

    Returns:
        bool, (P * G, K), row position * G + group; G is at most groups.

    Raises:
        InputError: no groups, or rows that are no whole positions.
    """
    if groups < 1:
        raise InputError(f"time steps cannot make {groups} groups")
    if time_steps < 1 or len(spikes) % time_steps:
        raise InputError(f"{len(spikes)} rows are no multiple of {time_steps} time steps")
    steps = spikes.reshape(-1, time_steps, spikes.shape[1])
    starts = np.arange(0, time_steps, -(-time_steps // groups))
    packed: NDArray[np.bool_] = np.logical_or.reduceat(steps, starts, axis=1)
    return packed.reshape(-1, spikes.shape[1])


def count_packed(
    spikes: NDArray[np.bool_], n: int, time_steps: int, groups: int = GROUPS
) -> LayerCounts:
    """Count what product sparsity finds in a layer's packed matrix; see `pack_groups`."""
    return count_layer(pack_groups(spikes, time_steps, groups), n, PROSPERITY)


def packed_density(counts: Iterable[LayerCounts]) -> PackedDensity:
    """Return the densities of a network; every layer weighs the elements of its packed matrix.

    Raises:
        InputError: no layers.
    """
    elements = ones = left = 0
    for layer in counts:
        elements += layer.m * layer.k
        ones += layer.bit_nnz
        left += layer.residual_nnz
    if not elements:
        raise InputError("a network without layers has no density")
    return PackedDensity(packed=ones / elements, product=left / elements)
