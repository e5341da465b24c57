"""Parameters of the LoAS RTL: one dataclass, the named configurations, their limits.

The field names are the Verilog parameters in lower case. The limits are those that
``rtl/loas/loas_top.v`` checks at elaboration.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from snn_rtl.models.parameters import MachineParameters, configuration, is_power_of_two


@dataclass(frozen=True, kw_only=True)
class LoasConfig(MachineParameters):
    """Sizes of one LoAS machine (MICRO 2024: 16 TPPEs, chunks of 128, tiles of 32 columns).

    Attributes:
        time_steps: bits of a packed spike word (2, 4 or 8).
        chunk: positions of k in a fibre chunk (power of two, 32..128).
        tppes: rows of a tile, one a TPPE (>= 1).
        columns: columns of a tile (>= 2).
        laggy_adders: adders of the laggy prefix sum; divides chunk and columns.
        fifo_depth: matches of a TPPE that wait for their correction (>= 2).
        queue_depth: weight fibres that wait for a TPPE (>= 2).
        weight_w: bits of a signed weight (>= 2).
        acc_w: bits of an accumulated sum; K may be at most 2**(acc_w - weight_w), and is chunk at
            least.
        bias_w: bits of a bias or threshold; those of a tile fill whole beats.
        beat_w: bits of a beat of both input streams: a whole number of bitmasks, of words, of
            weights and of columns, and room for all elements of a fibre.
        mask_beats: bitmask beats that a fibre buffer holds: a tile's at least (>= 2).
        value_beats: value beats that a fibre buffer holds (>= 2).
        dim_w: bits of the registers M, K, N and of the counters that walk them (up to 31), where
            the sizes of a tile leave half of the range.
        joined_columns: neighbouring columns whose weight fibres are broadcast as one where their
            weights are no more than a chunk (power of two below columns, which divides columns and
            the bitmasks of a beat; 1: each fibre alone, as published).
        chunk_banks: chunks of its row that a TPPE keeps (>= 2).
    """

    MACHINE = "LoAS"

    time_steps: int = 4
    chunk: int = 128
    tppes: int = 16
    columns: int = 32
    laggy_adders: int = 16
    fifo_depth: int = 8
    queue_depth: int = 4
    weight_w: int = 8
    acc_w: int = 24
    bias_w: int = 32
    beat_w: int = 1024
    mask_beats: int = 8
    value_beats: int = 8
    dim_w: int = 24
    joined_columns: int = 1
    chunk_banks: int = 2

    def limits(self) -> dict[str, bool]:
        """Return for each parameter whether it is legal; the limits are those given above."""
        return {
            "time_steps": self.time_steps in (2, 4, 8),
            "chunk": 32 <= self.chunk <= 128 and is_power_of_two(self.chunk),
            "tppes": self.tppes >= 1,
            "columns": self.columns >= 2,
            "laggy_adders": self.laggy_adders >= 1
            and self.chunk % self.laggy_adders == 0
            and self.columns % self.laggy_adders == 0,
            "fifo_depth": self.fifo_depth >= 2,
            "queue_depth": self.queue_depth >= 2,
            "weight_w": self.weight_w >= 2,
            "acc_w": self.acc_w >= self.weight_w + (self.chunk - 1).bit_length(),
            "beat_w": self.beat_w >= self.chunk * max(self.weight_w, self.time_steps)
            and not any(
                self.beat_w % size
                for size in (self.chunk, self.columns, self.weight_w, self.time_steps)
            ),
            "bias_w": self.bias_w >= 1 and self.columns * self.bias_w % self.beat_w == 0,
            "mask_beats": self.mask_beats >= max(2, self.mask_beats_of(self.tppes))
            and self.mask_beats >= self.mask_beats_of(self.columns),
            "value_beats": self.value_beats >= 2,
            "dim_w": 1 <= self.dim_w <= 31
            and 1 << (self.dim_w - 1) >= max(self.tppes, self.chunk, self.columns),
            "joined_columns": 1 <= self.joined_columns < self.columns
            and is_power_of_two(self.joined_columns)
            and not any(size % self.joined_columns for size in (self.columns, self.beat_masks)),
            "chunk_banks": self.chunk_banks >= 2,
        }

    @property
    def tile(self) -> tuple[int, int, int]:
        """Rows (positions) of a tile, positions of k in a chunk, columns."""
        return self.tppes, self.chunk, self.columns

    @property
    def beat_masks(self) -> int:
        """Bitmasks in one input beat."""
        return self.beat_w // self.chunk

    def mask_beats_of(self, fibres: int) -> int:
        """Return the beats that carry the bitmasks of some fibres."""
        return -(-fibres * self.chunk // self.beat_w)

    def value_beats_of(self, elements: int, element_w: int) -> int:
        """Return the beats that carry some elements, words or weights, of element_w bits."""
        return -(-elements // (self.beat_w // element_w))

    @property
    def param_beats(self) -> int:
        """Weight beats that carry the thresholds (as many again: the biases) of one n tile."""
        return self.columns * self.bias_w // self.beat_w

    @property
    def out_w(self) -> int:
        """Bits of an output beat: a column of raw sums, or a row of spikes with its bitmask."""
        sums = self.tppes * self.time_steps * self.acc_w
        return max(sums, self.columns * (1 + self.time_steps))

    @property
    def stream_widths(self) -> tuple[int, int, int]:
        """Bits of a beat of the streams: spikes, weights, outputs."""
        return self.beat_w, self.beat_w, self.out_w

    @property
    def all_ones(self) -> int:
        """The word of a neuron that fires at every step."""
        return (1 << self.time_steps) - 1

    @property
    def max_k(self) -> int:
        """Largest K whose sums fit into acc_w bits exactly."""
        return min(1 << (self.acc_w - self.weight_w), (1 << self.dim_w) - 1)


PAPER: Final = LoasConfig()

SMALL: Final = replace(
    PAPER,
    chunk=32,
    tppes=4,
    columns=8,
    laggy_adders=2,
    fifo_depth=4,
    queue_depth=2,
    acc_w=20,
    beat_w=256,
    mask_beats=4,
    value_beats=4,
    dim_w=16,
)

TURBO: Final = replace(PAPER, joined_columns=2, chunk_banks=3, queue_depth=8)
"""Beyond the paper: what took most cycles of real layers, the broadcast, taken away."""

SMALL_TURBO: Final = replace(SMALL, joined_columns=2, chunk_banks=3, queue_depth=4)

CONFIGS: Final = {"paper": PAPER, "small": SMALL, "turbo": TURBO, "small_turbo": SMALL_TURBO}


def named_config(name: str) -> LoasConfig:
    """Return a configuration by name.

    Raises:
        InputError: there is none of that name.
    """
    return configuration(CONFIGS, name)
