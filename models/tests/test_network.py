"""Inference of chained workloads against a path that shares nothing, not even the glue."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from snn_rtl.models.errors import InputError
from snn_rtl.models.lif import LifConfig
from snn_rtl.models.oracle.dense import (
    naive_attention,
    naive_conv,
    naive_lif,
    naive_max_pool,
    naive_outputs,
    naive_sums,
)
from snn_rtl.models.tests.helpers import captured_workload, chained_workload, transformer_workload
from snn_rtl.models.workload.attention import Attention
from snn_rtl.models.workload.layer import Layer
from snn_rtl.models.workload.network import (
    chain_input,
    encode,
    infer,
    join_inputs,
    reference_runner,
)
from snn_rtl.models.workload.workload import Workload

CONFIGS = st.builds(
    LifConfig,
    st.sampled_from([0, 1, 3]),
    st.sampled_from(["hard", "soft"]),
    st.sampled_from([">", ">="]),
)


def oracle_runner(layer: Layer, matrix: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Compute a layer with the oracle."""
    assert layer.weights is not None
    lif = layer.lif or LifConfig()
    return naive_outputs(
        matrix,
        layer.weights,
        time_steps=layer.time_steps,
        bias=layer.bias,
        threshold=layer.threshold,
        leak_shift=lif.leak_shift,
        reset=lif.reset,
        fire=lif.fire,
    )


def naive_neurons(layer: Layer, sums: NDArray[np.int64]) -> NDArray[np.int64]:
    """Compute a layer's neurons on sums (T, N, H, W), and its pooling."""
    assert layer.threshold is not None
    bias = np.zeros(layer.n, np.int64) if layer.bias is None else layer.bias
    lif = layer.lif or LifConfig()
    spikes = np.zeros(sums.shape, np.int64)
    for y, x in np.ndindex(sums.shape[2:]):
        spikes[:, :, y, x] = naive_lif(
            sums[:, :, y, x],
            len(sums),
            bias,
            layer.threshold,
            leak_shift=lif.leak_shift,
            reset=lif.reset,
            fire=lif.fire,
        )
    return naive_max_pool(spikes.astype(np.bool_), layer.pool).astype(np.int64)


def naive_layer(layer: Layer, given: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Compute one layer of spiking neurons map by map, without im2col."""
    if isinstance(layer, Attention):
        query, key, value = (maps.astype(np.bool_) for maps in given)
        rows = naive_attention(query, key, value, layer.heads)
        by_step = rows.reshape(*layer.map_size, layer.time_steps, layer.n)
        return naive_neurons(layer, by_step.transpose(2, 3, 0, 1))
    assert layer.weights is not None
    maps = np.max([maps.reshape(layer.input_shape) for maps in given], axis=0)
    if layer.kind == "conv2d":
        sums = naive_conv(maps, layer.weights, layer.kernel_size, layer.stride, layer.padding)
    else:
        sums = naive_sums(maps.astype(np.bool_), layer.weights)[:, :, np.newaxis, np.newaxis]
    return naive_neurons(layer, sums)


def naive_logits(workload: Workload, image: int) -> list[int]:
    """Infer an image without any of the models' code but the containers."""
    assert workload.images is not None
    assert workload.encoder is not None
    pixels = np.stack([workload.images[image]] * workload.time_steps).astype(np.int64)
    made = {workload.encoder.name: naive_layer(workload.encoder, [pixels])}
    before = workload.encoder.name
    for layer in workload.layers[:-1]:
        made[layer.name] = naive_layer(layer, [made[name] for name in layer.sources or (before,)])
        before = layer.name
    last = workload.layers[-1]
    assert last.weights is not None
    given = [made[name].reshape(last.input_shape) for name in last.inputs or (before,)]
    sums = naive_sums(np.max(given, axis=0).astype(np.bool_), last.weights)
    assert last.bias is not None
    return [int(sums[:, n].sum() + len(sums) * last.bias[n]) for n in range(last.n)]


@given(st.integers(0, 2**32 - 1), CONFIGS)
def test_infer_equals_the_naive_network(seed: int, config: LifConfig) -> None:
    workload = chained_workload(seed, config, images=2)
    logits, label = infer(workload, 1)
    expected = naive_logits(workload, 1)
    assert logits.dtype == np.int64
    assert logits.tolist() == expected
    assert label == expected.index(max(expected))


@given(st.integers(0, 2**32 - 1), CONFIGS, st.sampled_from([1, 2, 4]), st.sampled_from([1, 2, 4]))
def test_infer_equals_the_naive_transformer(
    seed: int, config: LifConfig, heads: int, steps: int
) -> None:
    workload = transformer_workload(seed, config, 1, steps, heads)
    workload.validate()
    logits, label = infer(workload, 0)
    expected = naive_logits(workload, 0)
    assert logits.tolist() == expected
    assert label == expected.index(max(expected))


@given(st.integers(0, 2**32 - 1), CONFIGS)
def test_runners_agree_on_every_layer(seed: int, config: LifConfig) -> None:
    workload = chained_workload(seed, config)
    logits, label = infer(workload, 0, oracle_runner)
    reference, found = infer(workload, 0, reference_runner)
    assert (logits.tolist(), label) == (reference.tolist(), found)


def test_the_synthetic_network_is_alive() -> None:
    """The comparisons above would hold for a network that never spikes, too."""
    workload = chained_workload()
    densities = []

    def runner(layer: Layer, matrix: NDArray[np.bool_]) -> NDArray[np.int64]:
        densities.append(float(matrix.mean()))
        return reference_runner(layer, matrix)

    logits = [infer(workload, image, runner)[0].tolist() for image in range(3)]
    assert len(densities) == 9
    assert all(0.02 < density < 0.98 for density in densities)
    assert len({tuple(row) for row in logits}) > 1


def test_the_synthetic_transformer_is_alive() -> None:
    densities: dict[str, list[float]] = {}
    weights: list[int] = []

    def runner(layer: Layer, matrix: NDArray[np.bool_]) -> NDArray[np.int64]:
        densities.setdefault(layer.name, []).append(float(matrix.mean()))
        if layer.name.endswith("kv") and layer.weights is not None:
            weights.append(int(layer.weights.max()))
        return reference_runner(layer, matrix)

    workload = transformer_workload(images=20)
    logits = [infer(workload, image, runner)[0].tolist() for image in range(20)]
    assert len({tuple(row) for row in logits}) > 15
    assert max(weights) > 2
    assert all(0.02 < np.mean(found) < 0.98 for found in densities.values()), densities


def test_infer_runs_an_attention_as_a_product_of_each_step_and_head() -> None:
    workload = transformer_workload(time_steps=3)
    attention = workload.layers[3]
    seen = []

    def runner(layer: Layer, matrix: NDArray[np.bool_]) -> NDArray[np.int64]:
        rows = reference_runner(layer, matrix)
        seen.append((layer.name, matrix.shape, layer.n, layer.time_steps, layer.threshold is None))
        assert matrix.shape == (layer.m, layer.k)
        return rows

    infer(workload, 0, runner)
    products = [("attn.kv", (2, 12), 2, 1, True), ("attn.qkv", (12, 2), 2, 1, True)]
    assert seen[3:-4] == products * 6
    others = [name for name, *_ in seen[:3] + seen[-4:]]
    assert others == ["q", "k", "v", "proj", "fc1", "fc2", "last"]
    shapes = [(layer.name, (layer.m, layer.k), layer.n, count) for layer, count in attention.gemms]
    assert shapes == [("attn.kv", (2, 12), 2, 6), ("attn.qkv", (12, 2), 2, 6)]
    assert workload.layers[0].gemms == ((workload.layers[0], 1),)


def test_attention_by_hand() -> None:
    """Two positions, one head of two channels, one step."""
    attention = Attention(
        name="a",
        input_shape=(1, 2, 1, 2),
        query="q",
        key="k",
        value="v",
        threshold=np.array([1, 1], np.int32),
    )
    # maps are (channel, position); K^T V counts positions where both are set
    q, k, v = (
        np.array(maps, np.bool_).reshape(1, 2, 1, 2)
        for maps in ([[1, 0], [1, 1]], [[1, 1], [0, 1]], [[1, 1], [0, 1]])
    )
    steps = attention.run(q, k, v)
    layer, matrix = next(steps)
    assert layer.weights is not None
    assert matrix.astype(int).tolist() == [[1, 1], [0, 1]]
    assert layer.weights.tolist() == [[1, 0], [1, 1]]
    layer, matrix = steps.send(reference_runner(layer, matrix))
    assert layer.weights is not None
    assert layer.weights.tolist() == [[2, 1], [1, 1]]
    assert matrix.astype(int).tolist() == [[1, 1], [0, 1]]
    sums = reference_runner(layer, matrix)
    assert sums.tolist() == [[3, 2], [1, 1]]
    with pytest.raises(StopIteration) as end:
        steps.send(sums)
    assert end.value.value.tolist() == [[True, True], [False, False]]


def test_attention_counts_as_many_positions_as_int8_holds() -> None:
    attention = Attention(
        name="a",
        input_shape=(2, 3, 127, 1),
        query="q",
        key="k",
        value="v",
        threshold=np.full(3, 3 * 127 - 1, np.int32),
        lif=LifConfig(),
    )
    full = np.ones(attention.input_shape, np.bool_)
    steps = attention.run(full, full, full)
    layer, matrix = next(steps)
    while True:
        rows = reference_runner(layer, matrix)
        assert set(np.unique(rows)) == ({127} if layer.name == "a.kv" else {381})
        try:
            layer, matrix = steps.send(rows)
        except StopIteration as end:
            assert end.value.all()
            break


def test_attention_needs_a_threshold() -> None:
    attention = Attention(name="a", input_shape=(1, 1, 1, 1), query="q", key="k", value="v")
    spikes = np.zeros((1, 1, 1, 1), np.bool_)
    with pytest.raises(InputError, match="layer 'a' has no threshold"):
        next(attention.run(spikes, spikes, spikes))


def test_join_inputs_is_the_or_of_what_is_named() -> None:
    layer = Layer(name="l", kind="linear", input_shape=(1, 4), inputs=("b", "a"), out_features=1)
    outputs = {
        "a": np.array([[1, 0, 0, 1]], np.bool_),
        "b": np.array([[[[0, 1], [0, 1]]]], np.bool_),
        "c": np.ones((1, 4), np.bool_),
    }
    assert join_inputs(layer, outputs).astype(int).tolist() == [[1, 1, 0, 1]]
    layer.inputs = ()
    assert join_inputs(layer, outputs).all()


def test_infer_hands_each_layer_its_matrix() -> None:
    workload = chained_workload()
    seen = []

    def runner(layer: Layer, matrix: NDArray[np.bool_]) -> NDArray[np.int64]:
        seen.append((layer.name, matrix.shape, matrix.dtype))
        return reference_runner(layer, matrix)

    infer(workload, 0, runner)
    shapes = [("conv", (75, 12)), ("hidden", (3, 20)), ("last", (3, 7))]
    assert seen == [(name, shape, np.dtype(bool)) for name, shape in shapes]


@pytest.mark.parametrize(
    ("bias", "expected"),
    [
        # sums over time 6, 8, 8, -3; three steps of bias
        ([0, 0, 0, 0], ([6, 8, 8, -3], 1)),
        ([1, 0, 0, 4], ([9, 8, 8, 9], 0)),
        ([0, 0, 1, 5], ([6, 8, 11, 12], 3)),
    ],
)
def test_infer_takes_the_lowest_of_equal_logits(
    bias: list[int], expected: tuple[list[int], int]
) -> None:
    workload = chained_workload()
    workload.layers[-1].bias = np.array(bias, np.int32)

    def runner(layer: Layer, matrix: NDArray[np.bool_]) -> NDArray[np.int64]:
        if layer is workload.layers[-1]:
            return np.array([[1, 8, 4, -1], [2, 0, 4, -1], [3, 0, 0, -1]], np.int64)
        return np.zeros((layer.m, layer.n), np.int64)

    logits, label = infer(workload, 0, runner)
    assert (logits.tolist(), label) == expected


def test_encode_repeats_the_same_current_every_step() -> None:
    workload = chained_workload(images=1, time_steps=3)
    encoder = workload.encoder
    assert encoder is not None
    # One weight on the middle pixel of channel 0: the current is the pixel.
    encoder.weights = np.zeros((18, 3), np.int8)
    encoder.weights[4] = 1
    encoder.bias = np.array([0, 10, 0], np.int32)
    encoder.threshold = np.array([250, 250, 2000], np.int32)
    encoder.pool = 1
    workload.images = np.zeros((1, 2, 9, 8), np.uint8)
    workload.images[0, 0, 0, :4] = [255, 245, 120, 83]
    spikes = encode(workload, 0)
    assert spikes.shape == (3, 3, 9, 8)
    # potentials: 255 | 245, 490 | 120, 240, 360 | 83, 166, 249
    assert spikes[:, 0, 0, :5].astype(int).tolist() == [
        [1, 0, 0, 0, 0],
        [1, 1, 0, 0, 0],
        [1, 0, 1, 0, 0],
    ]
    # 265 | 255 | 130, 260, 130 | 93, 186, 279 | 10, 20, 30
    assert spikes[:, 1, 0, :5].astype(int).tolist() == [
        [1, 1, 0, 0, 0],
        [1, 1, 1, 0, 0],
        [1, 1, 0, 1, 0],
    ]
    assert not spikes[:, 2].any()


def test_chain_input_pools_and_orders_the_maps() -> None:
    conv = chained_workload().layers[0]
    rows = np.zeros((75, 5), np.int64)
    # position (2, 3) of 5 x 5, step 1, channel 4 -> pooled (1, 1)
    rows[(2 * 5 + 3) * 3 + 1, 4] = 1
    spikes = chain_input(conv, rows)
    assert spikes.shape == (3, 5, 2, 2)
    assert np.argwhere(spikes).tolist() == [[1, 4, 1, 1]]


@pytest.mark.parametrize("image", [-1, 3])
def test_encode_refuses_an_image_that_is_not_there(image: int) -> None:
    with pytest.raises(InputError, match=f"there is no image {image}: the workload has 3"):
        encode(chained_workload(), image)


def test_infer_refuses_a_workload_without_images() -> None:
    with pytest.raises(InputError, match="workload 'tiny' has no images to infer"):
        infer(captured_workload(), 0)


def test_reference_runner_refuses_a_layer_without_weights() -> None:
    layer = captured_workload().layers[1]
    with pytest.raises(InputError, match="layer 'fc_0' has no weights"):
        reference_runner(layer, layer.matrix())
