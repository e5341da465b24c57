"""The published rule of energy and the cited numbers."""

from __future__ import annotations

import pytest

from snn_rtl.models.baselines import BASELINES, cited
from snn_rtl.models.baselines.energy import ON_CHIP_MW, RELATIVE_DRAM, energy, spike_write_bits
from snn_rtl.models.baselines.prosperity_published import SWEEP_K, SWEEP_M, dram_bits
from snn_rtl.models.errors import InputError


def test_traffic_of_vgg16_is_the_published_one() -> None:
    # The artifact's reference: 2306605056 bits for VGG16 on CIFAR-10 at T = 32, found by the shapes
    # of its layers alone (side, channels in, channels out; then the linear layers).
    steps = 32
    convolutions = [(32, 64, 64), (16, 64, 128), (16, 128, 128), (8, 128, 256)]
    convolutions += [(8, 256, 256)] * 2 + [(8, 256, 512)] + [(8, 512, 512)] * 5
    bits = 0
    for side, channels, n in convolutions:
        bits += dram_bits(m=side * side * steps, k=channels * 9, n=n, kernel_size=3)
        bits += spike_write_bits(side * side * n, steps)
    for k in (8 * 8 * 512, 4096):
        bits += dram_bits(m=steps, k=k, n=4096) + spike_write_bits(4096, steps)
    assert bits == 2306605056


def test_spikes_that_fit_into_a_tile_stay_on_chip() -> None:
    # a tile has 256 x 16 = 4096 bits
    assert spike_write_bits(1023, 4) == 0
    assert spike_write_bits(1024, 4) == 4096


def test_energy_by_hand() -> None:
    # 1 ms x 446.5 mW; 1e9 bits x 12.45 pJ
    own = energy("prosperity", 1e-3, 10**9)
    assert own.on_chip_mj == pytest.approx(0.4465)
    assert own.dram_mj == pytest.approx(12.45)
    assert own.total_mj == pytest.approx(12.8965)
    # 10 ms x 1410.5 mW; 5.47 times the traffic
    other = energy("eyeriss", 1e-2, 10**9)
    assert other.on_chip_mj == pytest.approx(14.105)
    assert other.dram_mj == pytest.approx(12.45 * 5.47)


def test_energy_refuses_machines_without_published_power() -> None:
    with pytest.raises(InputError, match="no power of 'tpu' is published"):
        energy("tpu", 1.0, 1)


def test_every_model_has_a_power() -> None:
    assert ON_CHIP_MW.keys() == RELATIVE_DRAM.keys()
    assert {baseline.energy_as for baseline in BASELINES.values()} < ON_CHIP_MW.keys()


def test_cited_numbers_name_their_source() -> None:
    tables = {
        name: table
        for name, table in vars(cited).items()
        if name.isupper() and isinstance(table, dict)
    }
    assert len(tables) == 12
    for name, table in tables.items():
        for entry in table.values():
            assert isinstance(entry, cited.Cited), name
            assert entry.value > 0, name
            assert entry.source in (cited.PAPER, cited.ARTIFACT), name
            assert entry.note, name
    assert tuple(cited.SWEEP_M) == SWEEP_M
    assert tuple(cited.SWEEP_K) == SWEEP_K
    assert cited.A100_SECONDS.keys() == cited.A100_WATTS.keys()
