"""Parameters of the Prosperity RTL: one dataclass, the named configurations, their limits.

The field names are the Verilog parameters in lower case. The limits are those that
``rtl/prosperity/prosperity_top.v`` checks at elaboration.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from snn_rtl.models.parameters import MachineParameters, configuration, is_power_of_two


@dataclass(frozen=True, kw_only=True)
class ProsperityConfig(MachineParameters):
    """Sizes of one Prosperity machine (HPCA 2025, table "architecture": tile 256 x 128 x 16).

    Attributes:
        tile_m: rows of a spike tile (power of two, 2..32768).
        tile_k: columns of a spike tile (2..64).
        lanes: adders, that is output columns of a tile.
        weight_w: bits of a signed weight.
        acc_w: bits of an accumulated sum; K may be at most 2**(acc_w - weight_w), and is tile_k at
            least.
        bias_w: bits of a bias or threshold; a multiple of weight_w.
        lif_cells: neurons updated a cycle; divides lanes.
        spike_beat_w: bits of a spike beat: whole rows of tile_k bits, so many that they divide
            tile_m.
        spike_beats: depth of the spike buffer in beats (>= 2).
        weight_tiles: weight tiles (tile_k rows of lanes weights) held on chip (>= 2).
        queue_depth: row descriptors between detection and processing (>= 2).
        dim_w: bits of the registers M, K, N and of the counters that walk them (up to 31), where
            the sizes of a tile leave half of the range.
        weight_ports: weight rows added a cycle (1..tile_k).
        merge_rows: 0, or 1: rows of a tile that equal each other are searched and processed as one.
        row_stride: distance of rows issued one after the other (power of two up to tile_m / 2; 1 if
            none merge: the first of equal rows must then come first).
        sum_banks: rows that accumulate a cycle (power of two up to tile_m / 2; 1 if none merge).
        result_slots: row results that wait for accumulation where rows merge (>= 2).
    """

    MACHINE = "Prosperity"
    SWITCHES = ("merge_rows",)

    tile_m: int = 256
    tile_k: int = 16
    lanes: int = 128
    weight_w: int = 8
    acc_w: int = 24
    bias_w: int = 32
    lif_cells: int = 32
    spike_beat_w: int = 1024
    spike_beats: int = 64
    weight_tiles: int = 16
    queue_depth: int = 512
    dim_w: int = 24
    weight_ports: int = 1
    merge_rows: int = 0
    row_stride: int = 1
    sum_banks: int = 1
    result_slots: int = 2

    def limits(self) -> dict[str, bool]:
        """Return for each parameter whether it is legal; the limits are those given above."""
        return {
            "tile_m": 2 <= self.tile_m <= 32768 and is_power_of_two(self.tile_m),
            "tile_k": 2 <= self.tile_k <= 64,
            "lanes": self.lanes >= 1,
            "weight_w": self.weight_w >= 2,
            "acc_w": self.acc_w >= self.weight_w + (self.tile_k - 1).bit_length(),
            "bias_w": self.bias_w >= self.weight_w and self.bias_w % self.weight_w == 0,
            "lif_cells": self.lif_cells >= 1 and self.lanes % self.lif_cells == 0,
            "spike_beat_w": 2 <= self.tile_k <= self.spike_beat_w
            and self.spike_beat_w % self.tile_k == 0
            and self.tile_m % (self.spike_beat_w // self.tile_k) == 0,
            "spike_beats": self.spike_beats >= 2,
            "weight_tiles": self.weight_tiles >= 2,
            "queue_depth": self.queue_depth >= 2,
            "dim_w": 1 <= self.dim_w <= 31
            and 1 << (self.dim_w - 1) >= max(self.tile_m, self.tile_k, self.lanes),
            "weight_ports": 1 <= self.weight_ports <= self.tile_k,
            "merge_rows": self.merge_rows in {0, 1},
            "row_stride": 1 <= self.row_stride <= (self.tile_m // 2 if self.merge_rows else 1)
            and is_power_of_two(self.row_stride),
            "sum_banks": 1 <= self.sum_banks <= (self.tile_m // 2 if self.merge_rows else 1)
            and is_power_of_two(self.sum_banks),
            "result_slots": self.result_slots >= 2,
        }

    @property
    def tile(self) -> tuple[int, int, int]:
        """Rows and columns of a spike tile, output columns."""
        return self.tile_m, self.tile_k, self.lanes

    @property
    def stream_widths(self) -> tuple[int, int, int]:
        """Bits of a beat of the streams: spikes, a row of weights, a row of sums."""
        return self.spike_beat_w, self.lanes * self.weight_w, self.lanes * self.acc_w

    @property
    def beat_rows(self) -> int:
        """Spike rows in one input beat."""
        return self.spike_beat_w // self.tile_k

    @property
    def max_k(self) -> int:
        """Largest K whose sums fit into acc_w bits exactly."""
        return min(1 << (self.acc_w - self.weight_w), (1 << self.dim_w) - 1)

    @property
    def param_beats(self) -> int:
        """Weight beats that carry the thresholds (as many again: the biases) of one n tile."""
        return self.bias_w // self.weight_w

    @property
    def lif_segments(self) -> int:
        """Cycles the LIF cells need for one output row."""
        return self.lanes // self.lif_cells


PAPER: Final = ProsperityConfig()

SMALL: Final = replace(
    PAPER,
    tile_m=16,
    tile_k=8,
    lanes=8,
    acc_w=20,
    lif_cells=4,
    spike_beat_w=64,
    spike_beats=4,
    weight_tiles=2,
    queue_depth=32,
    dim_w=16,
)

TURBO: Final = replace(
    PAPER,
    tile_k=8,
    weight_tiles=2,
    queue_depth=64,
    weight_ports=2,
    merge_rows=1,
    row_stride=4,
    sum_banks=4,
    result_slots=8,
)
"""Without the paper's two largest wastes: equal rows, and one one a cycle.

Tile and buffers are those that cost least in area times cycles, at the paper's rows and lanes.
"""

SMALL_TURBO: Final = replace(
    SMALL, weight_ports=2, merge_rows=1, row_stride=4, sum_banks=4, result_slots=2
)

CONFIGS: Final = {"paper": PAPER, "small": SMALL, "turbo": TURBO, "small_turbo": SMALL_TURBO}


def named_config(name: str) -> ProsperityConfig:
    """Return a configuration by name.

    Raises:
        InputError: there is none of that name.
    """
    return configuration(CONFIGS, name)
