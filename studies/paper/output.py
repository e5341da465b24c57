"""Files beside the page: paper.json, and a CSV file a table with an origin for every number."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from snn_rtl.models.prosperity.config import PAPER
from snn_rtl.run.provenance import git_revision
from snn_rtl.studies.paper.results import Results
from snn_rtl.studies.paper.section import Section
from snn_rtl.studies.paper.tables import LEGEND, Table

SCHEMA: Final = "paper/1"
_ALL: Final = "all"
_HEADINGS: Final = ("workload", "row", "quantity", "value", "unit", "origin", "note")
_UNITS: Final = {
    **{"change": "share", "ratio": "x", "density": "", "share": "share"},
    **{"energy": "mJ", "area": "mm2", "time": "ns"},
}

Parts = Mapping[str, Sequence[Section]]
"""Sections by label of their network."""


def _tables(sections: Iterable[Section]) -> list[Table]:
    return [table for section in sections for table in section.tables]


def make_report(every: Sequence[Results], summary: Section, parts: Parts) -> dict[str, Any]:
    """Return what paper.json holds.

    Args:
        every: results by network.
        summary: the section about all of them.
        parts: the sections of each.
    """
    return {
        "schema": SCHEMA,
        "git": git_revision(),
        "config": asdict(PAPER),
        "origins": [str(origin) for origin in LEGEND],
        "summary": {table.key: table.to_json() for table in summary.tables},
        "workloads": [
            {
                "name": results.network.label,
                "file": results.network.file,
                "images": results.network.images,
                "source": results.network.workload.source,
                "license": results.network.workload.license,
                "layers": list(results.network.layers),
                "rtl": {str(mode): report.source for mode, report in results.rtl.items()},
                "tables": {
                    table.key: table.to_json() for table in _tables(parts[results.network.label])
                },
                "text": [line for part in parts[results.network.label] for line in part.text],
            }
            for results in every
        ],
    }


def _lines(workload: str, table: Table) -> Iterable[tuple[Any, ...]]:
    for row in table.rows:
        for column in table.shown:
            if column.key not in row.cells:
                continue
            cell = row.cells[column.key]
            kind = cell.kind or column.kind
            unit = _UNITS.get(kind, "")
            origin = table.origin(column, row)
            yield workload, row.name, column.key, cell.value, unit, origin, cell.note


def write_csv(summary: Section, parts: Parts, out: Path) -> list[Path]:
    """Write a file for every kind of table, a line a number, and return their paths."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    for table in summary.tables:
        found.setdefault(table.key, []).extend(_lines(_ALL, table))
    for label, sections in parts.items():
        for table in _tables(sections):
            found.setdefault(table.key, []).extend(_lines(label, table))
    paths = []
    for key, lines in found.items():
        path = out / f"{key}.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(_HEADINGS)
            writer.writerows(lines)
        paths.append(path)
    return paths
