"""The plots of a report: Plotly figures as plain dicts; light or dark is the page's business."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

Row = dict[str, Any]

_BLUE: Final = "#3987c9"
_AMBER: Final = "#e0a100"
_ORANGE: Final = "#d96a1b"
_GREY: Final = "#93a4b3"

# What the processor does in a cycle; told apart without relying on red and green.
_PART_COLOURS: Final = {
    "process": _BLUE,
    "wait_detect": _AMBER,
    "wait_spikes": _ORANGE,
    "wait_weights": "#b5487f",
    "wait_output": "#7a5cc2",
    "fill": _GREY,
    "drain": "#5f7180",
}
# Pixels a layer takes, by how its bars stand, and pixels around all of them.
_LAYER_HEIGHT: Final = {"stack": 34, "group": 46}
_FRAME_HEIGHT: Final = 130


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


def cycle_parts(row: Row) -> dict[str, int]:
    """Return a layer's cycles by what the processor did in them."""
    return {"process": row["process_cycles"], **row["stall_cycles"]}


def row_classes(row: Row, tile_k: int) -> dict[str, int]:
    """Return the rows of a layer's spike tiles by what product sparsity made of them."""
    classes = {
        "zero": row["zero_rows"],
        "exact match": row["exact_match_rows"],
        "partial match": row["partial_match_rows"],
    }
    rows = row["m"] * -(-row["k"] // tile_k)
    return {**classes, "without prefix": rows - sum(classes.values())}


def share(part: float, whole: float) -> float:
    """Return a part of a whole; 0 of nothing."""
    return part / whole if whole else 0.0


def _label(text: str) -> str:
    # Plotly reads a little HTML in its labels.
    return html.escape(text, quote=False)


def _bars(
    layers: Sequence[Row], name: str, colour: str, values: list[float], hover: str = "%{x:,}"
) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "name": name,
        "y": [_label(row["name"]) for row in layers],
        "x": values,
        "marker": {"color": colour},
        "hovertemplate": f"%{{y}}: {hover}<extra>{name}</extra>",
    }


def _layout(layers: Sequence[Row], barmode: str, x_title: str, **x: Any) -> dict[str, Any]:
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


def _cycles_plot(layers: Sequence[Row]) -> Plot:
    names = list(cycle_parts(layers[0]))
    total = sum(row["cycles"] for row in layers)
    busy = share(sum(row["process_cycles"] for row in layers), total)
    data = [
        _bars(
            layers,
            name.replace("_", " "),
            _PART_COLOURS.get(name, _GREY),
            [cycle_parts(row)[name] for row in layers],
        )
        for name in names
    ]
    return Plot(
        key="cycles",
        title="Where the cycles go",
        caption=f"The processor takes a row in {busy:.1%} of the cycles; otherwise it waits, or "
        "the pipeline fills or drains.",
        data=data,
        layout=_layout(layers, "stack", "cycles"),
        shares=True,
    )


def _densities_plot(layers: Sequence[Row]) -> Plot:
    def density(key: str) -> list[float]:
        return [share(row[key], row["m"] * row["k"]) for row in layers]

    return Plot(
        key="densities",
        title="Densities",
        caption="Ones in the spike matrix (bit), and ones that are left to add after prefix reuse "
        "(product), over all its elements.",
        data=[
            _bars(layers, "bit", _GREY, density("bit_nnz"), "%{x:.2%}"),
            _bars(layers, "product", _BLUE, density("residual_nnz"), "%{x:.2%}"),
        ],
        layout=_layout(layers, "group", "density", tickformat="~%"),
    )


def _rows_plot(layers: Sequence[Row], tile_k: int) -> Plot:
    colours = (_GREY, "#1a9c74", _BLUE, _ORANGE)
    classes = [row_classes(row, tile_k) for row in layers]
    rows = sum(sum(counts.values()) for counts in classes)
    reused = sum(row["exact_match_rows"] + row["partial_match_rows"] for row in layers)
    data = [
        _bars(layers, name, colour, [counts[name] for counts in classes])
        for name, colour in zip(classes[0], colours, strict=True)
    ]
    return Plot(
        key="rows",
        title="Rows of the spike tiles",
        caption=f"{share(reused, rows):.1%} of the rows start from another row's result: exact "
        "matches need nothing more, partial matches the ones in which they differ.",
        data=data,
        layout=_layout(layers, "stack", "rows") | {"barnorm": "percent"},
        shares=True,
    )


def _model_plot(layers: Sequence[Row]) -> Plot:
    apart = [row["name"] for row in layers if row["cycles"] != row["model_cycles"]]
    verdict = f"They differ in {', '.join(apart)}." if apart else "They are equal in every layer."
    return Plot(
        key="model",
        title="Cycles: RTL and timing model",
        caption="The RTL's own count beside the model's prediction for unhindered streams. "
        f"{verdict}",
        data=[
            _bars(layers, "RTL", _BLUE, [row["cycles"] for row in layers]),
            _bars(layers, "model", _AMBER, [row["model_cycles"] for row in layers]),
        ],
        layout=_layout(layers, "group", "cycles"),
    )


def plots(layers: Sequence[Row], tile_k: int) -> list[Plot]:
    """Return the plots of a report.

    Args:
        layers: the report's layers.
        tile_k: columns of a spike tile.
    """
    if not layers:
        return []
    return [
        _cycles_plot(layers),
        _rows_plot(layers, tile_k),
        _densities_plot(layers),
        _model_plot(layers),
    ]
