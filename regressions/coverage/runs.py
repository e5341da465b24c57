"""What `make coverage` runs: tests of a whole machine on builds that count."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

from snn_rtl.machines import MACHINES
from snn_rtl.run.runner import RunFailure, build
from snn_rtl.tb.common.agents.axis.pauses import PROFILES
from snn_rtl.tb.common.coverage import VARIABLE
from snn_rtl.tb.common.machine.cases import MISUSE, PAUSES, by_stream
from snn_rtl.tb.common.machine.launch import run_on
from snn_rtl.tb.common.machine.settings import EnvSettings

MEASURES: Final = {"small": "full", "small_turbo": "full", "paper": "line"}
"""What is measured on each configuration: toggles of the paper's size would take hours to close."""


@dataclass(frozen=True, kw_only=True)
class CoverageRun:
    """One simulation.

    Attributes:
        test: "module.Class" below the machine's tests.
        design: the machine.
        config: name of the configuration.
        backpressure: profile of stream pauses.
        pauses: profiles of single streams, which go before it.
        seed: base of all randomness.
        options: the test's own options.
    """

    test: str
    design: str = "prosperity"
    config: str = "small"
    backpressure: str = "none"
    pauses: dict[str, str] = field(default_factory=dict)
    seed: int = 1
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What tells the run from the others."""
        pauses = by_stream(self.pauses) or self.backpressure
        return f"{self.test}-{self.config}-{pauses}-{self.seed}"


@dataclass(frozen=True, kw_only=True)
class RunResult:
    """What became of a run.

    Attributes:
        run: the run.
        folder: its logs and coverage.
        wall_s: how long it took.
        failure: why it did not pass, None if it did.
    """

    run: CoverageRun
    folder: Path
    wall_s: float
    failure: str | None


def _small(seed: int, design: str) -> Iterator[CoverageRun]:
    """Yield the runs on the small machine, long ones first."""
    test = partial(CoverageRun, design=design)
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


def _variants(seed: int, design: str) -> Iterator[CoverageRun]:
    """Yield the runs on small machines with other parameters: what these add."""
    for config in MACHINES[design].testing.variants:
        test = partial(CoverageRun, design=design, config=config, seed=seed)
        for profile in PROFILES:
            yield test(test="layers.Random", backpressure=profile, options={"layers": 60})
            yield test(test="layers.ManyTiles", backpressure=profile)
        for name in ("layers.Structures", "layers.Neurons", "misuse.SoftReset", "stress.Waits"):
            yield test(test=name)


def _paper(seed: int, design: str) -> Iterator[CoverageRun]:
    """Yield the runs on the paper's machine: few layers reach every line and branch."""
    few = {"layers": 6, "tiles": (2, 4, 2), "aborts": 4}
    test = partial(CoverageRun, design=design, config="paper", seed=seed, options=few)
    for profile in PROFILES:
        yield test(test="layers.Random", backpressure=profile)
    for name in (
        *("layers.FullTiles", "registers.RegisterAccess", "registers.RegisterBusy"),
        *("misuse.SoftReset", "misuse.RefusedStarts", "misuse.WrongTlast", "misuse.Busy"),
    ):
        yield test(test=name)


def coverage_runs(
    seed: int, *, design: str = "prosperity", quick: bool = False
) -> list[CoverageRun]:
    """Return the runs in the order in which they start.

    Args:
        seed: base seed.
        design: the machine.
        quick: one short run for each configuration, to see the report; nothing closes.
    """
    if quick:
        few = {"layers": 3, "tiles": (2, 2, 2)}
        return [
            CoverageRun(test="layers.Random", design=design, config=config, seed=seed, options=few)
            for config in ("small", *MACHINES[design].testing.variants, "paper")
        ]
    return [*_paper(seed, design), *_small(seed, design), *_variants(seed, design)]


def rerun_command(item: CoverageRun, seed: int) -> str:
    """Return the command that repeats a run of a session with some base seed."""
    return f"make coverage DESIGN={item.design} SEED={seed} ONLY={item.name}"


def execute(item: CoverageRun, folder: Path, rerun: str) -> RunResult:
    """Do one run; its build is made if it is not there."""
    started = time.perf_counter()
    design = MACHINES[item.design]
    config = design.config(item.config)
    settings = EnvSettings(
        config=config, backpressure=item.backpressure, pauses=item.pauses, options=item.options
    )
    failure = None
    try:
        run_on(
            build(design.build(config), "verilator", coverage=MEASURES[item.config]),
            item.test,
            settings,
            run_dir=folder,
            seed=item.seed,
            env={VARIABLE: "1"},
            rerun=rerun,
        )
    except RunFailure as error:
        failure = str(error)
    wall = time.perf_counter() - started
    return RunResult(run=item, folder=folder, wall_s=wall, failure=failure)


def execute_all(
    items: list[CoverageRun], out: Path, *, seed: int, jobs: int
) -> Iterator[RunResult]:
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
            pool.submit(execute, item, out / item.name, rerun_command(item, seed)) for item in items
        ]
        try:
            for done in as_completed(pending):
                yield done.result()
        except BrokenProcessPool:
            raise RunFailure("a worker process was killed, by want of memory perhaps") from None
        finally:
            pool.shutdown(cancel_futures=True)
