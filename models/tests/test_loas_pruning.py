"""Random pruning and the published sparsities."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snn_rtl.models.baselines.loas_cited import PAPER
from snn_rtl.models.errors import InputError
from snn_rtl.models.loas.pruning import (
    LAYERS,
    NETWORKS,
    prune_random,
    published_network,
    seeded_sparse_weights,
    target_sparsity,
)
from snn_rtl.models.workload.layer import Layer

LAYER = Layer(name="fc", kind="linear", input_shape=(4, 50), out_features=30)


@given(
    st.floats(0, 1), st.integers(1, 40), st.integers(1, 20), st.booleans(), st.integers(0, 2**32)
)
def test_pruning_is_exact(sparsity: float, k: int, n: int, turned: bool, seed: int) -> None:
    weights = np.random.default_rng(seed).integers(1, 128, (k, n), np.int8)
    weights = weights.T if turned else weights
    before = weights.copy()
    pruned = prune_random(weights, sparsity, np.random.default_rng(seed))
    assert np.count_nonzero(pruned == 0) == round(sparsity * k * n)
    np.testing.assert_array_equal(weights, before)
    kept = pruned != 0
    np.testing.assert_array_equal(pruned[kept], weights[kept])
    again = prune_random(weights, sparsity, np.random.default_rng(seed))
    np.testing.assert_array_equal(pruned, again)


def test_zeros_that_are_there_count() -> None:
    weights = np.array([[0, 1], [2, 3]], np.int8)
    rng = np.random.default_rng(1)
    assert prune_random(weights, 0.25, rng).tolist() == weights.tolist()
    assert np.count_nonzero(prune_random(weights, 0.75, rng)) == 1
    with pytest.raises(InputError, match="more than 0 of 4 weights are zero already"):
        prune_random(weights, 0.1, rng)


@pytest.mark.parametrize("sparsity", [-0.1, 1.1, float("nan"), float("inf")])
def test_pruning_refuses_no_share(sparsity: float) -> None:
    with pytest.raises(InputError, match=r"sparsity must be 0\.\.1"):
        prune_random(np.ones((2, 2), np.int8), sparsity, np.random.default_rng(1))


def test_seeded_sparse_weights() -> None:
    weights = seeded_sparse_weights(LAYER, 0.9826, np.random.default_rng(7))
    assert weights.dtype == np.int8
    assert weights.shape == (50, 30)
    assert np.count_nonzero(weights) == 1500 - round(0.9826 * 1500)
    dense = seeded_sparse_weights(LAYER, 0.0, np.random.default_rng(7))
    assert dense.all()
    assert (dense.min(), dense.max()) == (-128, 127)
    assert not seeded_sparse_weights(LAYER, 1.0, np.random.default_rng(7)).any()


@pytest.mark.parametrize(
    ("name", "network", "sparsity"),
    [
        ("alexnet_cifar10", "alexnet", 0.9826),
        ("AlexNet", "alexnet", 0.9826),
        ("vgg16_cifar100", "vgg16", 0.982),
        ("vgg9_cifar10", "vgg16", 0.982),
        ("resnet18", "resnet19", 0.969),
        ("digits", "vgg16", 0.982),
        ("", "vgg16", 0.982),
    ],
)
def test_networks_get_the_sparsity_of_their_family(
    name: str, network: str, sparsity: float
) -> None:
    assert published_network(name) == network
    assert target_sparsity(name) == sparsity


def test_published_sparsities_are_plausible() -> None:
    for entry in [*NETWORKS.values(), *LAYERS.values()]:
        assert entry.source == PAPER
        assert 0.5 < entry.silent < entry.silent_ft < 1
        # a neuron is silent less often than a single step of it is
        assert entry.silent < entry.spikes < 1
        assert 0.95 < entry.weights < 1
