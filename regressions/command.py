"""`make regress`: run a list, or what a session misses, and report.

Exit status: 0 when the session is green, 1 when it is red, 2 on bad input, 130 on Ctrl-C.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from snn_rtl.models.errors import InputError
from snn_rtl.regressions import sources
from snn_rtl.regressions.cli import SESSIONS
from snn_rtl.regressions.driver import Driver
from snn_rtl.regressions.engine import EngineOptions, connect
from snn_rtl.regressions.files import rerun_command
from snn_rtl.regressions.history import History
from snn_rtl.regressions.live import SessionBoard
from snn_rtl.regressions.page import write_report
from snn_rtl.regressions.plan import plan
from snn_rtl.regressions.result import SessionResult, judge
from snn_rtl.regressions.sessions import Session
from snn_rtl.run.command import create_folder, make_console, print_problems

_MOST_BUCKETS = 12


def _open(resume: str, parent: Path) -> Session:
    """Open a session to go on with.

    Raises:
        InputError: there is none, or the sources are others now.
    """
    session = Session.open(resume, parent)
    if session.missing and session.plan.sources != sources.digest():
        raise InputError(
            f"session {session.name} ran other sources (revision {session.plan.revision}): "
            "its results and new ones do not belong together; begin a new session"
        )
    return session


def _run(session: Session, options: EngineOptions, console: Console, history: History) -> None:
    """Do what the session misses."""
    done = len(session.plan.specs) - len(session.missing)
    console.print(
        f"session {session.name}: {len(session.missing)} runs of list {session.plan.name}, "
        f"base seed {session.plan.seed}" + (f", {done} are done" if done else ""),
        highlight=False,
        soft_wrap=True,
    )
    if not session.missing:
        return
    total = len(session.plan.specs)
    with connect(options) as client, SessionBoard(console, total, done) as board:
        Driver(session, client, board, history.durations()).run()


def _report(session: Session, console: Console, history: History) -> SessionResult:
    """Judge and report a session; print the verdict."""
    result = judge(session, history)
    index = write_report(result)
    totals = result.totals()
    table = Table(title=f"{session.plan.name}: {session.name}")
    for name in ("runs", "passed", "failed", "known", "missing", "tiles", "checks", "minutes"):
        table.add_column(name, justify="right")
    names = ("runs", "passed", "failed", "known", "missing", "tiles", "checks")
    table.add_row(*(f"{totals[n]:,.0f}" for n in names), f"{totals['elapsed_s'] / 60:.1f}")
    console.print(table)
    for bucket in result.failures[:_MOST_BUCKETS]:
        first = bucket.records[0]
        console.print(
            f"{len(bucket.records)} failed: {bucket.title}\n"
            f"  first: {first.failure.splitlines()[0]}\n"
            f"  {rerun_command(session, first.spec)}",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
    lines = [finding.text for finding in result.findings if finding.level == "fail"]
    lines += [f"to look at: {warning}" for warning in result.warnings()]
    print_problems(lines, console)
    console.print(f"report: {index}", soft_wrap=True, markup=False)
    console.print("[green]passed[/green]" if result.passed else "[red]failed[/red]")
    return result


def regress(
    *,
    name: str | None = None,
    resume: str | None = None,
    jobs: int,
    seed: int | None,
    scheduler: str | None,
    cluster: str | None,
    out: Path,
) -> int:
    """Run a list of tests and report."""
    console = make_console()
    if cluster and scheduler:
        raise InputError("either SCHEDULER or CLUSTER")
    if resume and (name or seed is not None):
        raise InputError("RESUME goes on with a session: its LIST and SEED are given")
    parent = create_folder(out)
    history = History(parent)
    if resume:
        session = _open(resume, parent)
    else:
        session = Session.create(plan(name or "smoke", seed), parent)
    options = EngineOptions(
        jobs=jobs,
        scratch=session.folder / "workers",
        scheduler=scheduler or "",
        cluster=cluster or "",
    )
    try:
        _run(session, options, console, history)
    except KeyboardInterrupt:
        _report(session, console, history)
        raise KeyboardInterrupt(
            f"{len(session.missing)} runs have no result: make regress RESUME={session.name}"
            + ("" if out == SESSIONS else f" OUT={out}")
        ) from None
    return 0 if _report(session, console, history).passed else 1


def nightly(**options: Any) -> int:
    """Run the list of the night and report."""
    return regress(name="nightly", **options)
