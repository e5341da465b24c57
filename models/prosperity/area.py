"""Area of the Prosperity RTL: standard cells by a fitted model, memories as bits.

The machine is cut into parts. The cells of a part are a sum of quantities that follow from its
parameters (bits of registers, bits of adders, rows to choose from), each times the area of one.
What one takes is fitted to synthesised machines by ``synth/area`` and kept, with what was
measured, in ``models/prosperity/area_constants.json``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from snn_rtl.models.prosperity.config import ProsperityConfig
from snn_rtl.models.prosperity.storage import clog2, partial_sum_width, potential_width, storage

CONSTANTS: Final = Path(__file__).with_name("area_constants.json")
SCHEMA: Final = "area-constants/1"

REST: Final = "control"
"""The part of every module that no other part names."""

_NODE_NM: Final = 180
"""Process of the standard cells."""
_PAPER_NODE_NM: Final = 28
_PAPER_BUFFERS_UM2: Final = 0.303e6
_PAPER_BUFFERS_BITS: Final = (8 + 32 + 96) * 8192

MEMORY_UM2: Final = _PAPER_BUFFERS_UM2 / _PAPER_BUFFERS_BITS * (_NODE_NM / _PAPER_NODE_NM) ** 2
"""um2 of a bit of memory: the paper's buffers (HPCA 2025: 0.303 mm2 of 28 nm for 8, 32 and 96 KB),
scaled by the square of the process. An assumption: the standard cells come without memories."""

Quantity = Callable[[ProsperityConfig], int]


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of the machine.

    Attributes:
        name: of it.
        modules: of the RTL whose own cells it is made of.
        quantities: what its area grows with, by what one of them is.
    """

    name: str
    modules: frozenset[str]
    quantities: Mapping[str, Quantity]


def _one(config: ProsperityConfig) -> int:
    return 1


def _merged_rows(config: ProsperityConfig) -> int:
    return config.tile_m * config.merge_rows


def _counted_bits(config: ProsperityConfig) -> int:
    """Return bits that popcounts add up, each as often as it is deep in a tree."""
    beat = config.beat_rows * config.tile_k * clog2(config.tile_k)
    return beat + _merged_rows(config) * clog2(config.tile_m)


PARTS: Final = (
    Part(
        name="neuron parameters",
        modules=frozenset({"snn_param_store"}),
        quantities={"bit of a threshold or bias": lambda c: 4 * c.lanes * c.bias_w},
    ),
    Part(
        name="tcam",
        modules=frozenset({"prosperity_tcam"}),
        quantities={"bit of a tile": lambda c: 2 * c.tile_m * c.tile_k},
    ),
    Part(
        name="popcounts",
        modules=frozenset({"prosperity_popcount_table", "snn_popcount"}),
        quantities={
            "bit of a count": lambda c: 2 * c.tile_m * clog2(c.tile_k + 1),
            "bit counted": _counted_bits,
        },
    ),
    Part(
        name="dispatcher",
        modules=frozenset({"prosperity_dispatcher", "snn_find_first"}),
        quantities={
            "row": lambda c: c.tile_m,
            "level of a row": lambda c: c.tile_m * c.tile_k,
            "row of a result": _merged_rows,
            "machine": _one,
        },
    ),
    Part(
        name="search",
        modules=frozenset({"prosperity_detector", "prosperity_pruner", "snn_arg_max"}),
        quantities={
            "row": lambda c: c.tile_m,
            "bit of a key": lambda c: c.tile_m * (clog2(c.tile_k + 1) + clog2(c.tile_m)),
            "machine": _one,
        },
    ),
    Part(
        name="row merger",
        modules=frozenset({"prosperity_row_merger"}),
        quantities={"row": _merged_rows, "machine": lambda c: c.merge_rows},
    ),
    Part(
        name="adders",
        modules=frozenset({"prosperity_adder_array"}),
        quantities={
            "bit of an adder": lambda c: c.weight_ports * c.lanes * partial_sum_width(c),
            "bit of a result": lambda c: c.lanes * partial_sum_width(c),
        },
    ),
    Part(
        name="accumulation",
        modules=frozenset(
            {"prosperity_accumulator", "prosperity_group_accumulator", "snn_ram_1r1w"}
        ),
        quantities={
            "bit of an accumulator": lambda c: c.sum_banks * c.lanes * c.acc_w,
            "row that has a sum": lambda c: 2 * c.tile_m,
            "row of a slot": lambda c: c.result_slots * _merged_rows(c),
            "bit of the sum read": lambda c: c.merge_rows * c.lanes * c.acc_w,
        },
    ),
    Part(
        name="neurons and output",
        modules=frozenset({"prosperity_output_unit", "prosperity_lif_array", "snn_lif_cell"}),
        quantities={
            "bit of an output row": lambda c: c.lanes * c.acc_w,
            "bit of a neuron": lambda c: c.lif_cells * potential_width(c),
            "machine": _one,
        },
    ),
    Part(
        name=REST,
        modules=frozenset(),
        quantities={
            "bit of a dimension": lambda c: c.dim_w,
            "bit of a spike beat": lambda c: c.spike_beat_w,
            "row in a descriptor": _merged_rows,
            "machine": _one,
        },
    ),
)

_PART_OF: Final = {module: part.name for part in PARTS for module in part.modules}
_REGISTER: Final = ("neuron parameters", "bit of a threshold or bias")
"""What a bit of a register takes that can be written and is read through a multiplexer."""


def part_of(module: str) -> str:
    """Return the part that a module of the RTL belongs to."""
    return _PART_OF.get(module, REST)


Units = Mapping[str, Mapping[str, float]]
"""um2 of one of each quantity, by part."""


@dataclass(frozen=True, kw_only=True)
class Area:
    """Area of a machine.

    Attributes:
        parts: um2 of standard cells by part.
        register_bits: bits of memories of a few words that are read at once, which are registers.
        registers: um2 that these take.
        memory_bits: bits of all other memories.
    """

    parts: Mapping[str, float]
    register_bits: int
    registers: float
    memory_bits: int

    @property
    def cells(self) -> float:
        """The um2 of all standard cells that a synthesis counts."""
        return sum(self.parts.values())

    @property
    def memory(self) -> float:
        """The um2 of all memories, at MEMORY_UM2 a bit, and of those that are registers."""
        return self.memory_bits * MEMORY_UM2 + self.registers

    @property
    def total(self) -> float:
        """The um2 of everything."""
        return self.cells + self.memory


def memory_bits(config: ProsperityConfig) -> tuple[int, int]:
    """Return bits of the arrays of a machine: those that are registers, and all others.

    The tile memories of detection and the neurons' parameters are flip-flops of their modules, as
    are the flags of rows that have a sum and of slots: cells, not arrays.
    """
    bits = storage(config)
    slots = config.merge_rows * config.result_slots * config.lanes * partial_sum_width(config)
    flags = 2 * config.tile_m
    others = bits.spike_buffer + bits.descriptor_queue + bits.weight_buffer + bits.tile_store
    return slots + bits.lif_state, others + bits.accumulators - flags


def part_area(part: Part, config: ProsperityConfig, units: Mapping[str, float]) -> float:
    """Return the um2 of cells of a part."""
    return sum(units[name] * amount(config) for name, amount in part.quantities.items())


def area_from(
    config: ProsperityConfig, units: Units, cells: Mapping[str, float] | None = None
) -> Area:
    """Return the area of a machine.

    Args:
        config: sizes of the machine.
        units: um2 of one of each quantity.
        cells: um2 by part where they were measured.
    """
    registers, memories = memory_bits(config)
    return Area(
        parts=cells or {part.name: part_area(part, config, units[part.name]) for part in PARTS},
        register_bits=registers,
        registers=registers * units[_REGISTER[0]][_REGISTER[1]],
        memory_bits=memories,
    )


@dataclass(frozen=True, kw_only=True)
class Synthesised:
    """A machine that was synthesised for the fit.

    Attributes:
        name: of it.
        config: its sizes.
        parts: um2 of standard cells by part.
        memory_bits: bits of its arrays.
    """

    name: str
    config: ProsperityConfig
    parts: Mapping[str, float]
    memory_bits: int

    @property
    def cells(self) -> float:
        """The um2 of all standard cells."""
        return sum(self.parts.values())


@dataclass(frozen=True, kw_only=True)
class Constants:
    """What the fit found.

    Attributes:
        tools: what synthesised, by name.
        rtl: digest of the RTL that was synthesised.
        units: um2 of one of each quantity.
        machines: that it was fitted to.
    """

    tools: Mapping[str, str]
    rtl: str
    units: Units
    machines: tuple[Synthesised, ...]


def constants_from_json(content: Any) -> Constants:
    """Return the constants in a JSON object.

    Raises:
        ValueError: it is not of this model.
    """
    try:
        if content["schema"] != SCHEMA:
            raise ValueError("another schema")
        units = {
            part.name: {name: float(content["units"][part.name][name]) for name in part.quantities}
            for part in PARTS
        }
        machines = tuple(
            Synthesised(
                name=machine["name"],
                config=ProsperityConfig(**machine["config"]),
                parts={part.name: float(machine["parts"][part.name]) for part in PARTS},
                memory_bits=machine["memory_bits"],
            )
            for machine in content["machines"]
        )
        return Constants(tools=content["tools"], rtl=content["rtl"], units=units, machines=machines)
    except (LookupError, TypeError) as error:
        raise ValueError(f"constants of another model: {error!r}") from None


@cache
def constants() -> Constants:
    """Return the constants of this revision."""
    return constants_from_json(json.loads(CONSTANTS.read_text(encoding="utf-8")))


def area(config: ProsperityConfig) -> Area:
    """Return the area of a machine by the model, whether it was synthesised or not.

    Args:
        config: sizes of the machine.
    """
    return area_from(config, constants().units)
