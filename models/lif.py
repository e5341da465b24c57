"""Leaky integrate-and-fire neurons in integers, as the RTL computes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.errors import InputError

MAX_LEAK_SHIFT = 31


@dataclass(frozen=True)
class LifConfig:
    """Behaviour of all neurons of a layer.

    Attributes:
        leak_shift: a step keeps U - (U >> leak_shift) of the potential; 0: no leak; 0..31.
        reset: "hard" sets the potential to 0 after a spike, "soft" subtracts the threshold.
        fire: a neuron spikes when its potential is > or >= the threshold.
    """

    leak_shift: int = 0
    reset: Literal["hard", "soft"] = "hard"
    fire: Literal[">", ">="] = ">"

    def __post_init__(self) -> None:
        """Refuse values without meaning.

        Raises:
            InputError: a field outside the values above.
        """
        shift = self.leak_shift
        if type(shift) is not int or not 0 <= shift <= MAX_LEAK_SHIFT:
            raise InputError(f"leak_shift must be an integer 0..{MAX_LEAK_SHIFT}, not {shift!r}")
        if self.reset not in ("hard", "soft"):
            raise InputError(f'reset must be "hard" or "soft", not {self.reset!r}')
        if self.fire not in (">", ">="):
            raise InputError(f'fire must be ">" or ">=", not {self.fire!r}')


@dataclass(frozen=True, eq=False)
class LifParams:
    """Everything the neurons of one layer need.

    Attributes:
        bias: integers (N,), added every time step.
        threshold: integers (N,).
        config: the behaviour.
    """

    bias: NDArray[np.integer]
    threshold: NDArray[np.integer]
    config: LifConfig = LifConfig()


def lif(
    sums: NDArray[np.integer],
    time_steps: int,
    bias: NDArray[np.integer],
    threshold: NDArray[np.integer],
    cfg: LifConfig,
) -> NDArray[np.bool_]:
    """Run the neurons over all time steps.

    Per neuron, with U = 0 before the first step: V = U - (U >> leak_shift) (arithmetic
    shift; V = U without leak), X = V + sum + bias, a spike when X passes the threshold, then
    U = X, or after a spike 0 (hard reset) or X - threshold (soft reset).

    Args:
        sums: integers, (P * T, N), row position * T + t.
        time_steps: T.
        bias: integers, (N,).
        threshold: integers, (N,).
        cfg: leak, reset and comparison.

    Returns:
        bool, (P * T, N), in the order of sums.
    """
    rows, neurons = sums.shape
    currents = sums.astype(np.int64).reshape(-1, time_steps, neurons) + bias.astype(np.int64)
    limit = threshold.astype(np.int64)
    spikes = np.empty(currents.shape, np.bool_)
    potential = np.zeros((currents.shape[0], neurons), np.int64)
    for step in range(time_steps):
        if cfg.leak_shift:
            potential = potential - (potential >> cfg.leak_shift)
        charged = potential + currents[:, step]
        fired = charged > limit if cfg.fire == ">" else charged >= limit
        after = np.int64(0) if cfg.reset == "hard" else charged - limit
        potential = np.where(fired, after, charged)
        spikes[:, step] = fired
    return spikes.reshape(rows, neurons)
