"""The named configurations and the limits of their parameters."""

from __future__ import annotations

import re
from dataclasses import fields, replace

import pytest

from snn_rtl.models.errors import InputError
from snn_rtl.models.prosperity.config import (
    CONFIGS,
    PAPER,
    SMALL,
    TURBO,
    ProsperityConfig,
    named_config,
)


def test_paper_is_the_published_machine() -> None:
    assert (PAPER.tile_m, PAPER.lanes, PAPER.tile_k) == (256, 128, 16)
    assert (PAPER.weight_w, PAPER.lif_cells, PAPER.spike_beat_w) == (8, 32, 1024)
    assert ProsperityConfig() == PAPER
    assert PAPER.beat_rows == 64
    assert PAPER.lif_segments == 4
    # buffers of the paper: 8 KB of spikes, 32 KB of weights
    assert PAPER.spike_beats * PAPER.spike_beat_w == 8 * 1024 * 8
    assert PAPER.weight_tiles * PAPER.tile_k * PAPER.lanes * PAPER.weight_w == 32 * 1024 * 8


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_max_k_is_the_last_that_cannot_overflow(config: ProsperityConfig) -> None:
    low, high = -(1 << (config.acc_w - 1)), (1 << (config.acc_w - 1)) - 1
    smallest, largest = -(1 << (config.weight_w - 1)), (1 << (config.weight_w - 1)) - 1
    assert low <= config.max_k * smallest
    assert config.max_k * largest <= high
    by_sum = (config.max_k + 1) * smallest < low
    by_register = (config.max_k + 1).bit_length() > config.dim_w
    assert by_sum or by_register


def test_param_beats_carry_one_parameter_a_lane() -> None:
    assert PAPER.param_beats * PAPER.weight_w == PAPER.bias_w
    assert replace(PAPER, bias_w=24).param_beats == 3


def test_verilog_parameters_are_the_fields_in_upper_case() -> None:
    parameters = SMALL.verilog_parameters()
    assert parameters["TILE_M"] == 16
    assert parameters["WEIGHT_W"] == 8
    assert set(parameters) == {field.name.upper() for field in fields(ProsperityConfig)}


@pytest.mark.parametrize("name", ["paper", "small"])
def test_named_config(name: str) -> None:
    assert named_config(name) is CONFIGS[name]


@pytest.mark.parametrize("name", ["", "Paper", "huge"])
def test_named_config_refuses_an_unknown_name(name: str) -> None:
    with pytest.raises(InputError, match=re.escape(f"unknown configuration {name!r}: choose from")):
        named_config(name)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("tile_m", 1),
        ("tile_m", 0),
        ("tile_m", 96),
        ("tile_k", 1),
        ("tile_k", 128),
        ("lanes", 0),
        ("weight_w", 1),
        ("acc_w", 11),
        ("bias_w", 12),
        ("bias_w", 0),
        ("lif_cells", 0),
        ("lif_cells", 3),
        ("spike_beat_w", 1000),
        ("spike_beat_w", 16 * 512),
        ("spike_beats", 1),
        ("weight_tiles", 1),
        ("queue_depth", 1),
        ("dim_w", 8),
        ("dim_w", 32),
        ("spike_beat_w", 0),
        ("tile_k", 0),
        ("weight_ports", 0),
        ("weight_ports", 17),
        ("merge_rows", 2),
        ("merge_rows", -1),
        ("row_stride", 0),
        ("row_stride", 2),
        ("sum_banks", 0),
        ("sum_banks", 2),
        ("result_slots", 1),
    ],
)
def test_config_refuses_illegal_parameters(field: str, value: int) -> None:
    with pytest.raises(InputError) as error:
        replace(PAPER, **{field: value})
    what = f"{field}={value} is not a legal Prosperity parameter: "
    assert str(error.value) == what + ProsperityConfig.meanings()[field]


def test_every_parameter_says_what_it_may_be() -> None:
    meanings = ProsperityConfig.meanings()
    assert list(meanings) == [field.name for field in fields(ProsperityConfig)]
    assert meanings["tile_m"] == "rows of a spike tile (power of two, 2..32768)"
    assert meanings["row_stride"].endswith("the first of equal rows must then come first)")


@pytest.mark.parametrize("field", ["row_stride", "sum_banks"])
@pytest.mark.parametrize("value", [0, 3, 256])
def test_merging_machines_refuse_illegal_strides_and_banks(field: str, value: int) -> None:
    message = f"{field}={value} is not a legal Prosperity parameter"
    with pytest.raises(InputError, match=re.escape(message)):
        replace(TURBO, **{field: value})


@pytest.mark.parametrize(
    ("name", "plain", "sizes"),
    [("turbo", PAPER, ("tile_k", "queue_depth", "weight_tiles")), ("small_turbo", SMALL, ())],
)
def test_turbo_differs_from_its_namesake_where_it_says(
    name: str, plain: ProsperityConfig, sizes: tuple[str, ...]
) -> None:
    config = CONFIGS[name]
    new = ("weight_ports", "merge_rows", "row_stride", "sum_banks", "result_slots")
    assert replace(config, **{field: getattr(plain, field) for field in new + sizes}) == plain
    assert all(getattr(config, field) > getattr(plain, field) for field in new[:-1])
    assert all(getattr(config, field) < getattr(plain, field) for field in sizes)


@pytest.mark.parametrize(
    "fields",
    [
        {"weight_ports": 16},
        {"result_slots": 2},
        {"merge_rows": 1},
        {"merge_rows": 1, "row_stride": 128, "sum_banks": 128},
        {"merge_rows": 1, "row_stride": 1, "sum_banks": 1},
        {"merge_rows": 1, "tile_m": 2, "spike_beat_w": 32},
        {"tile_m": 2048},
        {"tile_k": 2, "spike_beat_w": 512},
        {"tile_k": 64, "acc_w": 14},
        {"acc_w": 12},
        {"dim_w": 9},
        {"dim_w": 31},
        {"spike_beat_w": 16},
        {"lif_cells": 128},
    ],
    ids=str,
)
def test_config_accepts_the_limits(fields: dict[str, int]) -> None:
    config = replace(PAPER, **fields)
    assert {name: getattr(config, name) for name in fields} == fields
