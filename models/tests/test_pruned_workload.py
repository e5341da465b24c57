"""The bundled networks that are pruned: what is in the files, and that they still read digits."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from snn_rtl.models.loas import config as loas_config
from snn_rtl.models.loas.formats import pack_words
from snn_rtl.models.loas.loas import layer_outputs
from snn_rtl.models.workload.layer import Layer
from snn_rtl.models.workload.network import infer, reference_runner
from snn_rtl.models.workload.workload import Workload
from snn_rtl.models.workload.workload import load as load_file

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "digits"
PAIRS = [("digits_pruned", "digits"), ("digits_pruned_small", "digits_small")]
NAMES = [name for name, _ in PAIRS]
IMAGES = 50


@cache
def load(name: str) -> Workload:
    """Load a bundled workload."""
    return load_file(FOLDER / f"{name}.npz")


def weights_of(workload: Workload) -> dict[str, NDArray[np.int8]]:
    """Return the weights of the layers on the machine."""
    weights = {layer.name: layer.weights for layer in workload.layers}
    return {name: found for name, found in weights.items() if found is not None}


@pytest.mark.parametrize(("name", "dense"), PAIRS)
def test_it_is_the_dense_network_but_for_its_numbers(name: str, dense: str) -> None:
    pruned, whole = load(name), load(dense)
    assert pruned.name == name
    assert f"{dense} pruned by magnitude and fine-tuned" in pruned.source
    assert pruned.time_steps == whole.time_steps
    np.testing.assert_array_equal(pruned.images, whole.images)
    np.testing.assert_array_equal(pruned.labels, whole.labels)
    assert pruned.encoder is not None
    assert whole.encoder is not None
    for layer, other in zip(
        [pruned.encoder, *pruned.layers], [whole.encoder, *whole.layers], strict=True
    ):
        assert (layer.name, layer.kind, layer.lif) == (other.name, other.kind, other.lif)
        assert (layer.m, layer.k, layer.n) == (other.m, other.k, other.n)
        assert layer.output_shape == other.output_shape
        assert (layer.threshold is None) == (other.threshold is None)


@pytest.mark.parametrize(
    ("name", "sparsity"), [("digits_pruned", 0.97), ("digits_pruned_small", 0.5)]
)
def test_weights_are_gone_but_not_of_a_whole_layer(name: str, sparsity: float) -> None:
    weights = weights_of(load(name))
    assert list(weights) == ["conv2", "conv3", "fc"]
    zeros = sum(int(np.count_nonzero(found == 0)) for found in weights.values())
    assert zeros >= sparsity * sum(found.size for found in weights.values())
    for layer, found in weights.items():
        assert np.count_nonzero(found) >= 0.2 * (1 - sparsity) * found.size, layer
        assert np.abs(found).max() == 127, layer


@pytest.mark.parametrize("name", NAMES)
def test_it_reads_digits_and_no_layer_is_dead(name: str) -> None:
    workload = load(name)
    assert workload.test_accuracy is not None
    assert workload.test_accuracy["total"] == 450
    assert workload.test_accuracy["correct"] >= 0.98 * 450
    assert workload.labels is not None
    bits: dict[str, list[float]] = {}
    silent: dict[str, list[float]] = {}

    def runner(layer: Layer, matrix: NDArray[np.bool_]) -> NDArray[np.int64]:
        words = pack_words(matrix, layer.time_steps, layer.time_steps)
        bits.setdefault(layer.name, []).append(float(matrix.mean()))
        silent.setdefault(layer.name, []).append(float((words == 0).mean()))
        return reference_runner(layer, matrix)

    classes = np.array([infer(workload, image, runner)[1] for image in range(IMAGES)])
    assert np.count_nonzero(classes == workload.labels[:IMAGES]) >= 0.97 * IMAGES
    assert all(0.03 < np.mean(found) < 0.3 for found in bits.values()), bits
    assert all(0.5 < np.mean(found) < 0.95 for found in silent.values()), silent


@pytest.mark.parametrize(
    ("name", "config"), [("digits_pruned", "paper"), ("digits_pruned_small", "small")]
)
def test_the_dual_sparse_machine_gives_the_same_logits(name: str, config: str) -> None:
    workload = load(name)
    machine = partial(layer_outputs, config=loas_config.named_config(config))

    def runner(layer: Layer, matrix: NDArray[np.bool_]) -> NDArray[np.int64]:
        assert layer.weights is not None
        return machine(matrix, layer.weights, lif=layer.lif_params, time_steps=layer.time_steps)

    for image in range(3):
        logits, found = infer(workload, image, runner)
        expected, label = infer(workload, image)
        np.testing.assert_array_equal(logits, expected)
        assert found == label
