"""Stimulus that fits every machine: weights, neurons, sizes."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.lif import LifConfig, LifParams

Rng = np.random.Generator

INT32: Final = (-(1 << 31), (1 << 31) - 1)


def random_weights(rng: Rng, k: int, n: int) -> NDArray[np.int8]:
    """Return weights over the whole range, sometimes only its ends."""
    if rng.random() < 0.25:
        return rng.choice(np.array([-128, 127], dtype=np.int8), (k, n))
    return rng.integers(-128, 128, (k, n), dtype=np.int8)


def random_lif(rng: Rng, n: int) -> LifParams:
    """Return neurons with all settings; sometimes bias and threshold at the ends of their range."""
    config = LifConfig(
        leak_shift=(0, 1, 2, 3, 7, 31)[rng.integers(6)],
        reset="soft" if rng.random() < 0.5 else "hard",
        fire=">=" if rng.random() < 0.5 else ">",
    )
    if rng.random() < 0.25:
        bias, threshold = (rng.choice(np.array(INT32), n) for _ in range(2))
    else:
        bias, threshold = rng.integers(-40, 40, n), rng.integers(-50, 400, n)
    return LifParams(bias.astype(np.int32), threshold.astype(np.int32), config)


def random_size(rng: Rng, tile: int, tiles: int) -> int:
    """Return a size up to some tiles; full tiles and one beside them come often."""
    if rng.random() < 0.4:
        return max(1, tile * int(rng.integers(1, tiles + 1)) + int(rng.integers(-1, 2)))
    return int(rng.integers(1, tile * tiles + 1))
