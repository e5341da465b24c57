"""The machines that are weighed: their named configurations, and the sizes to try."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from snn_rtl.models.prosperity.config import PAPER, TURBO, ProsperityConfig
from snn_rtl.models.workload.layer import Layer
from snn_rtl.studies.sweep.grid import make_grid

Ranges = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A machine.

    Attributes:
        design: its name.
        title: what people call it.
        named: configurations that are named in plots and tables; the first is what all others are
            set beside.
        grids: the configuration behind each grid, and its ranges.
    """

    design: str
    title: str
    named: Mapping[str, ProsperityConfig]
    grids: Sequence[tuple[ProsperityConfig, Ranges]]

    @property
    def base(self) -> ProsperityConfig:
        """What all others are set beside."""
        return next(iter(self.named.values()))

    def machines(self, layers: Sequence[Layer]) -> tuple[list[ProsperityConfig], dict[str, int]]:
        """Return the machines to weigh, each once, and how many are left out by reason.

        Args:
            layers: what each must be able to run.

        Raises:
            InputError: none of a grid can.
        """
        found = dict.fromkeys(self.named.values())
        skipped: dict[str, int] = {}
        for base, ranges in self.grids:
            grid = make_grid(base, ranges, layers)
            found.update(dict.fromkeys(grid.configs))
            for reason, count in grid.skipped.items():
                skipped[reason] = skipped.get(reason, 0) + count
        return list(found), skipped


PROSPERITY: Final = Subject(
    design="prosperity",
    title="Prosperity",
    named={"paper": PAPER, "turbo": TURBO},
    grids=(
        # Each row for itself.
        (
            PAPER,
            {
                "tile_m": (64, 128, 256, 512),
                "tile_k": (8, 16, 32),
                "lanes": (32, 64, 128, 256),
                "weight_ports": (1, 2),
            },
        ),
        # Equal rows as one: the tile, and how fast results are made and added.
        (
            TURBO,
            {
                "tile_m": (128, 256, 512),
                "tile_k": (8, 16, 32),
                "lanes": (64, 128, 256),
                "weight_ports": (1, 2),
                "sum_banks": (1, 2, 4),
            },
        ),
        # What adds, and what keeps it busy, at turbo's tile.
        (TURBO, {"weight_ports": (1, 2, 4), "sum_banks": (1, 2, 4, 8)}),
        (TURBO, {"row_stride": (1, 2, 4, 8), "sum_banks": (2, 4), "result_slots": (2, 4, 6, 8)}),
        # Buffers that paper and turbo may have larger than they need.
        (
            TURBO,
            {
                "weight_ports": (1, 2),
                "sum_banks": (2, 4),
                "queue_depth": (64, 128, 512),
                "weight_tiles": (2, 4, 16),
            },
        ),
        (PAPER, {"queue_depth": (64, 128, 512), "weight_tiles": (2, 4, 16)}),
    ),
)

SUBJECTS: Final = (PROSPERITY,)
"""All of them, each a chapter of the page; another machine needs a timing model of a point and an
area of its own (`studies/sweep/work.py`, `models/prosperity/area.py`)."""
