"""What a coverage session found: totals against the bars, and what keeps it from closing."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from snn_rtl.regressions.coverage.exclusions import Applied
from snn_rtl.regressions.coverage.plan import PlanStatus
from snn_rtl.regressions.coverage.runs import RunResult, run_name
from snn_rtl.regressions.coverage.toggles import summary
from snn_rtl.run.code_coverage import KINDS, Hits, Point
from snn_rtl.tb.common.coverage import holes, impossible_hits, totals

BARS: Final = {"functional": 100, "line": 100, "branch": 100, "expression": 98, "toggle": 98}
"""Per cent of what is not excluded that must be covered, by kind."""


@dataclass(frozen=True, kw_only=True)
class Total:
    """Sums of one kind.

    Attributes:
        kind: functional, or one of KINDS.
        config: the configuration that it is about, empty for all of them together.
        points: how many there are, the excluded ones included.
        covered: how many were hit.
        excluded: how many are excluded.
    """

    kind: str
    config: str = ""
    points: int
    covered: int
    excluded: int = 0

    @property
    def name(self) -> str:
        """What it is called: kind and configuration."""
        return f"{self.kind} ({self.config})" if self.config else self.kind

    @property
    def counted(self) -> int:
        """Points that count."""
        return self.points - self.excluded

    @property
    def missed(self) -> int:
        """Points that count and were not hit."""
        return self.counted - self.covered

    @property
    def share(self) -> float:
        """Share of the counted points that were hit; 0 where nothing was measured."""
        return self.covered / self.counted if self.counted else float(self.points > 0)

    @property
    def percent(self) -> str:
        """Return the share for people; 100.00 % only where nothing is missed."""
        return f"{math.floor(self.share * 10_000) / 100:.2f} %"

    @property
    def bar(self) -> int:
        """Per cent that are asked for."""
        return BARS[self.kind]

    @property
    def met(self) -> bool:
        """The bar is reached, and there was something to reach it with."""
        return self.points > 0 and 100 * self.covered >= self.bar * self.counted


@dataclass(frozen=True, kw_only=True)
class CoverageResult:
    """Everything that the report shows.

    Attributes:
        seed: base seed of the session.
        runs: results of the runs, in their order.
        hits: code coverage of the passing runs.
        apart: the same of single configurations, which must reach the bars of lines and branches
            by themselves.
        applied: what the exclusions did to it.
        functional: functional coverage of the passing runs, None if none left any.
        testpoints: the testplan's, with the state of their tests.
        judged: whether it is to close; a part of the runs never does.
    """

    seed: int
    runs: Sequence[RunResult]
    hits: Hits
    apart: Mapping[str, Hits] = field(default_factory=dict)
    applied: Applied = field(default_factory=Applied)
    functional: Mapping[str, Any] | None = None
    testpoints: Sequence[PlanStatus] = ()
    judged: bool = True

    def totals(self) -> list[Total]:
        """Return the sums of every kind, in the order of BARS."""
        groups = totals(self.functional).values() if self.functional else ()
        functional = Total(
            kind="functional",
            points=sum(bins for _, bins in groups),
            covered=sum(hit for hit, _ in groups),
        )
        apart = [
            code_total(kind, hits, self.applied, config)
            for config, hits in self.apart.items()
            for kind in ("line", "branch")
        ]
        together = [code_total(kind, self.hits, self.applied) for kind in KINDS]
        return [functional, *together, *apart]

    def modules(self) -> dict[str, list[Total]]:
        """Return file to its sums of code coverage, in the order of KINDS."""
        by_file: dict[str, Hits] = defaultdict(Hits)
        for point, count in self.hits.items():
            by_file[point.file][point] = count
        return {
            file: [code_total(kind, hits, self.applied) for kind in KINDS]
            for file, hits in sorted(by_file.items())
        }

    def open_points(self, kind: str | None = None, config: str = "") -> list[Point]:
        """Return the points that were not hit and are not excluded, in the order of the source."""
        hits = self.apart[config] if config else self.hits
        return sorted(
            point
            for point, count in hits.items()
            if not count and point not in self.applied.points and kind in (None, point.kind)
        )

    def problems(self) -> list[str]:
        """Return why the coverage is not closed, the most important first; none if it is.

        Where closure is not judged, what is wrong with the runs alone.
        """
        found = [
            f"run {run_name(result.run)} failed: {result.failure.splitlines()[0]}"
            for result in self.runs
            if result.failure is not None
        ]
        if not self.hits:
            found.append("no passing run left code coverage")
        if self.functional is None:
            found.append("no passing run left functional coverage")
        else:
            found += impossible_hits(self.functional)
        return found + (self._open() if self.judged else [])

    def _open(self) -> list[str]:
        """Return what keeps runs that are all right from closing."""
        found = list(self.applied.stale)
        found += [
            f"testpoint {point.testpoint.name}: {point.trouble}"
            for point in self.testpoints
            if point.trouble
        ]
        if self.functional is not None:
            found += [f"functional: {bins} was not hit" for bins in holes(self.functional)]
        for total in self.totals()[1:]:
            if self.hits and not total.met:
                found += self._code_holes(total)
        return found

    def _code_holes(self, total: Total) -> list[str]:
        points = self.open_points(total.kind, total.config)
        what = f"{total.name} coverage is {total.percent}, not {total.bar} %"
        if total.kind != "toggle":
            return [what, *map(str, points)]
        by_file: dict[str, list[Point]] = defaultdict(list)
        for point in points:
            by_file[point.file].append(point)
        worst = sorted(by_file.items(), key=lambda item: -len(item[1]))
        return [what, *(f"{file}: toggle: {', '.join(summary(part))}" for file, part in worst)]


def code_total(kind: str, hits: Hits, applied: Applied, config: str = "") -> Total:
    """Return the sums of one kind of code coverage."""
    points = [point for point in hits if point.kind == kind]
    return Total(
        kind=kind,
        config=config,
        points=len(points),
        covered=sum(hits[point] > 0 for point in points),
        excluded=sum(point in applied.points for point in points),
    )
