"""Tables whose every number says where it comes from; the page and all files are made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

Number = int | float


class Origin(StrEnum):
    """Where a number comes from."""

    RTL = "RTL"
    TIMING = "timing model"
    PUBLISHED = "published model"
    HONEST = "honest model"
    COUNTED = "functional model"
    AREA = "area model"
    SYNTHESIS = "synthesis"
    CITED = "citation"
    DERIVED = "derived"


LEGEND: Final = {
    Origin.RTL: "read from the counters of the simulated RTL, in a report of <code>make sim</code>",
    Origin.TIMING: "<code>snn_rtl.models.prosperity.timing</code> and "
    "<code>snn_rtl.models.loas.timing</code>, which give the RTL's cycles exactly, "
    "layer by layer, for streams that never pause",
    Origin.PUBLISHED: "<code>snn_rtl.models.baselines</code> by the rules of the simulator "
    "published with the paper, its rounding and omissions included",
    Origin.HONEST: "the same machines with what those rules leave out: stages overlap a tile at a "
    "time, every search and every load costs its cycles, quotients are rounded up",
    Origin.COUNTED: "counted on the spikes by <code>snn_rtl.models.prosperity.prosperity</code> "
    "and <code>snn_rtl.models.loas</code>",
    Origin.AREA: "<code>snn_rtl.models.prosperity.storage</code> and "
    "<code>snn_rtl.models.prosperity.area</code>: bits, adders and standard "
    "cells that follow from the parameters, with areas fitted by <code>make area</code>",
    Origin.SYNTHESIS: "a report of <code>make synth</code> on the RTL as it is",
    Origin.CITED: "copied from the paper or its artifact; nothing here computes it",
    Origin.DERIVED: "a difference or ratio of numbers in the same row; a percentage is what ours "
    "is above (+) or below (-) the published one",
}


@dataclass(frozen=True)
class Cell:
    """One number.

    Attributes:
        value: the number.
        origin: where it comes from; None for that of its column.
        note: what is particular about it.
        kind: as Column; None for that of its column.
    """

    value: Number
    origin: Origin | None = None
    note: str = ""
    kind: str | None = None


@dataclass(frozen=True)
class Column:
    """A column of numbers.

    Attributes:
        key: its name in the files.
        title: its heading.
        kind: "count", "density", "share", "ratio", "change" (a ratio minus one), "energy" (mJ),
            "area" (mm2), "time" (ns).
        origin: where its numbers come from, where a cell does not say otherwise.
        meaning: one line for people.
    """

    key: str
    title: str
    kind: str
    origin: Origin
    meaning: str = ""


@dataclass(frozen=True)
class Row:
    """A row: its name, and its cells by column; what is not known is left out."""

    name: str
    cells: Mapping[str, Cell]
    total: bool = False


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table.

    Attributes:
        key: its name in the files.
        title: its heading.
        row_title: what the rows are.
        columns: in order.
        rows: in order.
        notes: sentences below it.
    """

    key: str
    title: str
    row_title: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    notes: Sequence[str] = field(default=())

    @property
    def shown(self) -> list[Column]:
        """The columns with at least one number."""
        return [c for c in self.columns if any(c.key in row.cells for row in self.rows)]

    def origin(self, column: Column, row: Row) -> Origin:
        """Return where the number in a column and row comes from."""
        return row.cells[column.key].origin or column.origin

    def mixed(self, column: Column) -> bool:
        """Return whether some number of a column has another origin than the column."""
        return any(
            self.origin(column, row) is not column.origin
            for row in self.rows
            if column.key in row.cells
        )

    def value(self, row: str, column: str) -> Number:
        """Return one number.

        Raises:
            KeyError: there is none.
        """
        for candidate in self.rows:
            if candidate.name == row:
                return candidate.cells[column].value
        raise KeyError(row)

    def to_json(self) -> dict[str, Any]:
        """Return the table for paper.json."""
        return {
            "title": self.title,
            "columns": {c.key: {"title": c.title, "kind": c.kind} for c in self.shown},
            "rows": [
                {
                    "name": row.name,
                    "cells": {
                        c.key: {
                            "value": row.cells[c.key].value,
                            "origin": str(self.origin(c, row)),
                            **({"note": note} if (note := row.cells[c.key].note) else {}),
                        }
                        for c in self.shown
                        if c.key in row.cells
                    },
                }
                for row in self.rows
            ],
            "notes": list(self.notes),
        }


def cells(**values: Number | Cell | None) -> dict[str, Cell]:
    """Return cells by column; None leaves one out."""
    return {
        key: value if isinstance(value, Cell) else Cell(value)
        for key, value in values.items()
        if value is not None
    }


def change(ours: Number | None, published: Number | None) -> float | None:
    """Return by how much ours exceeds the published number, as a share of it; None if unknown."""
    if ours is None or not published:
        return None
    return ours / published - 1


def ratio(above: Number | None, below: Number | None) -> float | None:
    """Return a quotient, None if it is unknown."""
    return above / below if above is not None and below else None


_FORMATS: Final = {"density": ".6f", "share": ".1%", "energy": ".4g", "area": ".2f", "time": ".2f"}


def text_of(value: Number, kind: str) -> str:
    """Return a number as people read it."""
    if kind == "change":
        return "0 %" if value == 0 else f"{100 * value:+.2f} %"
    if kind == "ratio":
        return f"{value:.3f}" if value < 1 else f"{value:.2f}x"
    return format(value, _FORMATS.get(kind, ","))
