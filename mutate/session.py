"""Runs inside a simulation: all mutants of a module from one start of simulator and Python.

cocotb imports this module in front of the tests, before simulated time begins. It imports the
tests and then copies the process once for each mutant: a copy selects its mutant, runs the tests up
to the first failure and writes its own results file, so that no mutant meets what another one left
behind. The process itself runs the unmutated module when the copies are done.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import cocotb.regression

from snn_rtl.mutate.names import SELECT_FILE, SESSION_VARIABLE, VERDICTS_FILE
from snn_rtl.mutate.verdict import TIMEOUT, Verdict, read_verdict

_POLL_S: Final = 0.005


@dataclass
class _Copy:
    number: int
    folder: Path
    started: float
    stopped: bool = False


def _select(folder: Path, number: int) -> None:
    (folder / SELECT_FILE).write_text(f"{number:x}\n")


def _become(number: int, folder: Path, cpu_s: float) -> None:
    """Turn this copy of the process into the run of a mutant."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.chdir(folder)
    log = os.open("sim.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
    limit = int(cpu_s) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))
    os.environ["COCOTB_RESULTS_FILE"] = str(folder / "results.xml")
    manager = cocotb.regression._manager_inst
    manager._max_failures = 1
    write = manager.xunit.write

    def write_and_end(filename: Path | str) -> None:
        """End with the results: what the simulator's own end waits for was not copied."""
        write(filename)
        sys.stdout.flush()
        os._exit(0)

    manager.xunit.write = write_and_end  # type: ignore[method-assign]


def _stop_late(running: dict[int, _Copy], parent: int, wall_s: float) -> None:
    """Stop copies that take too long, and all of them when nobody waits for them any more."""
    orphaned = os.getppid() != parent
    for pid, copy in running.items():
        if orphaned or time.monotonic() - copy.started > wall_s:
            copy.stopped = True
            os.kill(pid, signal.SIGKILL)
    if orphaned:
        os._exit(1)


def _serve(plan: dict[str, Any], here: Path) -> None:
    """Copy the process for each mutant; return in the copies, and here when all are done."""
    waiting: list[int] = list(plan["mutants"])
    running: dict[int, _Copy] = {}
    parent = os.getppid()
    with (here / VERDICTS_FILE).open("w", buffering=1) as out:
        while waiting or running:
            while waiting and len(running) < plan["jobs"]:
                number = waiting.pop(0)
                folder = here / f"mutant_{number}"
                folder.mkdir()
                _select(folder, number)
                sys.stdout.flush()
                sys.stderr.flush()
                pid = os.fork()
                if pid == 0:
                    _become(number, folder, plan["cpu_s"])
                    return
                running[pid] = _Copy(number, folder, time.monotonic())
            pid, status, usage = os.wait4(-1, os.WNOHANG)
            if pid == 0:
                _stop_late(running, parent, plan["wall_s"])
                time.sleep(_POLL_S)
                continue
            copy = running.pop(pid)
            cpu_s = usage.ru_utime + usage.ru_stime
            verdict = read_verdict(copy.folder / "results.xml", cpu_s=cpu_s)
            if copy.stopped or (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU):
                verdict = Verdict(
                    state=TIMEOUT, message=f"stopped after {cpu_s:.0f} s of work", cpu_s=cpu_s
                )
            out.write(json.dumps({"number": copy.number, **vars(verdict)}) + "\n")


def _begin() -> None:
    plan = json.loads(Path(os.environ[SESSION_VARIABLE]).read_text())
    tests = import_module(plan["test_module"])
    for rank, name in enumerate(plan["order"]):
        test = getattr(tests, name, None)
        if test is not None:
            test.stage = rank
    here = Path.cwd()
    _select(here, 0)
    _serve(plan, here)


_begin()
