"""What a workload takes on a machine: the numbers, and how they are shown."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from snn_rtl.machines import MACHINES
from snn_rtl.machines.base import percent
from snn_rtl.machines.layer_row import LayerRow
from snn_rtl.models.parameters import MachineParameters


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What a workload takes on a machine.

    Attributes:
        design: name of the machine.
        config: its parameters.
        mode: what it skips.
        workload: name of the workload.
        layers: in order.
        totals: their cycles, densities (weighted by ceil(N / 128), as published) and counts.
    """

    design: str
    config: MachineParameters
    mode: str
    workload: str
    layers: tuple[LayerRow, ...]
    totals: dict[str, Any]

    @property
    def cycles(self) -> int:
        """Cycles of all layers."""
        return int(self.totals["cycles"])

    @property
    def bit_density(self) -> float:
        """Ones of the spike matrices, over all positions."""
        return float(self.totals["bit_density"])

    @property
    def product_density(self) -> float | None:
        """Ones that are left to add after reuse, over all positions; None without reuse."""
        density: float | None = self.totals["product_density"]
        return density

    @property
    def title(self) -> str:
        """What the table is about."""
        return f"{self.workload} on {self.design} ({self.mode})"

    def table(self) -> list[list[str]]:
        """Return the table of layers as text: heading, a line each, totals."""
        columns = MACHINES[self.design].columns
        lines = [["layer", "M", "K", "N", "tiles", "cycles", "busy", *(c.heading for c in columns)]]
        for layer in self.layers:
            sizes = (layer.m, layer.k, layer.n, layer.tiles, layer.cycles)
            busy = percent(layer.process_cycles, layer.cycles)
            lines.append(
                [layer.name, *map(str, sizes), busy, *(c.cell(layer.row()) for c in columns)]
            )
        busy = percent(sum(layer.process_cycles for layer in self.layers), self.cycles)
        tiles = sum(layer.tiles for layer in self.layers)
        totals = [str(tiles), str(self.cycles), busy, *(c.total(self.totals) for c in columns)]
        return [*lines, ["total", "", "", "", *totals]]

    def __str__(self) -> str:
        """Return the table as text."""
        lines = self.table()
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        text = [
            "  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])])
            for line in lines
        ]
        return "\n".join([self.title, *text])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """Return the table as a notebook shows it."""
        head, *body = self.table()

        def cells(tag: str, line: Sequence[str]) -> str:
            return "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in line)

        rows = "".join(f"<tr>{cells('td', line)}</tr>" for line in body)
        return (
            f"<table><caption>{html.escape(self.title)}</caption>"
            f"<thead><tr>{cells('th', head)}</tr></thead>"
            f"<tbody>{rows}</tbody></table>"
        )
