"""What made a result: the project's revision, and the versions of what it runs on."""

from __future__ import annotations

import platform
import subprocess
from importlib.metadata import version

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


def tool_versions(simulator: str) -> dict[str, str]:
    """Return the versions of what a run depends on."""
    packages = ("cocotb", "cocotb-bus", "cocotbext-axi", "numpy", "pyuvm")
    return {
        simulator: simulator_version(simulator),
        "python": platform.python_version(),
        **{name: version(name) for name in packages},
    }
