"""The named configurations of LoAS and the limits of their parameters."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from typing import Any

import pytest

from snn_rtl.models.errors import InputError
from snn_rtl.models.loas.config import CONFIGS, PAPER, SMALL, LoasConfig, named_config


def test_paper_is_the_published_machine() -> None:
    assert (PAPER.time_steps, PAPER.chunk, PAPER.tppes, PAPER.columns) == (4, 128, 16, 32)
    assert (PAPER.laggy_adders, PAPER.fifo_depth, PAPER.weight_w) == (16, 8, 8)
    assert LoasConfig() == PAPER


def test_derived_sizes() -> None:
    # 16 rows x 4 steps x 24 bits of sums against 32 x 5 bits of spikes; 32 x 32 bits of biases
    assert (PAPER.out_w, PAPER.param_beats, PAPER.beat_masks) == (1536, 1, 8)
    assert (SMALL.out_w, SMALL.param_beats, SMALL.beat_masks) == (320, 1, 8)
    # one TPPE: 2 steps x 17 bits of sums, 4 columns x 3 bits of spikes; many columns: spikes
    assert replace(SMALL, time_steps=2, tppes=1, acc_w=17).out_w == 34
    wide = replace(SMALL, tppes=1, columns=128, mask_beats=16)
    assert (wide.out_w, wide.param_beats) == (640, 16)
    assert [PAPER.mask_beats_of(fibres) for fibres in (1, 8, 9, 32)] == [1, 1, 2, 4]
    assert [PAPER.value_beats_of(count, 4) for count in (0, 1, 256, 257)] == [0, 1, 1, 2]
    assert [replace(PAPER, time_steps=steps).all_ones for steps in (2, 4, 8)] == [3, 15, 255]


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_max_k_is_the_last_that_cannot_overflow(config: LoasConfig) -> None:
    low = -(1 << (config.acc_w - 1))
    smallest = -(1 << (config.weight_w - 1))
    assert low <= config.max_k * smallest
    assert (config.max_k + 1) * smallest < low or (config.max_k + 1).bit_length() > config.dim_w


def test_verilog_parameters_are_the_fields_in_upper_case() -> None:
    assert list(PAPER.verilog_parameters().items()) == [
        ("TIME_STEPS", 4),
        ("CHUNK", 128),
        ("TPPES", 16),
        ("COLUMNS", 32),
        ("LAGGY_ADDERS", 16),
        ("FIFO_DEPTH", 8),
        ("QUEUE_DEPTH", 4),
        ("WEIGHT_W", 8),
        ("ACC_W", 24),
        ("BIAS_W", 32),
        ("BEAT_W", 1024),
        ("MASK_BEATS", 8),
        ("VALUE_BEATS", 8),
        ("DIM_W", 24),
        ("JOINED_COLUMNS", 1),
        ("CHUNK_BANKS", 2),
    ]
    assert list(SMALL.verilog_parameters().values()) == [
        *(4, 32, 4, 8, 2, 4, 2),
        *(8, 20, 32, 256, 4, 4, 16),
        *(1, 2),
    ]


@pytest.mark.parametrize("name", CONFIGS)
def test_named_config(name: str) -> None:
    assert named_config(name) is CONFIGS[name]


@pytest.mark.parametrize(("name", "plain"), [("turbo", PAPER), ("small_turbo", SMALL)])
def test_turbo_differs_from_its_namesake_where_it_says(name: str, plain: LoasConfig) -> None:
    config = CONFIGS[name]
    changed = {key for key, value in vars(plain).items() if getattr(config, key) != value}
    assert changed == {"joined_columns", "chunk_banks", "queue_depth"}


def test_named_config_refuses_an_unknown_name() -> None:
    with pytest.raises(InputError, match=re.escape("unknown configuration 'huge': choose from")):
        named_config("huge")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time_steps", 1),
        ("time_steps", 3),
        ("time_steps", 16),
        ("chunk", 16),
        ("chunk", 96),
        ("chunk", 256),
        ("tppes", 0),
        ("tppes", -4),
        ("columns", 1),
        ("laggy_adders", 0),
        ("laggy_adders", 64),
        ("fifo_depth", 1),
        ("queue_depth", 1),
        ("weight_w", 1),
        ("acc_w", 14),
        ("bias_w", 0),
        ("bias_w", 24),
        ("beat_w", 0),
        ("beat_w", 512),
        ("beat_w", 1025),
        ("mask_beats", 3),
        ("value_beats", 1),
        ("dim_w", 7),
        ("dim_w", 32),
        ("joined_columns", 0),
        ("joined_columns", 3),
        ("joined_columns", 16),
        ("joined_columns", 32),
        ("chunk_banks", 1),
        ("chunk", "128"),
        ("chunk", 128.0),
        ("fifo_depth", True),
    ],
)
def test_config_refuses_illegal_parameters(field: str, value: Any) -> None:
    with pytest.raises(InputError) as error:
        replace(PAPER, **{field: value})
    what = f"{field}={value!r} is not a legal LoAS parameter: "
    assert str(error.value) == what + LoasConfig.meanings()[field]


def test_every_parameter_says_what_it_may_be() -> None:
    assert list(LoasConfig.meanings()) == list(asdict(PAPER))


@pytest.mark.parametrize(
    "fields",
    [
        {"time_steps": 8},
        {"chunk": 32, "dim_w": 6},
        {"tppes": 1},
        {"tppes": 64},
        {"columns": 2, "laggy_adders": 2, "bias_w": 512},
        {"laggy_adders": 1},
        {"laggy_adders": 32},
        {"fifo_depth": 2, "queue_depth": 2, "value_beats": 2, "mask_beats": 4},
        {"weight_w": 2, "acc_w": 9, "beat_w": 512, "bias_w": 16},
        {"acc_w": 15},
        {"beat_w": 2048, "bias_w": 64, "mask_beats": 2},
        {"dim_w": 8},
        {"dim_w": 31},
        {"joined_columns": 8},
        {"columns": 4, "laggy_adders": 4, "bias_w": 256, "joined_columns": 2},
        {"chunk_banks": 7},
    ],
    ids=str,
)
def test_config_accepts_the_limits(fields: dict[str, int]) -> None:
    config = replace(PAPER, **fields)
    assert {name: getattr(config, name) for name in fields} == fields
