"""On-chip storage of the Prosperity RTL in bits, memory by memory.

The widths are those of ``rtl/prosperity``. Pipeline registers and control state, such as the
dispatcher's pending rows and the detector's known rows, are not counted.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from snn_rtl.models.prosperity.config import ProsperityConfig

BANKS = 2
"""Banks of everything that is double-buffered."""

_QUEUE_FLAGS = 2
_SPIKE_FLAGS = 2
_SLOT_FLAGS = 3


@dataclass(frozen=True, kw_only=True)
class Storage:
    """Bits of each memory.

    Attributes:
        spike_buffer: beats with the size of their tile (spike_buffer).
        tcam: rows of two spike tiles (tcam).
        popcount_table: ones of each row and the levels that occur, two tiles (popcount_table).
        descriptor_queue: row descriptors, with the rows they stand for where rows merge
            (row_detection).
        weight_buffer: weight tiles, a copy for each read port (weight_buffer).
        tile_store: finished rows of a tile, to be reused as prefixes (adder_array).
        result_slots: results with the rows they belong to, where rows merge (group_accumulator).
        accumulators: sums of two m x n tiles, and which rows have one (accumulator).
        lif_state: membrane potentials of one row (lif_array).
        lif_parameters: thresholds and biases of two n tiles (param_store).
    """

    spike_buffer: int
    tcam: int
    popcount_table: int
    descriptor_queue: int
    weight_buffer: int
    tile_store: int
    result_slots: int
    accumulators: int
    lif_state: int
    lif_parameters: int

    @property
    def total(self) -> int:
        """Bits of all memories."""
        return sum(getattr(self, field.name) for field in fields(self))


def clog2(value: int) -> int:
    """Return Verilog's $clog2: bits that tell apart so many values, 0 for one."""
    return (value - 1).bit_length()


def partial_sum_width(config: ProsperityConfig) -> int:
    """Return the bits of a sum over one k tile."""
    return config.weight_w + clog2(config.tile_k)


def potential_width(config: ProsperityConfig) -> int:
    """Return the bits of a membrane potential."""
    # A sum over at most tile_m time steps, each of three terms.
    return max(config.acc_w, config.bias_w) + 2 + clog2(config.tile_m)


def storage(config: ProsperityConfig) -> Storage:
    """Return the storage of a machine.

    Args:
        config: sizes of the machine.
    """
    row_index = clog2(config.tile_m)
    row_count = clog2(config.tile_m + 1)
    ones = clog2(config.tile_k + 1)
    partial_sum = partial_sum_width(config)
    weight_row = config.lanes * config.weight_w
    group = config.tile_m if config.merge_rows else 0
    descriptor = _QUEUE_FLAGS + 2 * row_index + config.tile_k + group
    slots = config.result_slots if config.merge_rows else 0
    return Storage(
        spike_buffer=config.spike_beats * (_SPIKE_FLAGS + row_count + config.spike_beat_w),
        tcam=BANKS * config.tile_m * config.tile_k,
        popcount_table=BANKS * (config.tile_m * ones + config.tile_k + 1),
        descriptor_queue=config.queue_depth * descriptor,
        weight_buffer=config.weight_ports * config.weight_tiles * config.tile_k * weight_row,
        tile_store=config.tile_m * config.lanes * partial_sum,
        result_slots=slots * (config.lanes * partial_sum + group + _SLOT_FLAGS),
        accumulators=BANKS * config.tile_m * (config.lanes * config.acc_w + 1),
        lif_state=config.lanes * potential_width(config),
        lif_parameters=BANKS * 2 * config.lanes * config.bias_w,
    )
