"""What was found of a module: by which code, and its timing as JSON."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any, Final

from snn_rtl.synth.graph import ModuleTiming, Point
from snn_rtl.synth.graph import Path as TimingPath

_SOURCES: Final = ("liberty.py", "netlist.py", "graph.py", "timing.py", "mapping.py")


@cache
def code_digest() -> str:
    """Return a digest of the code that measures and times: a change of it does both again."""
    folder = Path(__file__).parent
    digest = hashlib.sha256()
    for name in _SOURCES:
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()[:16]


def timing_to_json(timing: ModuleTiming) -> dict[str, Any]:
    """Return a timing as JSON's types."""
    return {
        **asdict(timing),
        "through": [[*pair, asdict(point)] for pair, point in timing.through.items()],
    }


def _path(entry: dict[str, Any] | None) -> TimingPath | None:
    return None if entry is None else TimingPath(**{**entry, "via": tuple(entry["via"])})


def timing_from_json(entry: Any) -> ModuleTiming | None:
    """Return what timing_to_json gave; None of anything else."""
    try:
        return ModuleTiming(
            longest=_path(entry["longest"]),
            register_path=_path(entry["register_path"]),
            launch={port: Point(**point) for port, point in entry["launch"].items()},
            capture={port: Point(**point) for port, point in entry["capture"].items()},
            through={(a, b): Point(**point) for a, b, point in entry["through"]},
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
