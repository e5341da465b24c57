"""Runs a module's tests on its mutants: the unmutated netlist first, then the copies."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from snn_rtl.mutate.benches import Suite
from snn_rtl.mutate.names import SESSION, SESSION_VARIABLE, VERDICTS_FILE
from snn_rtl.mutate.verdict import Verdict, test_times
from snn_rtl.run.jobs import run_jobs
from snn_rtl.run.runner import Build, RunFailure, run

# Room for a mutant that keeps the tests busy; it is stopped by its own work, so that a loaded
# machine stops nothing early, and by the clock if it sleeps.
_LEAST_CPU_S: Final = 10.0
_CPU_FACTOR: Final = 5
_WALL_FACTOR: Final = 20


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """How the unmutated netlist fared.

    Attributes:
        order: names of its tests, quick ones first.
        seconds: what they took together.
    """

    order: Sequence[str]
    seconds: float


def _run(target: Build, suite: Suite, folder: Path, seed: int, plan: dict[str, object]) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    file = folder.with_suffix(".json")
    file.write_text(json.dumps({"test_module": suite.test_module, **plan}))
    run(
        target,
        f"{SESSION},{suite.test_module}",
        run_dir=folder,
        seed=seed,
        testcase=suite.testcase,
        env={**suite.env, SESSION_VARIABLE: str(file)},
    )


def baseline(target: Build, suite: Suite, folder: Path, seed: int) -> Baseline:
    """Run a suite on the unmutated netlist.

    Raises:
        RunFailure: it does not pass there, so that a failure says nothing of a mutant.
    """
    try:
        _run(target, suite, folder, seed, {"mutants": [], "order": [], "jobs": 1})
    except RunFailure as error:
        name = target.design.top
        raise RunFailure(f"{name}: the unmutated netlist does not pass: {error}") from None
    times = test_times(folder / "results.xml")
    names = sorted(times, key=times.__getitem__)
    return Baseline(order=[name.rsplit(".", 1)[-1] for name in names], seconds=sum(times.values()))


def _new_lines(path: Path, seen: int) -> Iterator[str]:
    """Yield the lines of a file that are whole, after the first `seen`."""
    try:
        text = path.read_text()
    except OSError:
        return
    yield from text[: text.rfind("\n") + 1].splitlines()[seen:]


def run_mutants(
    target: Build,
    suite: Suite,
    folder: Path,
    *,
    seed: int,
    mutants: Sequence[int],
    reference: Baseline,
    jobs: int,
    done: Callable[[int, Verdict], None],
) -> None:
    """Run a suite on mutants.

    Args:
        target: the netlist, built.
        suite: the tests.
        folder: of the runs; emptied first.
        seed: base of all randomness.
        mutants: their numbers.
        reference: the unmutated netlist's run.
        jobs: mutants at a time.
        done: told of each verdict as it is there.

    Raises:
        RunFailure: the unmutated netlist fails beside its mutants, or not all have a verdict.
    """
    cpu_s = max(_LEAST_CPU_S, _CPU_FACTOR * reference.seconds)
    plan = {
        "mutants": list(mutants),
        "order": list(reference.order),
        "jobs": jobs,
        "cpu_s": math.ceil(cpu_s),
        "wall_s": _WALL_FACTOR * cpu_s,
    }
    verdicts = folder / VERDICTS_FILE
    seen = 0

    def look() -> None:
        nonlocal seen
        for line in _new_lines(verdicts, seen):
            entry = json.loads(line)
            seen += 1
            done(entry.pop("number"), Verdict(**entry))

    def simulate(_: Suite) -> None:
        _run(target, suite, folder, seed, plan)

    list(run_jobs(simulate, [suite], jobs=1, beat=look, threads=True))
    if seen != len(mutants):
        raise RunFailure(f"{target.design.top}: {seen} of {len(mutants)} mutants have a verdict")
