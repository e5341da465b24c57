"""Coverage for other tools: JSON, LCOV, JUnit."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

from snn_rtl.regressions.coverage.result import CoverageResult, Total
from snn_rtl.regressions.coverage.runs import run_name
from snn_rtl.run.code_coverage import Hits, Point
from snn_rtl.run.report import write_file, write_json

SCHEMA: Final = "coverage-report/1"


def line_hits(hits: Hits, applied: dict[Point, Any]) -> dict[int, int]:
    """Return how often the lines of one file were passed: the most of what begins or runs there.

    Excluded points are left out.
    """
    lines: dict[int, int] = {}
    for point, count in hits.items():
        if point.kind in ("line", "branch") and point not in applied:
            for line in point.span() if point.lines or point.kind == "line" else ():
                lines[line] = max(lines.get(line, 0), count)
    return dict(sorted(lines.items()))


def by_file(hits: Hits) -> dict[str, Hits]:
    """Part points by file, in the order of names."""
    parts: dict[str, Hits] = defaultdict(Hits)
    for point in sorted(hits):
        parts[point.file][point] = hits[point]
    return dict(sorted(parts.items()))


def lcov(result: CoverageResult) -> str:
    """Return lines and branches as a tracefile of LCOV."""
    excluded: dict[Point, Any] = dict(result.applied.points)
    out = []
    for file, hits in by_file(result.hits).items():
        out += ["TN:", f"SF:{file}"]
        branches = [p for p in hits if p.kind == "branch" and p not in excluded]
        numbers: dict[int, int] = defaultdict(int)
        for point in branches:
            out.append(f"BRDA:{point.line},0,{numbers[point.line]},{hits[point]}")
            numbers[point.line] += 1
        out += [f"BRF:{len(branches)}", f"BRH:{sum(hits[p] > 0 for p in branches)}"]
        lines = line_hits(hits, excluded)
        out += [f"DA:{line},{count}" for line, count in lines.items()]
        out += [f"LF:{len(lines)}", f"LH:{sum(count > 0 for count in lines.values())}"]
        out.append("end_of_record")
    return "\n".join(out) + "\n"


def junit(result: CoverageResult) -> bytes:
    """Return the runs as JUnit's XML."""
    failures = sum(run.failure is not None for run in result.runs)
    suite = ElementTree.Element(
        "testsuite",
        name="coverage",
        tests=str(len(result.runs)),
        failures=str(failures),
        errors="0",
        time=f"{sum(run.wall_s for run in result.runs):.3f}",
    )
    for run in result.runs:
        case = ElementTree.SubElement(
            suite,
            "testcase",
            classname=f"{run.run.config}.{run.run.name}",
            name=run_name(run.run),
            time=f"{run.wall_s:.3f}",
        )
        if run.failure is not None:
            first = run.failure.splitlines()[0]
            ElementTree.SubElement(case, "failure", message=first).text = run.failure
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _total(total: Total) -> dict[str, Any]:
    return {
        "points": total.points,
        "excluded": total.excluded,
        "covered": total.covered,
        "share": round(total.share, 6),
        "bar": total.bar / 100,
        "met": total.met,
    }


def to_json(result: CoverageResult) -> dict[str, Any]:
    """Return everything the report shows, but for the source (schema "coverage-report/1")."""
    excluded = result.applied.points
    return {
        "schema": SCHEMA,
        "judged": result.judged,
        "closed": result.judged and not result.problems(),
        "problems": result.problems(),
        "seed": result.seed,
        "runs": [
            {
                "name": run_name(run.run),
                "test": run.run.name,
                "config": run.run.config,
                "backpressure": run.run.pauses or run.run.backpressure,
                "seed": run.run.seed,
                "passed": run.failure is None,
                "failure": run.failure,
                "wall_s": round(run.wall_s, 3),
            }
            for run in result.runs
        ],
        "totals": {total.name: _total(total) for total in result.totals()},
        "modules": {
            file: {total.kind: _total(total) for total in totals}
            for file, totals in result.modules().items()
        },
        "holes": [
            {"file": p.file, "line": p.line, "kind": p.kind, "text": p.text}
            for p in result.open_points()
        ],
        "exclusions": [
            {
                "file": exclusion.file,
                "kind": exclusion.kind,
                "entry": str(exclusion),
                "reason": exclusion.reason,
                "points": [p.text for p in sorted(excluded) if excluded[p] is exclusion],
            }
            for exclusion in dict.fromkeys(excluded.values())
        ],
        "functional": result.functional,
        "testplan": [
            {
                "name": p.testpoint.name,
                "stage": p.testpoint.stage,
                "tests": dict(p.tests),
                "trouble": p.trouble,
            }
            for p in result.testpoints
        ],
    }


def write_files(result: CoverageResult, out: Path) -> list[Path]:
    """Write coverage.json, coverage.info and junit.xml into a folder; return their paths."""
    return [
        write_json(out / "coverage.json", to_json(result)),
        write_file(out / "coverage.info", lcov(result)),
        write_file(out / "junit.xml", junit(result) + b"\n"),
    ]
