"""A run as a task of a cluster: a process of its own, held to its limits, told as a record."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from snn_rtl.machines.spec import Spec
from snn_rtl.regressions.builds import Product, tail, target, unpack
from snn_rtl.regressions.child import OUTCOME
from snn_rtl.regressions.record import Record
from snn_rtl.run.places import BUILD, ROOT
from snn_rtl.run.waves import write_lists

RECORD: Final = "record.json"
"""File in a run's folder with its record: what finished is kept, whoever hears of it."""

_MOST_SHIPPED: Final = 64 << 20
_GRACE_S: Final = 5


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a run writes.

    Attributes:
        folder: the run's; relative to the root of the project if it is in there.
        token: a file, likewise, and its content: whoever sees it shares the driver's disk.
        waves: keep a waveform.
    """

    folder: str
    token: tuple[str, str] = ("", "")
    waves: bool = False

    def shared(self) -> bool:
        """Return whether this machine writes to the driver's disk."""
        try:
            return (ROOT / self.token[0]).read_text() == self.token[1]
        except OSError:
            return False


@dataclass(frozen=True, kw_only=True)
class Finished:
    """What a task gives back.

    Attributes:
        record: what became of the run.
        files: content of its files by name, where the driver cannot see them.
    """

    record: Record
    files: Mapping[str, bytes] = field(default_factory=dict)


def _log_of(folder: Path) -> Path:
    """Return the log of a run's process: beside its folder, which the process empties."""
    return folder.with_name(f"{folder.name}.log")


def _kill(group: int) -> None:
    """Kill a process group; there may be none left."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _run(spec: Spec, folder: Path, *, waves: bool) -> str:
    """Run the process of a run; return why it did not come to its end, empty if it did."""
    order = {"spec": spec.to_json(), "folder": str(folder), "waves": waves}
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _log_of(folder).open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "snn_rtl.regressions.child"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    assert process.stdin is not None
    try:
        process.stdin.write(json.dumps(order).encode() + b"\n")
        process.stdin.flush()
        status = process.wait(spec.limits.wall_s)
    except subprocess.TimeoutExpired:
        return f"not finished after {spec.limits.wall_s:g} s"
    except BrokenPipeError:
        status = process.wait(_GRACE_S)
    finally:
        # A simulator may outlive the process that started it.
        _kill(process.pid)
        process.wait(_GRACE_S)
        _close(process.stdin)
    return f"the run was killed by signal {-status}" if status < 0 else ""


def _close(pipe: IO[bytes]) -> None:
    """Close a pipe whose reader may be gone."""
    with contextlib.suppress(BrokenPipeError):
        pipe.close()


def _files(folder: Path) -> dict[str, bytes]:
    """Return a run's files, the small ones first, as far as they can be sent."""
    found: dict[str, bytes] = {}
    left = _MOST_SHIPPED
    paths = sorted(
        (p for p in folder.rglob("*") if p.is_file() and not p.is_symlink()),
        key=lambda p: p.stat().st_size,
    )
    for path in paths:
        left -= path.stat().st_size
        if left < 0:
            break
        found[path.relative_to(folder).as_posix()] = path.read_bytes()
    return found


def _do(spec: Spec, product: Product | None, place: Place, folder: Path) -> dict[str, Any]:
    """Run, and return what the record says beside time and place."""
    if product is not None and product.failure:
        return {"failure": product.failure, "log": product.log}
    if product is not None:
        unpack(product)
    # What an earlier attempt left must not pass for this one's.
    (folder / OUTCOME).unlink(missing_ok=True)
    ended = _run(spec, folder, waves=place.waves)
    wanted = target(spec)
    if place.waves and wanted is not None and product is not None:
        write_lists(folder, BUILD / "sim" / product.name, wanted.design.top)
    try:
        outcome = json.loads((folder / OUTCOME).read_text())
    except (OSError, ValueError):
        own = tail(_log_of(folder))
        why = ended or f"the run left no result: {own[-1] if own else 'and no log'}"
        return {"failure": why, "log": tail(folder / "run" / "sim.log") or own}
    log = tail(folder / outcome.pop("log"), _log_of(folder)) if outcome["failure"] else ()
    return {**outcome, "log": log}


def execute(spec: Spec, product: Product | None, place: Place) -> Finished:
    """Do a run; a task. Whatever happens to it is its result.

    Args:
        spec: the run.
        product: the build that it needs; None if it builds for itself.
        place: where it writes.
    """
    started, begun = time.time(), time.perf_counter()
    folder = ROOT / place.folder
    try:
        found = _do(spec, product, place, folder)
    except OSError as error:
        # A full disk, or one that is gone.
        found = {"failure": f"{error.strerror}: {error.filename}"}
    record = Record(
        spec=spec,
        wall_s=round(time.perf_counter() - begun, 3),
        started=round(started, 3),
        host=socket.gethostname(),
        build=product.name if product else "",
        **found,
    )
    if not place.shared():
        return Finished(record=record, files=_files(folder) if folder.is_dir() else {})
    # Where it cannot be written the driver hears of it all the same.
    with contextlib.suppress(OSError):
        (folder / RECORD).write_bytes(record.to_line())
    return Finished(record=record)
