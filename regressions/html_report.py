"""report.html: the report of a run for people, one page that needs no network."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from models.workload import Workload
from regressions.page import PLOTLY, environment, write_plotly
from regressions.pictures import image_url
from regressions.plots import Row, cycle_parts, plots, share

REPORT: Final = "report.html"

_MOST_FAILURES: Final = 10

_COLUMNS: Final = {
    "check": {
        "outputs_checked": "output values compared",
        "mismatches": "output values that differ",
    },
    "size": {
        "m": "rows of the spike matrix, all images together",
        "k": "columns of the spike matrix",
        "n": "output columns",
        "images": "images, or 1 for captured spikes",
        "tiles": "tiles in M, K and N",
    },
    "cycles": {
        "cycles": "first input beat taken to last output beat taken",
        "model_cycles": "the timing model's prediction",
        "process_cycles": "the processor takes a row",
    },
    "of these not processing": {
        "wait_detect": "no row is detected yet",
        "wait_spikes": "no spikes have come",
        "wait_weights": "no weights have come",
        "wait_output": "the output is not taken",
        "fill": "the pipeline fills",
        "drain": "the pipeline drains",
    },
    "ones": {
        "bit_nnz": "ones in the spike matrix",
        "residual_nnz": "ones left to add after prefix reuse",
    },
    "rows of spike tiles": {
        "exact_match_rows": "equal to their prefix",
        "partial_match_rows": "with a prefix, and more ones than it",
        "zero_rows": "without ones",
    },
}
_NOT_SUMMED: Final = ("m", "k", "n", "images")


@dataclass(frozen=True)
class Prediction:
    """A predicted class beside the picture it was predicted from; the label is None if unknown."""

    image: int
    url: str
    label: int | None
    rtl: int
    reference: int

    @property
    def good(self) -> bool:
        """The RTL found what it had to find."""
        return self.rtl == self.reference and self.label in (None, self.rtl)


def _cells(row: Row) -> dict[str, int]:
    """Return a layer's numbers by column, one level deep."""
    cells = {key: value for key, value in row.items() if isinstance(value, int)}
    return {**cells, **row["stall_cycles"]}


def _wrong(row: Row, *, timed: bool) -> list[str]:
    """Return the columns in which a layer is not as it should be."""
    late = timed and row["cycles"] != row["model_cycles"]
    return ["mismatches"] * bool(row["mismatches"]) + ["cycles", "model_cycles"] * late


def _table(report: dict[str, Any]) -> dict[str, Any]:
    """Return the table of layers: groups of columns, rows, sums."""
    timed = report["backpressure"] == "none"
    rows = [
        {"name": row["name"], "cells": _cells(row), "wrong": _wrong(row, timed=timed)}
        for row in report["layers"]
    ]
    known = {key for group in _COLUMNS.values() for key in group}
    other = {key: "" for row in rows for key in row["cells"] if key not in known}
    groups = {**_COLUMNS, **({"other": other} if other else {})}
    sums = {
        key: sum(row["cells"].get(key, 0) for row in rows)
        for group in groups.values()
        for key in group
        if key not in _NOT_SUMMED
    }
    return {"groups": groups, "rows": rows, "sums": sums}


def _predictions(report: dict[str, Any], workload: Workload) -> list[Prediction]:
    if workload.images is None:
        return []
    white = int(workload.images.max())
    return [
        Prediction(
            url=image_url(workload.images[p["image"]], white),
            **{key: p[key] for key in ("image", "label", "rtl", "reference")},
        )
        for p in report["predictions"]
    ]


def render(report: dict[str, Any], workload: Workload) -> str:
    """Return the page.

    Args:
        report: as make_report gives it.
        workload: what was run; its images are drawn.
    """
    totals, layers = report["totals"], report["layers"]
    failures = report["failures"]
    drawn = plots(layers, report["config"]["tile_k"])
    return (
        environment()
        .get_template(f"{REPORT}.j2")
        .render(
            report=report,
            plotly=PLOTLY,
            failures=failures[:_MOST_FAILURES],
            more_failures=len(failures[_MOST_FAILURES:]),
            busy=share(sum(cycle_parts(row)["process"] for row in layers), totals["cycles"]),
            saved=share(totals["bit_density"], totals["product_density"]),
            predictions=_predictions(report, workload),
            table=_table(report),
            plots=drawn,
            figures=[asdict(plot) for plot in drawn],
        )
    )


def write_html(report: dict[str, Any], workload: Workload, out: Path) -> Path:
    """Write report.html into a folder, Plotly beside it unless it is there, and return its path."""
    write_plotly(out)
    path = out / REPORT
    path.write_text(render(report, workload), encoding="utf-8")
    return path
