"""Limits of a workload: how large its sizes may be, and what names are legal."""

from __future__ import annotations

import re
from typing import Final

import numpy as np

from snn_rtl.models.errors import InputError

MAX_SIZE: Final = 1 << 20
"""Largest channels, features, height or width."""
MAX_STEPS: Final = 1024
"""Most time steps."""
MAX_WINDOW: Final = 255
"""Largest kernel, stride, padding or pooling window."""
MAX_ELEMENTS: Final = 1 << 30
"""Most elements of a layer's padded input, spike matrix or weights."""
MAX_OUTPUTS: Final = 1 << 27
"""Most elements of a layer's output."""
MAX_INPUTS: Final = 64
"""Most layers whose outputs are joined to one input."""

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}")


def integer(value: object, what: str, low: int, high: int) -> int:
    """Return value as an int.

    Raises:
        InputError: it is no integer (a bool is none) or outside low..high.
    """
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
        raise InputError(f"{what} must be an integer, not {value!r:.60}")
    if not low <= value <= high:
        raise InputError(f"{what} must be {low}..{high}, not {int(value)!r:.60}")
    return int(value)


def layer_name(value: object, what: str) -> str:
    """Return value as the name of a layer.

    Raises:
        InputError: it is none.
    """
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise InputError(f"{what} {value!r:.80} is not made of 1..64 of A-Za-z0-9_.-")
    return value
