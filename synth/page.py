"""index.html: a synthesis for people, one page that needs no network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from snn_rtl.run import page
from snn_rtl.run.plots import AMBER, BLUE, GREEN, GREY, ORANGE, Plot, Row, bars, layout

PAGE: Final = "index.html"
_TEMPLATE: Final = "synth.html.j2"
_MOST_MODULES: Final = 30


def _named(rows: Sequence[Row], key: str) -> list[Row]:
    return [{**row, "name": row[key]} for row in rows]


def _share_plot(
    key: str, title: str, caption: str, rows: Sequence[Row], columns: dict[str, tuple[str, str]]
) -> Plot:
    """Return shares of the blocks side by side; columns: key of a share to (name, colour)."""
    named = _named(rows, "title")
    return Plot(
        key=key,
        title=title,
        caption=caption,
        data=[
            bars(named, name, colour, [row[share] for row in rows], "%{x:.1%}")
            for share, (name, colour) in columns.items()
            if any(row[share] is not None for row in rows)
        ],
        layout=layout(named, "group", "share", tickformat="~%"),
    )


def _paths_plot(modules: Sequence[Row]) -> Plot:
    rows = [row for row in modules if row["path"]]
    rows = sorted(rows, key=lambda row: -row["path"]["delay_ns"])[:_MOST_MODULES]
    named = _named(rows, "label")
    clocked = [row["register_path"]["delay_ns"] if row["register_path"] else None for row in rows]
    return Plot(
        key="paths",
        title="Longest path of each module",
        caption="From register or port to register or port, and from register to register alone, "
        "each path that is not within one child. Wires are left out.",
        data=[
            bars(named, "any", BLUE, [row["path"]["delay_ns"] for row in rows], "%{x:.2f} ns"),
            bars(named, "between registers", AMBER, clocked, "%{x:.2f} ns"),  # type: ignore[arg-type]
        ],
        layout=layout(named, "group", "ns"),
    )


def _clock_plot(modules: Sequence[Row]) -> Plot:
    rows = [row for row in modules if row["register_path"]]
    rows = sorted(rows, key=lambda row: -row["register_path"]["delay_ns"])[:_MOST_MODULES]
    named = _named(rows, "label")
    clocks = [1e3 / row["register_path"]["delay_ns"] for row in rows]
    return Plot(
        key="clock",
        title="Clock that each module allows",
        caption="By its longest path between registers; the slowest bounds the machine.",
        data=[bars(named, "clock", GREEN, clocks, "%{x:.0f} MHz")],
        layout=layout(named, "group", "MHz"),
    )


def _memory_plot(blocks: Sequence[Row]) -> Plot:
    named = _named(blocks, "title")
    return Plot(
        key="bits",
        title="State by block",
        caption="Bits in flip-flops and in arrays that stayed memories.",
        data=[
            bars(named, "flip-flops", BLUE, [row["flip_flops"] for row in blocks]),
            bars(named, "memories", GREY, [row["memory_bits"] for row in blocks]),
        ],
        layout=layout(named, "stack", "bits"),
        shares=True,
    )


def plots(report: dict[str, Any]) -> list[Plot]:
    """Return the plots of a report."""
    blocks, modules = report["blocks"], report["modules"]
    found = [
        _share_plot(
            "area",
            "Area by block",
            "Shares of the standard cells, beside the paper's. Memories have no cells here: the "
            "paper's shares without its buffers are what ours compare with.",
            blocks,
            {
                "area_share": ("this RTL, logic", GREEN),
                "area_share_without_buffers": ("this RTL, without buffers", BLUE),
                "paper_area_share_without_buffers": ("paper, without buffers", ORANGE),
                "paper_area_share": ("paper", GREY),
            },
        ),
        _memory_plot(blocks),
        _paths_plot(modules),
        _clock_plot(modules),
    ]
    if report["activity"]:
        found.append(
            _share_plot(
                "energy",
                "Relative energy by block",
                "An estimate of shares alone: switched capacitance of cells and clock pins, by "
                "toggles of a simulated network; neither wires nor memories.",
                blocks,
                {
                    "energy_share": ("this RTL, logic", GREEN),
                    "energy_share_without_buffers": ("this RTL, without buffers", BLUE),
                    "paper_power_share_without_buffers": ("paper, without buffers", ORANGE),
                    "paper_power_share": ("paper", GREY),
                },
            )
        )
    return [plot for plot in found if plot.data]


def render(report: dict[str, Any]) -> str:
    """Return the page."""
    return page.render(_TEMPLATE, plots(report), report=report)
