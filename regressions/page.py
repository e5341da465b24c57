"""index.html of a session: one folder that opens from disk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from snn_rtl.regressions.charts import Sample, Trend, trend
from snn_rtl.regressions.coverage.files import write_files as write_coverage_files
from snn_rtl.regressions.coverage.page import write_html as write_coverage_page
from snn_rtl.regressions.files import rerun_command, write_files
from snn_rtl.regressions.history import FOLDER, Entry
from snn_rtl.regressions.metrics import KINDS
from snn_rtl.regressions.progress import reached, stages
from snn_rtl.regressions.record import Record
from snn_rtl.regressions.result import SessionResult, age
from snn_rtl.run.page import render, write_page
from snn_rtl.run.places import ROOT

INDEX: Final = "index.html"

_MOST_LOGS: Final = 5
_SLOWEST: Final = 15
_TOTALS: Final = {"seconds": "elapsed_s", "checks": "checks", "tiles": "tiles", "failed": "failed"}


@dataclass(frozen=True, kw_only=True)
class Cell:
    """Runs of one test on one simulator.

    Attributes:
        passed: how many passed.
        known: how many failed and are excused.
        runs: how many there are to do.
        seeds: those seeds that failed, without excuse, or have no result.
    """

    passed: int
    known: int
    runs: int
    seeds: tuple[int, ...]


def _matrix(result: SessionResult) -> tuple[list[str], list[dict[str, Any]]]:
    """Return the simulators, and for each test its cells, seeds, tiles, checks and seconds."""
    records = result.session.records
    rows: dict[str, dict[str, Any]] = {}
    simulators: list[str] = []
    for spec in result.session.plan.specs:
        if spec.simulator not in simulators:
            simulators.append(spec.simulator)
        name = spec.test.replace(f"-{spec.simulator}", "", 1)
        row = rows.setdefault(name, {"name": name, "specs": {}})
        row["specs"].setdefault(spec.simulator, []).append(spec)
    for row in rows.values():
        cells = {}
        for simulator, specs in row["specs"].items():
            done = [records[spec.id] for spec in specs if spec.id in records]
            passed = {r.id for r in done if r.passed}
            known = {r.id for r in done if r.id in result.excused}
            cells[simulator] = Cell(
                passed=len(passed),
                known=len(known),
                runs=len(specs),
                seeds=tuple(s.seed for s in specs if s.id not in passed | known),
            )
        found = [records[s.id] for specs in row["specs"].values() for s in specs if s.id in records]
        row["cells"] = cells
        row["seeds"] = len({s.seed for specs in row["specs"].values() for s in specs})
        for key in ("tiles", "checks"):
            row[key] = int(sum(r.numbers.get(key, 0) for r in found if r.passed))
        row["wall_s"] = sum(r.wall_s for r in found)
    return simulators, list(rows.values())


def _buckets(result: SessionResult, out: Path) -> list[dict[str, Any]]:
    """Return the failures; the logs of the first ones of each bucket are put into the folder."""
    session = result.session
    found = []
    for bucket in result.failures:
        first = bucket.records[0]
        waves = session.run_folder(first.spec, waves=True)
        logs = {r.id: _copy_log(result, r, out) for r in bucket.records[:_MOST_LOGS]}
        found.append(
            {
                "key": bucket.key,
                "title": bucket.title,
                "first": first,
                "count": len(bucket.records),
                "records": bucket.records,
                "logs": {run: name for run, name in logs.items() if name},
                "rerun": rerun_command(session, first.spec),
                "waves": [
                    os.path.relpath(path, out)
                    for path in sorted(waves.rglob("*"))
                    if path.suffix in (".vcd", ".fst", ".gtkw", ".sucl")
                ],
            }
        )
    return found


def _copy_log(result: SessionResult, record: Record, out: Path) -> str:
    """Put a run's log into the report; return its place, empty if there is none."""
    folder = result.session.run_folder(record.spec)
    for name in ("run/sim.log", "sim.log", "pytest.log", f"../{folder.name}.log"):
        source = folder / name
        if source.is_file() and source.stat().st_size:
            target = out / "logs" / f"{record.id}.txt"
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(source, target)
            return target.relative_to(out).as_posix()
    return ""


def _networks(result: SessionResult) -> list[dict[str, Any]]:
    """Return cycles and densities of networks, layer by layer, beside the last session's."""
    last = result.past[-1].metrics.get("cycles", {}) if result.past else {}
    rows = []
    for record in result.records:
        if not record.workload:
            continue
        totals = record.workload["totals"]
        layers = [
            {
                "name": layer["name"],
                "cycles": layer["cycles"],
                "model": layer["model_cycles"],
                "bit": layer["bit_nnz"] / (layer["m"] * layer["k"]),
                # A machine without product sparsity has none.
                "product": None
                if layer["residual_nnz"] is None
                else layer["residual_nnz"] / (layer["m"] * layer["k"]),
            }
            for layer in record.workload["layers"]
        ]
        layers.append(
            {
                "name": "total",
                "cycles": totals["cycles"],
                "model": totals["model_cycles"],
                "bit": totals["bit_density"],
                "product": totals["product_density"],
            }
        )
        for layer in layers:
            layer["before"] = last.get(f"{record.spec.test} {layer['name']}")
            rows.append({**layer, "test": record.spec.test, "passed": record.passed})
    return rows


def _trends(result: SessionResult) -> dict[str, list[Trend]]:
    """Return trends by kind: those metrics of this session that earlier ones have too, or alone."""
    entries: list[Entry] = [*result.past, result.entry]

    def samples(find: Any) -> list[Sample]:
        return [
            Sample(label=f"{age(e.started)} {e.revision or ''}", value=value, passed=e.passed)
            for e in entries
            for value in [find(e)]
            if value is not None
        ]

    totals = [
        trend(name, samples(lambda e, key=key: e.totals.get(key))) for name, key in _TOTALS.items()
    ]
    found = {"runs": totals}
    for kind in KINDS:
        names = [n for n in result.metrics.get(kind, {}) if kind != "cycles" or _is_total(n)]
        found[kind] = [
            trend(n, samples(lambda e, n=n, kind=kind: e.metrics.get(kind, {}).get(n)))
            for n in names
        ]
    return {kind: trends for kind, trends in found.items() if trends}


def _is_total(name: str) -> bool:
    return name.endswith(" total")


def _coverage(result: SessionResult, out: Path) -> dict[str, dict[str, Any]]:
    """Write the pages of the designs' coverage; return design to totals and link."""
    found = {}
    for design, measured in result.coverage.items():
        folder = out / "coverage" / design
        folder.mkdir(parents=True, exist_ok=True)
        facts = {"session": result.session.name, "revision": result.session.plan.revision or ""}
        write_coverage_files(measured, folder)
        index = write_coverage_page(measured, folder, ROOT, facts)
        found[design] = {
            "totals": measured.totals(),
            "page": index.relative_to(out).as_posix(),
            "problems": len(measured.problems()),
        }
    return found


def _facts(result: SessionResult) -> dict[str, str]:
    plan = result.session.plan
    hosts = sorted({record.host for record in result.records if record.host})
    return {
        "session": result.session.name,
        "started": age(plan.started),
        "revision": plan.revision or "not in a repository",
        "sources": plan.sources,
        "base seed": str(plan.seed),
        **plan.machine,
        "hosts of the runs": ", ".join(hosts) or "none",
        **plan.tools,
    }


def _plans(result: SessionResult) -> dict[str, Any]:
    return {
        design: {
            "stages": stages(statuses),
            "statuses": sorted(statuses, key=reached),
            "reached": sum(map(reached, statuses)),
        }
        for design, statuses in result.testplans.items()
    }


def _slowest(records: Iterable[Record]) -> list[Record]:
    return sorted(records, key=lambda record: -record.wall_s)[:_SLOWEST]


def write_report(result: SessionResult) -> Path:
    """Write the whole report into the session's folder and return its index."""
    out = result.session.folder / FOLDER
    # Written beside the old one, which stays whole if this one cannot be finished.
    part = out.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    write_files(result, part)
    simulators, matrix = _matrix(result)
    page = render(
        "regress.html.j2",
        reached=reached,
        result=result,
        plan=result.session.plan,
        session=result.session.name,
        totals=result.totals(),
        problems=result.problems(),
        warnings=result.warnings(),
        simulators=simulators,
        matrix=matrix,
        buckets=_buckets(result, part),
        testplans=_plans(result),
        coverage=_coverage(result, part),
        networks=_networks(result),
        slowest=_slowest(result.records),
        trends=_trends(result),
        facts=_facts(result),
    )
    write_page(part / INDEX, page)
    shutil.rmtree(out, ignore_errors=True)
    part.rename(out)
    return out / INDEX
