"""Storage: numbers worked by hand from the widths of the RTL."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest

from snn_rtl.models.prosperity.config import PAPER, SMALL, TURBO
from snn_rtl.models.prosperity.storage import clog2, storage


def test_paper() -> None:
    assert asdict(storage(PAPER)) == {
        # 64 beats of 1024 bits, each with 2 flags and a row count up to 256 (9 bits)
        "spike_buffer": 64 * 1035,
        # 2 tiles of 256 x 16
        "tcam": 8192,
        # 2 tiles of 256 counts up to 16 (5 bits), and the 17 counts that may occur
        "popcount_table": 2 * (1280 + 17),
        # 512 of 2 flags, two rows (8 bits each), a pattern of 16
        "descriptor_queue": 512 * 34,
        # 16 tiles of 16 rows of 128 x 8: the paper's 32 KB
        "weight_buffer": 32 * 1024 * 8,
        # 256 rows of 128 sums of 16 weights: 8 + 4 bits
        "tile_store": 256 * 128 * 12,
        # no rows merge
        "result_slots": 0,
        # 2 banks of 256 rows of 128 x 24, each row with its bit; 2 x 96 KB of sums
        "accumulators": 2 * 96 * 1024 * 8 + 512,
        # 128 potentials of 32 + 2 + 8
        "lif_state": 128 * 42,
        # 2 sets of 128 thresholds and biases of 32
        "lif_parameters": 16384,
    }
    assert storage(PAPER).total == 2344930


def test_small() -> None:
    assert asdict(storage(SMALL)) == {
        "spike_buffer": 4 * (64 + 2 + 5),
        "tcam": 256,
        "popcount_table": 2 * (16 * 4 + 9),
        "descriptor_queue": 32 * (2 + 8 + 8),
        "weight_buffer": 2 * 8 * 64,
        "tile_store": 16 * 8 * 11,
        "result_slots": 0,
        "accumulators": 2 * (16 * 160 + 16),
        "lif_state": 8 * (32 + 2 + 4),
        "lif_parameters": 2 * 2 * 8 * 32,
    }


def test_merging_paper_beside_paper() -> None:
    new = ("weight_ports", "merge_rows", "row_stride", "sum_banks", "result_slots")
    merging = replace(PAPER, **{field: getattr(TURBO, field) for field in new})
    paper, turbo = asdict(storage(PAPER)), asdict(storage(merging))
    assert {name for name in paper if paper[name] != turbo[name]} == {
        "descriptor_queue", "weight_buffer", "result_slots",
    }  # fmt: skip
    # each descriptor names its rows among 256
    assert turbo["descriptor_queue"] == 512 * (34 + 256)
    # two copies
    assert turbo["weight_buffer"] == 2 * 32 * 1024 * 8
    # 8 results of 128 x 12, their rows, full, last and bank
    assert turbo["result_slots"] == 8 * (1536 + 256 + 3)


@pytest.mark.parametrize(
    ("parameter", "grows"),
    [
        ("weight_ports", {"weight_buffer"}),
        ("queue_depth", {"descriptor_queue"}),
        ("weight_tiles", {"weight_buffer"}),
        ("spike_beats", {"spike_buffer"}),
        ("lanes", {"weight_buffer", "tile_store", "accumulators", "lif_state", "lif_parameters"}),
        ("lif_cells", set()),
        ("dim_w", set()),
    ],
)
def test_what_a_parameter_changes(parameter: str, grows: set[str]) -> None:
    # DIM_W has no room to double.
    value = 31 if parameter == "dim_w" else 2 * getattr(PAPER, parameter)
    before, after = asdict(storage(PAPER)), asdict(storage(replace(PAPER, **{parameter: value})))
    assert {name for name in before if after[name] > before[name]} == grows
    assert {name for name in before if after[name] != before[name]} == grows


def test_clog2_as_in_verilog() -> None:
    assert [clog2(n) for n in (1, 2, 3, 4, 5, 256, 257)] == [0, 1, 2, 2, 3, 8, 9]
