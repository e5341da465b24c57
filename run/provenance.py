"""What made a result: the project's revision, its Verilog, the versions of what it runs on."""

from __future__ import annotations

import hashlib
import platform
import subprocess
from importlib.metadata import version

from snn_rtl.run.design import read_file_list
from snn_rtl.run.places import CHECKOUT, ROOT
from snn_rtl.run.simulators import simulator_version


def git_revision() -> str | None:
    """Return the commit, with "-dirty" if files differ; None outside a checkout's repository.

    A package that is installed below somebody else's repository is not of their commit, nor is a
    checkout without a repository of its own.
    """
    if not CHECKOUT or not (ROOT / ".git").exists():
        return None
    command = ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout.strip() or None


def rtl_digest(file_list: str) -> str:
    """Return a digest of a machine's Verilog and what it includes.

    Args:
        file_list: its .f file, below the project's root.
    """
    sources, includes = read_file_list(ROOT / file_list)
    headers = [path for folder in includes for path in folder.glob("*.vh")]
    digest = hashlib.sha256()
    for path in sorted({*sources, *headers}):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def tool_versions(simulator: str) -> dict[str, str]:
    """Return the versions of what a run depends on."""
    packages = ("cocotb", "cocotb-bus", "cocotbext-axi", "numpy", "pyuvm")
    return {
        simulator: simulator_version(simulator),
        "python": platform.python_version(),
        **{name: version(name) for name in packages},
    }
