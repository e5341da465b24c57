"""Runs programs: output in a log, a time limit, nothing that they started left behind.

One runner is no user of this: a run of a regression (regressions/execute.py) holds its child by an
open pipe, so that it ends with a worker that is killed.
"""

from __future__ import annotations

import os
import resource
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
# What was killed is gone as soon as the system gets round to it, which a busy one may take.
_KILLED_S: Final = 20.0


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


def _alive(member: psutil.Process) -> bool:
    """Return whether a process has not ended; one that is not waited for yet has."""
    try:
        return bool(member.is_running() and member.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _signal_all(family: set[psutil.Process], number: int, limit_s: float) -> set[psutil.Process]:
    """Send a signal to a family, and to children that join it, and wait for its end.

    Returns:
        The members that are still there after the limit.
    """
    told: set[psutil.Process] = set()
    until = time.monotonic() + limit_s
    while True:
        for member in list(family):
            try:
                family.update(member.children(recursive=True))
            except psutil.Error:
                continue
        family = {member for member in family if _alive(member)}
        # Parents first: a shell would report what became of its child.
        for member in sorted(family - told, key=lambda member: (member.create_time(), member.pid)):
            try:
                member.send_signal(number)
            except psutil.Error:
                continue
        told |= family
        if not family or time.monotonic() > until:
            return family
        threading.Event().wait(_POLL_S)


def end(pid: int, *, grace_s: float | None = None) -> None:
    """Stop a program and all that it has started, and wait until nothing of it runs.

    The program's own status is left to its parent, which is to wait for it.

    Args:
        pid: of the program; its family may have process groups of their own.
        grace_s: how long it may end by itself before it is killed; three seconds by default.
    """
    try:
        family = {psutil.Process(pid)}
    except psutil.Error:
        return
    grace_s = _GRACE_S if grace_s is None else grace_s
    if grace_s:
        family = _signal_all(family, signal.SIGTERM, grace_s)
    _signal_all(family, signal.SIGKILL, _KILLED_S)


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
            end(process.pid)
        time.sleep(_POLL_S)


def run(
    command: Sequence[str],
    log: Path,
    *,
    limit_s: float = float("inf"),
    cpu_limit_s: int | None = None,
    stop: threading.Event | None = None,
    cwd: Path = ROOT,
    env: Mapping[str, str] | None = None,
    apart: bool = False,
) -> Ended:
    """Run a program.

    Args:
        command: it and its arguments.
        log: file for its output.
        limit_s: seconds after which it is stopped.
        cpu_limit_s: seconds of work after which SIGXCPU ends it, however busy the machine is.
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
        if cpu_limit_s is not None:
            resource.prlimit(process.pid, resource.RLIMIT_CPU, (cpu_limit_s, cpu_limit_s + 1))
        return _wait(process, limit_s, stop or threading.Event())
    except BaseException:
        if process.returncode is None:
            end(process.pid)
            process.wait()
        raise
