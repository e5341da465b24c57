"""Energy of LoAS on chip: the published power for the time a network takes.

Source: MICRO 2024, arXiv:2407.14073 (32 nm, 800 MHz). The paper gives no price for a bit of its
memory (HBM, 128 GB/s), so traffic (`snn_rtl.models.loas.traffic`) stays in bytes.
"""

from __future__ import annotations

from typing import Final

from snn_rtl.models.baselines.loas_cited import POWER_MW

CLOCK_HZ: Final = 800_000_000


def seconds(cycles: int) -> float:
    """Return how long cycles take at the published clock."""
    return cycles / CLOCK_HZ


def on_chip_mj(cycles: int) -> float:
    """Return the energy of so many cycles in millijoules: power of the whole chip times time."""
    return POWER_MW["total"].value * seconds(cycles)
