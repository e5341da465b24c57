"""What `make coverage` runs: tests of a whole machine on builds that count."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

from snn_rtl.machines import MACHINES
from snn_rtl.machines.spec import Spec
from snn_rtl.run.runner import RunFailure, build
from snn_rtl.tb.common.agents.axis.pauses import PROFILES
from snn_rtl.tb.common.coverage import VARIABLE
from snn_rtl.tb.common.machine.cases import MISUSE, PAUSES, by_stream
from snn_rtl.tb.common.machine.launch import run_on

MEASURES: Final = {"small": "full", "small_turbo": "full", "paper": "line"}
"""What is measured on each configuration: toggles of the paper's size would take hours to close."""


def run_name(run: Spec) -> str:
    """Return what tells a run from the others of its machine."""
    pauses = by_stream(run.pauses) or run.backpressure
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


def _covered(test: str, config: str = "small", **values: Any) -> Spec:
    """Return a test on a build that counts."""
    return Spec(
        kind="test", name=test, config=config, simulator="verilator", coverage=True, **values
    )


def _small(seed: int, design: str) -> Iterator[Spec]:
    """Yield the runs on the small machine, long ones first."""
    test = partial(_covered, design=design)
    yield test(test="corners.ManyEvents", seed=seed)
    yield test(test="corners.LongWaits", backpressure="light", seed=seed)
    yield test(test="corners.LargestDimensions", seed=seed)
    for profile in PROFILES:
        for step in range(2):
            options = {"layers": 60}
            yield test(
                test="layers.Random", backpressure=profile, seed=seed + step, options=options
            )
        for name in ("Structures", "Shapes", "Neurons", "ManyTiles"):
            yield test(test=f"layers.{name}", backpressure=profile, seed=seed)
    for name in MACHINES[design].testing.corners:
        yield test(test=f"stress.{name}", seed=seed)
    for profile in ("none", "heavy"):
        for name in ("StreamsAhead", "Interrupts", "ResetPhases"):
            yield test(test=f"stress.{name}", backpressure=profile, seed=seed)
        for name in MISUSE:
            yield test(test=f"misuse.{name}", backpressure=profile, seed=seed)
    for pauses in PAUSES:
        yield test(test="stress.Pauses", pauses=pauses, seed=seed, options={"layers": 2})
    for name in ("RegisterAccess", "RegisterBusy"):
        yield test(test=f"registers.{name}", seed=seed)
    for name, own_options in MACHINES[design].testing.own.items():
        yield test(test=name, seed=seed, options=dict(own_options))


def _variants(seed: int, design: str) -> Iterator[Spec]:
    """Yield the runs on small machines with other parameters: what these add."""
    for config in MACHINES[design].testing.variants:
        test = partial(_covered, design=design, config=config, seed=seed)
        for profile in PROFILES:
            yield test(test="layers.Random", backpressure=profile, options={"layers": 60})
            yield test(test="layers.ManyTiles", backpressure=profile)
        for name in ("layers.Structures", "layers.Neurons", "misuse.SoftReset", "stress.Waits"):
            yield test(test=name)


def _paper(seed: int, design: str) -> Iterator[Spec]:
    """Yield the runs on the paper's machine: few layers reach every line and branch."""
    few = {"layers": 6, "tiles": [2, 4, 2], "aborts": 4}
    test = partial(_covered, design=design, config="paper", seed=seed, options=few)
    for profile in PROFILES:
        yield test(test="layers.Random", backpressure=profile)
    for name in (
        *("layers.FullTiles", "registers.RegisterAccess", "registers.RegisterBusy"),
        *("misuse.SoftReset", "misuse.RefusedStarts", "misuse.WrongTlast", "misuse.Busy"),
    ):
        yield test(test=name)


def coverage_runs(seed: int, *, design: str = "prosperity", quick: bool = False) -> list[Spec]:
    """Return the runs in the order in which they start.

    Args:
        seed: base seed.
        design: the machine.
        quick: one short run for each configuration, to see the report; nothing closes.
    """
    if quick:
        few = {"layers": 3, "tiles": [2, 2, 2]}
        return [
            _covered(test="layers.Random", design=design, config=config, seed=seed, options=few)
            for config in ("small", *MACHINES[design].testing.variants, "paper")
        ]
    return [*_paper(seed, design), *_small(seed, design), *_variants(seed, design)]


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
    # A fresh process each worker: the console's threads must not be forked.
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        pending: list[Future[RunResult]] = [
            pool.submit(execute, item, out / run_name(item), rerun_command(item, seed))
            for item in items
        ]
        try:
            for done in as_completed(pending):
                yield done.result()
        except BrokenProcessPool:
            raise RunFailure("a worker process was killed, by want of memory perhaps") from None
        finally:
            pool.shutdown(cancel_futures=True)
