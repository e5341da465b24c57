"""Published results, for comparison only: nothing here is computed, nothing computes with it.

Stellar and A100 are known by such numbers alone. Every value names its source.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PAPER: Final = "HPCA 2025, arXiv:2503.03379"
ARTIFACT: Final = "simulator published with arXiv:2503.03379"


@dataclass(frozen=True)
class Cited:
    """One published number.

    Attributes:
        value: the number.
        unit: its unit, "x" for a ratio.
        source: where it is published.
        note: what it is of.
    """

    value: float
    unit: str
    source: str
    note: str


def _all(values: dict[str, float], unit: str, source: str, note: str) -> dict[str, Cited]:
    return {name: Cited(value, unit, source, note) for name, value in values.items()}


SPEEDUP_OVER_EYERISS: Final = _all(
    {
        "ptb": 1.97,
        "sato": 3.02,
        "mint": 4.01,
        "a100": 7.05,
        "stellar": 8.09,
        "prosperity": 14.13,
    },
    "x",
    PAPER,
    "speed over Eyeriss, geometric mean of the networks (A100: transformers alone)",
)

HEADLINE_SPEEDUP: Final = _all(
    {"ptb": 7.4, "a100": 1.8}, "x", PAPER, "speed of Prosperity over the machine"
)
HEADLINE_EFFICIENCY: Final = _all(
    {"ptb": 8.0, "a100": 193.0}, "x", PAPER, "energy efficiency of Prosperity over the machine"
)

MEAN_DENSITY: Final = _all(
    {"bit": 0.1568, "product": 0.0311}, "", PAPER, "density, geometric mean of 19 networks"
)
VGG9_DENSITY: Final = _all(
    {"bit": 0.135011, "product": 0.0455644}, "", ARTIFACT, "density of VGG9 on CIFAR-10"
)

ABLATION: Final = _all(
    {"bit": 2.28, "costly_dispatch": 2.16, "overhead_free_dispatch": 1.49},
    "x",
    PAPER,
    "speed over the step before, from PTB on: bit sparsity, product sparsity with a costly "
    "dispatcher, overhead-free dispatch",
)

SWEEP_M: Final = {
    tile_m: Cited(value, "x", PAPER, f"latency over bit sparsity, tile {tile_m} x 16")
    for tile_m, value in (
        (32, 0.406),
        (64, 0.357),
        (128, 0.330),
        (256, 0.311),
        (512, 0.302),
        (1024, 0.297),
        (2048, 0.298),
    )
}
SWEEP_K: Final = {
    tile_k: Cited(value, "x", PAPER, f"latency over bit sparsity, tile 256 x {tile_k}")
    for tile_k, value in (
        (4, 0.573),
        (8, 0.398),
        (16, 0.311),
        (32, 0.355),
        (64, 0.487),
        (128, 0.600),
    )
}

VGG9_CYCLES: Final = _all(
    {
        "prosperity": 360240,
        "eyeriss": 3892326,
        "ptb": 2516598,
        "sato": 2123456,
        "mint": 939977,
    },
    "cycles",
    ARTIFACT,
    "VGG9 on CIFAR-10, one image, without its direct-coded first layer",
)

STELLAR_SECONDS: Final = _all(
    {"vgg16_cifar10": 0.040187906, "vgg16_cifar100": 0.077698212},
    "s",
    ARTIFACT,
    "time of a network on Stellar",
)

A100_SECONDS: Final = _all(
    {
        "spikformer_cifar10": 0.019,
        "spikformer_cifar10dvs": 0.0114,
        "spikformer_cifar100": 0.019,
        "sdt_cifar10": 0.017,
        "sdt_cifar10dvs": 0.018,
        "sdt_cifar100": 0.018,
        "spikebert_sst2": 0.0372,
        "spikebert_mr": 0.0397,
        "spikebert_sst5": 0.033357901,
        "spikingbert_sst2": 0.096202657,
        "spikingbert_qqp": 0.092028516,
        "spikingbert_mnli": 0.094227655,
    },
    "s",
    ARTIFACT,
    "time of a network on an A100",
)
A100_WATTS: Final = _all(
    {
        "spikformer_cifar10": 96,
        "spikformer_cifar10dvs": 84,
        "spikformer_cifar100": 90,
        "sdt_cifar10": 91,
        "sdt_cifar10dvs": 81,
        "sdt_cifar100": 89,
        "spikebert_sst2": 132,
        "spikebert_mr": 184,
        "spikebert_sst5": 137,
        "spikingbert_sst2": 107,
        "spikingbert_qqp": 109,
        "spikingbert_mnli": 107,
    },
    "W",
    ARTIFACT,
    "power of an A100 running a network",
)
