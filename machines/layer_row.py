"""A layer's row of a report: what its GeMM took, by the models or on the RTL, added up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from snn_rtl.machines.base import Measured


@dataclass(kw_only=True)
class LayerRow:
    """One GeMM, summed over images; an attention has one for each of its two products.

    Attributes:
        name: of the layer.
        m: rows of the spike matrix.
        k: its columns.
        n: output columns.
        images: images inferred; 1 without any.
        tiles: m tiles x k tiles x n tiles.
        cycles: first input beat taken to last output beat taken.
        process_cycles: those in which the machine works.
        stall_cycles: reason to the others.
        counts: what the machine counts beside them.
    """

    name: str
    m: int = 0
    k: int = 0
    n: int = 0
    images: int = 0
    tiles: int = 0
    cycles: int = 0
    process_cycles: int = 0
    stall_cycles: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, shape: tuple[int, int, int], measured: Measured, images: int) -> None:
        """Add one run of the GeMM, (M, K, N), for the last of so many images."""
        m, self.k, self.n = shape
        self.m += m
        self.images = images
        self.tiles += measured.tiles
        self.cycles += measured.cycles
        self.process_cycles += measured.process_cycles
        for sums, more in (
            (self.stall_cycles, measured.stall_cycles),
            (self.counts, measured.counts),
        ):
            for name, value in more.items():
                sums[name] = sums.get(name, 0) + value

    def row(self) -> dict[str, Any]:
        """Return it as a report's layer, counts beside the others."""
        values: dict[str, Any] = {**vars(self), **self.counts}
        del values["counts"]
        return values
