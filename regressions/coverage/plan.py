"""What became of the testplan's testpoints in a coverage session."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from snn_rtl.regressions.coverage.runs import RunResult
from snn_rtl.regressions.testplan import Plan, Testpoint

ELSEWHERE: Final = ("units", "self_test", "icarus_only", "own_machine")
"""Tags of testpoints that `make test` alone reaches: units, tests that must fail, Icarus, a machine
with parameters of its own."""


@dataclass(frozen=True, kw_only=True)
class PlanStatus:
    """One testpoint.

    Attributes:
        testpoint: from the testplan.
        tests: each of its tests to "passed", "failed", "not run" or "make test".
    """

    testpoint: Testpoint
    tests: Mapping[str, str]

    @property
    def trouble(self) -> str:
        """Why the testpoint is not reached, empty if it is."""
        for state in ("failed", "not run"):
            names = [name for name, found in self.tests.items() if found == state]
            if names:
                return f"{', '.join(names)} {state}"
        return ""

    @property
    def elsewhere(self) -> bool:
        """It is not for this session to reach."""
        return "make test" in self.tests.values()


def plan_status(plan: Plan, results: Iterable[RunResult]) -> list[PlanStatus]:
    """Return what became of the testpoints; a test has passed if all of its runs have."""
    states: dict[str, str] = {}
    for result in results:
        passed = result.failure is None and states.get(result.run.name) != "failed"
        states[result.run.name] = "passed" if passed else "failed"
    return [
        PlanStatus(
            testpoint=point,
            tests=dict.fromkeys(point.tests, "make test")
            if set(point.tags) & set(ELSEWHERE)
            else {test: states.get(test, "not run") for test in point.tests},
        )
        for point in plan.testpoints
    ]
