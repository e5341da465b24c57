"""The process of one run, started by execute: `python -m snn_rtl.regressions.child`.

Its order comes as a line of JSON on standard input, which then stays open: when whoever started it
is gone, the process and the simulator end. Its standard output is a file, which it locks.
"""

from __future__ import annotations

import fcntl
import json
import os
import resource
import shutil
import signal
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Final

from snn_rtl.machines.spec import Spec
from snn_rtl.regressions.kinds import RUNNERS

OUTCOME: Final = "outcome.json"
"""File in the run's folder that says what the results files said."""

_MIB: Final = 1 << 20


def _end_with_parent(pipe: int) -> None:
    """Kill the process group when the other end of a pipe is closed."""
    os.read(pipe, 1)
    os.killpg(0, signal.SIGKILL)


def _watch_parent() -> None:
    """Wait for the parent's end, in a thread; no simulator may read from the pipe."""
    pipe = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    threading.Thread(target=_end_with_parent, args=(pipe,), daemon=True).start()


def main() -> int:
    """Do what the order says."""
    order = json.loads(sys.stdin.buffer.readline())
    _watch_parent()
    # The run of a worker that was lost may take a moment to end; its simulator holds the lock too.
    fcntl.flock(sys.stdout.fileno(), fcntl.LOCK_EX)
    folder = Path(order["folder"])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    spec = Spec.from_json(order["spec"])
    most = int(spec.limits.file_mb * _MIB)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    outcome = RUNNERS[spec.kind](spec, folder, waves=order["waves"])
    part = folder / f"{OUTCOME}.part"
    part.write_text(json.dumps(asdict(outcome)))
    part.replace(folder / OUTCOME)
    return 0


if __name__ == "__main__":
    sys.exit(main())
