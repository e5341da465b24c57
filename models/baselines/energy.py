"""The published rule of energy: on-chip power for the time, and a price for every bit of DRAM.

Source: HPCA 2025, arXiv:2503.03379, and the simulator published with it. The traffic of the other
machines is Prosperity's times a published factor. Traffic is what the layers read
(`prosperity_published.dram_bits`) and the spikes their neurons write, one bit a neuron and step,
unless all fit into one spike tile, which stays on chip.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from snn_rtl.models.baselines.common import LayerWork, Rules
from snn_rtl.models.baselines.prosperity_published import PRODUCT, PublishedMachine, dram_bits
from snn_rtl.models.errors import InputError

DRAM_PJ_PER_BIT: Final = 12.45

ON_CHIP_MW: Final = {
    "prosperity": 446.5,
    "eyeriss": 1410.5,
    "ptb": 982.0,
    "sato": 319.5,
    "mint": 396.3,
    "stellar": 834.0,
}
"""Power on chip. The table of Prosperity's parts in the paper adds up to 447.5 mW; the artifact
computes with 446.5."""

RELATIVE_DRAM: Final = {
    "prosperity": 1.0,
    "eyeriss": 5.47,
    "ptb": 2.53,
    "sato": 4.85,
    "mint": 3.12,
    "stellar": 1.23,
}
"""DRAM traffic over that of Prosperity."""


@dataclass(frozen=True)
class Energy:
    """Energy of a network on one machine, in millijoules.

    Attributes:
        on_chip_mj: power times time.
        dram_mj: price of the memory traffic.
    """

    on_chip_mj: float
    dram_mj: float

    @property
    def total_mj(self) -> float:
        """Sum of both."""
        return self.on_chip_mj + self.dram_mj


def spike_write_bits(neurons: int, time_steps: int, machine: PublishedMachine = PRODUCT) -> int:
    """Return the bits that a layer's neurons write to DRAM."""
    bits = neurons * time_steps
    return bits if bits >= machine.tile_m * machine.tile_k else 0


def network_dram_bits(network: Iterable[LayerWork], rules: Rules = Rules.ARTIFACT) -> int:
    """Return the DRAM traffic of a network on Prosperity, in bits.

    Args:
        network: the layers.
        rules: whose count of neurons to follow.
    """
    return sum(
        dram_bits(m=work.m, k=work.k, n=work.n, kernel_size=work.kernel_size)
        + spike_write_bits(work.lif_neurons(rules), work.time_steps)
        for work in network
    )


def energy(machine: str, seconds: float, prosperity_dram_bits: int) -> Energy:
    """Return the energy of a network.

    Args:
        machine: a key of ON_CHIP_MW.
        seconds: time the network takes on the machine.
        prosperity_dram_bits: `network_dram_bits`.

    Raises:
        InputError: no power is published for the machine.
    """
    if machine not in ON_CHIP_MW:
        raise InputError(f"no power of {machine!r} is published: choose from {list(ON_CHIP_MW)}")
    traffic = prosperity_dram_bits * RELATIVE_DRAM[machine]
    return Energy(ON_CHIP_MW[machine] * seconds, DRAM_PJ_PER_BIT * traffic * 1e-9)
