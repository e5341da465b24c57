"""What several tests of the models need: strategies, a small network, the captured workloads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from snn_rtl.models.lif import LifConfig
from snn_rtl.models.workload.attention import Attention
from snn_rtl.models.workload.layer import Layer
from snn_rtl.models.workload.workload import Workload, load

CAPTURES = Path(__file__).resolve().parents[3] / "shared" / "workloads"
"""Captured spikes of published networks; data to test with when present."""

FIGURE = np.array(
    [[1, 0, 1, 0], [1, 0, 0, 1], [1, 0, 1, 1], [0, 0, 1, 0], [1, 0, 1, 1], [1, 1, 0, 1]], np.bool_
)
"""The example in the paper's figure of product sparsity: six rows of four columns."""


def captured(name: str) -> Workload:
    """Load a captured workload, or skip the test that asks for it."""
    path = CAPTURES / f"{name}_cifar10.npz"
    if not path.is_file():
        pytest.skip(f"the captured workload {path.name} is not beside the repository")
    return load(path)


def spike_matrices(max_rows: int, max_columns: int) -> st.SearchStrategy[NDArray[np.bool_]]:
    """Draw bool matrices (1..max_rows, 1..max_columns)."""
    shapes = st.tuples(st.integers(1, max_rows), st.integers(1, max_columns))
    return hnp.arrays(np.bool_, shapes)


def chained_workload(
    seed: int = 1, lif: LifConfig | None = None, images: int = 3, time_steps: int = 3
) -> Workload:
    """Make a small network: encoder 2 -> 3 maps, a convolution, two linear layers."""
    rng = np.random.default_rng(seed)

    def weights(k: int, n: int) -> NDArray[np.int8]:
        return rng.integers(-128, 128, (k, n), np.int8)

    def channel(n: int, low: int, high: int) -> NDArray[np.int32]:
        return rng.integers(low, high, n, np.int32)

    encoder = Layer(
        name="encoder",
        kind="conv2d",
        input_shape=(time_steps, 2, 9, 8),
        out_channels=3,
        kernel_size=3,
        stride=1,
        padding=1,
        pool=2,
        lif=lif,
        weights=weights(18, 3),
        bias=channel(3, -2000, 2000),
        threshold=channel(3, 0, 20000),
    )
    conv = Layer(
        name="conv",
        kind="conv2d",
        input_shape=(time_steps, 3, 4, 4),
        out_channels=5,
        kernel_size=2,
        stride=1,
        padding=1,
        pool=2,
        lif=lif,
        weights=weights(12, 5),
        bias=channel(5, -30, 60),
        threshold=channel(5, 0, 200),
    )
    hidden = Layer(
        name="hidden",
        kind="linear",
        input_shape=(time_steps, 20),
        out_features=7,
        lif=lif,
        weights=weights(20, 7),
        threshold=channel(7, 0, 150),
    )
    last = Layer(
        name="last",
        kind="linear",
        input_shape=(time_steps, 7),
        out_features=4,
        weights=weights(7, 4),
        bias=channel(4, -50, 50),
    )
    return Workload(
        name="synthetic",
        source="seeded noise",
        license="CC0-1.0",
        time_steps=time_steps,
        layers=[conv, hidden, last],
        encoder=encoder,
        images=rng.integers(0, 256, (images, 2, 9, 8), np.uint8),
        labels=rng.integers(0, 4, images, np.uint8),
        test_accuracy={"correct": 2, "images": 3},
    )


def transformer_workload(
    seed: int = 1,
    lif: LifConfig | None = None,
    images: int = 2,
    time_steps: int = 3,
    heads: int = 2,
) -> Workload:
    """Make a small spiking transformer: encoder, one block of attention and MLP, read-out.

    It has 12 positions of 4 channels. Residuals are OR edges: the MLP and the read-out take the
    encoder's spikes as well.
    """
    rng = np.random.default_rng(seed)
    maps = (time_steps, 4, 4, 3)

    def pointwise(name: str, channels: int, outputs: int, *inputs: str) -> Layer:
        return Layer(
            name=name,
            kind="conv2d",
            input_shape=(time_steps, channels, 4, 3),
            inputs=inputs,
            out_channels=outputs,
            lif=lif,
            weights=rng.integers(-100, 128, (channels, outputs), np.int8),
            bias=rng.integers(-20, 40, outputs, np.int32),
            threshold=rng.integers(0, 120, outputs, np.int32),
        )

    encoder = Layer(
        name="encoder",
        kind="conv2d",
        input_shape=(time_steps, 2, 8, 7),
        out_channels=4,
        kernel_size=3,
        padding=1,
        pool=2,
        lif=lif,
        weights=rng.integers(-128, 128, (18, 4), np.int8),
        bias=rng.integers(-2000, 2000, 4, np.int32),
        threshold=rng.integers(0, 60000, 4, np.int32),
    )
    attention = Attention(
        name="attn",
        input_shape=maps,
        heads=heads,
        query="q",
        key="k",
        value="v",
        lif=lif,
        bias=rng.integers(-2, 2, 4, np.int32),
        threshold=rng.integers(0, 5, 4, np.int32),
    )
    return Workload(
        name="transformer",
        source="seeded noise",
        license="CC0-1.0",
        time_steps=time_steps,
        layers=[
            pointwise("q", 4, 4),
            pointwise("k", 4, 4, "encoder"),
            pointwise("v", 4, 4, "encoder"),
            attention,
            pointwise("proj", 4, 4),
            pointwise("fc1", 4, 6, "encoder", "proj"),
            pointwise("fc2", 6, 4),
            Layer(
                name="last",
                kind="linear",
                input_shape=(time_steps, 48),
                inputs=("fc2", "encoder", "proj"),
                out_features=4,
                weights=rng.integers(-128, 128, (48, 4), np.int8),
                bias=rng.integers(-50, 50, 4, np.int32),
            ),
        ],
        encoder=encoder,
        images=rng.integers(0, 256, (images, 2, 8, 7), np.uint8),
        labels=rng.integers(0, 4, images, np.uint8),
    )


def captured_workload(seed: int = 1) -> Workload:
    """Make a small workload of two layers with spikes, one of them with weights."""
    rng = np.random.default_rng(seed)
    conv = Layer(
        name="conv",
        kind="conv2d",
        input_shape=(2, 3, 4, 5),
        out_channels=4,
        kernel_size=3,
        stride=1,
        padding=1,
        spikes=rng.random((2, 3, 4, 5)) < 0.3,
        weights=rng.integers(-128, 128, (27, 4), np.int8),
        bias=rng.integers(-9, 9, 4, np.int32),
        threshold=rng.integers(0, 99, 4, np.int32),
    )
    linear = Layer(
        name="fc_0",
        kind="linear",
        input_shape=(2, 13),
        out_features=6,
        spikes=rng.random((2, 13)) < 0.3,
    )
    return Workload(
        name="tiny", source="noise", license="CC0-1.0", time_steps=2, layers=[conv, linear]
    )


def assert_equal(one: Workload, other: Workload) -> None:
    """Assert that two workloads are the same, arrays included."""
    for field in ("name", "source", "license", "time_steps", "test_accuracy"):
        assert getattr(one, field) == getattr(other, field), field
    for field in ("images", "labels"):
        assert_same_array(getattr(one, field), getattr(other, field), field)
    assert len(one.layers) == len(other.layers)
    assert (one.encoder is None) == (other.encoder is None)
    pairs = list(zip(one.layers, other.layers, strict=True))
    if one.encoder and other.encoder:
        pairs.append((one.encoder, other.encoder))
    for mine, theirs in pairs:
        for field in mine.__dataclass_fields__:
            first, second = getattr(mine, field), getattr(theirs, field)
            if field in ("spikes", "weights", "bias", "threshold"):
                assert_same_array(first, second, f"{mine.name}/{field}")
            else:
                assert first == second, f"{mine.name}.{field}"


def assert_same_array(
    one: NDArray[np.generic] | None, other: NDArray[np.generic] | None, what: str
) -> None:
    """Assert that both are absent, or both of one type, shape and content."""
    if one is None or other is None:
        assert one is other, what
        return
    assert (one.dtype, one.shape) == (other.dtype, other.shape), what
    np.testing.assert_array_equal(one, other, err_msg=what)
