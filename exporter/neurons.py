"""Spiking neurons of snnTorch and spikingjelly, as the accelerator's integer neurons.

They are told by the names of their classes: neither package is imported here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

import torch
from torch import nn

from snn_rtl.models.errors import InputError
from snn_rtl.models.lif import MAX_LEAK_SHIFT, LifConfig

LARGEST_LEAK_ERROR: Final = 0.125
"""How far the nearest shift may be from the share of its potential that a neuron keeps a step."""


@dataclass(frozen=True)
class Neurons:
    """Neurons ``U = keep * U + gain * current``, a spike past the threshold, then a reset.

    Attributes:
        config: leak, reset and comparison in integers.
        threshold: real, (1,) or (N,).
        gain: what a current is multiplied with.
        keep: share of the potential that is kept a step, before it was rounded to a shift.
    """

    config: LifConfig
    threshold: torch.Tensor
    gain: float
    keep: float

    @property
    def kept(self) -> float:
        """Share of the potential that is kept a step by the shift."""
        shift = self.config.leak_shift
        return 1 - 2.0**-shift if shift else 1.0


def is_neurons(module: nn.Module) -> bool:
    """Say whether a module is a layer of neurons that can be mapped, by the name of its class."""
    return type(module).__name__ in _READERS


def neurons_of(module: nn.Module) -> Neurons:
    """Read a layer of neurons.

    Raises:
        InputError: it does what the accelerator's neurons cannot.
    """
    found = _READERS[type(module).__name__](module)
    if not bool((found.threshold > 0).all()):
        raise InputError("thresholds must be above 0")
    return found


def reset(module: nn.Module) -> None:
    """Set the potentials of a layer of neurons to 0."""
    state: Any = module
    if hasattr(module, "reset_mem"):
        state.reset_mem()
    else:
        state.reset()


def leak_shift(keep: float) -> int:
    """Return the leak, as a shift, nearest to a share of the potential that is kept a step.

    Raises:
        InputError: none is near.
    """
    shares = {0: 1.0} | {shift: 1 - 2.0**-shift for shift in range(1, MAX_LEAK_SHIFT + 1)}
    nearest = min(shares, key=lambda shift: abs(shares[shift] - keep))
    if not abs(shares[nearest] - keep) <= LARGEST_LEAK_ERROR:
        raise InputError(
            f"they keep {keep:.3g} of their potential a step, which no shift comes near: "
            "1/2, 3/4, 7/8, ... and 1 are to be had"
        )
    return nearest


def _make(
    keep: float,
    reset: Literal["hard", "soft"],
    fire: Literal[">", ">="],
    threshold: object,
    gain: float = 1.0,
) -> Neurons:
    limits = torch.as_tensor(threshold).detach().double().reshape(-1)
    return Neurons(LifConfig(leak_shift(keep), reset, fire), limits, gain, keep)


def _leaky(module: Any) -> Neurons:
    beta = module.beta.detach().double().clamp(0, 1).reshape(-1)
    if bool((beta != beta[0]).any()):
        raise InputError("they have several values of beta, the accelerator's one a layer")
    refused = {
        "inhibition": bool(module.inhibition),
        "state_quant": bool(module.state_quant),
        "graded_spikes_factor": bool((module.graded_spikes_factor != 1).any()),
    }
    for name, used in refused.items():
        if used:
            raise InputError(f"they use {name}")
    mechanism = module.reset_mechanism
    if mechanism == "zero":
        return _make(float(beta[0]), "hard", ">", module.threshold)
    if mechanism != "subtract":
        raise InputError(f"their reset mechanism is {mechanism!r}")
    if module.reset_delay and beta[0] < 1:
        raise InputError(
            "they subtract the threshold a step late: make them with reset_delay=False, "
            'or with reset_mechanism="zero"'
        )
    return _make(float(beta[0]), "soft", ">", module.threshold)


def _spikingjelly(module: Any, rate: float, *, decay_input: bool) -> Neurons:
    """Read a neuron that loses `rate` of its potential a step."""
    if module.step_mode != "s":
        raise InputError("they take all time steps at once: set their step_mode to 's'")
    if module.v_reset not in (None, 0):
        raise InputError(f"they are reset to {module.v_reset}, not to 0")
    return _make(
        1 - rate,
        "soft" if module.v_reset is None else "hard",
        ">=",
        module.v_threshold,
        rate if decay_input else 1.0,
    )


def _if_node(module: Any) -> Neurons:
    return _spikingjelly(module, 0.0, decay_input=False)


def _lif_node(module: Any) -> Neurons:
    return _spikingjelly(module, 1 / float(module.tau), decay_input=module.decay_input)


def _parametric_lif_node(module: Any) -> Neurons:
    return _spikingjelly(module, float(module.w.sigmoid()), decay_input=module.decay_input)


_READERS: Final[dict[str, Callable[[Any], Neurons]]] = {
    "Leaky": _leaky,
    "IFNode": _if_node,
    "LIFNode": _lif_node,
    "ParametricLIFNode": _parametric_lif_node,
}
