"""What a session came to: everything that its report shows, and the verdict."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from snn_rtl.machines import MACHINES
from snn_rtl.regressions import guard, metrics
from snn_rtl.regressions import session_coverage as coverage
from snn_rtl.regressions.buckets import Bucket, buckets
from snn_rtl.regressions.coverage.plan import PlanStatus
from snn_rtl.regressions.coverage.result import CoverageResult
from snn_rtl.regressions.guard import Finding
from snn_rtl.regressions.history import Entry, History
from snn_rtl.regressions.known import KnownFailure
from snn_rtl.regressions.metrics import Metrics
from snn_rtl.regressions.progress import progress
from snn_rtl.regressions.record import Record
from snn_rtl.regressions.sessions import Session
from snn_rtl.regressions.testplan import load, source_of
from snn_rtl.run.places import ROOT

_COUNTED: Final = ("checks", "layers", "tiles", "rows", "cycles")


@dataclass(frozen=True, kw_only=True)
class SessionResult:
    """A session, judged.

    Attributes:
        session: its plan and its records.
        excused: failed run to the known failure that excuses it.
        failures: the others, put together by what they say.
        coverage: by design.
        metrics: cycles, coverage, speed.
        findings: metrics beside the baseline; none without one.
        baseline: whether there is one.
        testplans: by design.
        past: earlier sessions of the list, the oldest first.
    """

    session: Session
    excused: dict[str, KnownFailure]
    failures: list[Bucket]
    coverage: dict[str, CoverageResult]
    metrics: Metrics
    findings: list[Finding]
    baseline: bool
    testplans: dict[str, list[PlanStatus]]
    past: Sequence[Entry]

    @property
    def records(self) -> list[Record]:
        """Results in the order of the list."""
        found = self.session.records
        return [found[spec.id] for spec in self.session.plan.specs if spec.id in found]

    @property
    def elapsed_s(self) -> float:
        """Seconds from the start of the session to the end of its last run."""
        started = self.session.plan.started
        return max((r.started + r.wall_s for r in self.records), default=started) - started

    def totals(self) -> dict[str, float]:
        """Return sums over the runs; checks, tiles and so on of the passing ones."""
        passed = [record for record in self.records if record.passed]
        return {
            "runs": len(self.session.plan.specs),
            "passed": len(passed),
            "failed": sum(len(bucket.records) for bucket in self.failures),
            "known": len(self.excused),
            "missing": len(self.session.missing),
            **{key: sum(int(r.numbers.get(key, 0)) for r in passed) for key in _COUNTED},
            "elapsed_s": round(self.elapsed_s, 1),
        }

    def problems(self) -> list[str]:
        """Return why the session is red, the most important first; none if it is green."""
        found = [f"{len(b.records)} failed: {b.title}" for b in self.failures]
        missing = self.session.missing
        if missing:
            found.append(f"{len(missing)} of {len(self.session.plan.specs)} runs have no result")
        found += [finding.text for finding in self.findings if finding.level == "fail"]
        return found

    def warnings(self) -> list[str]:
        """Return what should be looked at, though it makes nothing red."""
        found = [finding.text for finding in self.findings if finding.level == "warn"]
        if not self.baseline:
            found.append(f"list {self.session.plan.name} has no baseline: nothing guards it")
        found += [
            f"{record.id} was begun {record.attempts} times: its worker was lost"
            for record in self.records
            if record.attempts > 1
        ]
        used = set(map(id, self.excused.values()))
        found += [
            f"known failure {entry.test} did not occur: {entry.reason}"
            for entry in self.session.plan.known
            if id(entry) not in used
        ]
        return found

    @property
    def passed(self) -> bool:
        """The verdict."""
        return not self.problems()

    @property
    def entry(self) -> Entry:
        """The session as the history keeps it."""
        plan = self.session.plan
        return Entry(
            name=self.session.name,
            started=plan.started,
            revision=plan.revision,
            passed=self.passed,
            totals=self.totals(),
            metrics=self.metrics,
            tools=plan.tools,
        )


def _excused(session: Session) -> dict[str, KnownFailure]:
    return {
        record.id: entry
        for record in session.records.values()
        if not record.passed
        for entry in reversed(session.plan.known)
        if entry.excuses(record.id, record.failure)
    }


def judge(session: Session, history: History) -> SessionResult:
    """Return what a session came to.

    Raises:
        InputError: its coverage, or its baseline cannot be read.
    """
    records = list(session.records.values())
    excused = _excused(session)
    failed = [record for record in records if not record.passed and record.id not in excused]
    merged = coverage.measured(session)
    found = metrics.measure(records, merged)
    baseline = guard.load(ROOT / session.plan.baseline)
    complete = not session.missing
    plans = {
        design: progress(
            load(source_of(design)),
            [r for r in records if r.spec.design in (design, "")],
            set(excused),
        )
        for design in MACHINES
        if any(spec.design == design for spec in session.plan.specs)
    }
    return SessionResult(
        session=session,
        excused=excused,
        failures=buckets(failed),
        coverage=merged,
        metrics=found,
        findings=guard.compare(baseline, found, session.plan.guard)
        if baseline is not None and complete
        else [],
        baseline=baseline is not None,
        testplans=plans,
        past=[e for e in history.sessions(session.plan.name) if e.name != session.name],
    )


def age(started: float) -> str:
    """Return a time for people."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(started))
