"""Runs the tools: one process a call, with a log and a time limit, none left behind."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tb.common.runner import ROOT, RunFailure

_POLL_S: Final = 0.2


class Processes:
    """The processes of a session; once stopped, running ones end and no new one starts."""

    def __init__(self) -> None:
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End all of them."""
        self._stopped.set()

    def run(self, command: Sequence[str], log: Path, limit_s: float) -> None:
        """Run a command in the project's root, its output in a log.

        Tools made for WASI see neither the system's temporary folders nor paths above the
        working one: what they read and write is below the root and named from there.

        Raises:
            RunFailure: it failed, took too long or was stopped; names the log.
        """
        with (
            log.open("wb") as output,
            subprocess.Popen(
                command,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            ) as process,
        ):
            try:
                status = self._wait(process, limit_s)
            except BaseException:
                process.kill()
                raise
        name = Path(command[0]).name if "-m" not in command else command[command.index("-m") + 1]
        if status is None:
            why = "stopped" if self._stopped.is_set() else f"took more than {limit_s:g} s"
            raise RunFailure(f"{name} {why}; see {log}")
        if status:
            raise RunFailure(f"{name}: {_error(log)}; see {log}")

    def _wait(self, process: subprocess.Popen[bytes], limit_s: float) -> int | None:
        """Return the exit status; None of a process that had to be killed."""
        left = limit_s
        while left > 0 and not self._stopped.is_set():
            try:
                return process.wait(_POLL_S)
            except subprocess.TimeoutExpired:
                left -= _POLL_S
        process.kill()
        process.wait()
        return None


def _error(log: Path) -> str:
    """Return the line of a log that says what went wrong."""
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if "ERROR" in line]
    return (errors or lines or ["no output"])[-1].strip()[:300]
