"""Published results of LoAS, for comparison only; every value names its source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from snn_rtl.models.baselines.cited import PAPER as PROSPERITY_PAPER
from snn_rtl.models.baselines.cited import Cited

PAPER: Final = "MICRO 2024, arXiv:2407.14073"


def _all(values: Mapping[str, float], unit: str, note: str) -> dict[str, Cited]:
    return {name: Cited(value, unit, PAPER, note) for name, value in values.items()}


_MACHINES: Final = ("sparten_snn", "gospa_snn", "gamma_snn", "loas", "loas_ft")


def _cycles(network: str, *cycles: int) -> dict[str, Cited]:
    values = dict(zip(_MACHINES, cycles, strict=True))
    return _all(values, "cycles", f"{network} on CIFAR-10")


CYCLES: Final = {
    "alexnet": _cycles("AlexNet", 365589, 291189, 155618, 46871, 41259),
    "vgg16": _cycles("VGG16", 2415640, 2133430, 1841493, 592069, 481560),
    "resnet19": _cycles("ResNet19", 13267891, 12701503, 5189716, 1558455, 1321906),
}
"""Cycles of a network on each machine."""

MEAN_SPEEDUP: Final = _all(
    {"sparten_snn": 6.79, "gospa_snn": 5.99, "gamma_snn": 3.25},
    "x",
    "speed of LoAS over the machine, mean of the networks",
)
BEST_SPEEDUP: Final = Cited(8.51, "x", PAPER, "largest speed of LoAS over SparTen-SNN")
BEST_EFFICIENCY: Final = Cited(3.68, "x", PAPER, "largest energy efficiency over a machine")

SPECULATION_HITS: Final = _all(
    {"alexnet": 0.49, "vgg16": 0.55, "resnet19": 0.715},
    "",
    "share of the words that are not silent whose neuron fires at every step",
)

POWER_MW: Final = _all(
    {"total": 188.9, "fibre_cache": 124.5, "tppes": 45.1}, "mW", "power at 800 MHz, 32 nm"
)
TPPE_POWER: Final = _all(
    {"fast_prefix_sum": 0.52, "laggy_prefix_sum": 0.11, "corrections": 0.04},
    "",
    "share of the power of a TPPE",
)
AREA_MM2: Final = Cited(2.08, "mm2", PAPER, "area, 32 nm")

PRODUCT_SPARSITY: Final = Cited(
    4.1, "x", PROSPERITY_PAPER, "density of LoAS's packed matrices over that with product sparsity"
)


def speedup(network: str, machine: str, of: str = "loas") -> float:
    """Return the published speed of LoAS, or LoAS-FT, over a machine on a network."""
    cycles = CYCLES[network]
    return cycles[machine].value / cycles[of].value
