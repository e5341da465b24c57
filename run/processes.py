"""Runs programs: output in a log, a time limit, nothing that they started left behind.

Two runners are no users of this. A run of a regression (regressions/execute.py) holds its
child by an open pipe, so that it ends with a worker that is killed. yosys on a mutant
(mutate/yosys.py) is held to processor time instead of time, its output is its result, and it
stays in the terminal's process group: Ctrl-C ends it, as nobody waits for it then.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from snn_rtl.run.places import ROOT

_POLL_S: Final = 0.05
_GRACE_S: Final = 3.0


class Stopped(Exception):
    """The work was given up."""


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a program ended.

    Attributes:
        status: its exit status, or minus the signal that ended it.
        late: it was stopped at the limit.
        cpu_s: seconds of work of it and of what it waited for.
        wall_s: seconds that it took.
    """

    status: int
    late: bool
    cpu_s: float
    wall_s: float


def _end(process: subprocess.Popen[bytes]) -> None:
    """Stop a program and all that it has started, which may have process groups of their own."""
    try:
        family = psutil.Process(process.pid).children(recursive=True)
    except psutil.Error:
        family = []
    # Not the process's own methods: they would take its status, and with it its processor time.
    os.kill(process.pid, signal.SIGTERM)
    for member in family:
        try:
            member.terminate()
        except psutil.Error:
            continue
    _, left = psutil.wait_procs(family, timeout=_GRACE_S)
    for member in left:
        try:
            member.kill()
        except psutil.Error:
            continue
    os.kill(process.pid, signal.SIGKILL)


def _wait(process: subprocess.Popen[bytes], limit_s: float, stop: threading.Event) -> Ended:
    """Wait for a program's end.

    Raises:
        Stopped: it was given up.
    """
    started = time.monotonic()
    late = False
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        wall = time.monotonic() - started
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            cpu = usage.ru_utime + usage.ru_stime
            return Ended(status=process.returncode, late=late, cpu_s=cpu, wall_s=wall)
        if stop.is_set():
            raise Stopped
        if not late and wall > limit_s:
            late = True
            _end(process)
        time.sleep(_POLL_S)


def run(
    command: Sequence[str],
    log: Path,
    *,
    limit_s: float,
    stop: threading.Event,
    cwd: Path = ROOT,
    env: Mapping[str, str] | None = None,
    apart: bool = False,
) -> Ended:
    """Run a program.

    Args:
        command: it and its arguments.
        log: file for its output.
        limit_s: seconds after which it is stopped.
        stop: gives it up.
        cwd: its working folder.
        env: its environment; this one's by default.
        apart: Ctrl-C does not reach it, and is answered by this program alone; but then whoever
            kills this program's process group leaves it running.

    Raises:
        Stopped: it was given up, and is gone.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=apart,
        )
    try:
        return _wait(process, limit_s, stop)
    except BaseException:
        if process.returncode is None:
            _end(process)
            process.wait()
        raise
