"""Programs that end, fail, take too long or are given up; nothing of them is left."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from snn_rtl.run import processes
from snn_rtl.run.processes import Ended, Stopped, run

# A child in a session of its own that does not listen to SIGTERM.
_FAMILY = "trap '' TERM; setsid sh -c \"trap '' TERM; sleep 61; echo\" {mark} & sleep 61; echo"


def shell(script: str, folder: Path, limit_s: float = 60, **options: float) -> Ended:
    stop = threading.Event()
    if "stop_s" in options:
        threading.Timer(options["stop_s"], stop.set).start()
    return run(["sh", "-c", script, str(folder)], folder / "log", limit_s=limit_s, stop=stop)


def left(folder: Path) -> list[psutil.Process]:
    """Return processes that name a folder, and their children."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        words = " ".join(process.info["cmdline"] or [])
        if str(folder) in words and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


def test_status_output_and_work(tmp_path: Path) -> None:
    ended = shell("echo one; echo two >&2; exit 3", tmp_path)
    assert (ended.status, ended.late) == (3, False)
    assert (tmp_path / "log").read_text() == "one\ntwo\n"
    assert shell("kill -9 $$", tmp_path).status == -9
    busy = shell("i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done", tmp_path)
    assert busy.status == 0
    assert 0 < busy.cpu_s <= busy.wall_s + 0.1
    assert shell("read line", tmp_path).status == 1, "there is nothing to read"


@pytest.mark.parametrize("how", ["limit", "stop", "interrupt"])
def test_nothing_is_left(how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_GRACE_S", 0.5)
    script = _FAMILY.format(mark=tmp_path)
    started = time.monotonic()
    if how == "limit":
        ended = shell(script, tmp_path, 0.5)
        assert (ended.late, ended.status) == (True, -9)
    elif how == "stop":
        with pytest.raises(Stopped):
            shell(script, tmp_path, stop_s=0.5)
    else:
        with monkeypatch.context() as patch:
            patch.setattr("snn_rtl.run.processes.time.sleep", interrupt_after(0.5))
            with pytest.raises(KeyboardInterrupt):
                shell(script, tmp_path)
    assert time.monotonic() - started < 30
    assert left(tmp_path) == []


def interrupt_after(seconds: float) -> Callable[[float], None]:
    """Return a sleep that Ctrl-C ends some time later."""
    until = time.monotonic() + seconds
    wait = threading.Event().wait

    def sleep(_: float) -> None:
        if time.monotonic() > until:
            raise KeyboardInterrupt
        wait(0.02)

    return sleep


@pytest.mark.parametrize("apart", [False, True])
def test_process_group(apart: bool, tmp_path: Path) -> None:
    """A regression kills the group of a run, with the tools of a synthesis in it."""
    log = tmp_path / "log"
    command = [sys.executable, "-c", "import os; print(os.getpgid(0))"]
    run(command, log, limit_s=60, stop=threading.Event(), apart=apart)
    assert (int(log.read_text()) != os.getpgid(0)) == apart


def test_given_up_before_it_starts(tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(Stopped):
        run(["sleep", "60"], tmp_path / "log", limit_s=10, stop=stop)
