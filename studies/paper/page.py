"""paper.html: one page that opens from disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from markupsafe import Markup

from snn_rtl.run import page
from snn_rtl.studies.paper.figures import COLOURS
from snn_rtl.studies.paper.output import Parts
from snn_rtl.studies.paper.results import Results
from snn_rtl.studies.paper.section import Section
from snn_rtl.studies.paper.tables import LEGEND, Origin, text_of

PAGE: Final = "paper.html"

_BADGES: Final = {
    Origin.RTL: "RTL",
    Origin.TIMING: "T",
    Origin.PUBLISHED: "P",
    Origin.HONEST: "H",
    Origin.COUNTED: "F",
    Origin.AREA: "A",
    Origin.SYNTHESIS: "S",
    Origin.CITED: "C",
    Origin.DERIVED: "Δ",
}


def _unique(sections: Sequence[Section], index: int) -> list[Section]:
    """Return the sections with the workload's number in the names of parts and plots."""
    return [
        replace(
            section,
            key=f"w{index}-{section.key}",
            plots=[replace(plot, key=f"w{index}-{plot.key}-plot") for plot in section.plots],
        )
        for section in sections
    ]


def render(
    report: Mapping[str, Any], every: Sequence[Results], summary: Section, parts: Parts
) -> str:
    """Return the page.

    Args:
        report: as make_report gives it.
        every: results by network.
        summary: the section about all of them.
        parts: the sections of each.
    """
    groups = [
        {
            "network": results.network,
            "facts": facts,
            "sections": _unique(parts[results.network.label], index),
        }
        for index, (results, facts) in enumerate(zip(every, report["workloads"], strict=True))
    ]
    plots = [plot for group in groups for section in group["sections"] for plot in section.plots]
    return page.render(
        f"{PAGE}.j2",
        plots,
        report=report,
        summary=summary,
        groups=groups,
        # Our own words, with a little HTML in them.
        legend={origin: Markup(text) for origin, text in LEGEND.items()},
        badges=_BADGES,
        colours=COLOURS,
        text_of=text_of,
    )
