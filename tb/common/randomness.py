"""Random numbers: one named generator for each use, all from the run's one seed."""

from __future__ import annotations

import zlib

import cocotb
import numpy as np


def generator(name: str, seed: int | None = None) -> np.random.Generator:
    """Return the generator of that name; the same seed and name give the same numbers.

    Args:
        name: what the numbers are for, such as "weights".
        seed: base seed; None for the running simulation's.
    """
    base = cocotb.RANDOM_SEED if seed is None else seed
    return np.random.default_rng([base & 0xFFFFFFFF, zlib.crc32(name.encode())])
