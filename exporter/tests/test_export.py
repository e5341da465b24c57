"""Export of whole networks: exact where weights are integers, close where they are not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

NEEDED = "the extra `export` is not installed"
pytest.importorskip("torch", reason=NEEDED)
pytest.importorskip("snntorch", reason=NEEDED)

import snntorch as snn
import torch
from torch import nn

from snn_rtl.exporter.blocks import SpikeOr, pointwise
from snn_rtl.exporter.export import export
from snn_rtl.exporter.tests.networks import (
    Convolutions,
    Looped,
    Transformer,
    images,
    logits,
    make_integer,
    neurons,
)
from snn_rtl.models.errors import InputError
from snn_rtl.models.workload.attention import Attention
from snn_rtl.models.workload.network import infer
from snn_rtl.models.workload.workload import load


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("kind", [Convolutions, Transformer])
def test_a_network_of_integers_is_exported_exactly(
    tmp_path: Path, kind: type[nn.Module], seed: int
) -> None:
    model, pixels = make_integer(kind(), seed), images(seed)
    path = tmp_path / "net.npz"
    result = export(model, pixels, path, time_steps=4, input_scale=1.0, name="net")
    expected = logits(model, pixels, passes=4)
    workload = load(path)
    for image in range(len(pixels)):
        assert infer(workload, image)[0].tolist() == expected[image].tolist()
    assert result.agreement == 1.0
    assert result.notes == ()
    assert expected.std() > 0


@pytest.mark.parametrize("kind", [Convolutions, Transformer])
def test_the_networks_of_integers_are_alive(kind: type[nn.Module]) -> None:
    """The comparison above would hold for networks that never spike, too."""
    model = make_integer(kind(), 1)
    rates: dict[str, list[float]] = {}
    for name, module in model.named_modules():
        if isinstance(module, snn.Leaky):
            module.register_forward_hook(
                lambda _, __, out, name=name: rates.setdefault(name, []).append(float(out.mean()))
            )
    logits(model, images(1, 20), passes=4)
    assert rates
    assert all(0.01 < np.mean(found) < 0.99 for found in rates.values()), rates


def test_layers_of_a_transformer() -> None:
    model = make_integer(Transformer(heads=4), 1)
    workload = export(model, images(1), None, time_steps=2, input_scale=1.0, name="t").workload
    assert workload.encoder is not None
    assert (workload.encoder.name, workload.encoder.pool) == ("encoder", 2)
    assert [(layer.name, layer.kind, layer.sources) for layer in workload.layers] == [
        ("block.q", "conv2d", ()),
        ("block.k", "conv2d", ("encoder",)),
        ("block.v", "conv2d", ("encoder",)),
        ("block.attn", "attention", ("block.q", "block.k", "block.v")),
        ("block.proj", "conv2d", ()),
        ("block.fc1", "conv2d", ("encoder", "block.proj")),
        ("block.fc2", "conv2d", ()),
        ("fc", "linear", ("encoder", "block.proj", "block.fc2")),
    ]
    attention = workload.layers[3]
    assert isinstance(attention, Attention)
    assert attention.heads == 4
    assert attention.threshold is not None
    assert attention.threshold.tolist() == [6] * 8


@pytest.mark.parametrize("encode_once", [False, True])
def test_a_loop_over_time_inside_the_model(encode_once: bool) -> None:
    model, pixels = make_integer(Looped(encode_once=encode_once), 2), images(2, 10)
    result = export(
        model,
        torch.from_numpy(pixels),
        None,
        time_steps=3,
        input_scale=1.0,
        name="loop",
        labels=torch.zeros(10, dtype=torch.uint8),
    )
    with torch.no_grad():
        expected = model(torch.from_numpy(pixels.astype(np.float32)))[0].sum(dim=0)
    found = [infer(result.workload, image)[0].tolist() for image in range(10)]
    assert found == expected.tolist()
    assert result.model_classes.tolist() == expected.argmax(dim=1).tolist()
    lif = [
        layer.lif.reset
        for layer in (result.workload.encoder, *result.workload.layers[:-1])
        if layer and layer.lif
    ]
    assert lif == ["soft", "hard"]


class Normalised(nn.Module):
    """Batch normalisation behind a convolution and behind an attention's projection."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(2, 6, 3, padding=1, bias=False),
            nn.BatchNorm2d(6),
            neurons(1.0, 0.5),
            nn.Conv2d(6, 8, 3, padding=1),
            nn.BatchNorm2d(8, affine=False),
            neurons(0.7, 0.75),
            nn.MaxPool2d(2),
            nn.Dropout(0.5),
            nn.Flatten(),
            nn.Linear(8 * 4 * 3, 10),
        )

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        outputs: torch.Tensor = self.layers(pixels)
        return outputs


def test_real_weights_agree_nearly_always() -> None:
    torch.manual_seed(3)
    model, pixels = Normalised(), images(3, 60)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            assert module.running_mean is not None
            assert module.running_var is not None
            module.running_mean.uniform_(-0.2, 0.2)
            module.running_var.uniform_(0.05, 0.3)
            if module.affine:
                nn.init.uniform_(module.weight, 0.5, 1.5)
                nn.init.uniform_(module.bias, 0.0, 0.8)
    model.train()
    result = export(model, pixels, None, time_steps=4, input_scale=1 / 255, name="real")
    assert result.agreement >= 0.9
    assert len(set(result.classes.tolist())) > 2
    assert all(module.training for module in model.modules())


def test_report_of_an_export(tmp_path: Path) -> None:
    model, pixels = make_integer(Convolutions(), 4), images(4, 5)
    labels = np.array([0, 1, 2, 3, 0], np.uint8)
    path = tmp_path / "net.npz"
    result = export(
        model,
        pixels,
        path,
        time_steps=2,
        input_scale=1.0,
        name="net",
        labels=labels,
        source="noise",
        license="CC0-1.0",
    )
    correct = int((result.classes == labels).sum())
    assert str(result).splitlines() == [
        "net: model and integer network agree on 5 of 5 images",
        f"  model: {correct}/5 = {correct / 5:.2%} correct",
        f"  integer network: {correct}/5 = {correct / 5:.2%} correct",
    ]
    workload = load(path)
    assert workload.test_accuracy == {"correct": correct, "total": 5, "model_correct": correct}
    assert (workload.source, workload.license) == ("noise", "CC0-1.0")


def test_nothing_is_written_below_the_least_agreement(tmp_path: Path) -> None:
    class Opposite(Convolutions):
        """Gives the negative of what its last layer does."""

        def forward(self, pixels: torch.Tensor) -> torch.Tensor:
            return -super().forward(pixels)

    model = make_integer(Opposite(), 1)
    path = tmp_path / "net.npz"
    with pytest.raises(InputError, match=r"agree on 0.0% of the images, less than 50.0%"):
        export(model, images(1), path, time_steps=2, input_scale=1.0, name="n", least_agreement=0.5)
    assert not path.exists()


def test_a_leak_that_is_no_shift_is_rounded_and_noted() -> None:
    model = Convolutions()
    model.lif1 = neurons(150.0, beta=0.7)
    make_integer(model, 1)
    result = export(model, images(1), None, time_steps=2, input_scale=1.0, name="n")
    assert result.workload.layers[0].lif is not None
    assert result.workload.layers[0].lif.leak_shift == 2
    assert result.notes == ("conv1: neurons keep 0.75 of their potential a step instead of 0.7",)
    assert result.notes[0] in str(result)


def test_thresholds_of_channels() -> None:
    model = Convolutions()
    model.lif1 = neurons(torch.tensor([100.0, 120.0, 150.0, 90.0, 80.0])[:, None, None])
    make_integer(model, 5)
    pixels = images(5)
    result = export(model, pixels, None, time_steps=3, input_scale=1.0, name="n")
    threshold = result.workload.layers[0].threshold
    assert threshold is not None
    assert threshold.tolist() == [100, 120, 150, 90, 80]
    found = [infer(result.workload, image)[0].tolist() for image in range(3)]
    assert found == logits(model, pixels, passes=3).tolist()


class Branches(nn.Module):
    """The OR of two branches, pooled afterwards; `join` is how the OR is written."""

    def __init__(self, join: nn.Module | None) -> None:
        super().__init__()
        self.join = join
        self.encoder, self.encoder_lif = nn.Conv2d(2, 4, 3, padding=1), neurons(9000.0)
        self.left, self.left_lif = pointwise(4, 4), neurons(200.0)
        self._right, self.right_lif = pointwise(4, 4), neurons(300.0)
        self.fc = nn.Linear(4 * 4 * 3, 3)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Return outputs (B, 3) of one time step."""
        spikes = self.encoder_lif(self.encoder(pixels))
        left = self.left_lif(self.left(spikes))
        right = self.right_lif(self._right(spikes))
        spikes = self.join(left, right) if self.join else torch.maximum(right, left)
        spikes = nn.functional.max_pool2d(spikes, 2)
        outputs: torch.Tensor = self.fc(spikes.reshape(len(pixels), -1))
        return outputs


@pytest.mark.parametrize("join", [SpikeOr(), None], ids=["SpikeOr", "maximum"])
def test_an_or_that_is_pooled_afterwards(join: nn.Module | None) -> None:
    model, pixels = make_integer(Branches(join), 6), images(6)
    result = export(model, pixels, None, time_steps=3, input_scale=1.0, name="r")
    assert [(layer.name, layer.inputs, layer.pool) for layer in result.workload.layers] == [
        ("left", (), 2),
        ("layer_right", ("encoder",), 2),
        ("fc", ("left", "layer_right"), 1),
    ]
    found = [infer(result.workload, image)[0].tolist() for image in range(3)]
    assert found == logits(model, pixels, passes=3).tolist()


@pytest.mark.parametrize("v_reset", [0.0, None])
def test_a_network_of_spikingjelly(v_reset: float | None) -> None:
    neuron = pytest.importorskip(
        "spikingjelly.activation_based.neuron", reason="spikingjelly is not installed"
    )
    model = nn.Sequential(
        nn.Conv2d(2, 4, 3, padding=1),
        neuron.IFNode(v_threshold=9000.0, v_reset=v_reset),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(4 * 4 * 3, 9),
        neuron.IFNode(v_threshold=150.0, v_reset=v_reset),
        nn.Linear(9, 4),
    )
    make_integer(model, 8)
    pixels = images(8, 10)
    result = export(model, pixels, None, time_steps=4, input_scale=1.0, name="sj")
    expected = logits(model, pixels, passes=4)
    assert [infer(result.workload, i)[0].tolist() for i in range(10)] == expected.tolist()
    assert expected.std() > 0
