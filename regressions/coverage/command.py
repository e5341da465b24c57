"""`make coverage`: run the coverage tests, merge what the passing ones measured, report.

Exit status: 0 when the coverage closes, 1 when it does not or a run failed, 2 on bad input. Of
a part of the runs (QUICK, ONLY) closure is not judged.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from snn_rtl.machines import MACHINES
from snn_rtl.machines.spec import Spec
from snn_rtl.models.errors import InputError
from snn_rtl.regressions.coverage.exclusions import FILE_NAME
from snn_rtl.regressions.coverage.files import write_files
from snn_rtl.regressions.coverage.merge import add_up, ground
from snn_rtl.regressions.coverage.page import write_html
from snn_rtl.regressions.coverage.result import CoverageResult
from snn_rtl.regressions.coverage.runs import (
    MEASURES,
    RunResult,
    coverage_runs,
    execute_all,
    run_name,
)
from snn_rtl.run.board import Board
from snn_rtl.run.code_coverage import Hits, merge, read
from snn_rtl.run.command import create_folder, make_console, print_problems
from snn_rtl.run.places import OUT, ROOT
from snn_rtl.run.provenance import git_revision, tool_versions
from snn_rtl.run.runner import CODE_COVERAGE
from snn_rtl.run.simulators import make_runner

_DEFAULT: Final = next(iter(MACHINES))
_PART: Final = "passed; closure is not judged, for these are not all runs"


def _selected(runs: list[Spec], only: str | None) -> list[Spec]:
    chosen = [run for run in runs if only is None or only in run_name(run)]
    if not chosen:
        raise InputError(f"no run's name holds {only!r:.80}")
    return chosen


def _run_all(
    runs: list[Spec], out: Path, console: Console, *, seed: int, jobs: int
) -> tuple[list[RunResult], dict[str, Hits]]:
    """Do the runs.

    Returns:
        Their results in order, and the code coverage of the passing ones by configuration.
    """
    results: dict[str, RunResult] = {}
    hits = {config: Hits() for config in MEASURES if any(run.config == config for run in runs)}
    with Board(console, "runs", len(runs)) as board:
        for done in execute_all(runs, out, seed=seed, jobs=jobs):
            results[run_name(done.run)] = done
            board.finished(run_name(done.run), f"{done.wall_s:.1f} s", done.failure or "")
            if done.failure is None:
                measured = done.folder / CODE_COVERAGE
                config = done.run.config
                hits[config] = merge([hits[config], read(measured, ROOT)])
                # Eight megabytes a run.
                measured.unlink()
    return [results[run_name(run)] for run in runs], hits


def _print(result: CoverageResult, console: Console) -> None:
    table = Table(title="coverage")
    for name, justify in (("kind", "left"), ("hit", "right"), ("of", "right")):
        table.add_column(name, justify=justify)  # type: ignore[arg-type]
    for name in ("excluded", "share", "bar"):
        table.add_column(name, justify="right")
    for total in result.totals():
        colour = "green" if total.met else "red"
        table.add_row(
            *(total.name, f"{total.covered:,}", f"{total.counted:,}", f"{total.excluded:,}"),
            *(f"[{colour}]{total.percent}[/{colour}]", f"{total.bar} %"),
        )
    console.print(table)
    print_problems(result.problems(), console)


def coverage(
    *, design: str, seed: int, only: str | None, quick: bool, jobs: int, out: Path | None
) -> int:
    """Measure code and functional coverage of a whole machine and report it."""
    console = make_console()
    name = "coverage" if design == _DEFAULT else f"coverage-{design}"
    folder = create_folder(out or OUT / name)
    runs = _selected(coverage_runs(seed, design=design, quick=quick), only)
    against = ground(design)
    make_runner("verilator")
    started = time.perf_counter()
    results, hits = _run_all(runs, folder / "runs", console, seed=seed, jobs=jobs)
    result = add_up(
        results,
        merge(list(hits.values())),
        against,
        seed=seed,
        apart={config: hits[config] for config in hits if MEASURES[config] == "line"},
        judged=not quick and only is None,
    )
    _print(result, console)
    facts = _facts(design, started)
    written = [*write_files(result, folder), write_html(result, folder, ROOT, facts)]
    console.print(f"report: {written[-1]}", soft_wrap=True, markup=False)
    good, bad = ("closed", "not closed") if result.judged else (_PART, "failed")
    closed = not result.problems()
    console.print(f"[green]{good}[/green]" if closed else f"[red]{bad}[/red]")
    return 0 if closed else 1


def _facts(design: str, started: float) -> dict[str, str]:
    """Return what the report says about the session."""
    versions = tool_versions("verilator")
    minutes, seconds = divmod(round(time.perf_counter() - started), 60)
    return {
        "machine": MACHINES[design].title,
        "exclusions": f"rtl/{design}/{FILE_NAME}",
        "revision": git_revision() or "not in a repository",
        "tools": ", ".join(f"{name} {version}" for name, version in versions.items()),
        "time": f"{minutes} min {seconds} s",
        "state machines": "Not measured: the RTL has none. Its states are single bits, which "
        "branches, expressions and toggles hold. Verilator's FSM coverage stops with an internal "
        "error on the RTL besides.",
        "toggles": "Verilator's counts of signals wider than 64 bits are corrected "
        "(docs/developer/coverage.md); no signal is left out for its width.",
        "instances": "Points are counted by source, the instances of a module put together.",
        "configurations": ", ".join(("small", *MACHINES[design].testing.variants))
        + ": everything; paper: lines and branches.",
    }
