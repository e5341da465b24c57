"""Coverage of a session: what its passing runs measured, merged as `make coverage` does."""

from __future__ import annotations

import gzip
from pathlib import Path

from snn_rtl.models.errors import InputError
from snn_rtl.regressions.coverage.merge import add_up, ground
from snn_rtl.regressions.coverage.result import CoverageResult
from snn_rtl.regressions.coverage.runs import RunResult
from snn_rtl.regressions.kinds import CODE_COVERAGE_GZ, RUN
from snn_rtl.regressions.record import Record
from snn_rtl.regressions.sessions import Session
from snn_rtl.run.code_coverage import Hits, merge, parse
from snn_rtl.run.places import ROOT


def _run_result(record: Record, folder: Path) -> RunResult:
    return RunResult(
        run=record.spec,
        folder=folder,
        wall_s=record.wall_s,
        failure=record.failure or None,
    )


def _code(results: list[RunResult]) -> Hits:
    """Return the code coverage of the passing runs."""
    hits = Hits()
    for result in results:
        if result.failure is None:
            path = result.folder / CODE_COVERAGE_GZ
            try:
                hits = merge([hits, parse(gzip.decompress(path.read_bytes()), ROOT)])
            except (OSError, EOFError, ValueError) as error:
                raise InputError(f"{path}: {error}") from error
    return hits


def measured(session: Session) -> dict[str, CoverageResult]:
    """Return design to its coverage; none for a design of which no run measured it.

    Raises:
        InputError: a passing run's coverage cannot be read, or runs are of different sources.
    """
    found: dict[str, list[RunResult]] = {}
    for spec in session.plan.specs:
        record = session.records.get(spec.id)
        if spec.coverage and not spec.must_fail and record is not None:
            folder = session.run_folder(spec) / RUN
            found.setdefault(spec.design, []).append(_run_result(record, folder))
    return {
        design: add_up(results, _code(results), ground(design), seed=session.plan.seed)
        for design, results in found.items()
    }
