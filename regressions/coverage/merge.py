"""What passing runs measured, put together: one way for `make coverage` and for sessions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from snn_rtl.regressions.coverage.exclusions import (
    Exclusion,
    apply,
    exclusions_of,
    load_exclusions,
)
from snn_rtl.regressions.coverage.plan import plan_status
from snn_rtl.regressions.coverage.result import CoverageResult
from snn_rtl.regressions.coverage.runs import RunResult
from snn_rtl.regressions.testplan import Plan, load, source_of
from snn_rtl.run.code_coverage import Hits
from snn_rtl.run.places import ROOT
from snn_rtl.tb.common import coverage as functional


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What a machine's coverage is held against.

    Attributes:
        exclusions: points that need not be hit.
        plan: its testplan.
    """

    exclusions: Sequence[Exclusion]
    plan: Plan


def ground(design: str) -> Ground:
    """Return what a machine's coverage is held against.

    Raises:
        InputError: one of its files cannot be read or is wrong.
    """
    return Ground(
        exclusions=load_exclusions(exclusions_of(design, ROOT), ROOT), plan=load(source_of(design))
    )


def add_up(
    results: Sequence[RunResult],
    hits: Hits,
    against: Ground,
    *,
    seed: int,
    apart: Mapping[str, Hits] | None = None,
    judged: bool = True,
) -> CoverageResult:
    """Return the coverage of runs of one machine.

    Args:
        results: of the runs.
        hits: code coverage of the passing ones.
        against: the machine's exclusions and testplan.
        seed: base seed.
        apart: the same of configurations that must reach bars by themselves.
        judged: whether it is to close.
    """
    found = [run.folder / functional.FILE_NAME for run in results if run.failure is None]
    return CoverageResult(
        seed=seed,
        runs=results,
        hits=hits,
        apart=apart or {},
        applied=apply(against.exclusions, hits),
        functional=functional.merge(map(functional.load, found)) if found else None,
        testpoints=plan_status(against.plan, results),
        judged=judged,
    )
