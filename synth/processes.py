"""Runs the tools: one process a call, with a log and a time limit, none left behind."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from snn_rtl.run.processes import Stopped, run
from snn_rtl.run.runner import RunFailure


class Processes:
    """The processes of a session; once `stopped` is set, running ones end and no new one starts."""

    def __init__(self) -> None:
        self.stopped = threading.Event()

    def run(self, command: Sequence[str], log: Path, limit_s: float) -> float:
        """Run a command in the project's root, its output in a log.

        Tools made for WASI see neither the system's temporary folders nor paths above the
        working one: what they read and write is below the root and named from there.

        Returns:
            Seconds of processor time that it took.

        Raises:
            RunFailure: it failed, took too long or was stopped; names the log.
        """
        name = Path(command[0]).name if "-m" not in command else command[command.index("-m") + 1]
        try:
            ended = run(command, log, limit_s=limit_s, stop=self.stopped)
        except Stopped:
            raise RunFailure(f"{name} stopped; see {log}") from None
        if ended.late:
            raise RunFailure(f"{name} took more than {limit_s:g} s; see {log}")
        if ended.status:
            raise RunFailure(f"{name}: {_error(log)}; see {log}")
        return ended.cpu_s


def _error(log: Path) -> str:
    """Return the line of a log that says what went wrong."""
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if "ERROR" in line]
    return (errors or lines or ["no output"])[-1].strip()[:300]
