"""Ranges of parameters as a user writes them: "32,64", "32:512:*2", "8:64:+8"."""

from __future__ import annotations

import math
import re
from typing import Any, Final

import click

from snn_rtl.run.options import Whole

LARGEST: Final = 1 << 20
"""Largest value of any parameter in a sweep."""
MOST_VALUES: Final = 1000
"""Most values of one range."""

_NUMBER: Final[click.ParamType[int, Any]] = Whole(1, LARGEST)
_FACTOR: Final[click.ParamType[int, Any]] = Whole(2, LARGEST)
_RANGE: Final = re.compile(r"([^:]+):([^:]+):([*+])([^:]+)")


class Range(click.ParamType[tuple[int, ...], str | tuple[int, ...]]):
    """Numbers in rising order: items n, first:last:*factor or first:last:+step, with commas."""

    name = "range"

    def convert(
        self,
        value: str | tuple[int, ...],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[int, ...]:
        """Return the numbers, unless they cannot be read or are too many."""
        if isinstance(value, tuple):
            return value
        numbers: set[int] = set()
        for item in value.replace(" ", "").split(","):
            if ":" in item:
                numbers.update(self._steps(item, param, ctx))
            else:
                numbers.add(_NUMBER.convert(item, param, ctx))
            if len(numbers) > MOST_VALUES:
                self.fail(f"more than {MOST_VALUES} values", param, ctx)
        return tuple(sorted(numbers))

    def _steps(
        self, item: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> list[int]:
        """Return the values of "a:b:*f" or "a:b:+s", b included where it is met."""
        match = _RANGE.fullmatch(item)
        if match is None:
            self.fail(f"{item!r:.60} is neither a number nor first:last:*2 nor :+8", param, ctx)
        first, last = (_NUMBER.convert(match[i], param, ctx) for i in (1, 2))
        if first > last:
            self.fail(f"the range {item!r} ends before it begins", param, ctx)
        if match[3] == "*":
            factor = _FACTOR.convert(match[4], param, ctx)
            many = 1 + int(math.log(last / first, factor) + 1e-9)
            return [first * factor**i for i in range(many)]
        step = _NUMBER.convert(match[4], param, ctx)
        if (last - first) // step >= MOST_VALUES:
            self.fail(f"{item!r} is more than {MOST_VALUES} values", param, ctx)
        return list(range(first, last + 1, step))
