"""The area model: hand-worked quantities of a tiny machine, its constants, what it refuses."""

from __future__ import annotations

import copy
import json
from dataclasses import asdict, replace
from typing import Any

import pytest

from snn_rtl.models.prosperity.area import (
    CONSTANTS,
    MEMORY_UM2,
    PARTS,
    REST,
    area,
    area_from,
    constants,
    constants_from_json,
    memory_bits,
    part_area,
    part_of,
)
from snn_rtl.models.prosperity.config import PAPER, SMALL, TURBO, ProsperityConfig

TINY = ProsperityConfig(
    tile_m=4,
    tile_k=2,
    lanes=2,
    weight_w=4,
    acc_w=6,
    bias_w=8,
    lif_cells=1,
    spike_beat_w=4,
    spike_beats=2,
    weight_tiles=2,
    queue_depth=2,
    dim_w=3,
    weight_ports=2,
    merge_rows=1,
    row_stride=2,
    sum_banks=2,
    result_slots=3,
)
"""A machine small enough to count by hand."""

QUANTITIES = {
    # two sets of thresholds and biases of 2 lanes
    ("neuron parameters", "bit of a threshold or bias"): 4 * 2 * 8,
    ("tcam", "bit of a tile"): 2 * 4 * 2,
    # 0 to 2 ones: two bits
    ("popcounts", "bit of a count"): 2 * 4 * 2,
    # two rows a beat of two columns, one level of adders; groups of 4 rows, two levels
    ("popcounts", "bit counted"): 2 * 2 * 1 + 4 * 2,
    ("dispatcher", "row"): 4,
    ("dispatcher", "level of a row"): 4 * 2,
    ("dispatcher", "row of a result"): 4,
    ("dispatcher", "machine"): 1,
    ("search", "row"): 4,
    # two bits of ones and two of the row's number
    ("search", "bit of a key"): 4 * (2 + 2),
    ("search", "machine"): 1,
    ("row merger", "row"): 4,
    ("row merger", "machine"): 1,
    # two ports in two lanes, sums of two 4-bit weights: 5 bits
    ("adders", "bit of an adder"): 2 * 2 * 5,
    ("adders", "bit of a result"): 2 * 5,
    ("accumulation", "bit of an accumulator"): 2 * 2 * 6,
    ("accumulation", "row that has a sum"): 2 * 4,
    ("accumulation", "row of a slot"): 3 * 4,
    ("accumulation", "bit of the sum read"): 2 * 6,
    ("neurons and output", "bit of an output row"): 2 * 6,
    # a bias of 8 bits, two more for three terms, two more for four time steps
    ("neurons and output", "bit of a neuron"): 1 * 12,
    ("neurons and output", "machine"): 1,
    (REST, "bit of a dimension"): 3,
    (REST, "bit of a spike beat"): 4,
    (REST, "row in a descriptor"): 4,
    (REST, "machine"): 1,
}


def test_quantities_of_a_tiny_machine() -> None:
    found = {(p.name, name): amount(TINY) for p in PARTS for name, amount in p.quantities.items()}
    assert found == QUANTITIES


def test_rows_apart_have_nothing_of_merged_rows() -> None:
    plain = replace(TINY, merge_rows=0, row_stride=1, sum_banks=1)
    zero = {
        (part.name, name)
        for part in PARTS
        for name, amount in part.quantities.items()
        if amount(plain) == 0
    }
    assert zero == {
        ("dispatcher", "row of a result"),
        ("row merger", "row"),
        ("row merger", "machine"),
        ("accumulation", "row of a slot"),
        ("accumulation", "bit of the sum read"),
        (REST, "row in a descriptor"),
    }
    assert memory_bits(plain)[0] == 2 * 12


def test_area_of_a_tiny_machine() -> None:
    """Everything at 1 um2 but the parameters' bits, at 3."""
    units = {part.name: dict.fromkeys(part.quantities, 1.0) for part in PARTS}
    units["neuron parameters"]["bit of a threshold or bias"] = 3.0
    found = area_from(TINY, units)
    assert found.cells == sum(QUANTITIES.values()) + 2 * 64
    # three slots of two lanes of 5 bits; two potentials of 12 bits
    assert found.register_bits == 3 * 2 * 5 + 2 * 12 == 54
    assert found.registers == 54 * 3
    bits = (
        2 * (2 + 3 + 4)  # beats with two flags and the size of the tile
        + 2 * (2 + 2 * 2 + 2 + 4)  # descriptors: flags, row, prefix, pattern, group
        + 2 * 2 * 2 * (2 * 4)  # two copies of two tiles of two rows of weights
        + 4 * (2 * 5)  # results of a tile
        + 2 * 4 * (2 * 6)  # sums of two m x n tiles
    )
    assert found.memory_bits == bits
    assert found.total == pytest.approx(found.cells + 54 * 3 + bits * MEMORY_UM2)


def test_memory_is_as_dense_as_the_papers_buffers_scaled() -> None:
    # 0.303 mm2 for 136 KB are 0.272 um2 a bit of 28 nm
    assert pytest.approx(0.272, abs=5e-4) == MEMORY_UM2 * (28 / 180) ** 2


def test_every_module_has_a_part() -> None:
    assert part_of("prosperity_tcam") == "tcam"
    assert part_of("snn_ram_1r1w") == "accumulation"
    assert part_of("a module that is not there yet") == REST
    named = [module for part in PARTS for module in part.modules]
    assert len(named) == len(set(named))


def test_more_of_anything_takes_more() -> None:
    for more in (
        {"tile_m": 512},
        {"lanes": 256},
        {"weight_ports": 4},
        {"sum_banks": 8},
        {"result_slots": 16},
        {"queue_depth": 1024},
        {"weight_tiles": 32},
        {"tile_k": 32},
    ):
        assert area(replace(TURBO, **more)).total > area(TURBO).total, more
    assert area(TURBO).total > area(PAPER).total > area(SMALL).total


def test_constants_miss_no_synthesised_machine_by_much() -> None:
    known = constants()
    assert {"paper", "turbo", "small", "small_turbo"} <= {m.name for m in known.machines}
    for machine in known.machines:
        assert area(machine.config).cells == pytest.approx(machine.cells, rel=0.10), machine.name
        assert machine.memory_bits == sum(memory_bits(machine.config)), machine.name
    for part in PARTS:
        measured = {m.name: m.parts[part.name] for m in known.machines}
        for machine in known.machines:
            found = part_area(part, machine.config, known.units[part.name])
            # No part is far out where it is a tenth of its machine.
            if measured[machine.name] > machine.cells / 10:
                assert found == pytest.approx(measured[machine.name], rel=0.15), machine.name


def _without(content: Any, *keys: str) -> Any:
    changed = copy.deepcopy(content)
    place = changed
    for key in keys[:-1]:
        place = place[key]
    del place[keys[-1]]
    return changed


def test_constants_of_another_model_are_refused() -> None:
    content = json.loads(CONSTANTS.read_text(encoding="utf-8"))
    damaged: list[Any] = [
        {**content, "schema": "area-constants/0"},
        _without(content, "units", "tcam"),
        _without(content, "units", "search", "row"),
        _without(content, "rtl"),
        {**content, "machines": [{"name": "x"}]},
        {**content, "machines": [{**content["machines"][0], "config": {"tiles": 3}}]},
        [],
        None,
    ]
    for each in damaged:
        with pytest.raises(ValueError, match="another"):
            constants_from_json(each)
    assert asdict(constants_from_json(content)) == asdict(constants())
