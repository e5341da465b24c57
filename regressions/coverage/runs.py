"""What `make coverage` runs: tests of a whole machine on builds that count."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from snn_rtl.machines import MACHINES
from snn_rtl.machines.spec import Spec
from snn_rtl.run.jobs import run_jobs
from snn_rtl.run.runner import RunFailure, build
from snn_rtl.tb.common.coverage import VARIABLE
from snn_rtl.tb.common.machine import matrix
from snn_rtl.tb.common.machine.launch import run_on

MEASURES: Final = {"small": "full", "small_turbo": "full", "paper": "line"}
"""What is measured on each configuration: toggles of the paper's size would take hours to close."""


def run_name(run: Spec) -> str:
    """Return what tells a run from the others of its machine."""
    pauses = matrix.by_stream(run.pauses) or run.backpressure
    return f"{run.name}-{run.config}-{pauses}-{run.seed}"


@dataclass(frozen=True, kw_only=True)
class RunResult:
    """What became of a run.

    Attributes:
        run: the run.
        folder: its logs and coverage.
        wall_s: how long it took.
        failure: why it did not pass, None if it did.
    """

    run: Spec
    folder: Path
    wall_s: float
    failure: str | None


def coverage_runs(seed: int, *, design: str = "prosperity", quick: bool = False) -> list[Spec]:
    """Return the runs in the order in which they start.

    Args:
        seed: base seed.
        design: the machine.
        quick: one short run for each configuration, to see the report; nothing closes.
    """
    machine = MACHINES[design]
    if not quick:
        return list(matrix.coverage(machine, seed))
    few = {"layers": 3, "tiles": [2, 2, 2]}
    given: dict[str, Any] = {
        "simulators": ["verilator"],
        "coverage": True,
        "seeds": [seed],
        "options": few,
    }
    configs = ("small", *machine.testing.variants, "paper")
    return [
        run
        for config in configs
        for run in matrix.runs(machine, ["layers.Random"], config=config, **given)
    ]


def rerun_command(item: Spec, seed: int) -> str:
    """Return the command that repeats a run of a session with some base seed."""
    return f"make coverage DESIGN={item.design} SEED={seed} ONLY={run_name(item)}"


def execute(item: Spec, folder: Path, rerun: str) -> RunResult:
    """Do one run; its build is made if it is not there."""
    started = time.perf_counter()
    failure = None
    try:
        run_on(
            build(
                item.machine.build(item.machine_config),
                item.simulator,
                coverage=MEASURES[item.config],
            ),
            item,
            run_dir=folder,
            env={VARIABLE: "1"},
            rerun=rerun,
        )
    except RunFailure as error:
        failure = str(error)
    wall = time.perf_counter() - started
    return RunResult(run=item, folder=folder, wall_s=wall, failure=failure)


def _execute(out: Path, seed: int, item: Spec) -> RunResult:
    return execute(item, out / run_name(item), rerun_command(item, seed))


def execute_all(items: list[Spec], out: Path, *, seed: int, jobs: int) -> Iterator[RunResult]:
    """Do all runs, some at a time, and yield their results as they come.

    Args:
        items: what to run.
        out: each run gets a folder in it.
        seed: base seed of the session, for the commands that repeat a run.
        jobs: simulations at a time.

    Raises:
        RunFailure: a worker was killed.
    """
    work = partial(_execute, out, seed)
    return (result for _, result in run_jobs(work, items, jobs=jobs, name=run_name))
