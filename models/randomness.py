"""Random numbers: one named generator for each use, all from one seed."""

from __future__ import annotations

import zlib

import numpy as np


def generator(name: str, seed: int) -> np.random.Generator:
    """Return the generator of that name; the same seed and name give the same numbers.

    Args:
        name: what the numbers are for, such as "weights".
        seed: base seed.
    """
    return np.random.default_rng([seed & 0xFFFFFFFF, zlib.crc32(name.encode())])
