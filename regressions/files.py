"""A session for other programs: JSON, JUnit's XML, a badge."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

from snn_rtl.machines.spec import SIMULATED, Spec
from snn_rtl.regressions.cli import SESSIONS
from snn_rtl.regressions.record import Record
from snn_rtl.regressions.result import SessionResult
from snn_rtl.regressions.sessions import Session
from snn_rtl.run.report import REPORT, write_file, write_json

SCHEMA: Final = "regress-report/1"

_COLOURS: Final = {True: "#2e8b57", False: "#c0392b"}


def rerun_command(session: Session, spec: Spec) -> str:
    """Return the command that repeats a run, with waves where there are any."""
    words = [f"make rerun ID={shlex.quote(f'{session.name}/{spec.id}')}"]
    if session.folder.parent != SESSIONS:
        words.append(f"OUT={shlex.quote(str(session.folder.parent))}")
    return " ".join(words + ["WAVES=1"] * (spec.kind in SIMULATED))


def _state(result: SessionResult, record: Record) -> str:
    if record.passed:
        return "passed"
    return "known" if record.id in result.excused else "failed"


def _run(result: SessionResult, record: Record) -> dict[str, Any]:
    spec = record.spec
    return {
        "id": record.id,
        "test": spec.test,
        "name": spec.name,
        "kind": spec.kind,
        "design": spec.design,
        "simulator": spec.simulator,
        "config": spec.config,
        "seed": spec.seed,
        "state": _state(result, record),
        "failure": record.failure,
        "wall_s": record.wall_s,
        "host": record.host,
        "build": record.build,
        "numbers": record.numbers,
    }


def to_json(result: SessionResult) -> dict[str, Any]:
    """Return everything the report shows (schema "regress-report/1")."""
    session, plan = result.session, result.session.plan
    return {
        "schema": SCHEMA,
        "session": session.name,
        "list": plan.name,
        "passed": result.passed,
        "problems": result.problems(),
        "warnings": result.warnings(),
        "seed": plan.seed,
        "started": plan.started,
        "git": plan.revision,
        "sources": plan.sources,
        "tools": plan.tools,
        "machine": plan.machine,
        "totals": result.totals(),
        "runs": [_run(result, record) for record in result.records],
        "missing": [spec.id for spec in session.missing],
        "buckets": [
            {
                "title": bucket.title,
                "runs": [record.id for record in bucket.records],
                "rerun": rerun_command(session, bucket.records[0].spec),
            }
            for bucket in result.failures
        ],
        "metrics": result.metrics,
        "guard": [
            {**vars(finding), "change": finding.change}
            for finding in result.findings
            if finding.level != "same"
        ],
        "testplan": {
            design: {status.testpoint.name: dict(status.tests) for status in statuses}
            for design, statuses in result.testplans.items()
        },
    }


def junit(result: SessionResult) -> bytes:
    """Return the runs as JUnit's XML; the guard rails are cases too."""
    session = result.session
    suite = ElementTree.Element("testsuite", name=session.plan.name)
    failures = skipped = 0
    for record in result.records:
        name = f"{record.spec.design or 'unit'}.{record.spec.name}"
        case = ElementTree.SubElement(
            suite, "testcase", classname=name, name=record.id, time=f"{record.wall_s:.3f}"
        )
        state = _state(result, record)
        if state == "failed":
            failures += 1
            node = ElementTree.SubElement(case, "failure", message=record.failure)
            lines = [*record.log, rerun_command(session, record.spec)]
            node.text = "\n".join(_printable(line) for line in lines)
        elif state == "known":
            skipped += 1
            reason = result.excused[record.id].reason
            ElementTree.SubElement(case, "skipped", message=f"known failure: {reason}")
    for spec in session.missing:
        case = ElementTree.SubElement(suite, "testcase", classname=spec.name, name=spec.id)
        ElementTree.SubElement(case, "error", message="no result")
    for finding in result.findings:
        if finding.level == "fail":
            failures += 1
            case = ElementTree.SubElement(
                suite, "testcase", classname="guard", name=f"{finding.kind} of {finding.name}"
            )
            ElementTree.SubElement(case, "failure", message=finding.text)
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(failures))
    # Servers demand the number; a run without a result is an error, no failure.
    suite.set("errors", str(len(session.missing)))
    suite.set("skipped", str(skipped))
    suite.set("time", f"{sum(record.wall_s for record in result.records):.3f}")
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _printable(line: str) -> str:
    """Return a line without what XML cannot hold."""
    return "".join(c for c in line if c.isprintable() or c == "\t")


def badge(result: SessionResult) -> str:
    """Return the verdict as a small picture."""
    totals = result.totals()
    left = result.session.plan.name
    right = (
        f"{totals['passed']:.0f} passed"
        if result.passed
        else f"{totals['failed']:.0f} failed"
        if totals["failed"]
        else "incomplete"
        if totals["missing"]
        else "regressed"
    )
    widths = [7 * len(text) + 12 for text in (left, right)]
    total = sum(widths)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{total}" height="20" role="img" '
        f'aria-label="{left}: {right}"><title>{left}: {right}</title>'
        f'<rect width="{total}" height="20" rx="3" fill="#444c56"/>'
        f'<path d="M{widths[0]} 0h{widths[1] - 3}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3H{widths[0]}z" '
        f'fill="{_COLOURS[result.passed]}"/>'
        '<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" '
        f'font-size="11"><text x="{widths[0] / 2}" y="14">{left}</text>'
        f'<text x="{widths[0] + widths[1] / 2}" y="14">{right}</text></g></svg>\n'
    )


def write_files(result: SessionResult, out: Path) -> None:
    """Write report.json, junit.xml and badge.svg into a folder."""
    write_json(out / REPORT, to_json(result))
    write_file(out / "junit.xml", junit(result))
    write_file(out / "badge.svg", badge(result))
