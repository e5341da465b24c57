"""Illegal parameters stop elaboration by a name that says why; their legal neighbours pass.

A check is the instance of a module that does not exist, `illegal_parameter_<why>`: Verilog-2005 has
no other way to stop elaboration.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from snn_rtl.models.errors import InputError
from snn_rtl.models.loas.config import CONFIGS as LOAS_CONFIGS
from snn_rtl.models.loas.config import PAPER as LOAS_PAPER
from snn_rtl.models.prosperity.config import CONFIGS, PAPER
from snn_rtl.run.design import read_file_list
from snn_rtl.run.places import ROOT
from snn_rtl.run.simulators import SIMULATORS, verilator_folder

_FILE_LISTS: Final = [ROOT / "rtl" / name / f"{name}.f" for name in ("prosperity", "loas")]
_TOPS: Final = ("prosperity_top", "loas_top")
_CHECK: Final = re.compile(r"\billegal_parameter_(\w+)")

Case = tuple[str, str, dict[str, int]]

_NOT_DERIVED: Final[list[Case]] = [
    ("snn_arg_max", "IDX_W_is_derived", {"N": 9, "IDX_W": 3}),
    ("snn_counter_bank", "SEL_W_is_derived", {"NUM": 5, "SEL_W": 2}),
    ("snn_find_first", "IDX_W_is_derived", {"W": 16, "IDX_W": 5}),
    ("snn_machine_regs", "SEL_W_is_derived", {"NUM_COUNTERS": 16, "SEL_W": 5}),
    ("snn_popcount", "CNT_W_is_derived", {"W": 16, "CNT_W": 4}),
    ("snn_ram_1r1w", "ADDR_W_is_derived", {"DEPTH": 16, "ADDR_W": 5}),
]
_COMMON: Final[list[Case]] = [
    ("snn_arg_max", "N_below_2", {"N": 1}),
    ("snn_counter_bank", "NUM_below_2", {"NUM": 1}),
    ("snn_counter_bank", "INC_W_outside_1_to_63", {"INC_W": 0}),
    ("snn_counter_bank", "INC_W_outside_1_to_63", {"INC_W": 64}),
    ("snn_fifo", "W_below_1", {"W": 0}),
    ("snn_fifo", "DEPTH_below_2", {"DEPTH": 1}),
    ("snn_find_first", "W_below_2", {"W": 1}),
    ("snn_lif_cell", "U_W_too_narrow", {"SUM_W": 32, "BIAS_W": 24, "U_W": 33}),
    ("snn_lif_cell", "U_W_too_narrow", {"SUM_W": 24, "BIAS_W": 32, "U_W": 33}),
    ("snn_machine_regs", "NUM_PARAMS_outside_1_to_48", {"NUM_PARAMS": 49}),
    ("snn_machine_regs", "NUM_COUNTERS_outside_2_to_480", {"NUM_COUNTERS": 1, "SEL_W": 1}),
    ("snn_machine_regs", "NUM_COUNTERS_outside_2_to_480", {"NUM_COUNTERS": 481}),
    ("snn_machine_regs", "MODE_W_outside_1_to_31", {"MODE_W": 0}),
    ("snn_machine_regs", "MODE_W_outside_1_to_31", {"MODE_W": 32}),
    ("snn_machine_regs", "LIF_W_outside_1_to_31", {"LIF_W": 0}),
    ("snn_machine_regs", "LIF_W_outside_1_to_31", {"LIF_W": 32}),
    ("snn_popcount", "W_below_1", {"W": 0}),
    ("snn_ram_1r1w", "W_below_1", {"W": 0}),
    ("snn_ram_1r1w", "DEPTH_below_2", {"DEPTH": 1}),
]
_UNITS: Final[list[Case]] = [
    ("prosperity_accumulator", "ACC_W_below_PSUM_W", {"PSUM_W": 12, "ACC_W": 11}),
    ("prosperity_dispatcher", "ROW_STRIDE_is_no_power_of_two_below_TILE_M", {"ROW_STRIDE": 0}),
    ("prosperity_dispatcher", "ROW_STRIDE_is_no_power_of_two_below_TILE_M", {"ROW_STRIDE": 3}),
    ("prosperity_dispatcher", "ROW_STRIDE_is_no_power_of_two_below_TILE_M", {"ROW_STRIDE": 256}),
    *(
        (
            "prosperity_group_accumulator",
            "SUM_BANKS_is_no_power_of_two_up_to_half_of_TILE_M",
            {"TILE_M": 16, "SUM_BANKS": banks},
        )
        for banks in (0, 3, 16)
    ),
    ("prosperity_group_accumulator", "RESULT_SLOTS_below_2", {"RESULT_SLOTS": 1}),
    ("prosperity_lif_array", "LIF_CELLS_does_not_divide_LANES", {"LANES": 8, "LIF_CELLS": 3}),
    ("prosperity_lif_array", "LIF_CELLS_does_not_divide_LANES", {"LANES": 8, "LIF_CELLS": 16}),
    ("prosperity_processor", "WEIGHT_PORTS_outside_1_to_TILE_K", {"WEIGHT_PORTS": 0}),
    ("prosperity_processor", "WEIGHT_PORTS_outside_1_to_TILE_K", {"TILE_K": 5, "WEIGHT_PORTS": 6}),
    (
        "prosperity_spike_buffer",
        "SPIKE_BEAT_W_is_not_a_whole_number_of_rows",
        {"SPIKE_BEAT_W": 1023},
    ),
    ("prosperity_spike_buffer", "TILE_M_is_not_a_whole_number_of_beats", {"SPIKE_BEAT_W": 8192}),
    ("prosperity_spike_buffer", "TILE_M_is_not_a_whole_number_of_beats", {"SPIKE_BEAT_W": 48}),
    ("prosperity_weight_buffer", "WEIGHT_TILES_below_2", {"WEIGHT_TILES": 1}),
    ("prosperity_weight_buffer", "BIAS_W_is_not_a_multiple_of_WEIGHT_W", {"BIAS_W": 28}),
]
_TOP: Final[list[Case]] = [
    ("prosperity_top", name, values)
    for name, values in [
        ("TILE_M_is_no_power_of_two_from_2_to_32768", {"TILE_M": 1, "SPIKE_BEAT_W": 16}),
        ("TILE_M_is_no_power_of_two_from_2_to_32768", {"TILE_M": 192}),
        ("TILE_K_outside_2_to_64", {"TILE_K": 1}),
        ("TILE_K_outside_2_to_64", {"TILE_K": 65, "SPIKE_BEAT_W": 65 * 64}),
        ("LANES_below_1", {"LANES": 0}),
        ("WEIGHT_W_below_2", {"WEIGHT_W": 1}),
        ("DIM_W_too_narrow_or_above_31", {"DIM_W": 8}),
        ("DIM_W_too_narrow_or_above_31", {"DIM_W": 32}),
        ("DIM_W_too_narrow_or_above_31", {"TILE_M": 16, "SPIKE_BEAT_W": 64, "DIM_W": 7}),
        ("DIM_W_too_narrow_or_above_31", {"TILE_M": 2, "LANES": 2, "TILE_K": 64, "DIM_W": 6}),
        ("MERGE_ROWS_is_neither_0_nor_1", {"MERGE_ROWS": 2}),
        ("ROW_STRIDE_above_1_without_MERGE_ROWS", {"ROW_STRIDE": 2}),
        ("SUM_BANKS_above_1_without_MERGE_ROWS", {"SUM_BANKS": 2}),
        ("RESULT_SLOTS_below_2", {"RESULT_SLOTS": 1}),
    ]
]
# Elaborated sooner than the published machine.
_FEW_LANES: Final = {"TILE_M": 16, "LANES": 2, "LIF_CELLS": 2, "SPIKE_BEAT_W": 64}
# A unit's checks stop the machine too.
_INSIDE_TOP: Final[list[Case]] = [
    ("prosperity_top", name, values)
    for name, values in [
        ("ACC_W_below_PSUM_W", {"ACC_W": 11}),
        ("BIAS_W_is_not_a_multiple_of_WEIGHT_W", {"BIAS_W": 28}),
        ("LIF_CELLS_does_not_divide_LANES", {"LIF_CELLS": 48}),
        ("SPIKE_BEAT_W_is_not_a_whole_number_of_rows", {"SPIKE_BEAT_W": 1000}),
        ("TILE_M_is_not_a_whole_number_of_beats", {"SPIKE_BEAT_W": 48}),
        ("WEIGHT_TILES_below_2", {"WEIGHT_TILES": 1}),
        ("DEPTH_below_2", {"SPIKE_BEATS": 1}),
        ("DEPTH_below_2", {"QUEUE_DEPTH": 1}),
        ("WEIGHT_PORTS_outside_1_to_TILE_K", {"WEIGHT_PORTS": 0}),
        ("WEIGHT_PORTS_outside_1_to_TILE_K", {"WEIGHT_PORTS": 17}),
        ("ROW_STRIDE_is_no_power_of_two_below_TILE_M", {"MERGE_ROWS": 1, "ROW_STRIDE": 6}),
        ("ROW_STRIDE_is_no_power_of_two_below_TILE_M", {"MERGE_ROWS": 1, "ROW_STRIDE": 256}),
        (
            "SUM_BANKS_is_no_power_of_two_up_to_half_of_TILE_M",
            {"MERGE_ROWS": 1, "SUM_BANKS": 256},
        ),
        ("SUM_BANKS_is_no_power_of_two_up_to_half_of_TILE_M", {"MERGE_ROWS": 1, "SUM_BANKS": 0}),
    ]
]
_LOAS_UNITS: Final[list[Case]] = [
    ("loas_fibre_buffer", "MASK_BEATS_must_hold_the_bitmasks_of_a_tile", {"MASK_BEATS": 3}),
    ("loas_fibre_loader", "CHUNK_does_not_divide_BEAT_W", {"BEAT_W": 1032}),
    ("loas_fibre_loader", "a_beat_must_hold_the_values_of_a_chunk", {"BEAT_W": 896}),
    ("loas_fibre_loader", "a_beat_must_hold_the_values_of_a_chunk", {"ELEM_W": 7}),
    ("loas_spike_compressor", "ADDERS_does_not_divide_COLUMNS", {"COLUMNS": 24}),
    ("loas_spike_compressor", "ADDERS_does_not_divide_COLUMNS", {"COLUMNS": 8}),
    ("loas_spike_fibres", "ADDERS_does_not_divide_CHUNK", {"ADDERS": 24}),
    ("loas_spike_fibres", "ADDERS_does_not_divide_CHUNK", {"ADDERS": 256}),
    ("loas_spike_fibres", "BANKS_below_2", {"BANKS": 1}),
    *(
        ("loas_fibre_reader", "JOINED_is_no_power_of_two_that_divides_a_beat", {"JOINED": joined})
        for joined in (0, 3, 16)
    ),
    *(
        ("loas_inner_join", "JOINED_is_no_power_of_two_that_divides_COLUMNS", {"JOINED": joined})
        for joined in (0, 3, 32)
    ),
    (
        "loas_inner_join",
        "JOINED_is_no_power_of_two_that_divides_COLUMNS",
        {"JOINED": 4, "COLUMNS": 18},
    ),
]
# Rows of a tile are alike, and one is elaborated sooner than sixteen.
_ONE_TPPE: Final = {"TPPES": 1}
_LOAS_TOP: Final[list[Case]] = [
    ("loas_top", name, _ONE_TPPE | values)
    for name, values in [
        ("TIME_STEPS_is_not_2_4_or_8", {"TIME_STEPS": 1}),
        ("TIME_STEPS_is_not_2_4_or_8", {"TIME_STEPS": 16, "BEAT_W": 2048}),
        ("CHUNK_is_not_32_64_or_128", {"CHUNK": 16}),
        ("CHUNK_is_not_32_64_or_128", {"CHUNK": 256, "BEAT_W": 2048}),
        ("TPPES_below_1", {"TPPES": 0}),
        ("COLUMNS_below_2", {"COLUMNS": 1, "LAGGY_ADDERS": 1, "BIAS_W": 1024}),
        ("WEIGHT_W_below_2", {"WEIGHT_W": 1}),
        ("ACC_W_below_WEIGHT_W_plus_clog2_CHUNK", {"ACC_W": 14}),
        ("BIAS_W_is_no_multiple_of_BEAT_W_by_COLUMNS", {"BIAS_W": 24}),
        ("BIAS_W_is_no_multiple_of_BEAT_W_by_COLUMNS", {"COLUMNS": 48}),
        ("DIM_W_too_narrow_or_above_31", {"DIM_W": 7}),
        ("DIM_W_too_narrow_or_above_31", {"DIM_W": 32}),
        ("JOINED_COLUMNS_is_no_power_of_two_that_divides", {"JOINED_COLUMNS": 0}),
        ("JOINED_COLUMNS_is_no_power_of_two_that_divides", {"JOINED_COLUMNS": 3}),
        ("JOINED_COLUMNS_is_no_power_of_two_that_divides", {"JOINED_COLUMNS": 16}),
        ("JOINED_COLUMNS_is_no_power_of_two_that_divides", {"JOINED_COLUMNS": 32}),
        ("CHUNK_BANKS_below_2", {"CHUNK_BANKS": 1}),
    ]
]
_LOAS_DERIVED: Final[list[Case]] = [
    ("loas_top", "OUT_W_is_derived", {"SUMS_W": 1535}),
    ("loas_top", "OUT_W_is_derived", {"FIBRE_W": 161}),
    ("loas_top", "OUT_W_is_derived", {"OUT_W": 1537}),
]
_INSIDE_LOAS_TOP: Final[list[Case]] = [
    ("loas_top", name, _ONE_TPPE | values)
    for name, values in [
        ("ADDERS_does_not_divide_CHUNK", {"COLUMNS": 48, "LAGGY_ADDERS": 24, "BEAT_W": 1536}),
        ("ADDERS_does_not_divide_COLUMNS", {"LAGGY_ADDERS": 64}),
        ("CHUNK_does_not_divide_BEAT_W", {"BEAT_W": 1056, "BIAS_W": 33}),
        ("MASK_BEATS_must_hold_the_bitmasks_of_a_tile", {"MASK_BEATS": 3}),
        ("a_beat_must_hold_the_values_of_a_chunk", {"BEAT_W": 896, "BIAS_W": 28}),
        ("a_beat_must_hold_the_values_of_a_chunk", {"WEIGHT_W": 6}),
        ("DEPTH_below_2", {"VALUE_BEATS": 1}),
        ("DEPTH_below_2", {"MASK_BEATS": 1, "TPPES": 8, "COLUMNS": 8, "LAGGY_ADDERS": 8}),
        ("DEPTH_below_2", {"QUEUE_DEPTH": 1}),
        ("DEPTH_below_2", {"FIFO_DEPTH": 1}),
    ]
]
_INSIDE: Final = _INSIDE_TOP + _INSIDE_LOAS_TOP
ILLEGAL: Final = [
    *(_NOT_DERIVED + _COMMON + _UNITS + _TOP),
    *(_LOAS_UNITS + _LOAS_TOP + _LOAS_DERIVED + _INSIDE),
]

LEGAL: Final[list[tuple[str, dict[str, int]]]] = [
    ("snn_arg_max", {"N": 2, "KEY_W": 1}),
    ("snn_arg_max", {"N": 9, "IDX_W": 4}),
    ("snn_counter_bank", {"NUM": 2, "INC_W": 1}),
    ("snn_counter_bank", {"NUM": 5, "INC_W": 63, "SEL_W": 3}),
    ("snn_fifo", {"W": 1, "DEPTH": 2}),
    ("snn_find_first", {"W": 2}),
    ("snn_find_first", {"W": 17, "IDX_W": 5}),
    ("snn_lif_cell", {"SUM_W": 32, "BIAS_W": 24, "U_W": 34}),
    ("snn_lif_cell", {"SUM_W": 24, "BIAS_W": 32, "U_W": 34}),
    ("snn_machine_regs", {"NUM_PARAMS": 48, "NUM_COUNTERS": 480, "MODE_W": 31, "LIF_W": 31}),
    ("snn_machine_regs", {"NUM_COUNTERS": 16, "SEL_W": 4, "LIF_W": 1, "HAS_TIME_STEPS": 0}),
    ("snn_param_store", {"LANES": 16, "WEIGHT_W": 32, "LIF_CELLS": 1}),
    ("snn_param_store", {"LANES": 1, "WEIGHT_W": 32, "LIF_CELLS": 1}),
    ("snn_popcount", {"W": 1}),
    ("snn_popcount", {"W": 15, "CNT_W": 4}),
    ("snn_ram_1r1w", {"W": 1, "DEPTH": 2}),
    ("snn_ram_1r1w", {"DEPTH": 17, "ADDR_W": 5}),
    ("prosperity_accumulator", {"PSUM_W": 12, "ACC_W": 12}),
    ("prosperity_adder_array", {"WEIGHT_PORTS": 16}),
    ("prosperity_dispatcher", {"ROW_STRIDE": 128}),
    ("prosperity_dispatcher", {"TILE_M": 2, "BEAT_ROWS": 2}),
    ("prosperity_group_accumulator", {"TILE_M": 16, "SUM_BANKS": 8, "RESULT_SLOTS": 2}),
    ("prosperity_group_accumulator", {"TILE_M": 2, "SUM_BANKS": 1, "RESULT_SLOTS": 5}),
    ("prosperity_processor", {"TILE_K": 5, "WEIGHT_PORTS": 5}),
    ("prosperity_row_merger", {"TILE_M": 2, "BEAT_ROWS": 2, "TILE_K": 2, "W": 1}),
    ("prosperity_row_merger", {"BEAT_ROWS": 256}),
    ("prosperity_row_events", {"MERGE_ROWS": 1}),
    ("prosperity_event_counters", {"MERGE_ROWS": 1}),
    ("prosperity_row_detection", {"MERGE_ROWS": 1, "ROW_STRIDE": 128, "QUEUE_DEPTH": 2}),
    (
        "prosperity_row_processing",
        {"MERGE_ROWS": 1, "SUM_BANKS": 2, "RESULT_SLOTS": 3, "WEIGHT_PORTS": 3},
    ),
    ("prosperity_weight_buffer", {"WEIGHT_PORTS": 16}),
    ("prosperity_lif_array", {"LANES": 9, "LIF_CELLS": 3}),
    ("prosperity_lif_array", {"LANES": 8, "LIF_CELLS": 8}),
    ("prosperity_spike_buffer", {"SPIKE_BEAT_W": 16}),
    ("prosperity_spike_buffer", {"SPIKE_BEAT_W": 4096}),
    ("prosperity_weight_buffer", {"WEIGHT_TILES": 2, "BIAS_W": 8}),
    ("prosperity_top", {"TILE_M": 2, "SPIKE_BEAT_W": 16}),
    ("prosperity_top", {"TILE_K": 2, "SPIKE_BEAT_W": 64}),
    ("prosperity_top", {"TILE_M": 64, "TILE_K": 64, "ACC_W": 14}),
    ("prosperity_top", {"LANES": 1, "LIF_CELLS": 1}),
    ("prosperity_top", {"WEIGHT_W": 2, "ACC_W": 6}),
    ("prosperity_top", {"DIM_W": 9}),
    ("prosperity_top", {"DIM_W": 31}),
    ("prosperity_top", {"BIAS_W": 8, "LIF_CELLS": 128}),
    ("prosperity_top", {"SPIKE_BEATS": 2, "WEIGHT_TILES": 2, "QUEUE_DEPTH": 2}),
    ("prosperity_top", {"TILE_M": 2, "SPIKE_BEAT_W": 16, "MERGE_ROWS": 1}),
    ("prosperity_top", {"WEIGHT_PORTS": 16}),
    ("prosperity_top", _FEW_LANES | {"TILE_K": 5, "SPIKE_BEAT_W": 40, "WEIGHT_PORTS": 5}),
    ("prosperity_top", _FEW_LANES | {"MERGE_ROWS": 1, "SUM_BANKS": 8, "RESULT_SLOTS": 5}),
    ("prosperity_top", _FEW_LANES | {"MERGE_ROWS": 1, "ROW_STRIDE": 8, "WEIGHT_PORTS": 16}),
    ("prosperity_top", {"RESULT_SLOTS": 3}),
    *(("prosperity_top", config.verilog_parameters()) for config in CONFIGS.values()),
    ("loas_fibre_buffer", {"MASK_BEATS": 4}),
    ("loas_fibre_buffer", {"MASK_BEATS": 2, "WEIGHTS": 0, "ELEM_W": 4}),
    ("loas_fibre_loader", {"BEAT_W": 1152}),
    ("loas_fibre_loader", {"ELEM_W": 4, "WEIGHTS": 0, "BEAT_W": 512}),
    ("loas_spike_compressor", {"COLUMNS": 16}),
    ("loas_spike_compressor", {"COLUMNS": 24, "ADDERS": 8}),
    ("loas_spike_fibres", {"ADDERS": 128}),
    ("loas_spike_fibres", {"ADDERS": 1}),
    ("loas_top", _ONE_TPPE | {"TIME_STEPS": 2}),
    ("loas_top", _ONE_TPPE | {"TIME_STEPS": 8}),
    ("loas_top", _ONE_TPPE | {"CHUNK": 32, "ACC_W": 13}),
    ("loas_top", _ONE_TPPE | {"CHUNK": 64, "ACC_W": 14}),
    ("loas_top", _ONE_TPPE | {"ACC_W": 15}),
    ("loas_top", {"TPPES": 1}),
    ("loas_top", _ONE_TPPE | {"COLUMNS": 2, "LAGGY_ADDERS": 2, "BIAS_W": 512}),
    ("loas_top", _ONE_TPPE | {"WEIGHT_W": 2, "BEAT_W": 512, "MASK_BEATS": 8}),
    ("loas_top", _ONE_TPPE | {"BEAT_W": 1152, "BIAS_W": 36}),
    (
        "loas_top",
        _ONE_TPPE | {"MASK_BEATS": 4, "VALUE_BEATS": 2, "QUEUE_DEPTH": 2, "FIFO_DEPTH": 2},
    ),
    ("loas_top", _ONE_TPPE | {"LAGGY_ADDERS": 1}),
    ("loas_top", _ONE_TPPE | {"LAGGY_ADDERS": 32}),
    ("loas_top", _ONE_TPPE | {"COLUMNS": 128, "LAGGY_ADDERS": 128, "BIAS_W": 8, "MASK_BEATS": 16}),
    ("loas_inner_join", {"JOINED": 2, "COLUMNS": 6}),
    ("loas_fibre_reader", {"JOINED": 8}),
    ("loas_top", _ONE_TPPE | {"JOINED_COLUMNS": 8, "CHUNK_BANKS": 5}),
    ("loas_top", _ONE_TPPE | {"DIM_W": 8}),
    ("loas_top", _ONE_TPPE | {"DIM_W": 31}),
    *(("loas_top", config.verilog_parameters()) for config in LOAS_CONFIGS.values()),
]


@cache
def _file_list(top: str) -> Path:
    """Return the first file list that has a module."""
    return next(p for p in _FILE_LISTS if top in {s.stem for s in read_file_list(p)[0]})


def _elaborate(tool: str, top: str, values: Mapping[str, int]) -> tuple[int, str]:
    """Elaborate a module; return the tool's status and its messages."""
    file_list = _file_list(top)
    sources, includes = read_file_list(file_list)
    folders = [f"-I{folder}" for folder in includes]
    if tool == "icarus":
        command = ["iverilog", "-g2005", "-tnull", "-s", top]
        command += [f"-P{top}.{name}={value}" for name, value in values.items()]
    else:
        command = [str(verilator_folder() / "verilator"), "--lint-only", "--top-module", top]
        command += [f"-G{name}={value}" for name, value in values.items()]
    done = subprocess.run(
        [*command, *folders, *map(str, sources)], capture_output=True, text=True, check=False
    )
    lines = (done.stdout + done.stderr).splitlines()
    # Verilator's statistics are no messages.
    return done.returncode, "\n".join(line for line in lines if not line.startswith("- "))


def _label(value: object) -> str:
    return "-".join(f"{k}{v}" for k, v in value.items()) if isinstance(value, dict) else str(value)


@pytest.mark.parametrize("tool", SIMULATORS)
@pytest.mark.parametrize(("top", "why", "values"), ILLEGAL, ids=_label)
def test_illegal_parameter_stops(tool: str, top: str, why: str, values: dict[str, int]) -> None:
    status, output = _elaborate(tool, top, values)
    assert status != 0
    assert f"illegal_parameter_{why}" in output


def test_too_many_rows_stop() -> None:
    # Icarus alone: Verilator gives up on a machine of this size before it comes to the check.
    status, output = _elaborate("icarus", "prosperity_top", {"TILE_M": 65536})
    assert status != 0
    assert "illegal_parameter_TILE_M_is_no_power_of_two_from_2_to_32768" in output


@pytest.mark.parametrize("tool", SIMULATORS)
@pytest.mark.parametrize(("top", "values"), LEGAL, ids=_label)
def test_legal_neighbour_passes(tool: str, top: str, values: dict[str, int]) -> None:
    status, output = _elaborate(tool, top, values)
    assert (status, output) == (0, "")


def _top_config(top: str, values: Mapping[str, int]) -> None:
    """Make the Python configuration of a machine with these Verilog parameters."""
    fields = {name.lower(): value for name, value in values.items()}
    if top == "loas_top":
        replace(LOAS_PAPER, **fields)
    else:
        replace(PAPER, **fields)


def test_python_refuses_the_same_machines() -> None:
    # A size that is worked out is none of Python's.
    refused = [(top, values) for top, _, values in ILLEGAL if top in _TOPS]
    refused = [case for case in refused if case not in [(t, v) for t, _, v in _LOAS_DERIVED]]
    for top, values in [*refused, ("prosperity_top", {"TILE_M": 65536})]:
        with pytest.raises(InputError):
            _top_config(top, values)
    for top, values in LEGAL:
        if top in _TOPS:
            _top_config(top, values)


def test_every_check_has_a_case() -> None:
    checks = {
        (path.stem, why)
        for path in (ROOT / "rtl").rglob("*.v")
        for why in _CHECK.findall(path.read_text())
    }
    assert checks
    assert checks == {(top, why) for top, why, _ in ILLEGAL} - {
        (top, why) for top, why, _ in _INSIDE
    }
