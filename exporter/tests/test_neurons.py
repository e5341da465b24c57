"""Neurons of snnTorch and spikingjelly against the integer neurons that they become."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

NEEDED = "the extra `export` is not installed"
pytest.importorskip("torch", reason=NEEDED)
pytest.importorskip("snntorch", reason=NEEDED)

import snntorch as snn
import torch
from numpy.typing import NDArray
from torch import nn

from snn_rtl.exporter.neurons import is_neurons, leak_shift, neurons_of, reset
from snn_rtl.models.errors import InputError
from snn_rtl.models.lif import lif

STEPS = 4
COUNT = 300


def currents(seed: int) -> NDArray[np.int64]:
    """Return integer currents (T, N), multiples of 8: halves of halves stay integers."""
    return 8 * np.random.default_rng(seed).integers(-6, 12, (STEPS, COUNT))


def integer_spikes(module: nn.Module, values: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return what the integer neurons make of the currents."""
    found = neurons_of(module)
    threshold = np.full(COUNT, float(found.threshold[0]))
    assert (threshold == threshold.round()).all()
    bias = np.zeros(COUNT, np.int64)
    return lif(values, STEPS, bias, threshold.astype(np.int64), found.config)


def real_spikes(module: nn.Module, values: NDArray[Any]) -> NDArray[np.bool_]:
    """Return what the module makes of the currents."""
    reset(module)
    steps = [module(torch.from_numpy(step.astype(np.float32))[None]) for step in values]
    return np.array([step[0].detach().numpy() > 0.5 for step in steps])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "settings",
    [
        {"beta": 1.0, "reset_mechanism": "subtract"},
        {"beta": 1.0, "reset_mechanism": "subtract", "reset_delay": False, "threshold": 90.0},
        {"beta": 1.0, "reset_mechanism": "zero"},
        {"beta": 0.5, "reset_mechanism": "zero"},
        {"beta": 0.5, "reset_mechanism": "zero", "reset_delay": False},
        {"beta": 0.5, "reset_mechanism": "subtract", "reset_delay": False, "threshold": 88.0},
        {"beta": 0.75, "reset_mechanism": "zero"},
    ],
)
def test_leaky_is_as_its_integers(settings: dict[str, Any], seed: int) -> None:
    module = snn.Leaky(**{"threshold": 40.0, "init_hidden": True, **settings})
    values = currents(seed) * (2 if settings["beta"] == 0.75 else 1)
    expected = real_spikes(module, values)
    assert (integer_spikes(module, values) == expected).all()
    assert 0.05 < expected.mean() < 0.95
    if settings["beta"] < 1:
        without = snn.Leaky(**{"threshold": 40.0, "init_hidden": True, **settings, "beta": 1.0})
        assert (real_spikes(without, values) != expected).any()


def test_leaky_without_delay_differs_beyond_twice_the_threshold() -> None:
    """What the pages warn of: snnTorch then compares with one threshold less."""
    module = snn.Leaky(
        beta=1.0, threshold=10.0, reset_mechanism="subtract", reset_delay=False, init_hidden=True
    )
    values = np.zeros((STEPS, COUNT), np.int64)
    values[0] = 25
    assert integer_spikes(module, values)[:, 0].tolist() == [True, True, False, False]
    assert real_spikes(module, values)[:, 0].tolist() == [True, False, False, False]


def test_reading_leaky() -> None:
    found = neurons_of(snn.Leaky(beta=0.9, threshold=0.5, reset_mechanism="zero"))
    assert (found.config.leak_shift, found.config.reset, found.config.fire) == (3, "hard", ">")
    assert found.threshold.tolist() == [0.5]
    assert found.keep == pytest.approx(0.9)
    assert found.kept == 0.875
    assert found.gain == 1.0


@pytest.mark.parametrize(
    ("keep", "shift"),
    [(1.0, 0), (0.5, 1), (0.4, 1), (0.62, 1), (0.63, 2), (0.75, 2), (0.9, 3), (0.95, 4)],
)
def test_leak_shift(keep: float, shift: int) -> None:
    assert leak_shift(keep) == shift


@pytest.mark.parametrize("keep", [0.0, 0.37, -1.0, 1.2, float("nan")])
def test_leak_shift_refuses_what_no_shift_is_near(keep: float) -> None:
    with pytest.raises(InputError, match="which no shift comes near: "):
        leak_shift(keep)


class LIFNode(nn.Module):
    """As spikingjelly's: told by its name, read by its attributes."""

    def __init__(self, **fields: Any) -> None:
        super().__init__()
        self.tau, self.decay_input, self.step_mode = 2.0, True, "s"
        self.v_threshold, self.v_reset = 1.0, 0.0
        for name, value in fields.items():
            setattr(self, name, value)

    def reset(self) -> None:
        """Forget the potential."""


class IFNode(LIFNode):
    """The same without a leak."""


class ParametricLIFNode(LIFNode):
    """The same with a trained leak."""

    w = torch.tensor(0.0)


def test_reading_spikingjelly() -> None:
    found = neurons_of(LIFNode(tau=4.0, v_threshold=0.5))
    assert (found.config.leak_shift, found.config.reset, found.config.fire) == (2, "hard", ">=")
    assert (found.gain, found.threshold.tolist()) == (0.25, [0.5])
    found = neurons_of(LIFNode(decay_input=False, v_reset=None))
    assert (found.config.leak_shift, found.config.reset, found.gain) == (1, "soft", 1.0)
    found = neurons_of(IFNode(v_reset=None))
    assert (found.config.leak_shift, found.config.reset, found.gain) == (0, "soft", 1.0)
    found = neurons_of(ParametricLIFNode())
    assert (found.config.leak_shift, found.gain) == (1, 0.5)
    assert is_neurons(IFNode())
    assert not is_neurons(nn.ReLU())


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"step_mode": "m"}, "they take all time steps at once: set their step_mode to 's'"),
        ({"v_reset": -0.1}, "they are reset to -0.1, not to 0"),
        ({"tau": 1.1}, "they keep 0.0909 of their potential a step"),
        ({"v_threshold": 0.0}, "thresholds must be above 0"),
    ],
)
def test_refusals_of_spikingjelly(fields: dict[str, Any], expected: str) -> None:
    with pytest.raises(InputError, match=expected):
        neurons_of(LIFNode(**fields))


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("v_reset", [0.0, None])
@pytest.mark.parametrize("decay_input", [False, True])
def test_spikingjelly_itself(decay_input: bool, v_reset: float | None, seed: int) -> None:
    neuron = pytest.importorskip(
        "spikingjelly.activation_based.neuron", reason="spikingjelly is not installed"
    )
    module = neuron.LIFNode(tau=2.0, decay_input=decay_input, v_threshold=40.0, v_reset=v_reset)
    values = currents(seed)
    given = values / (neurons_of(module).gain if decay_input else 1)
    assert (integer_spikes(module, values) == real_spikes(module, given)).all()
    if not decay_input:
        module = neuron.IFNode(v_threshold=40.0, v_reset=v_reset)
        assert (integer_spikes(module, values) == real_spikes(module, values)).all()
