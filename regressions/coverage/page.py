"""index.html of a coverage session, and a page with the annotated source of every module."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from snn_rtl.regressions.coverage.exclusions import Exclusion
from snn_rtl.regressions.coverage.files import by_file, line_hits
from snn_rtl.regressions.coverage.result import CoverageResult
from snn_rtl.regressions.coverage.toggles import summary
from snn_rtl.run.code_coverage import KINDS, Hits, Point
from snn_rtl.run.page import render, write_page
from snn_rtl.tb.common.coverage import items

INDEX: Final = "index.html"
MODULES: Final = "modules"

_OPEN_BINS: Final = 24
"""A point with more bins is folded."""


@dataclass(kw_only=True)
class SourceLine:
    """One line of an annotated source.

    Attributes:
        number: from 1.
        text: the line.
        hits: how often it was passed; None where nothing counts it.
        state: "", "hit", "miss" or "excluded".
        missed: what was not passed in it, a phrase each.
        excluded: what is excluded in it, with the reason.
    """

    number: int
    text: str
    hits: int | None = None
    state: str = ""
    missed: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)


def _phrases(points: list[Point]) -> list[str]:
    """Return what points of one line say, toggles put together."""
    phrases = [
        f"{point.kind}: {point.text}" for point in points if point.kind in ("branch", "expression")
    ]
    if any(point.kind == "line" for point in points):
        phrases.insert(0, "line: never")
    toggles = [point for point in points if point.kind == "toggle"]
    return phrases + ([f"toggle: {', '.join(summary(toggles))}"] if toggles else [])


def annotate(source: str, hits: Hits, excluded: Mapping[Point, Exclusion]) -> list[SourceLine]:
    """Return a source with its coverage.

    Args:
        source: text of the file.
        hits: the file's points.
        excluded: excluded points, of other files too.
    """
    lines = [
        SourceLine(number=number, text=text)
        for number, text in enumerate(source.splitlines(), start=1)
    ]
    missed: dict[int, list[Point]] = defaultdict(list)
    left_out: dict[int, dict[int, list[Point]]] = defaultdict(lambda: defaultdict(list))
    reasons = {exclusion.number: exclusion.reason for exclusion in excluded.values()}
    for point in sorted(hits):
        exclusion = excluded.get(point)
        if exclusion is not None:
            left_out[point.line][exclusion.number].append(point)
        elif not hits[point]:
            missed[point.line].append(point)
    for number, count in line_hits(hits, dict(excluded)).items():
        lines[number - 1].hits = count
        lines[number - 1].state = "hit" if count else "miss"
    for line in lines:
        line.missed = _phrases(missed[line.number])
        line.excluded = [
            f"{'; '.join(_phrases(points))}: {reasons[number]}"
            for number, points in left_out[line.number].items()
        ]
        if line.missed:
            line.state = "miss"
        elif line.excluded and line.state != "miss":
            line.state = "excluded"
    return lines


@dataclass(frozen=True, kw_only=True)
class CoverItem:
    """A point or cross of a covergroup.

    Attributes:
        name: of it.
        points: the points that a cross combines; empty for a point.
        bins: (bin, hits), those without a hit first.
        ignored: (bin, reason).
    """

    name: str
    points: tuple[str, ...]
    bins: list[tuple[str, int]]
    ignored: list[tuple[str, str]]

    @property
    def hit(self) -> int:
        """Bins that were hit."""
        return sum(count > 0 for _, count in self.bins)

    @property
    def complete(self) -> bool:
        """All bins were hit."""
        return self.hit == len(self.bins)

    @property
    def folded(self) -> bool:
        """It is shown closed."""
        return self.complete and len(self.bins) > _OPEN_BINS


def _covergroups(functional: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Return the covergroups, those with the most holes first, and their items likewise."""
    groups = []
    for name, content in (functional or {"groups": {}})["groups"].items():
        found = [
            CoverItem(
                name=key,
                points=tuple(item.get("points", ())),
                bins=sorted(item["bins"].items(), key=lambda entry: entry[1] > 0),
                ignored=[(bins, entry["reason"]) for bins, entry in item["ignored"].items()],
            )
            for key, item in items(content)
        ]
        found.sort(key=lambda item: item.hit - len(item.bins))
        bins = sum(len(item.bins) for item in found)
        hit = sum(item.hit for item in found)
        groups.append(
            {"name": name, "doc": content["doc"], "items": found, "bins": bins, "hit": hit}
        )
    return sorted(groups, key=lambda group: group["hit"] - group["bins"])


def _exclusions(result: CoverageResult) -> list[dict[str, Any]]:
    """Return the exclusions with their points, in the order of the file."""
    points: dict[int, list[Point]] = defaultdict(list)
    for point, exclusion in result.applied.points.items():
        points[exclusion.number].append(point)
    used = {exclusion.number: exclusion for exclusion in result.applied.points.values()}
    return [
        {
            "exclusion": used[number],
            "points": len(points[number]),
            "what": summary(sorted(points[number]))
            if used[number].kind == "toggle"
            else sorted({point.text for point in points[number]}),
        }
        for number in sorted(points)
    ]


def page_name(file: str) -> str:
    """Return the page of a source file, below the index."""
    return f"{MODULES}/{Path(file).stem}.html"


def write_html(result: CoverageResult, out: Path, root: Path, facts: Mapping[str, str]) -> Path:
    """Write the pages into a folder.

    Args:
        result: what to show.
        out: the folder.
        root: where the sources are.
        facts: what else to say about the session: name to value.

    Returns:
        The index.
    """
    (out / MODULES).mkdir(parents=True, exist_ok=True)
    modules = result.modules()
    for file, hits in by_file(result.hits).items():
        page = render(
            "coverage_module.html.j2",
            file=file,
            totals=modules[file],
            lines=annotate((root / file).read_text(), hits, result.applied.points),
        )
        write_page(out / page_name(file), page)
    page = render(
        "coverage.html.j2",
        kinds=KINDS,
        page_name=page_name,
        result=result,
        totals=result.totals(),
        modules=modules,
        problems=result.problems(),
        covergroups=_covergroups(result.functional),
        testpoints=sorted(result.testpoints, key=lambda p: (not p.trouble, p.elsewhere)),
        exclusions=_exclusions(result),
        facts=facts,
    )
    return write_page(out / INDEX, page)
