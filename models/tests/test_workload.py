"""Workload files: what is written is read, and nothing unsound is."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snn_rtl.models.errors import InputError
from snn_rtl.models.lif import LifConfig
from snn_rtl.models.tests.helpers import (
    assert_equal,
    captured,
    captured_workload,
    chained_workload,
)
from snn_rtl.models.workload.layer import Layer
from snn_rtl.models.workload.workload import Workload, load, save, seeded_weights, select_layers


@st.composite
def captured_workloads(draw: st.DrawFn) -> Workload:
    """Draw workloads with spikes, of every kind of layer."""
    steps = draw(st.integers(1, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    layers = []
    for index in range(draw(st.integers(1, 3))):
        size = st.integers(1, 5)
        geometry: dict[str, Any]
        shape: tuple[int, ...]
        if draw(st.booleans()):
            kernel = draw(st.integers(1, 3))
            shape = (steps, draw(size), kernel + draw(size), kernel + draw(size))
            geometry = {
                "kind": "conv2d",
                "out_channels": draw(size),
                "kernel_size": kernel,
                "stride": draw(st.integers(1, 2)),
                "padding": draw(st.integers(0, 2)),
            }
        else:
            shape = (steps, draw(st.integers(1, 40)))
            geometry = {"kind": "linear", "out_features": draw(size)}
        layer = Layer(name=f"l{index}", input_shape=shape, **geometry)
        layer.spikes = rng.random(shape) < draw(st.sampled_from([0.0, 0.3, 1.0]))
        if draw(st.booleans()):
            layer.weights = seeded_weights(layer, rng)
        if draw(st.booleans()):
            layer.bias = rng.integers(-(2**31), 2**31, layer.n, np.int32)
        if draw(st.booleans()):
            layer.threshold = rng.integers(-(2**31), 2**31, layer.n, np.int32)
            fire: Any = draw(st.sampled_from([">", ">="]))
            layer.lif = draw(
                st.sampled_from([None, LifConfig(draw(st.integers(0, 31)), "soft", fire)])
            )
        layers.append(layer)
    text = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=9)
    return Workload(
        name=draw(text), source=draw(text), license=draw(text), time_steps=steps, layers=layers
    )


@given(captured_workloads())
def test_round_trip_of_captured_workloads(
    tmp_path_factory: pytest.TempPathFactory, workload: Workload
) -> None:
    path = tmp_path_factory.getbasetemp() / "captured.npz"
    save(workload, path)
    assert_equal(load(path), workload)


@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([None, LifConfig(2, "soft", ">=")]),
    st.integers(1, 3),
    st.integers(1, 5),
)
def test_round_trip_of_chained_workloads(
    tmp_path_factory: pytest.TempPathFactory,
    seed: int,
    lif: LifConfig | None,
    images: int,
    steps: int,
) -> None:
    path = tmp_path_factory.getbasetemp() / "chained.npz"
    workload = chained_workload(seed, lif, images, steps)
    if seed % 2:
        workload.labels = None
    save(workload, path)
    assert load(path).chained
    assert_equal(load(path), workload)


def test_save_writes_equal_files_for_equal_workloads(tmp_path: Path) -> None:
    save(chained_workload(), tmp_path / "one.npz")
    save(load(tmp_path / "one.npz"), tmp_path / "two.npz")
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.npz") as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_load_reads_what_numpy_writes(tmp_path: Path) -> None:
    workload = captured_workload()
    save(workload, tmp_path / "ours.npz")
    with np.load(tmp_path / "ours.npz") as stored:
        arrays = {name: stored[name] for name in stored.files}
    arrays["conv/weights"] = np.asfortranarray(arrays["conv/weights"])
    arrays["conv/bias"] = arrays["conv/bias"].astype(">i4")
    for writer, name in ((np.savez, "stored"), (np.savez_compressed, "deflated")):
        path = tmp_path / f"{name}.npz"
        writer(path, **arrays)
        assert_equal(load(path), workload)


def test_load_ignores_keys_it_does_not_know(tmp_path: Path) -> None:
    save(captured_workload(), tmp_path / "old.npz")
    with np.load(tmp_path / "old.npz") as stored:
        arrays = {name: stored[name] for name in stored.files}
    manifest = json.loads(arrays["manifest"].item())
    manifest["dataset"] = manifest["layers"][0]["comment"] = "later"
    np.savez(tmp_path / "new.npz", **{**arrays, "manifest": np.array(json.dumps(manifest))})
    assert_equal(load(tmp_path / "new.npz"), captured_workload())


def test_loaded_arrays_can_be_written_to(tmp_path: Path) -> None:
    save(captured_workload(), tmp_path / "w.npz")
    weights = load(tmp_path / "w.npz").layers[0].weights
    assert weights is not None
    weights[0, 0] = 7
    assert weights[0, 0] == 7


@pytest.mark.parametrize("where", ["missing/w.npz", "."])
def test_save_refuses_a_path_it_cannot_write(tmp_path: Path, where: str) -> None:
    with pytest.raises(InputError, match="cannot be written: "):
        save(captured_workload(), tmp_path / where)


def test_layer_geometry() -> None:
    conv = Layer(
        name="c",
        kind="conv2d",
        input_shape=(4, 3, 10, 7),
        out_channels=6,
        kernel_size=3,
        stride=2,
        padding=1,
        pool=2,
    )
    # outputs 5 x 4 a step, pooled to 2 x 2
    assert (conv.m, conv.k, conv.n, conv.map_size) == (80, 27, 6, (5, 4))
    assert conv.output_shape == (4, 6, 2, 2)
    linear = Layer(name="f", kind="linear", input_shape=(4, 12), out_features=5)
    assert (linear.m, linear.k, linear.n, linear.output_shape) == (4, 12, 5, (4, 5))


@pytest.mark.parametrize(
    ("kind", "shape", "sizes", "reason"),
    [
        ("linear", (1, 4), {"out_features": 2, "out_channels": 2}, "out_channels belongs to"),
        ("conv2d", (1, 1, 4, 4), {"out_features": 2, "out_channels": 2}, "out_features belongs to"),
        ("linear", (1, 4), {"out_features": np.bool_(True)}, "out_features must be an integer"),
        ("pool", (1, 4), {"out_features": 2}, "unknown kind 'pool'"),
    ],
)
def test_layer_refuses_what_its_kind_does_not_have(
    kind: Any, shape: tuple[int, ...], sizes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(InputError, match=f"layer 'x': {reason}"):
        Layer(name="x", kind=kind, input_shape=shape, **sizes)


def test_layer_takes_numpy_integers() -> None:
    sizes: dict[str, Any] = {"input_shape": np.array([1, 4]), "out_features": np.int64(2)}
    layer = Layer(name="x", kind="linear", **sizes)
    assert json.dumps([layer.input_shape, layer.n]) == "[[1, 4], 2]"


def test_layer_matrix_flattens_maps_for_a_linear_layer() -> None:
    linear = Layer(name="f", kind="linear", input_shape=(2, 4), out_features=1)
    maps = np.zeros((2, 2, 2, 1), bool)
    maps[1, 1, 0, 0] = True
    assert linear.matrix(maps).astype(int).tolist() == [[0, 0, 0, 0], [0, 0, 1, 0]]


def test_layer_matrix_refuses_spikes_that_do_not_fit() -> None:
    linear = Layer(name="f", kind="linear", input_shape=(2, 4), out_features=1)
    with pytest.raises(InputError, match="layer 'f' has no spikes"):
        linear.matrix()
    for shape in ((2, 5), (4, 2), (2, 2, 1)):
        with pytest.raises(InputError, match="layer 'f' takes spikes"):
            linear.matrix(np.zeros(shape, bool))


def test_lif_params_fill_in_what_a_layer_leaves_out() -> None:
    conv, linear = captured_workload().layers
    assert linear.lif_params is None
    conv.bias = None
    params = conv.lif_params
    assert params is not None
    assert params.bias.tolist() == [0] * 4
    assert params.threshold is conv.threshold
    assert params.config == LifConfig()


def test_select_layers_keeps_the_networks_order() -> None:
    workload = chained_workload()
    names = [layer.name for layer in select_layers(workload, ["last", "conv", "last"])]
    assert names == ["conv", "last"]
    assert select_layers(workload) == workload.layers


@pytest.mark.parametrize("names", [[], ["conv", "con"], [""]])
def test_select_layers_refuses_unknown_names(names: list[str]) -> None:
    with pytest.raises(InputError, match=r"choose from conv, hidden, last$"):
        select_layers(chained_workload(), names)


def test_seeded_weights_cover_the_full_range() -> None:
    layer = Layer(name="f", kind="linear", input_shape=(1, 200), out_features=100)
    weights = seeded_weights(layer, np.random.default_rng(3))
    assert weights.dtype == np.int8
    assert weights.shape == (200, 100)
    assert (weights.min(), weights.max()) == (-128, 127)
    again = seeded_weights(layer, np.random.default_rng(3))
    assert (weights == again).all()
    assert (weights != seeded_weights(layer, np.random.default_rng(4))).any()


def refused(workload: Workload) -> str:
    """Return why a workload is refused."""
    with pytest.raises(InputError) as error:
        workload.validate()
    return str(error.value)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"layers": []}, "the workload has no layers"),
        ({"time_steps": 4}, "layer 'conv' has 3 time steps, the workload 4"),
        ({"images": None}, "the workload has an encoder but no images"),
        ({"encoder": None}, "the workload has images but no encoder"),
        ({"images": np.zeros((1, 2, 8, 9), np.uint8)}, "images must be uint8"),
        ({"images": np.zeros((1, 2, 9, 8), np.int16)}, "images must be uint8"),
        ({"images": np.zeros((0, 2, 9, 8), np.uint8)}, "number of images must be 1"),
        ({"labels": np.zeros(4, np.uint8)}, "labels must be uint8 (3,)"),
        ({"labels": np.array([0, 4, 1], np.uint8)}, "label 4 is not among 4 classes"),
    ],
)
def test_validate_refuses_contradictions(change: dict[str, Any], reason: str) -> None:
    chained_workload().validate()
    assert reason in refused(replace(chained_workload(), **change))


@pytest.mark.parametrize(
    ("layer", "field", "value", "reason"),
    [
        (0, "weights", None, "layer 'conv' has no weights"),
        (0, "threshold", None, "layer 'conv' has no threshold"),
        (2, "threshold", np.zeros(4, np.int32), "the last layer, layer 'last', must be linear"),
        (1, "name", "conv", "two layers have the name 'conv'"),
        (1, "name", "encoder", "two layers have the name 'encoder'"),
        (0, "weights", np.zeros((5, 12), np.int8), "layer 'conv': weights must be int8 (12, 5)"),
        (0, "weights", np.zeros((12, 5), np.uint8), "layer 'conv': weights must be int8 (12, 5)"),
        (1, "bias", np.zeros(7, np.int64), "layer 'hidden': bias must be int32 (7,)"),
        (1, "threshold", np.zeros(8, np.int32), "layer 'hidden': threshold must be int32 (7,)"),
        (0, "spikes", np.zeros((3, 3, 4, 5), bool), "layer 'conv': spikes must be bool"),
    ],
)
def test_validate_refuses_layers_that_do_not_fit(
    layer: int, field: str, value: Any, reason: str
) -> None:
    workload = chained_workload()
    setattr(workload.layers[layer], field, value)
    assert refused(workload).startswith(reason)


def test_validate_refuses_layers_that_do_not_follow_each_other() -> None:
    workload = chained_workload()
    workload.layers[0] = replace(workload.layers[0], pool=1)
    assert refused(workload) == "layer 'hidden' takes (3, 20), but layer 'conv' makes (3, 5, 5, 5)"
    workload = chained_workload()
    del workload.layers[0]
    assert (
        refused(workload) == "layer 'hidden' takes (3, 20), but layer 'encoder' makes (3, 3, 4, 4)"
    )


def test_validate_refuses_an_encoder_that_is_no_convolution_of_pixels() -> None:
    workload = chained_workload()
    encoder = workload.encoder
    assert encoder is not None
    encoder.spikes = np.zeros(encoder.input_shape, bool)
    assert refused(workload) == "the encoder, layer 'encoder', takes images, not spikes"
    workload.encoder = workload.layers[1]
    workload.layers = workload.layers[2:]
    assert refused(workload) == "the encoder, layer 'hidden', must be a conv2d"


def test_validate_refuses_a_convolution_as_the_last_layer() -> None:
    workload = chained_workload()
    workload.layers = [replace(workload.layers[0], threshold=None)]
    assert refused(workload).startswith("the last layer, layer 'conv', must be linear")


def test_validate_refuses_captured_layers_without_spikes() -> None:
    workload = captured_workload()
    workload.layers[1].spikes = None
    assert refused(workload).startswith("layer 'fc_0' has no spikes")


def test_save_refuses_an_unsound_workload(tmp_path: Path) -> None:
    workload = captured_workload()
    workload.layers[1].spikes = None
    with pytest.raises(InputError, match="has no spikes"):
        save(workload, tmp_path / "w.npz")
    assert not (tmp_path / "w.npz").exists()


@pytest.mark.parametrize("value", [float("nan"), {1, 2}, np.float32(0.5)], ids=str)
def test_save_refuses_metadata_that_is_no_json(tmp_path: Path, value: object) -> None:
    workload = replace(captured_workload(), test_accuracy={"top1": value})
    with pytest.raises(InputError, match="test_accuracy is not JSON"):
        save(workload, tmp_path / "w.npz")


@pytest.mark.parametrize(
    ("name", "spikes"),
    [("vgg9", 368752), ("alexnet", 16872)],
)
def test_load_of_captured_networks(name: str, spikes: int) -> None:
    workload = captured(name)
    assert workload.time_steps == 4
    assert not workload.chained
    assert int(workload.layers[0].matrix().sum()) == spikes
