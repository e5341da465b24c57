"""sweep.html: the points of a sweep as plots and a table, one page that needs no network."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Final

from snn_rtl.models.prosperity.storage import Storage
from snn_rtl.run import page
from snn_rtl.run.plots import Plot, log_axis
from snn_rtl.studies.sweep.grid import varied
from snn_rtl.studies.sweep.report import FRONTS, Row

PAGE: Final = "sweep.html"

# Told apart without relying on red and green; the front has a line besides.
_COLOURS: Final = {"product": "#3987c9", "bit": "#e0a100", "dense": "#93a4b3"}
_AXES: Final = {"storage": "on-chip storage, KiB", "adders": "adders", "area": "area, mm2"}
_UNITS: Final = {"storage": 8192, "adders": 1, "area": 1_000_000}
"""What one of a cost's own unit is on the axis."""
_MOST_ROWS: Final = 2000


def _cost(row: Row, front: str) -> float:
    return row.cost(front) / _UNITS[front]


def describe(row: Row, parameters: Sequence[str]) -> str:
    """Return a row's machine in words: the given parameters."""
    return ", ".join(f"{name.upper()} {getattr(row.config, name)}" for name in parameters)


def _trace(rows: Sequence[Row], front: str, name: str, mode: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "scatter",
        "name": name,
        "x": [_cost(row, front) for row in rows],
        "y": [row.cycles for row in rows],
        "mode": mode,
        **more,
    }


def plot(rows: Sequence[Row], front: str, parameters: Sequence[str], key: str) -> Plot:
    """Return a plot of cycles against a cost, a colour a mode, each mode with its Pareto front.

    Args:
        rows: points of one workload.
        front: one of FRONTS.
        parameters: what the label of a point says.
        key: identifier in the page.
    """
    data = []
    for mode, colour in _COLOURS.items():
        group = [row for row in rows if row.mode == mode]
        if not group:
            continue
        best = sorted((row for row in group if front in row.fronts), key=lambda r: r.cost(front))
        hover = {
            "text": [html.escape(describe(row, parameters)) for row in group],
            "hovertemplate": f"%{{text}}<br>%{{y:,}} cycles, %{{x:,}} {_AXES[front]}"
            f"<extra>{mode}</extra>",
        }
        marker = {"color": colour, "size": 7, "opacity": 0.45}
        data.append(_trace(group, front, mode, "markers", marker=marker, **hover))
        shown = {"marker": {"color": colour, "size": 11, "symbol": "diamond"}}
        line = {"color": colour, "shape": "hv", "width": 2}
        data.append(
            _trace(
                best,
                front,
                f"{mode}: Pareto front",
                "lines+markers",
                line=line,
                **shown,
                hoverinfo="skip",
            )
        )
    costs = [_cost(row, front) for row in rows]
    return Plot(
        key=key,
        title=f"Cycles against {_AXES[front]}",
        caption="",
        data=data,
        layout={
            "height": 420,
            "margin": {"l": 10, "r": 14, "t": 10, "b": 10},
            "xaxis": log_axis(_AXES[front], costs),
            "yaxis": log_axis("cycles", [row.cycles for row in rows]),
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        },
    )


def render(report: Mapping[str, Any], rows: Sequence[Row]) -> str:
    """Return the page.

    Args:
        report: as make_report gives it.
        rows: the points.
    """
    parameters = varied([row.config for row in rows])
    groups: list[dict[str, Any]] = []
    for index, label in enumerate(dict.fromkeys(row.workload for row in rows)):
        group = [row for row in rows if row.workload == label]
        plots = [plot(group, front, parameters, f"plot{index}{front}") for front in FRONTS]
        shown, rest = group[:_MOST_ROWS], len(group[_MOST_ROWS:])
        groups.append({"label": label, "rows": shown, "rest": rest, "plots": plots})
    return page.render(
        f"{PAGE}.j2",
        [plot for group in groups for plot in group["plots"]],
        report=report,
        groups=groups,
        parameters=parameters,
        memories=[field.name for field in fields(Storage)],
    )
