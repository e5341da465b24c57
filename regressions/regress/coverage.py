"""Coverage of a session: what its passing runs measured, merged as `make coverage` does."""

from __future__ import annotations

import gzip
from pathlib import Path

from models.errors import InputError
from regressions.coverage.code_coverage import Hits, merge, parse
from regressions.coverage.exclusions import apply, exclusions_of, load_exclusions
from regressions.coverage.plan import plan_status
from regressions.coverage.result import CoverageResult
from regressions.coverage.runs import CoverageRun, RunResult
from regressions.regress.kinds import CODE_COVERAGE_GZ, RUN
from regressions.regress.record import Record
from regressions.regress.store import Session
from tb.common import coverage as functional
from tb.common.runner import ROOT
from tools.testplan import load, source_of


def _run_result(record: Record, folder: Path) -> RunResult:
    spec = record.spec
    return RunResult(
        run=CoverageRun(
            test=spec.name,
            design=spec.design,
            config=spec.config,
            backpressure=spec.backpressure,
            pauses=spec.pauses,
            seed=spec.seed,
            options=spec.options,
        ),
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
    merged = {}
    for design, results in found.items():
        hits = _code(results)
        exclusions = load_exclusions(exclusions_of(design, ROOT), ROOT)
        passed = [result for result in results if result.failure is None]
        merged[design] = CoverageResult(
            seed=session.plan.seed,
            runs=results,
            hits=hits,
            applied=apply(exclusions, hits),
            functional=functional.merge(
                functional.load(result.folder / functional.FILE_NAME) for result in passed
            )
            if passed
            else None,
            testpoints=plan_status(load(source_of(design)), results),
        )
    return merged
