"""Backpressure and starvation: how long a stream pauses before each beat."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import repeat
from typing import Final

import numpy as np

from snn_rtl.models.errors import InputError

_LEVELS: Final = {"none": (0.0, 0), "light": (0.1, 4), "heavy": (0.5, 12)}

PROFILES: Final = tuple(_LEVELS)
"""Profiles for all streams of a run."""


def _random(share: float, longest: int, rng: np.random.Generator) -> Iterator[int]:
    while True:
        waits = rng.random(1024) < share
        yield from (waits * rng.integers(1, longest + 1, 1024)).tolist()


def _bursty(rng: np.random.Generator) -> Iterator[int]:
    """Pause 16 to 40 cycles, then let 4 to 24 beats pass."""
    while True:
        yield int(rng.integers(16, 41))
        yield from repeat(0, int(rng.integers(4, 25)) - 1)


def _one_in_n(rng: np.random.Generator) -> Iterator[int]:
    """Let one beat pass every n cycles; another n of 2 to 8 after every 16 beats."""
    while True:
        yield from repeat(int(rng.integers(1, 8)), 16)


def _starving(rng: np.random.Generator) -> Iterator[int]:
    """Pause 12 to 32 cycles before every beat."""
    while True:
        yield from rng.integers(12, 33, 256).tolist()


_PATTERNS: Final[dict[str, Callable[[np.random.Generator], Iterator[int]]]] = {
    "bursty": _bursty,
    "one_in_n": _one_in_n,
    "starving": _starving,
}

PATTERNS: Final = (*PROFILES, *_PATTERNS)
"""Profiles for a single stream."""


def pauses(profile: str, rng: np.random.Generator) -> Iterator[int]:
    """Yield the idle cycles before each beat, for ever.

    Args:
        profile: "none", "light" (one beat in ten waits 1 to 4 cycles), "heavy" (every other beat
            waits 1 to 12), "bursty" (4 to 24 beats, then 16 to 40 cycles), "one_in_n" (a beat
            every 2 to 8 cycles) or "starving" (every beat waits 12 to 32 cycles).
        rng: source of randomness.

    Raises:
        InputError: an unknown profile.
    """
    if profile in _PATTERNS:
        return _PATTERNS[profile](rng)
    if profile not in _LEVELS:
        raise InputError(f"unknown backpressure {profile!r}: choose from {', '.join(PATTERNS)}")
    share, longest = _LEVELS[profile]
    return _random(share, longest, rng) if share else repeat(0)
