"""report.json (schema "formal-report/1") and index.html."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from snn_rtl.formal.catalogue import Module
from snn_rtl.formal.execute import trace_of
from snn_rtl.formal.judge import Result, claims
from snn_rtl.run.page import render, write_page
from snn_rtl.run.places import from_root
from snn_rtl.run.provenance import git_revision
from snn_rtl.run.report import REPORT, write_json

SCHEMA: Final = "formal-report/1"
FILES: Final = (REPORT, "index.html")


def _task(result: Result, out: Path) -> dict[str, Any]:
    job, outcome = result.job, result.outcome
    trace = trace_of(out, job) if result.problem else None
    return {
        "name": job.name,
        "kind": job.kind,
        "depth": job.task.depth,
        "status": outcome.status,
        "problem": result.problem,
        "cached": result.cached,
        "cpu_s": round(outcome.cpu_s, 2),
        "wall_s": round(outcome.wall_s, 2),
        "trace": from_root(trace) if trace else None,
        "refutes": job.variant.property if job.variant else None,
        "properties": [asdict(item) for item in outcome.properties],
    }


def make_report(
    modules: Sequence[Module],
    results: Mapping[str, Result],
    found: Sequence[str],
    *,
    versions: Mapping[str, str],
    out: Path,
    whole: bool,
) -> dict[str, Any]:
    """Return what report.json holds.

    Args:
        modules: what was to be proved.
        results: by name of the job.
        found: what is wrong.
        versions: of the tools.
        out: where the jobs worked.
        whole: nothing of the modules was left out.
    """
    entries = []
    for module in modules:
        tasks = [_task(results[job.name], out) for job in module.jobs if job.name in results]
        entries.append(
            {
                "name": module.name,
                "cpu_s": round(sum(task["cpu_s"] for task in tasks), 2),
                "properties": [asdict(claim) for claim in claims(module, results)],
                "tasks": tasks,
            }
        )
    properties = [claim for entry in entries for claim in entry["properties"]]
    tasks = [task for entry in entries for task in entry["tasks"]]
    covers = [
        item
        for task in tasks
        if task["kind"] == "cover"
        for item in task["properties"]
        if item["state"] == "held"
    ]
    return {
        "schema": SCHEMA,
        "git": git_revision(),
        "tools": dict(versions),
        "whole": whole,
        "passed": not found,
        "problems": list(found),
        "totals": {
            "modules": len(entries),
            "tasks": len(tasks),
            "cached": sum(task["cached"] for task in tasks),
            "properties": len(properties),
            "by_induction": sum(claim["proof"] == "k-induction" for claim in properties),
            "bounded": sum(claim["proof"].startswith("bounded") for claim in properties),
            "covers": len(covers),
            "variants": sum(task["kind"] == "broken" and not task["problem"] for task in tasks),
            "cpu_s": round(sum(task["cpu_s"] for task in tasks), 1),
        },
        "modules": entries,
    }


def write_report(report: Mapping[str, Any], out: Path) -> Path:
    """Write both files into a folder and return the page's path."""
    write_json(out / FILES[0], report)
    return write_page(out / FILES[1], render("formal.html.j2", report=report))
