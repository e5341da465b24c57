"""The machines between `paper` and `turbo`: what each of turbo's parameters is worth."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from snn_rtl.models.prosperity.config import PAPER, TURBO, ProsperityConfig

MERGED: Final = ("row_stride", "sum_banks", "result_slots")
"""Parameters of merged rows alone: they mean nothing without merge_rows."""

SIZES: Final = ("tile_k", "queue_depth", "weight_tiles")
"""Sizes that fit them."""

PARAMETERS: Final = ("weight_ports", "merge_rows", *MERGED, *SIZES)
"""In the order in which they are added."""


def _added() -> dict[str, ProsperityConfig]:
    found = {"paper": PAPER}
    config = PAPER
    for name in PARAMETERS:
        config = replace(config, **{name: getattr(TURBO, name)})
        found[f"+ {name.upper()} = {getattr(TURBO, name)}"] = config
    return found


def _removed() -> dict[str, ProsperityConfig]:
    found = {"turbo": TURBO}
    for name in PARAMETERS:
        gone = (name, *MERGED) if name == "merge_rows" else (name,)
        values = {each: getattr(PAPER, each) for each in gone}
        found[f"- {name.upper()}: {values[name]}"] = replace(TURBO, **values)
    return found


ADDED: Final = _added()
"""From `paper` to `turbo`, a parameter at a time."""

REMOVED: Final = _removed()
"""`turbo`, and `turbo` with one parameter as in `paper` (without merged rows: with theirs too)."""

BUILT: Final = tuple(dict.fromkeys(c for c in (*ADDED.values(), *REMOVED.values()) if c != PAPER))
"""All of them but `paper`."""
