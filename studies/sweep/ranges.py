"""Ranges of parameters as a user writes them: "32,64", "32:512:*2", "8:64:+8"."""

from __future__ import annotations

import math
import re
from typing import Final

from snn_rtl.models.errors import InputError
from snn_rtl.run.values import number

LARGEST: Final = 1 << 20
"""Largest value of any parameter in a sweep."""
MOST_VALUES: Final = 1000
"""Most values of one range."""

_RANGE: Final = re.compile(r"([^:]+):([^:]+):([*+])([^:]+)")


def _steps(what: str, item: str) -> list[int]:
    """Return the values of "a:b:*f" or "a:b:+s", b included where it is met."""
    match = _RANGE.fullmatch(item)
    if match is None:
        raise InputError(f"{what}: {item!r:.60} is neither a number nor first:last:*2 nor :+8")
    first, last = (number(what, match[i], 1, LARGEST) for i in (1, 2))
    if first > last:
        raise InputError(f"{what}: the range {item!r} ends before it begins")
    if match[3] == "*":
        factor = number(f"{what}: the factor of {item!r}", match[4], 2, LARGEST)
        return [first * factor**i for i in range(1 + int(math.log(last / first, factor) + 1e-9))]
    step = number(f"{what}: the step of {item!r}", match[4], 1, LARGEST)
    if (last - first) // step >= MOST_VALUES:
        raise InputError(f"{what}: {item!r} is more than {MOST_VALUES} values")
    return list(range(first, last + 1, step))


def parse_range(what: str, text: str) -> tuple[int, ...]:
    """Return the values of a range.

    Args:
        what: the option, for messages.
        text: items separated by commas: n, first:last:*factor or first:last:+step.

    Returns:
        The values in rising order, each once.

    Raises:
        InputError: it cannot be read, or is too long.
    """
    values: set[int] = set()
    for item in text.replace(" ", "").split(","):
        values.update(_steps(what, item) if ":" in item else [number(what, item, 1, LARGEST)])
        if len(values) > MOST_VALUES:
            raise InputError(f"{what}: more than {MOST_VALUES} values")
    return tuple(sorted(values))
