"""pareto.html: cycles against area, what is on the front, what one would build."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from snn_rtl.machines import MACHINES
from snn_rtl.models.prosperity.area import MEMORY_UM2, constants
from snn_rtl.run import page
from snn_rtl.run.plots import AMBER, BLUE, GREEN, GREY, ORANGE, Plot, log_axis
from snn_rtl.run.provenance import rtl_digest
from snn_rtl.studies.pareto.result import (
    OVERALL,
    Point,
    better,
    fed_alike,
    on_front,
    place,
    to_build,
    words,
)
from snn_rtl.studies.pareto.subjects import PROSPERITY, Subject
from snn_rtl.studies.sweep.grid import varied
from snn_rtl.synth.area.fit import errors
from snn_rtl.synth.reports import SynthReports

PAGE: Final = "pareto.html"

_UM2: Final = 1e6
_HEIGHT: Final = 460


def _trace(
    points: Sequence[Point], label: str, subject: Subject, name: str, **more: Any
) -> dict[str, Any]:
    """Return a trace of points; `more` says how it looks."""
    places = [place(point, label) for point in points]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [round(size / _UM2, 4) for size, _ in places],
        "y": [cycles for _, cycles in places],
        "text": [html.escape(words(point, subject)) for point in points],
        "hovertemplate": f"%{{text}}<br>%{{y:,}} cycles, %{{x}} mm2<extra>{name}</extra>",
        **more,
    }


def plot(points: Sequence[Point], subject: Subject, label: str, key: str) -> Plot:
    """Return the plot of a workload, or of OVERALL.

    Args:
        points: of the machine.
        subject: the machine.
        label: of the workload.
        key: identifier in the page.
    """
    front, named = on_front(points, label), [point for point in points if point.name]
    plain = [point for point in points if not point.config.merge_rows]
    merged = [point for point in points if point.config.merge_rows]
    known = [point for point in points if point.fitted or point.report]
    build = to_build(points, subject.base)
    sizes, cycles = zip(*(place(point, label) for point in points), strict=True)
    cloud = {"size": 7, "opacity": 0.5}
    data = [
        _trace(plain, label, subject, "each row for itself", marker={"color": GREY, **cloud}),
        _trace(merged, label, subject, "equal rows as one", marker={"color": BLUE, **cloud}),
        _trace(
            front,
            label,
            subject,
            "Pareto front",
            mode="lines+markers",
            line={"color": GREEN, "shape": "hv", "width": 2},
            marker={"color": GREEN, "size": 9, "symbol": "diamond"},
        ),
        _trace(
            known,
            label,
            subject,
            "synthesised",
            marker={"color": ORANGE, "size": 16, "symbol": "circle-open", "line": {"width": 2}},
        ),
        {
            **_trace(named, label, subject, "named"),
            "mode": "markers+text",
            "textposition": "top right",
            "marker": {"color": ORANGE, "size": 10, "symbol": "square"},
        },
        # The last is drawn above all others.
        _trace(
            [build],
            label,
            subject,
            "what one would build",
            marker={"color": AMBER, "size": 20, "symbol": "star", "line": {"width": 1.5}},
        ),
    ]
    base = next(iter(subject.named))
    unit = f"cycles over {base}'s, geometric mean" if label == OVERALL else "cycles"
    return Plot(
        key=key,
        title=f"Cycles against area: {label}",
        caption=f"{len(front)} of {len(points)} machines are on the front: no other is at least as "
        "small and as fast.",
        data=[trace for trace in data if trace["x"]],
        layout={
            "height": _HEIGHT,
            "margin": {"l": 10, "r": 14, "t": 10, "b": 10},
            "xaxis": log_axis("area, mm2", sizes),
            "yaxis": log_axis(unit, cycles),
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        },
    )


def _chapter(
    subject: Subject,
    points: Sequence[Point],
    skipped: Mapping[str, int],
    reports: SynthReports,
    index: int,
) -> dict[str, Any]:
    labels = list(points[0].cycles)
    several = [OVERALL] if len(labels) > 1 else []
    return {
        "subject": subject,
        "base": next(iter(subject.named)),
        "labels": labels,
        "points": points,
        "named": [point for point in points if point.name],
        "front": on_front(points, OVERALL),
        "fed": fed_alike(points, subject.base),
        "weights": subject.base.tile_m / points[0].config.tile_m,
        "spikes": subject.base.lanes / points[0].config.lanes,
        "build": to_build(points, subject.base),
        "better": [
            (point, what, found)
            for point in points
            if point.name
            for what, found in better(points, point).items()
        ],
        "words": partial(words, subject=subject),
        "parameters": varied([point.config for point in points]),
        "skipped": skipped,
        "refused": reports.refused,
        "plots": [
            plot(points, subject, label, f"d{index}-plot{number}")
            for number, label in enumerate([*several, *labels])
        ],
    }


def render(
    report: Mapping[str, Any],
    chapters: Sequence[tuple[Subject, Sequence[Point], Mapping[str, int], SynthReports]],
) -> str:
    """Return the page.

    Args:
        report: as make_report gives it.
        chapters: machine, its points, how many were left out by reason, syntheses.
    """
    shown = [_chapter(*chapter, index) for index, chapter in enumerate(chapters)]
    known = constants()
    missed = errors(known.machines, known.units)
    return page.render(
        f"{PAGE}.j2",
        [drawn for chapter in shown for drawn in chapter["plots"]],
        report=report,
        chapters=shown,
        constants=known,
        errors=missed,
        stale=known.rtl != rtl_digest(MACHINES[PROSPERITY.design].file_list),
        memory_um2=MEMORY_UM2,
        overall=OVERALL,
        um2=_UM2,
    )
