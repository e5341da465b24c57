"""Workloads with attention and residual edges: round trips, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from snn_rtl.models.errors import InputError
from snn_rtl.models.lif import LifConfig
from snn_rtl.models.tests.damage import (
    Json,
    at,
    change_manifest,
    members_of,
    npy,
    reason,
    without,
    write,
)
from snn_rtl.models.tests.helpers import (
    assert_equal,
    captured_workload,
    chained_workload,
    transformer_workload,
)
from snn_rtl.models.workload.attention import Attention
from snn_rtl.models.workload.layer import Layer
from snn_rtl.models.workload.network import infer, reference_runner
from snn_rtl.models.workload.workload import Workload, load, save, select_layers

BUNDLED = Path(__file__).resolve().parents[2] / "examples" / "digits" / "digits_transformer.npz"


@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([None, LifConfig(1, "soft", ">=")]),
    st.integers(1, 3),
    st.sampled_from([1, 2, 4]),
)
def test_round_trip(
    tmp_path_factory: pytest.TempPathFactory,
    seed: int,
    lif: LifConfig | None,
    steps: int,
    heads: int,
) -> None:
    path = tmp_path_factory.getbasetemp() / "transformer.npz"
    workload = transformer_workload(seed, lif, 1, steps, heads)
    save(workload, path)
    again = load(path)
    assert_equal(again, workload)
    assert type(again.layers[3]) is Attention
    assert infer(again, 0)[0].tolist() == infer(workload, 0)[0].tolist()


def test_manifest_of_an_attention_and_of_residual_edges(tmp_path: Path) -> None:
    save(transformer_workload(), tmp_path / "w.npz")
    with np.load(tmp_path / "w.npz") as stored:
        manifest = json.loads(stored["manifest"].item())
        assert {name for name in stored.files if name.startswith("attn")} == {
            "attn/bias",
            "attn/threshold",
        }
    assert manifest["layers"][3] == {
        "name": "attn",
        "kind": "attention",
        "input_shape": [3, 4, 4, 3],
        "heads": 2,
        "query": "q",
        "key": "k",
        "value": "v",
    }
    assert manifest["layers"][5]["inputs"] == ["encoder", "proj"]
    assert "inputs" not in manifest["layers"][0]


def test_files_without_the_extension_are_as_before(tmp_path: Path) -> None:
    save(chained_workload(), tmp_path / "w.npz")
    text = np.load(tmp_path / "w.npz")["manifest"].item()
    assert "inputs" not in text
    assert "heads" not in text


def test_the_bundled_transformer() -> None:
    assert BUNDLED.stat().st_size < 400_000
    workload = load(BUNDLED)
    assert workload.test_accuracy is not None
    assert workload.test_accuracy["correct"] >= 0.95 * workload.test_accuracy["total"]
    attentions = [layer for layer in workload.layers if isinstance(layer, Attention)]
    assert [attention.heads for attention in attentions] == [2, 2]
    assert workload.labels is not None
    densities: dict[str, list[float]] = {}

    def runner(layer: Layer, matrix: NDArray[np.bool_]) -> NDArray[np.int64]:
        densities.setdefault(layer.name, []).append(float(matrix.mean()))
        return reference_runner(layer, matrix)

    found = [infer(workload, image, runner)[1] for image in range(20)]
    assert found == workload.labels[:20].tolist()
    assert all(np.mean(values) > 0.03 for values in densities.values()), densities


def test_select_layers_knows_an_attention_by_its_own_name() -> None:
    workload = transformer_workload()
    assert select_layers(workload, ["attn"]) == [workload.layers[3]]
    with pytest.raises(InputError, match=r"unknown layer 'attn.kv': choose from q, k, v, attn, "):
        select_layers(workload, ["attn.kv"])


ATTN: tuple[str | int, ...] = ("layers", 3)
FC1: tuple[str | int, ...] = ("layers", 5)
LAST: tuple[str | int, ...] = ("layers", 7)
NOTHING = " is not made of 1..64 of A-Za-z0-9_.-"

FIELDS: list[tuple[Callable[[Json], None], str]] = [
    (without(*ATTN, "heads"), "the manifest's layers[3] has no heads"),
    (without(*ATTN, "query"), "the manifest's layers[3] has no query"),
    (without(*ATTN, "key"), "the manifest's layers[3] has no key"),
    (without(*ATTN, "value"), "the manifest's layers[3] has no value"),
    (at(*ATTN, "heads", to=3), "layer 'attn': 4 channels cannot be split into 3 heads"),
    (at(*ATTN, "heads", to=0), "layer 'attn': heads must be 1..4, not 0"),
    (at(*ATTN, "heads", to=5), "layer 'attn': heads must be 1..4, not 5"),
    (at(*ATTN, "heads", to=True), "layer 'attn': heads must be an integer, not True"),
    (at(*ATTN, "heads", to=None), "layer 'attn': heads must be an integer, not None"),
    (at(*ATTN, "query", to=None), f"layer 'attn': query None{NOTHING}"),
    (at(*ATTN, "key", to=["k"]), f"layer 'attn': key ['k']{NOTHING}"),
    (at(*ATTN, "value", to="../v"), f"layer 'attn': value '../v'{NOTHING}"),
    (at(*ATTN, "value", to="v\n"), f"layer 'attn': value 'v\\n'{NOTHING}"),
    (at(*ATTN, "value", to="\ud800"), f"layer 'attn': value '\\ud800'{NOTHING}"),
    (at(*ATTN, "query", to="nobody"), "layer 'attn' takes the output of 'nobody', no layer before"),
    (at(*ATTN, "query", to="attn"), "layer 'attn' takes the output of 'attn', no layer before it"),
    (at(*ATTN, "query", to="proj"), "layer 'attn' takes the output of 'proj', no layer before it"),
    (at(*ATTN, "query", to="k"), "layer 'q' makes spikes that no layer takes"),
    (at(*ATTN, "inputs", to=["q"]), "layer 'attn': an attention has query, key and value instead"),
    (at(*ATTN, "pool", to=2), "layer 'attn': an attention has no kernel, stride, padding or pool"),
    (at(*ATTN, "input_shape", to=[3, 48]), "layer 'attn': input_shape must be [T, C, H, W]"),
    (at(*ATTN, "input_shape", 2, to=-4), "layer 'attn': H of input_shape must be 1..1048576"),
    (at(*ATTN, "input_shape", to=[3, 4, 128, 1]), "layer 'attn' has 128 positions, more than 127"),
    (
        at(*ATTN, "input_shape", to=[3, 4, 2**20, 2**20]),
        "layer 'attn' has 1099511627776 positions, more than 127",
    ),
    (
        at(*ATTN, "input_shape", to=[3, 2**20, 4, 3]),
        "layer 'attn': the weight matrix has 1099511627776 elements",
    ),
    (at(*ATTN, "input_shape", to=[3, 4, 3, 4]), "layer 'attn' takes (3, 4, 3, 4), but layer 'q'"),
    (at(*ATTN, "input_shape", 0, to=2), "layer 'attn' has 2 time steps, the workload 3"),
    (at(*ATTN, "name", to="x" * 61), "layer 'xxxxxxxx"),
    (at(*ATTN, "name", to="q"), "array 'attn/bias' belongs to nothing in the manifest"),
    (at(*ATTN, "lif", to=1), "the manifest's layers[3]: lif is not an object"),
    (at(*ATTN, "kind", to="linear"), "the manifest's layers[3] has no out_features"),
    (at("layers", 4, "kind", to="attention"), "the manifest's layers[4] has no heads"),
    (at("encoder", "kind", to="attention"), "the manifest's encoder has no heads"),
    (at("encoder", "inputs", to=["q"]), "the encoder, layer 'encoder', takes images, not spikes"),
    (at(*FC1, "inputs", to=[]), "the manifest's layers[5]: inputs must be a list of layers' names"),
    (at(*FC1, "inputs", to="proj"), "the manifest's layers[5]: inputs must be a list of layers'"),
    (at(*FC1, "inputs", to={"a": 1}), "the manifest's layers[5]: inputs must be a list of layers'"),
    (at(*FC1, "inputs", to=None), "the manifest's layers[5]: inputs must be a list of layers'"),
    (at(*FC1, "inputs", to=[1]), f"layer 'fc1': input 1{NOTHING}"),
    (at(*FC1, "inputs", to=[["proj"]]), f"layer 'fc1': input ['proj']{NOTHING}"),
    (at(*FC1, "inputs", to=[{}]), f"layer 'fc1': input {{}}{NOTHING}"),
    (at(*FC1, "inputs", to=["a\nb"]), f"layer 'fc1': input 'a\\nb'{NOTHING}"),
    (at(*FC1, "inputs", to=["proj"] * 2), "layer 'fc1': inputs must be at most 64 different"),
    (
        at(*FC1, "inputs", to=[f"l{i}" for i in range(65)]),
        "layer 'fc1': inputs must be at most 64 different layers",
    ),
    (at(*FC1, "inputs", to=["fc1"]), "layer 'fc1' takes the output of 'fc1', no layer before it"),
    (at(*FC1, "inputs", to=["fc2"]), "layer 'fc1' takes the output of 'fc2', no layer before it"),
    (at(*FC1, "inputs", to=["last"]), "layer 'fc1' takes the output of 'last', no layer before"),
    (at(*FC1, "inputs", to=["attn.kv"]), "layer 'fc1' takes the output of 'attn.kv', no layer"),
    (at(*LAST, "inputs", to=["proj"]), "layer 'fc2' makes spikes that no layer takes"),
    (at(*LAST, "inputs", to=["fc2", "fc1"]), "layer 'last' takes (3, 48), but layer 'fc1' makes"),
    (at(*LAST, "kind", to="attention"), "the manifest's layers[7] has no heads"),
]


@pytest.mark.parametrize(("change", "expected"), FIELDS, ids=[text for _, text in FIELDS])
def test_load_refuses_a_bad_field(
    tmp_path: Path, change: Callable[[Json], None], expected: str
) -> None:
    path = tmp_path / "w.npz"
    save(transformer_workload(), path)
    change_manifest(path, change)
    assert reason(path).startswith(expected)


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("attn/weights", np.zeros((4, 4), np.int8), "array 'attn/weights' belongs to nothing"),
        ("attn/spikes", np.zeros(18, np.uint8), "array 'attn/spikes' belongs to nothing"),
        ("attn.kv/weights", np.zeros((12, 2), np.int8), "array 'attn.kv/weights' belongs to"),
        ("attn/threshold", np.zeros(3, np.int32), "array 'attn/threshold' has shape (3), not (4)"),
        ("attn/bias", np.zeros(4, np.int8), "array 'attn/bias' has type |i1, not int32"),
        ("attn/threshold", None, "layer 'attn' has no threshold; only the last layer may have"),
    ],
)
def test_load_refuses_a_bad_array(
    tmp_path: Path, name: str, data: Any | None, expected: str
) -> None:
    path = tmp_path / "w.npz"
    save(transformer_workload(), path)
    members = members_of(path)
    if data is None:
        del members[f"{name}.npy"]
    else:
        members[f"{name}.npy"] = npy(data)
    write(path, members)
    assert reason(path).startswith(expected)


def test_load_survives_flipped_bytes(tmp_path: Path) -> None:
    path = tmp_path / "w.npz"
    save(transformer_workload(), path)
    data = path.read_bytes()
    rng = np.random.default_rng(7)
    refusals = 0
    for index in rng.integers(0, len(data), 300).tolist():
        flip = bytes([data[index] ^ int(rng.integers(1, 256))])
        path.write_bytes(data[:index] + flip + data[index + 1 :])
        try:
            assert_equal(load(path), transformer_workload())
        except InputError:
            reason(path)
            refusals += 1
    assert refusals > 150


def refused(workload: Workload) -> str:
    """Return why a workload is refused."""
    with pytest.raises(InputError) as error:
        workload.validate()
    return str(error.value)


def test_validate_refuses_an_attention_with_arrays_of_other_layers() -> None:
    workload = transformer_workload()
    workload.layers[3].weights = np.zeros((4, 4), np.int8)
    assert refused(workload) == "layer 'attn': a layer of kind 'attention' has no weights"


@pytest.mark.parametrize("name", ["attn.kv", "attn.qkv"])
def test_validate_refuses_a_layer_that_is_called_like_a_product(name: str) -> None:
    workload = transformer_workload()
    workload.layers[4] = replace(workload.layers[4], name=name)
    assert refused(workload) == f"two layers have the name {name!r}"


def test_validate_refuses_captured_workloads_with_edges() -> None:
    workload = captured_workload()
    workload.layers[1].inputs = ("conv",)
    assert refused(workload) == ("layer 'fc_0' has inputs, which only a chained workload can have")
    attention = Attention(name="a", input_shape=(2, 4, 2, 2), query="q", key="q", value="q")
    workload.layers[1] = attention
    assert refused(workload) == (
        "layer 'a' is an attention, which only a chained workload can have"
    )


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ({"kernel_size": 3}, "layer 'a': an attention has no kernel, stride, padding or pooling"),
        ({"out_features": 4}, "layer 'a': out_features belongs to a linear layer"),
        ({"kind": "conv2d"}, "layer 'a': unknown kind 'conv2d'"),
    ],
)
def test_attention_refuses_what_it_does_not_have(sizes: dict[str, Any], expected: str) -> None:
    names = {"name": "a", "query": "q", "key": "k", "value": "v"}
    with pytest.raises(InputError, match=expected):
        Attention(**{**names, "input_shape": (1, 4, 2, 2), **sizes})


def test_layer_is_no_attention() -> None:
    with pytest.raises(InputError, match="layer 'x': unknown kind 'attention'"):
        Layer(name="x", kind="attention", input_shape=(1, 4, 2, 2), out_channels=4)
