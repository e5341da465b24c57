"""Whole networks: the published totals to the cycle, and the bundled network."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from snn_rtl.models.baselines import LayerWork, Rules, evaluate, evaluate_all, network_work
from snn_rtl.models.baselines.cited import VGG9_CYCLES
from snn_rtl.models.baselines.energy import network_dram_bits
from snn_rtl.models.baselines.prosperity_published import (
    PRODUCT,
    SWEEP_K,
    SWEEP_M,
    network_cycles,
    sweep,
)
from snn_rtl.models.tests.helpers import captured
from snn_rtl.models.workload.workload import load

DIGITS = Path(__file__).resolve().parents[2] / "examples" / "digits" / "digits.npz"


@cache
def network(name: str) -> tuple[LayerWork, ...]:
    return tuple(network_work(load(DIGITS) if name == "digits" else captured(name)))


def test_published_totals_of_vgg9() -> None:
    results = evaluate_all(network("vgg9"))
    for name, cited in VGG9_CYCLES.items():
        assert results[name].cycles == cited.value, name
    prosperity = results["prosperity"]
    assert (prosperity.compute, prosperity.stalls, prosperity.lif) == (336117, 12859, 11264)
    compute = {name: results[name].compute for name in ("bit", "dense", "costly")}
    assert compute == {"bit": 814025, "dense": 6029312, "costly": 416516}


def test_published_sweep_point_of_vgg9() -> None:
    machine = replace(PRODUCT, tile_m=512)
    assert network_cycles(network("vgg9"), machine=machine).compute == 325308


def test_neurons_that_give_vgg9_its_total() -> None:
    listed = [work.lif_neurons(Rules.ARTIFACT) for work in network("vgg9")]
    assert listed == [65536, 32768, 32768, 16384, 16384, 4096]
    own = [work.neurons for work in network("vgg9")]
    assert own == [65536, 32768, 32768, 16384, 16384, 1024]


def test_compute_of_alexnet() -> None:
    results = evaluate_all(network("alexnet"))
    assert results["prosperity"].compute == 276600
    assert results["costly"].compute == 322585
    assert results["bit"].compute == 775524


def test_honest_pipeline_of_vgg9() -> None:
    results = evaluate_all(network("vgg9"), Rules.HONEST)
    honest, published = results["prosperity"], VGG9_CYCLES["prosperity"].value
    # 24 of the 3024 tiles are empty, and take a cycle
    assert honest.compute == 336117 + 24
    assert honest.cycles / published == pytest.approx(1.05, abs=0.005)


ARTIFACT = {
    "eyeriss": (290226, 0, 0),
    "ptb": (142864, 3, 12288),
    "sato": (74644, 0, 49152),
    "mint": (45532, 0, 12288),
    "dense": (376832, 41, 4096),
    "bit": (45532, 41, 4096),
    "costly": (23918, 41, 4096),
    "prosperity": (20745, 41, 4096),
}
HONEST = {
    "eyeriss": (293452, 78, 392),
    "ptb": (138736, 3027, 12288),
    "sato": (74644, 1648, 49152),
    "mint": (45545, 58, 12288),
    "dense": (376832, 36, 4096),
    "bit": (45545, 58, 4096),
    "costly": (23931, 780, 4096),
    "prosperity": (20758, 904, 4096),
}


@pytest.mark.parametrize(("rules", "expected"), [("artifact", ARTIFACT), ("honest", HONEST)])
def test_bundled_network(rules: str, expected: dict[str, tuple[int, int, int]]) -> None:
    results = evaluate_all(network("digits"), rules)
    assert {name: (r.compute, r.stalls, r.lif) for name, r in results.items()} == expected
    order = ("dense", "bit", "costly", "prosperity")
    cycles = [results[name].cycles for name in order]
    assert cycles == sorted(cycles, reverse=True)


def test_bundled_network_by_layer() -> None:
    layers = evaluate("prosperity", network("digits")).layers
    assert [layer.name for layer in layers] == ["conv2", "conv3", "fc"]
    # the last layer gives raw sums: no neurons
    assert [layer.lif for layer in layers] == [2048, 2048, 0]


def test_sweeps_of_the_bundled_network() -> None:
    points = sweep(network("digits"), [(m, 16) for m in SWEEP_M] + [(256, k) for k in SWEEP_K])
    by_size = {(point.tile_m, point.tile_k): point for point in points}
    assert len(by_size) == len(SWEEP_M) + len(SWEEP_K) - 1
    published = evaluate("prosperity", network("digits"))
    assert by_size[256, 16].cycles == published.cycles
    # M has 256 rows: taller tiles find nothing more
    assert by_size[2048, 16].cycles == by_size[256, 16].cycles
    # shorter tiles lose matches
    cycles = [by_size[m, 16].cycles for m in SWEEP_M]
    assert cycles == sorted(cycles, reverse=True)


def test_traffic_of_the_bundled_network() -> None:
    # conv2, conv3: 288, 1152 x 128 weights, 256 rows of 288, 1152 spikes / 9; fc: 2048 x 10 and
    # 4 x 2048; two layers' neurons write 64 x 128 spikes in each of 4 steps
    reads = (288 + 1152) * 128 * 8 + 256 * (288 + 1152) // 9 + 2048 * 80 + 4 * 2048
    assert network_dram_bits(network("digits")) == reads + 2 * 64 * 128 * 4
