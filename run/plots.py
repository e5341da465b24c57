"""The plots of a report: Plotly figures as plain dicts; light or dark is the page's business."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

Row = dict[str, Any]

BLUE: Final = "#3987c9"
AMBER: Final = "#e0a100"
ORANGE: Final = "#d96a1b"
GREY: Final = "#93a4b3"
GREEN: Final = "#1a9c74"

# What a machine does in a cycle; told apart without relying on red and green.
_PART_COLOURS: Final = {
    "process": BLUE,
    "skip": GREEN,
    "wait_detect": AMBER,
    "wait_tppe": AMBER,
    "wait_spikes": ORANGE,
    "wait_weights": "#b5487f",
    "wait_output": "#7a5cc2",
    "wait_results": "#3f8f9b",
    "fill": GREY,
    "drain": "#5f7180",
}
# Pixels a layer takes, by how its bars stand, and pixels around all of them.
_LAYER_HEIGHT: Final = {"stack": 34, "group": 46}
_FRAME_HEIGHT: Final = 130
_THOUSANDS: Final = 10_000
"""From here on an axis counts in thousands and millions."""
_SPAN: Final = 5
"""An axis that spans less would be left with one tick of 1, 2 and 5."""


@dataclass(frozen=True, kw_only=True)
class Plot:
    """One plot.

    Attributes:
        key: identifier in the page.
        title: heading.
        caption: what one should see in it; it also stands in for the picture.
        data: Plotly traces.
        layout: Plotly layout.
        shares: the bars can be switched between values and shares of their sum.
    """

    key: str
    title: str
    caption: str
    data: list[dict[str, Any]]
    layout: dict[str, Any]
    shares: bool = False


def log_axis(title: str, values: Sequence[float]) -> dict[str, Any]:
    """Return a logarithmic axis whose ticks are whole numbers: 1, 2 and 5 of each decade.

    Args:
        title: of the axis.
        values: what lies on it.
    """
    least, most = min(values), max(values)
    # By itself Plotly writes the digit alone at what lies between two decades.
    axis = {"tickformat": "~s" if most >= _THOUSANDS else "~g"}
    if most >= _SPAN * least:
        axis["dtick"] = "D2"
    return {"title": {"text": title}, "type": "log", "automargin": True, **axis}


def cycle_parts(row: Row) -> dict[str, int]:
    """Return a layer's cycles by what the machine did in them."""
    return {"process": row["process_cycles"], **row["stall_cycles"]}


def share(part: float, whole: float) -> float:
    """Return a part of a whole; 0 of nothing."""
    return part / whole if whole else 0.0


def _label(text: str) -> str:
    # Plotly reads a little HTML in its labels.
    return html.escape(text, quote=False)


def bars(
    layers: Sequence[Row], name: str, colour: str, values: list[float], hover: str = "%{x:,}"
) -> dict[str, Any]:
    """Return one trace: a bar a layer.

    Args:
        layers: the report's layers.
        name: of the trace.
        colour: of its bars.
        values: one a layer.
        hover: Plotly's template of what a bar says.
    """
    return {
        "type": "bar",
        "orientation": "h",
        "name": name,
        "y": [_label(row["name"]) for row in layers],
        "x": values,
        "marker": {"color": colour},
        "hovertemplate": f"%{{y}}: {hover}<extra>{name}</extra>",
    }


def layout(layers: Sequence[Row], barmode: str, x_title: str, **x: Any) -> dict[str, Any]:
    """Return the layout of a plot of bars.

    Args:
        layers: the report's layers.
        barmode: "stack" or "group".
        x_title: what the bars count.
        x: more of the x axis.
    """
    return {
        "barmode": barmode,
        "barnorm": "",
        "height": _FRAME_HEIGHT + _LAYER_HEIGHT[barmode] * len(layers),
        "margin": {"l": 10, "r": 14, "t": 10, "b": 10},
        "xaxis": {"title": {"text": x_title}, "automargin": True, "rangemode": "tozero", **x},
        # The first layer on top, as in the table.
        "yaxis": {
            "automargin": True,
            "autorange": "reversed",
            "type": "category",
            "ticksuffix": " ",
        },
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": 1.02,
            "yanchor": "bottom",
            "traceorder": "normal",
        },
        "bargap": 0.3,
    }


def cycles_plot(layers: Sequence[Row], at_work: str) -> Plot:
    """Return where the cycles go; at_work says what the machine does in those of "process"."""
    names = list(cycle_parts(layers[0]))
    total = sum(row["cycles"] for row in layers)
    busy = share(sum(row["process_cycles"] for row in layers), total)
    data = [
        bars(
            layers,
            name.replace("_", " "),
            _PART_COLOURS.get(name, GREY),
            [cycle_parts(row)[name] for row in layers],
        )
        for name in names
    ]
    return Plot(
        key="cycles",
        title="Where the cycles go",
        caption=f"{at_work} in {busy:.1%} of the cycles; otherwise the machine waits, or its "
        "pipeline fills or drains.",
        data=data,
        layout=layout(layers, "stack", "cycles"),
        shares=True,
    )


def model_plot(layers: Sequence[Row]) -> Plot:
    """Return the cycles beside those of the timing model."""
    apart = [row["name"] for row in layers if row["cycles"] != row["model_cycles"]]
    verdict = f"They differ in {', '.join(apart)}." if apart else "They are equal in every layer."
    return Plot(
        key="model",
        title="Cycles: RTL and timing model",
        caption="The RTL's own count beside the model's prediction for unhindered streams. "
        f"{verdict}",
        data=[
            bars(layers, "RTL", BLUE, [row["cycles"] for row in layers]),
            bars(layers, "model", AMBER, [row["model_cycles"] for row in layers]),
        ],
        layout=layout(layers, "group", "cycles"),
    )
