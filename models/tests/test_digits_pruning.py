"""Pruning of the bundled networks, and the network that a workload is turned back into."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
import pytest

from snn_rtl.models.errors import InputError
from snn_rtl.models.workload.workload import load

NEEDED = "the extra `train` is not installed"
torch = pytest.importorskip("torch", reason=NEEDED)
pytest.importorskip("snntorch", reason=NEEDED)
pytest.importorskip("sklearn", reason=NEEDED)
data, export, network, pruning, restoring = (
    importlib.import_module(f"snn_rtl.examples.digits.{name}")
    for name in ("data", "export", "network", "pruning", "restore")
)

SMALL = Path(__file__).resolve().parents[2] / "examples" / "digits" / "digits_small.npz"


def test_schedule_rises_from_nothing_to_the_sparsity() -> None:
    shares = [pruning.schedule(step / 10, 0.9) for step in range(11)]
    assert (shares[0], shares[-1], pruning.schedule(3.0, 0.9)) == (0.0, 0.9, 0.9)
    steps = np.diff(shares)
    assert (steps > 0).all()
    assert (np.diff(steps) < 0).all()


def test_scores_sort_by_magnitude_and_know_no_scale() -> None:
    weight = torch.tensor([[0.0, -3.0], [1.0, 2.0]])
    expected = [0.0, 9 / 9, 1 / 14, 4 / 13]
    np.testing.assert_allclose(pruning.scores(weight), expected)
    np.testing.assert_allclose(pruning.scores(1e-3 * weight), expected, rtol=1e-6)
    assert pruning.scores(torch.zeros(3)).tolist() == [0.0, 0.0, 0.0]


def test_tightening_prunes_for_good_and_keeps_the_norms() -> None:
    torch.manual_seed(1)
    conv, linear = torch.nn.Conv2d(2, 3, 3), torch.nn.Linear(10, 4)
    norms = conv.weight.detach().flatten(1).norm(dim=1)
    layers = [pruning.PrunedLayer(conv), pruning.PrunedLayer(linear)]
    before = np.zeros(94, np.bool_)
    for sparsity in (0.0, 0.5, 0.8, 0.8):
        pruning.tighten(layers, sparsity)
        kept = np.concatenate([pruned.mask.kept.numpy().ravel() for pruned in layers])
        assert np.count_nonzero(kept == 0) == round(sparsity * kept.size)
        assert not kept[before].any()
        before = kept == 0
        torch.testing.assert_close(layers[0].norms(), norms)
    (conv(torch.ones(1, 2, 3, 3)).sum() + linear(torch.ones(10)).sum()).backward()
    for pruned in layers:
        pruned.finish()
    assert np.count_nonzero(conv.weight.detach()) + np.count_nonzero(linear.weight.detach()) == 19
    assert set(conv.state_dict()) == {"weight", "bias"}


def test_a_restored_network_gives_the_same_workload() -> None:
    workload = load(SMALL)
    assert workload.images is not None
    assert workload.labels is not None
    part = data.Part(workload.images[:20], workload.labels[:20])
    again = export.to_workload(restoring.restore(network.DIGITS_SMALL, workload, part), part, 1)
    assert again.encoder is not None
    assert workload.encoder is not None
    for layer, other in zip(
        [again.encoder, *again.layers], [workload.encoder, *workload.layers], strict=True
    ):
        np.testing.assert_array_equal(layer.weights, other.weights)
        np.testing.assert_array_equal(layer.bias, other.bias)
        np.testing.assert_array_equal(layer.threshold, other.threshold)
    with pytest.raises(InputError, match="layer 'encoder' has weights"):
        restoring.restore(network.DIGITS, workload, part)
