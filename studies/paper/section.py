"""A part of the page: sentences, tables and plots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from snn_rtl.run.plots import Plot
from snn_rtl.studies.paper.tables import Table


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of the page.

    Attributes:
        key: its name in the page.
        title: its heading.
        text: paragraphs before the tables.
        tables: in order.
        plots: in order, after the tables.
    """

    key: str
    title: str
    text: Sequence[str] = ()
    tables: Sequence[Table] = ()
    plots: Sequence[Plot] = ()
