"""The standard cells that modules are mapped to."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from snn_rtl.models.errors import InputError
from snn_rtl.run.places import BUILD, ROOT, from_root
from snn_rtl.synth.liberty import Cell, read_cells

NAME: Final = "OSU 0.18 um (Debian's qflow-tech-osu018)"
FILE: Final = BUILD / "tools" / "osu018" / "osu018_stdcells.lib"
_FETCH: Final = "tools/ensure_liberty.sh"


@dataclass(frozen=True)
class Library:
    """A Liberty file below the project's root, and what it holds."""

    path: Path
    cells: Mapping[str, Cell]


def load_library() -> Library:
    """Return the cells; the file is fetched if it is not there yet.

    Raises:
        InputError: it cannot be had.
    """
    done = subprocess.run(
        ["sh", _FETCH, from_root(FILE.parent)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no reason given"]
        raise InputError(lines[-1].removeprefix("error: "))
    return Library(FILE, read_cells(FILE))
