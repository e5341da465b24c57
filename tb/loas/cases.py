"""Cases that only LoAS has."""

from __future__ import annotations

from typing import Final

WORST: Final = (
    "AllOnes",
    "NoWordAllOnes",
    "FullChunks",
    "AlternatingChunks",
    "AlternatingWeights",
    "FifoFull",
)
"""Tests of tests/worst.py."""
