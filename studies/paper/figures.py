"""Plotly figures of the page: bars and lines, a mark and a pattern for every origin."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any, Final

from snn_rtl.studies.paper.tables import Origin

COLOURS: Final = {
    Origin.RTL: "#1a9c74",
    Origin.TIMING: "#3987c9",
    Origin.PUBLISHED: "#93a4b3",
    Origin.HONEST: "#e0a100",
    Origin.COUNTED: "#7a5cc2",
    Origin.AREA: "#d96a1b",
    Origin.SYNTHESIS: "#3f8f9b",
    Origin.CITED: "#b5487f",
    Origin.DERIVED: "#5f7180",
}
"""Told apart without relying on red and green; citations are hatched or dotted besides."""

PALETTE: Final = ("#93a4b3", "#e0a100", "#1a9c74", "#3987c9", "#d96a1b", "#7a5cc2")
_BAR_HEIGHT: Final = 22
_FRAME: Final = 130


def layout(height: int, x_title: str, y_title: str = "", **more: Any) -> dict[str, Any]:
    """Return a layout; `more` adds to it."""
    return {
        "height": height,
        "margin": {"l": 10, "r": 14, "t": 10, "b": 10},
        "barnorm": "",
        "xaxis": {"title": {"text": x_title}, "automargin": True},
        "yaxis": {"title": {"text": y_title}, "automargin": True},
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        **more,
    }


def bars(
    names: Sequence[str],
    series: Mapping[str, Mapping[str, float]],
    colours: Mapping[str, str],
    x_title: str,
    *,
    stacked: bool = False,
    hatched: Sequence[str] = (),
    hover: str = "%{x:,.4~g}",
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return traces and layout of horizontal bars, the first name on top.

    Args:
        names: of the bars.
        series: name of the series to values by name.
        colours: by series.
        x_title: what the bars are long by.
        stacked: on each other, otherwise beside each other.
        hatched: series with a pattern.
        hover: format of a value.
    """
    data = [
        {
            "type": "bar",
            "orientation": "h",
            "name": name,
            "y": [html.escape(bar, quote=False) for bar in names if bar in values],
            "x": [values[bar] for bar in names if bar in values],
            "marker": {
                "color": colours[name],
                **({"pattern": {"shape": "/", "size": 6}} if name in hatched else {}),
            },
            "hovertemplate": f"%{{y}}: {hover}<extra>{html.escape(name)}</extra>",
        }
        for name, values in series.items()
    ]
    rows = len(names) * (1.6 if stacked else len(series) + 0.6)
    frame = layout(
        _FRAME + int(rows * _BAR_HEIGHT),
        x_title,
        barmode="stack" if stacked else "group",
        bargap=0.25,
    )
    frame["xaxis"]["rangemode"] = "tozero"
    frame["yaxis"] |= {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": [html.escape(name, quote=False) for name in names],
        "autorange": "reversed",
        "ticksuffix": " ",
    }
    frame["legend"]["traceorder"] = "normal"
    return data, frame


def lines(
    series: Mapping[Origin, Mapping[int, float]], x_title: str, y_title: str
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return traces and layout of lines over powers of two, one an origin."""
    marks = {Origin.CITED: "x", Origin.TIMING: "diamond", Origin.HONEST: "square"}
    data = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": str(origin),
            "x": list(values),
            "y": list(values.values()),
            "line": {
                "color": COLOURS[origin],
                "dash": "dot" if origin is Origin.CITED else "solid",
            },
            "marker": {"symbol": marks.get(origin, "circle"), "size": 8},
            "hovertemplate": f"%{{x}}: %{{y:.3f}}<extra>{origin}</extra>",
        }
        for origin, values in series.items()
        if values
    ]
    frame = layout(380, x_title, y_title)
    ticks = sorted({x for values in series.values() for x in values})
    frame["xaxis"] |= {"type": "log", "tickvals": ticks, "ticktext": [str(x) for x in ticks]}
    frame["yaxis"]["rangemode"] = "tozero"
    return data, frame


def columns(
    series: Mapping[str, Mapping[int, float]], colours: Sequence[str], x_title: str, y_title: str
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return traces and layout of a histogram over small numbers, bars beside each other."""
    data = [
        {
            "type": "bar",
            "name": name,
            "x": sorted(values),
            "y": [values[x] for x in sorted(values)],
            "marker": {"color": colour},
            "hovertemplate": f"%{{x}}: %{{y:.2%}}<extra>{html.escape(name)}</extra>",
        }
        for (name, values), colour in zip(series.items(), colours, strict=False)
    ]
    frame = layout(340, x_title, y_title, barmode="group", bargap=0.2)
    frame["xaxis"]["dtick"] = 1
    frame["yaxis"]["tickformat"] = "~%"
    return data, frame
