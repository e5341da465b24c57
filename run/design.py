"""What can be built: a Verilog top with its sources and parameters."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from snn_rtl.run.places import ROOT


@dataclass(frozen=True, kw_only=True)
class Design:
    """Something to build.

    Attributes:
        top: Verilog module.
        file_list: .f file with its sources, below the project's root.
        parameters: Verilog parameters of the top; defaults for those not given.
        bench: .f file with Verilog of the bench around it, which may use delays; none if empty.
        defines: macros.
    """

    top: str
    file_list: str
    parameters: Mapping[str, int] = field(default_factory=dict)
    bench: str = ""
    defines: Mapping[str, str] = field(default_factory=dict)

    def sources(self) -> tuple[list[Path], list[Path]]:
        """Return (sources, include folders)."""
        sources, includes = read_file_list(ROOT / self.file_list)
        if self.bench:
            more, folders = read_file_list(ROOT / self.bench)
            return sources + more, includes + folders
        return sources, includes


def _below(folder: Path, place: str) -> Path:
    """Return a place that is given from a folder, by its shortest name."""
    return Path(os.path.normpath(folder / place))


def read_file_list(path: Path) -> tuple[list[Path], list[Path]]:
    """Return (sources, include folders) of a .f file, whose paths are relative to itself."""
    sources, includes = [], []
    folder = path.parent
    for raw in path.read_text().splitlines():
        line = raw.split("//")[0].strip()
        if line.startswith("+incdir+"):
            includes.append(_below(folder, line.removeprefix("+incdir+")))
        elif line:
            sources.append(_below(folder, line))
    return sources, includes
