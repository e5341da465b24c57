"""What several tests of the LoAS models need: strategies and a layer worked by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from snn_rtl.models.loas.config import SMALL, LoasConfig

TINY = replace(SMALL, time_steps=2, tppes=2, columns=2, laggy_adders=2, bias_w=128)
"""Tiles of 2 rows x 32 positions x 2 columns, words of two steps."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """A layer and a machine that can run it.

    Attributes:
        spikes: bool, (P * time_steps, K).
        weights: int8, (K, N).
        time_steps: T, at most that of the machine.
        config: the machine.
    """

    spikes: NDArray[np.bool_]
    weights: NDArray[np.int8]
    time_steps: int
    config: LoasConfig


@st.composite
def configs(draw: st.DrawFn) -> LoasConfig:
    """Draw machines with chunks of 32."""
    columns = draw(st.sampled_from([2, 4, 8]))
    return replace(
        SMALL,
        time_steps=draw(st.sampled_from([2, 4, 8])),
        tppes=draw(st.integers(1, 5)),
        columns=columns,
        laggy_adders=2,
        bias_w=256 // columns,
    )


@st.composite
def layers(draw: st.DrawFn, positions: int = 7, k: int = 80, n: int = 10) -> Drawn:
    """Draw layers of at most so many positions, rows of weights and columns."""
    config = draw(configs())
    time_steps = draw(st.integers(1, config.time_steps))
    shape = tuple(draw(st.integers(1, top)) for top in (positions, k, n))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    densities = st.sampled_from([0.0, 0.05, 0.3, 0.8, 1.0])
    spikes = rng.random((shape[0], time_steps, shape[1])) < draw(densities)
    spikes &= rng.random((shape[0], 1, shape[1])) < draw(densities)
    weights = rng.integers(-128, 128, (shape[1], shape[2]), np.int8)
    weights[rng.random(weights.shape) >= draw(densities)] = 0
    return Drawn(spikes.reshape(-1, shape[1]), weights, time_steps, config)


def hand_layer() -> Drawn:
    """Return a layer small enough to be worked by hand, for the machine TINY.

    Three positions of two steps, 33 columns of which three have spikes, three columns of weights:

        words     k = 0   1   32        weights   n = 0    1   2
        p = 0        11  01    .        k = 0         5    .   1
        p = 1         .  10    .        k = 1         .    7   .
        p = 2         .   .   11        k = 32       -3    .   .
    """
    words = np.zeros((3, 33), np.uint8)
    words[0, :2] = 0b11, 0b01
    words[1, 1] = 0b10
    words[2, 32] = 0b11
    spikes = np.stack([words & 1, words >> 1], axis=1).reshape(6, 33).astype(np.bool_)
    weights = np.zeros((33, 3), np.int8)
    weights[0] = 5, 0, 1
    weights[1, 1] = 7
    weights[32, 0] = -3
    return Drawn(spikes, weights, 2, TINY)
