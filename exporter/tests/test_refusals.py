"""What cannot be exported is refused in one line that says what and where."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

NEEDED = "the extra `export` is not installed"
pytest.importorskip("torch", reason=NEEDED)
pytest.importorskip("snntorch", reason=NEEDED)

import snntorch as snn
import torch
from torch import nn
from torch.nn import functional

from snn_rtl.exporter.blocks import SpikeAttention, SpikeOr, pointwise
from snn_rtl.exporter.export import export
from snn_rtl.exporter.tests.networks import Looped, images, neurons
from snn_rtl.models.errors import InputError

Forward = Callable[[Any, torch.Tensor], torch.Tensor]


class Model(nn.Module):
    """A sound model: conv, lif1, fc, lif2, last; tests replace a module or a step of it."""

    def __init__(self, **modules: nn.Module) -> None:
        super().__init__()
        self.conv, self.lif1 = nn.Conv2d(2, 4, 3, padding=1), neurons()
        self.fc, self.lif2 = nn.Linear(4 * 8 * 7, 6), neurons()
        self.last = nn.Linear(6, 4)
        for name, module in modules.items():
            setattr(self, name, module)

    def maps(self, pixels: torch.Tensor) -> torch.Tensor:
        """Return the first spikes."""
        spikes: torch.Tensor = self.lif1(self.conv(pixels))
        return spikes

    def head(self, spikes: torch.Tensor) -> torch.Tensor:
        """Return outputs for flat spikes."""
        outputs: torch.Tensor = self.last(self.lif2(self.fc(spikes)))
        return outputs

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Return outputs (B, 4) of one time step."""
        return self.head(self.maps(pixels).flatten(1))


def refused(model: nn.Module, **arguments: Any) -> str:
    """Return why a model is refused."""
    fields: dict[str, Any] = {"time_steps": 2, "input_scale": 1.0, "name": "n", **arguments}
    pixels = fields.pop("sample_input", images(1))
    with pytest.raises(InputError) as error:
        export(model, pixels, None, **fields)
    text = str(error.value)
    assert text.isprintable()
    assert len(text) < 250
    return text


def test_the_sound_model_is_exported() -> None:
    export(Model(), images(1), None, time_steps=2, input_scale=1.0, name="n")


LEAKY = "'lif1' (Leaky): "
CONV = "'conv' (Conv2d): "

MODULES: list[tuple[str, Callable[[], nn.Module], str]] = [
    ("conv", lambda: nn.Conv2d(2, 4, (3, 1), padding=(1, 0)), CONV + "its kernel_size is (3, 1)"),
    ("conv", lambda: nn.Conv2d(2, 4, 3, padding="same"), CONV + "its padding is 'same'; it must"),
    ("conv", lambda: nn.Conv2d(2, 4, 3, padding=2, dilation=2), CONV + "it is dilated or grouped"),
    ("conv", lambda: nn.Conv2d(2, 4, 3, padding=1, groups=2), CONV + "it is dilated or grouped"),
    (
        "conv",
        lambda: nn.Conv2d(2, 4, 3, padding=1, padding_mode="circular"),
        CONV + "its padding mode is 'circular', not 'zeros'",
    ),
    ("lif1", lambda: neurons(beta=0.2), LEAKY + "they keep 0.2 of their potential a step, which"),
    ("lif1", lambda: neurons(beta=0.0), LEAKY + "they keep 0 of their potential a step, which"),
    (
        "lif1",
        lambda: neurons(beta=0.5, reset_mechanism="subtract"),
        LEAKY + "they subtract the threshold a step late: make them with reset_delay=False, or",
    ),
    (
        "lif1",
        lambda: neurons(reset_mechanism="none"),
        LEAKY + "their reset mechanism is 'none'",
    ),
    ("lif1", lambda: neurons(graded_spikes_factor=2.0), LEAKY + "they use graded_spikes_factor"),
    ("lif1", lambda: neurons(threshold=0.0), LEAKY + "thresholds must be above 0"),
    ("lif1", lambda: neurons(threshold=-1.0), LEAKY + "thresholds must be above 0"),
    ("lif1", lambda: neurons(threshold=float("nan")), LEAKY + "thresholds must be above 0"),
    (
        "lif1",
        lambda: neurons(threshold=torch.arange(1.0, 57.0).reshape(8, 7)),
        CONV + "thresholds differ within a channel",
    ),
    (
        "lif1",
        lambda: neurons(beta=torch.tensor([[[0.5]], [[0.5]], [[0.5]], [[0.75]]])),
        LEAKY + "they have several values of beta, the accelerator's one a layer",
    ),
    (
        "lif1",
        lambda: nn.Sequential(neurons(), neurons()),
        "'lif1.1' (Leaky): it takes spikes: neurons must follow a Conv2d, Linear or SpikeAttenti",
    ),
    (
        "lif1",
        lambda: nn.Sequential(neurons(), nn.BatchNorm2d(4)),
        "'lif1.1' (BatchNorm2d): it takes spikes: it must follow a Conv2d or Linear",
    ),
    (
        "lif1",
        lambda: nn.Sequential(nn.BatchNorm2d(4, track_running_stats=False), neurons()),
        "'lif1.0' (BatchNorm2d): it keeps no running statistics",
    ),
    (
        "lif1",
        lambda: nn.Sequential(nn.BatchNorm2d(4), nn.BatchNorm2d(4), neurons()),
        "'lif1.1' (BatchNorm2d): it is not the only thing behind 'conv'",
    ),
    (
        "lif1",
        lambda: nn.Sequential(nn.ReLU(), neurons()),
        "'lif1.1' (Leaky): it takes what 'lif1.0' (ReLU) computes by relu from the curre",
    ),
    ("lif1", nn.ReLU, "'fc' (Linear): it takes what 'lif1' (ReLU) computes by relu from the cur"),
    (
        "lif1",
        nn.Identity,
        "'fc' (Linear): it takes what the model computes by flatten from the cu",
    ),
    (
        "lif2",
        lambda: snn.Synaptic(alpha=0.5, beta=0.5, init_hidden=True),
        "'last' (Linear): it takes what 'lif2' (Synaptic) computes by ",
    ),
    (
        "last",
        lambda: nn.Sequential(nn.Linear(6, 4), neurons()),
        "'last.0' (Linear): the last layer must be a Linear without neurons",
    ),
    (
        "lif2",
        lambda: nn.AvgPool1d(1),
        "'last' (Linear): it takes what 'lif2' (AvgPool1d) computes by avg_pool1d from the curr",
    ),
]


@pytest.mark.parametrize(
    ("place", "make", "expected"),
    MODULES,
    ids=[expected for *_, expected in MODULES],
)
def test_modules(place: str, make: Callable[[], nn.Module], expected: str) -> None:
    assert refused(Model(**{place: make()})).startswith(expected)


def divided(model: Any, pixels: torch.Tensor) -> torch.Tensor:
    outputs: torch.Tensor = model.head(model.maps(pixels / 2).flatten(1))
    return outputs


def average(model: Any, pixels: torch.Tensor) -> torch.Tensor:
    spikes = functional.avg_pool2d(model.maps(pixels), 1)
    outputs: torch.Tensor = model.head(spikes.flatten(1))
    return outputs


def dropped(model: Any, pixels: torch.Tensor) -> torch.Tensor:
    outputs: torch.Tensor = model.head(functional.dropout(model.maps(pixels)).flatten(1))
    return outputs


def overlapping(model: Any, pixels: torch.Tensor) -> torch.Tensor:
    spikes = functional.max_pool2d(model.maps(pixels), 3, stride=1, padding=1)
    outputs: torch.Tensor = model.head(spikes.flatten(1))
    return outputs


def transposed(model: Any, pixels: torch.Tensor) -> torch.Tensor:
    outputs: torch.Tensor = model.head(model.maps(pixels).transpose(2, 3).flatten(1))
    return outputs


def added(model: Any, pixels: torch.Tensor) -> torch.Tensor:
    spikes = model.maps(pixels)
    outputs: torch.Tensor = model.head((spikes + spikes).flatten(1))
    return outputs


def detached(model: Any, pixels: torch.Tensor) -> torch.Tensor:
    outputs: torch.Tensor = model.head(torch.ones(len(pixels), 4 * 8 * 7))
    model.maps(pixels)
    return outputs


def twice_neurons(model: Any, pixels: torch.Tensor) -> torch.Tensor:
    current = model.conv(pixels)
    model.lif1(current)
    outputs: torch.Tensor = model.head(model.other(current).flatten(1))
    return outputs


def unused(model: Any, pixels: torch.Tensor) -> torch.Tensor:
    spikes = model.maps(pixels)
    model.lif3(model.pointwise(spikes))
    outputs: torch.Tensor = model.head(spikes.flatten(1))
    return outputs


def two_encoders(model: Any, pixels: torch.Tensor) -> torch.Tensor:
    spikes = model.join(model.maps(pixels), model.lif3(model.second(pixels)))
    outputs: torch.Tensor = model.head(spikes.flatten(1))
    return outputs


def shared(model: Any, pixels: torch.Tensor) -> torch.Tensor:
    spikes = model.lif3(model.pointwise(model.maps(pixels)))
    spikes = model.other(model.pointwise(spikes))
    outputs: torch.Tensor = model.head(spikes.flatten(1))
    return outputs


def pooled_and_not(model: Any, pixels: torch.Tensor) -> torch.Tensor:
    spikes = model.maps(pixels)
    small = functional.max_pool2d(model.join(spikes, model.lif3(model.pointwise(spikes))), 2)
    outputs: torch.Tensor = model.head(model.other(model.small(small.flatten(1))))
    return outputs


def currents(model: Any, pixels: torch.Tensor) -> torch.Tensor:
    outputs: torch.Tensor = model.head(model.lif3(model.pointwise(model.conv(pixels))).flatten(1))
    return outputs


def attended(model: Any, pixels: torch.Tensor) -> torch.Tensor:
    spikes = model.maps(pixels)
    outputs: torch.Tensor = model.head(model.lif3(model.attend(spikes, spikes, spikes)).flatten(1))
    return outputs


def attended_or(model: Any, pixels: torch.Tensor) -> torch.Tensor:
    spikes = model.maps(pixels)
    both = model.join(spikes, model.lif3(model.pointwise(spikes)))
    outputs: torch.Tensor = model.head(model.other(model.attend(both, both, both)).flatten(1))
    return outputs


def unflat(model: Any, pixels: torch.Tensor) -> torch.Tensor:
    outputs: torch.Tensor = model.lines(model.maps(pixels))
    return outputs.flatten(1)


def no_network(model: Any, pixels: torch.Tensor) -> torch.Tensor:
    return pixels.flatten(1)[:, :4]


def wide(model: Any, pixels: torch.Tensor) -> torch.Tensor:
    outputs = model.head(model.maps(pixels).flatten(1))
    return torch.cat([outputs, outputs], dim=1)


STEPS: list[tuple[Forward, str]] = [
    (
        divided,
        "'conv' (Conv2d): it takes what the model computes by div from pixels; it",
    ),
    (
        average,
        "'fc' (Linear): it takes what the model computes by avg_pool2d from spikes;",
    ),
    (dropped, "'fc' (Linear): it takes what the model computes by dropout from spikes"),
    (overlapping, "'fc' (Linear): it takes spikes pooled by windows that overlap, are padded or"),
    (transposed, "'fc' (Linear): it takes what the model computes by transpose from spikes"),
    (added, "'fc' (Linear): it takes what the model computes by add from spikes"),
    (detached, "'fc' (Linear): it takes what does not come from the pixels"),
    (twice_neurons, "'other' (Leaky): 'conv' has neurons already: 'lif1'"),
    (unused, "layer 'pointwise' makes spikes that no layer takes"),
    (two_encoders, "'second' takes the pixels, as 'conv' does"),
    (shared, "'pointwise' (Conv2d): it takes something else than in the time step before"),
    (pooled_and_not, "the output of 'conv' is taken with windows of 1 and of 2"),
    (currents, "'pointwise' (Conv2d): it takes the currents of 'conv'; it must take spikes"),
    (attended_or, "'attend' (SpikeAttention): queries, keys and values must each be the spikes of"),
    (unflat, "'lines' (Linear): it takes maps (4, 8, 7): flatten them first, or use a Conv2d of"),
    (no_network, "the model has no layers or no neurons that the exporter knows"),
    (wide, "the model gives (3, 8); it must give the outputs of its last layer, 4 an image"),
]


SPARE: dict[str, Callable[[], nn.Module]] = {
    "pointwise": lambda: pointwise(4, 4),
    "second": lambda: nn.Conv2d(2, 4, 3, padding=1),
    "join": SpikeOr,
    "lif3": neurons,
    "other": neurons,
    "attend": lambda: SpikeAttention(2),
    "lines": lambda: nn.Linear(7, 1),
    "small": lambda: nn.Linear(4 * 4 * 3, 4 * 8 * 7),
}
"""Modules that a step may use beside those of the sound model."""


@pytest.mark.parametrize(("forward", "expected"), STEPS, ids=[f.__name__ for f, _ in STEPS])
def test_operations(forward: Forward, expected: str) -> None:
    kind = type("Other", (Model,), {"forward": forward})
    used = forward.__code__.co_names
    model = kind(**{name: make() for name, make in SPARE.items() if name in used})
    assert refused(model).startswith(expected)


def test_attention_of_one_layer_with_itself() -> None:
    """It is sound: Q, K and V may be the same spikes."""
    kind = type("Attended", (Model,), {"forward": attended})
    model = kind(attend=SpikeAttention(2, 1.0), lif3=neurons(3.5))
    workload = export(model, images(1), None, time_steps=2, input_scale=1.0, name="n").workload
    assert workload.layers[0].sources == ("conv",) * 3


def test_attention_needs_a_positive_scale_and_few_positions() -> None:
    kind = type("Attended", (Model,), {"forward": attended})
    model = kind(attend=SpikeAttention(2, -1.0), lif3=neurons())
    assert refused(model).startswith("'attend' (SpikeAttention): its scale, with the normalis")
    model = kind(attend=SpikeAttention(2), lif3=neurons(), fc=nn.Linear(4 * 12 * 11, 6))
    pixels = np.zeros((1, 2, 12, 11), np.uint8)
    assert refused(model, sample_input=pixels).startswith(
        "'attend' (SpikeAttention): layer 'attend' has 132 positions, more than 127"
    )


def test_neurons_that_are_called_too_often() -> None:
    assert refused(Looped(3), time_steps=4) == (
        "neurons are called 3 times a forward pass: it must be once, or 4 times for as many time "
        "steps"
    )
    model = Model(other=neurons())
    assert refused(model) == "'other' is called 0 times a forward pass, others 1"


def test_weights_that_are_no_numbers_or_too_small() -> None:
    model = Model()
    with torch.no_grad():
        model.conv.weight[0, 0, 0, 0] = float("nan")
    assert refused(model) == "'conv' (Conv2d): its weights are not all finite numbers"
    model = Model()
    with torch.no_grad():
        model.fc.weight.zero_()
        model.fc.bias.fill_(1e8)
    assert refused(model).startswith("'fc' (Linear): the bias does not fit into 32 bits")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"sample_input": np.zeros((1, 2, 8, 7))}, "sample_input must be uint8 (I, C, H, W), not"),
        ({"sample_input": np.zeros((2, 8, 7), np.uint8)}, "sample_input must be uint8"),
        ({"sample_input": np.zeros((0, 2, 8, 7), np.uint8)}, "sample_input must be uint8"),
        ({"input_scale": 0.0}, "input_scale must be above 0, not 0.0"),
        ({"input_scale": float("nan")}, "input_scale must be above 0, not nan"),
        ({"time_steps": 0}, "layer 'conv': T of input_shape must be 1..1024, not 0"),
        ({"labels": np.zeros(9, np.uint8)}, "labels must be uint8 (3,)"),
    ],
)
def test_arguments(arguments: dict[str, Any], expected: str) -> None:
    assert expected in refused(Model(), **arguments)
