"""Jobs that pass, fail, die and are interrupted; nothing of them is left."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import psutil
import pytest

from snn_rtl.run.jobs import in_order, run_jobs
from snn_rtl.run.places import ROOT
from snn_rtl.run.processes import Stopped
from snn_rtl.run.runner import RunFailure


def double(number: int) -> int:
    return 2 * number


def scaled(factor: bytes, number: int) -> int:
    return len(factor) * number


def where(_: int) -> int:
    return os.getpid()


def fail(number: int) -> int:
    if number == 2:
        raise ValueError(f"{number} is wrong")
    time.sleep(60 if number > 2 else 0)
    return number


class UnfitError(Exception):
    """No other process can be told of it."""

    def __init__(self, lock: object) -> None:
        super().__init__("unfit")
        self.lock = lock


def unfit(_: int) -> None:
    raise UnfitError(threading.Lock())


def die(number: int) -> int:
    if number == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)
    return number


def start_others(mark: str) -> None:
    """Start a family, part of it in a session of its own, and wait for it."""
    deep = f"setsid sh -c \"trap '' TERM; sleep 71; echo\" {mark} & sleep 71; echo"
    subprocess.run(["sh", "-c", deep, mark], check=False)


def left(mark: Path) -> list[psutil.Process]:
    """Return processes that name a folder."""
    found = psutil.process_iter(["cmdline", "status"])
    return [
        process
        for process in found
        if str(mark) in " ".join(process.info["cmdline"] or [])
        and process.info["status"] != psutil.STATUS_ZOMBIE
    ]


def wait_for(count: int, mark: Path) -> None:
    until = time.monotonic() + 60
    while len(left(mark)) < count:
        assert time.monotonic() < until, "the jobs did not start"
        time.sleep(0.02)


@pytest.mark.parametrize("threads", [False, True])
def test_results(threads: bool) -> None:
    begun: list[int] = []
    found = dict(run_jobs(double, range(7), jobs=2, begin=begun.append, threads=threads))
    assert found == {number: 2 * number for number in range(7)}
    assert begun == list(range(7)), "in this order"
    assert list(run_jobs(double, [], jobs=2, threads=threads)) == []


def test_processes() -> None:
    """Each takes what is shared once, and runs many items."""
    assert dict(run_jobs(partial(scaled, b"x" * 10**6), [1, 2, 3], jobs=2)) == {
        number: number * 10**6 for number in (1, 2, 3)
    }
    assert len({pid for _, pid in run_jobs(where, range(20), jobs=2)} - {os.getpid()}) in (1, 2)


def test_in_order() -> None:
    def late(seconds: float) -> float:
        time.sleep(seconds)
        return seconds

    assert in_order(late, [0.2, 0.0, 0.1]) == [0.2, 0.0, 0.1]


@pytest.mark.parametrize("threads", [False, True])
def test_first_exception_ends_all(threads: bool) -> None:
    started = time.monotonic()
    with pytest.raises(ValueError, match="2 is wrong") as caught:
        list(run_jobs(fail, [1, 2, 3, 4], jobs=3, threads=threads))
    assert time.monotonic() - started < 30
    if not threads:
        assert "in fail" in "".join(caught.value.__notes__), "it says where"


def test_error_that_cannot_be_told() -> None:
    with pytest.raises(RuntimeError, match="unfit"):
        list(run_jobs(unfit, [1], jobs=1))


def test_dead_worker_names_its_item() -> None:
    with pytest.raises(RunFailure, match=r"a process died.*: that of 1$"):
        list(run_jobs(die, [0, 1], jobs=2))


def test_nothing_is_left_of_what_jobs_started(tmp_path: Path) -> None:
    def beat() -> None:
        if len(left(tmp_path)) >= 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(run_jobs(start_others, [str(tmp_path)], jobs=1, beat=beat))
    assert left(tmp_path) == []


def test_results_that_nobody_wants() -> None:
    started = time.monotonic()
    for number, _ in run_jobs(fail, [1, 3], jobs=2):
        assert number == 1
        break
    assert time.monotonic() - started < 30


def test_threads_are_stopped_and_waited_for() -> None:
    stop, ended = threading.Event(), threading.Event()

    def work(number: int) -> int:
        if number == 0:
            raise ValueError
        stop.wait(60)
        time.sleep(0.2)
        ended.set()
        raise Stopped

    with pytest.raises(ValueError):
        list(run_jobs(work, [1, 0], jobs=2, threads=True, stop=stop))
    assert ended.is_set()


_PROGRAM = """
import sys
sys.path.insert(0, {tests!r})
import click
from test_jobs import start_others
from snn_rtl.run.command import run_command
from snn_rtl.run.jobs import run_jobs

@click.command()
def demo():
    list(run_jobs(start_others, [{mark!r}] * 2, jobs=2))

sys.exit(run_command(demo, []))
"""


@pytest.mark.parametrize("how", ["INT", "TERM", "KILL"])
def test_signals(how: str, tmp_path: Path) -> None:
    """Interrupted as early as the processes are there, and later: a second is enough."""
    text = _PROGRAM.format(tests=str(Path(__file__).parent), mark=str(tmp_path))
    # The mark is part of the program's text as well.
    for count in (1, 5) if how != "KILL" else (5,):
        program = subprocess.Popen(
            [sys.executable, "-c", text],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
            # A suite that runs in the background ignores Ctrl-C, and so would this program.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
        )
        if count == 1:
            until = time.monotonic() + 60
            while not psutil.Process(program.pid).children():
                assert time.monotonic() < until
                time.sleep(0.01)
        else:
            wait_for(count, tmp_path)
        program.send_signal(signal.Signals[f"SIG{how}"])
        sent = time.monotonic()
        if how == "KILL":
            program.wait()
        else:
            _, said = program.communicate()
        assert time.monotonic() - sent < 5, "a second, on a machine that is not busy"
        if how == "KILL":
            until = time.monotonic() + 20
            while len(left(tmp_path)) > 2 and time.monotonic() < until:
                time.sleep(0.05)
            # All but those that left the worker's session: nobody is there to look for them.
            others = left(tmp_path)
            for process in others:
                os.killpg(process.pid, signal.SIGKILL)
            assert len(others) == 2
            program.communicate()
            continue
        assert (program.returncode, said) == (130, "demo: interrupted\n")
        assert left(tmp_path) == []


_ONE = re.compile(r"PoolExecutor|multiprocessing|\bflock\b")
_ALLOWED = {
    "run/jobs.py": "the executor, by multiprocessing's connections",
    "run/worker.py": "its processes",
    "run/builds.py": "the store of built things",
    "regressions/child.py": "the lock says that a run still goes on",
    "sim/command.py": "one thread beside the simulation",
    "tools/setup_env.py": "runs before anything is installed",
}


def test_there_is_one_executor_and_one_store_of_builds() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for folder in (ROOT / "snn_rtl").iterdir()
        if folder.is_dir()
        for path in folder.resolve().rglob("*.py")
        if "tests" not in path.parts and _ONE.search(path.read_text())
    }
    assert found == set(_ALLOWED)
