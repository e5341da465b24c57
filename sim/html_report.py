"""report.html: the report of a run for people, one page that needs no network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from snn_rtl.machines import MACHINES
from snn_rtl.machines.base import Machine
from snn_rtl.models.workload.workload import Workload
from snn_rtl.run import page
from snn_rtl.run.plots import Row, share
from snn_rtl.sim.pictures import image_url

PAGE: Final = "report.html"

_CHECK: Final = {
    "outputs_checked": "output values compared",
    "mismatches": "output values that differ",
}
_SIZE: Final = {
    "m": "rows of the spike matrix, all images together",
    "k": "columns of the spike matrix",
    "n": "output columns",
    "images": "images, or 1 for captured spikes",
    "tiles": "tiles in M, K and N",
}
_CYCLES: Final = {
    "cycles": "first input beat taken to last output beat taken",
    "model_cycles": "the timing model's prediction",
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


def _groups(machine: Machine) -> dict[str, Mapping[str, str]]:
    """Return the columns of the table: group to key to meaning."""
    at_work = machine.at_work[0].lower() + machine.at_work[1:]
    return {
        "check": _CHECK,
        "size": _SIZE,
        "cycles": {**_CYCLES, "process_cycles": at_work},
        "of these not processing": machine.stalls,
        **machine.groups,
    }


def _table(report: dict[str, Any], machine: Machine) -> dict[str, Any]:
    """Return the table of layers: groups of columns, rows, sums."""
    timed = report["backpressure"] == "none"
    rows = [
        {"name": row["name"], "cells": _cells(row), "wrong": _wrong(row, timed=timed)}
        for row in report["layers"]
    ]
    columns = _groups(machine)
    known = {key for group in columns.values() for key in group}
    other = {key: "" for row in rows for key in row["cells"] if key not in known}
    groups = {**columns, **({"other": other} if other else {})}
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
    machine = MACHINES[report["design"]]
    return page.render(
        f"{PAGE}.j2",
        machine.plots(layers, report["config"]),
        report=report,
        busy=share(sum(row["process_cycles"] for row in layers), totals["cycles"]),
        own_figures=machine.figures(report),
        at_work=machine.at_work,
        predictions=_predictions(report, workload),
        table=_table(report, machine),
    )
