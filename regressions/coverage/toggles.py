"""Toggle points for people: bits of a signal as ranges."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from snn_rtl.regressions.coverage.exclusions import spans
from snn_rtl.run.code_coverage import Point

_TOGGLE: Final = re.compile(r"(.*?)(?:\[(\d+)\])?:([01]->[01])")


def summary(points: Iterable[Point]) -> list[str]:
    """Return toggle points as signals with ranges of bits, such as "sum[3, 12-19] (0->1 only)"."""
    edges: dict[tuple[str, int | None], set[str]] = defaultdict(set)
    for point in points:
        found = _TOGGLE.fullmatch(point.text)
        if found is None:
            edges[point.text, None] = {"0->1", "1->0"}
        else:
            edges[found[1], None if found[2] is None else int(found[2])].add(found[3])
    bits: dict[tuple[str, str], list[int | None]] = defaultdict(list)
    for (name, bit), which in edges.items():
        bits[name, "" if len(which) == 2 else f" ({min(which)} only)"].append(bit)
    return [
        name + ("" if None in found else f"[{spans(b for b in found if b is not None)}]") + which
        for (name, which), found in bits.items()
    ]
