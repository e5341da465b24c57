"""Backpressure and starvation: how long a stream pauses before each beat."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat
from typing import Final

import numpy as np

from models.errors import InputError

_PROFILES: Final = {"none": (0.0, 0), "light": (0.1, 4), "heavy": (0.5, 12)}

PROFILES: Final = tuple(_PROFILES)


def pauses(profile: str, rng: np.random.Generator) -> Iterator[int]:
    """Yield the idle cycles before each beat, for ever.

    Args:
        profile: "none", "light" (one beat in ten waits 1 to 4 cycles) or "heavy" (every other
            beat waits 1 to 12 cycles).
        rng: source of randomness.

    Raises:
        InputError: an unknown profile.
    """
    if profile not in _PROFILES:
        raise InputError(f"unknown backpressure {profile!r}: choose from {', '.join(_PROFILES)}")
    share, longest = _PROFILES[profile]
    return _random(share, longest, rng) if share else repeat(0)


def _random(share: float, longest: int, rng: np.random.Generator) -> Iterator[int]:
    while True:
        waits = rng.random(1024) < share
        yield from (waits * rng.integers(1, longest + 1, 1024)).tolist()
