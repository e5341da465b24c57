"""Estimates: by the models alone, and exactly what the RTL takes."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from snn_rtl.machines import MACHINES
from snn_rtl.machines.estimate import estimate
from snn_rtl.models.errors import InputError
from snn_rtl.models.prosperity.config import PAPER
from snn_rtl.models.tests.helpers import captured, transformer_workload
from snn_rtl.models.workload.workload import Workload

DIGITS = MACHINES["prosperity"].bundled["paper"]


def test_bundled_network_takes_what_it_took() -> None:
    found = estimate(DIGITS, images=1)
    assert [(layer.name, layer.cycles) for layer in found.layers] == [
        ("conv2", 4525),
        ("conv3", 17545),
        ("fc", 2062),
    ]
    assert found.cycles == 24132
    assert found.bit_density == pytest.approx(0.120828, abs=1e-6)
    assert found.product_density == pytest.approx(0.048539, abs=1e-6)


def test_bundled_network_takes_what_it_took_on_loas() -> None:
    found = estimate(MACHINES["loas"].bundled["paper"], "loas", images=1)
    assert [layer.cycles for layer in found.layers] == [3157, 4200, 824]
    assert found.totals["matches"] == 59249
    assert found.product_density is None


def test_vgg9_takes_the_published_densities() -> None:
    found = estimate(captured("vgg9"))
    assert found.cycles == 350151
    assert f"{found.bit_density:.6f} {found.product_density:.6f}" == "0.135011 0.045564"


@pytest.mark.parametrize("design", MACHINES)
def test_cycles_go_to_work_and_stalls(design: str) -> None:
    spikes = np.random.default_rng(1).random((300, 40)) < 0.2
    (layer,) = estimate(Workload.from_matrix(spikes), design).layers
    assert layer.process_cycles + sum(layer.stall_cycles.values()) == layer.cycles
    assert set(layer.stall_cycles) == set(MACHINES[design].stalls)
    assert layer.counts["bit_nnz"] == spikes.sum()


def test_images_add_up() -> None:
    one, two = (estimate(DIGITS, images=count) for count in (1, 2))
    assert [layer.images for layer in two.layers] == [2, 2, 2]
    assert one.cycles < two.cycles
    assert two.layers[0].m == 2 * one.layers[0].m


def test_layers_are_selected_and_the_others_run_on_the_reference() -> None:
    every = estimate(DIGITS, images=1)
    assert estimate(DIGITS, images=1, layers=["fc"]).layers == every.layers[2:]


def test_attention_has_a_row_for_each_product() -> None:
    network = transformer_workload(4, images=1, time_steps=4)
    names = [layer.name for layer in estimate(network, layers=["attn", "last"]).layers]
    assert names == ["attn.kv", "attn.qkv", "last"]


def test_weights_follow_the_seed_where_the_machine_looks_at_them() -> None:
    spikes = np.random.default_rng(1).random((256, 128)) < 0.2
    workload = Workload.from_matrix(spikes, time_steps=4)
    one, same, other = (estimate(workload, "loas", seed=seed) for seed in (1, 1, 2))
    assert one.layers == same.layers
    assert one.totals != other.totals


def test_parameters_replace_those_of_the_configuration() -> None:
    workload = Workload.from_matrix(np.eye(64, dtype=np.bool_))
    wide = estimate(workload, tile_k=32, spike_beat_w=512)
    assert wide.config == dataclasses.replace(PAPER, tile_k=32, spike_beat_w=512)
    assert wide.layers == estimate(workload, config=wide.config).layers
    assert wide.layers[0].tiles == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"design": "loas9"}, "unknown design 'loas9': choose from prosperity, loas"),
        ({"config": "huge"}, "unknown configuration 'huge': choose from paper, small"),
        ({"config": None}, "config is no configuration of prosperity: None"),
        ({"design": "loas", "config": PAPER}, "config is no configuration of loas"),
        ({"mode": "dual"}, "unknown mode 'dual': choose from product, bit, dense"),
        ({"lane": 64}, "Prosperity has no parameter 'lane': did you mean lanes?"),
        ({"zzz": 64}, "Prosperity has no parameter 'zzz': it has tile_m, tile_k, lanes"),
        ({"tile_m": 100}, "tile_m=100 is not a legal Prosperity parameter"),
        ({"lanes": "64"}, "lanes='64' is not a legal Prosperity parameter"),
        ({"images": 0}, "images must be 1..450, not 0"),
        ({"layers": ["conv1"]}, "unknown layer 'conv1': choose from conv2, conv3, fc"),
        ({"layers": []}, "no layer is selected: choose from conv2, conv3, fc"),
        ({"seed": -1}, "seed must be 0.."),
        ({"acc_w": 16}, "K=288 exceeds this machine's limit of 256"),
    ],
)
def test_what_cannot_be_used_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as error:
        estimate(DIGITS, **options)
    assert message in str(error.value)


def test_captured_workload_has_no_images() -> None:
    with pytest.raises(InputError, match="has no images: leave images out"):
        estimate(Workload.from_matrix([[1]]), images=1)


def test_missing_file_is_refused() -> None:
    with pytest.raises(InputError, match=r"none.npz: cannot be read"):
        estimate(Path("none.npz"))


def test_table_as_text_and_as_html() -> None:
    found = estimate(Workload.from_matrix([[1, 0], [1, 1]], n=3, name="tiny"))
    assert repr(found) == str(found)
    title, heading, layer, total = str(found).splitlines()
    assert title == "tiny on prosperity (product)"
    assert heading.split() == [
        *("layer", "M", "K", "N", "tiles", "cycles", "busy", "bit", "product"),
    ]
    assert layer.split()[:5] == ["tiny", "2", "2", "3", "1"]
    assert total.split()[:3] == ["total", "1", str(found.cycles)]
    assert len(heading) == len(layer) == len(total)
    page = found._repr_html_()
    assert "<caption>tiny on prosperity (product)</caption>" in page
    assert page.count("<tr>") == 3
    assert f"<td>{found.cycles}</td>" in page
