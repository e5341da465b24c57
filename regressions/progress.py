"""How far a session reaches the testplans of its designs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from snn_rtl.regressions.coverage.plan import PlanStatus
from snn_rtl.regressions.record import Record
from snn_rtl.regressions.testplan import STAGES, Plan

NOT_RUN: Final = "not run"

# The worst of a test's runs counts.
_ORDER: Final = ("failed", "known failure", "passed")


def progress(plan: Plan, records: Iterable[Record], excused: set[str]) -> list[PlanStatus]:
    """Return what became of the testpoints.

    Args:
        plan: a design's testplan.
        records: of that design and of units.
        excused: names of failed runs that are excused.
    """
    states: dict[str, str] = {}
    for record in records:
        state = "passed"
        if not record.passed:
            state = "known failure" if record.id in excused else "failed"
        worst = min(state, states.get(record.spec.name, state), key=_ORDER.index)
        states[record.spec.name] = worst
    return [
        PlanStatus(testpoint=point, tests={test: states.get(test, NOT_RUN) for test in point.tests})
        for point in plan.testpoints
    ]


def reached(status: PlanStatus) -> bool:
    """Return whether every test of a testpoint passed."""
    return set(status.tests.values()) == {"passed"}


def stages(statuses: Iterable[PlanStatus]) -> dict[str, tuple[int, int]]:
    """Return stage to testpoints reached, and all of them."""
    known = list(statuses)
    parts = {stage: [s for s in known if s.testpoint.stage == stage] for stage in STAGES}
    return {stage: (sum(map(reached, part)), len(part)) for stage, part in parts.items() if part}
