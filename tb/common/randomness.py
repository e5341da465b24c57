"""Random numbers of a simulation: named generators from its one seed."""

from __future__ import annotations

import cocotb
import numpy as np

from snn_rtl.models import randomness


def generator(name: str, seed: int | None = None) -> np.random.Generator:
    """Return the generator of that name; the same seed and name give the same numbers.

    Args:
        name: what the numbers are for, such as "weights".
        seed: base seed; None for the running simulation's.
    """
    return randomness.generator(name, cocotb.RANDOM_SEED if seed is None else seed)
