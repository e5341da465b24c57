"""Timing of machines whose equal rows leave as one: by hand, by naive loops, against the plain one.

The cycles of the RTL itself are compared in the tests of the machine (tb/prosperity).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, replace

import numpy as np
import pytest

from snn_rtl.models.prosperity.config import SMALL, SMALL_TURBO, ProsperityConfig
from snn_rtl.models.prosperity.merged_timing import Groups, MergedPipeline, group_rows
from snn_rtl.models.prosperity.product_sparsity import pack_rows
from snn_rtl.models.prosperity.prosperity import Mode
from snn_rtl.models.prosperity.timing import LayerTiming, predict_layer

MERGING = replace(SMALL, merge_rows=1)


def naive_levels(words: list[int], stride: int, *, dense: bool) -> list[list[int]]:
    """Return the rows of each number of ones, in the order in which they are offered."""
    levels = []
    for ones in range(65):
        level = []
        for remainder in range(stride):
            for row in range(remainder, len(words), stride):
                if words[row].bit_count() == ones and (ones or dense):
                    level.append(row)
        if level:
            levels.append(level)
    return levels


def naive_steps(word: int, words: list[int], mode: Mode, columns: int, ports: int) -> int:
    """Return the processor steps of the first row that has this word."""
    adds = word.bit_count()
    if mode is Mode.DENSE:
        adds = columns
    elif mode is Mode.PRODUCT and adds > 1:
        inside = [w.bit_count() for w in words if w and w != word and w & ~word == 0]
        adds -= max(inside, default=0)
    return max(1, -(-adds // ports))


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(
    ("stride", "banks", "ports"), [(1, 1, 1), (4, 4, 2), (8, 2, 3), (2, 8, 8)], ids=str
)
def test_group_rows_by_a_naive_loop(mode: Mode, stride: int, banks: int, ports: int) -> None:
    config = replace(MERGING, row_stride=stride, sum_banks=banks, weight_ports=ports)
    rng = np.random.default_rng(stride)
    shared = 0
    for _ in range(60):
        bits = rng.random((int(rng.integers(1, 17)), 6)) < rng.choice([0.1, 0.4, 0.8])
        words = [int(word) for word in pack_rows(bits)]
        groups = group_rows(pack_rows(bits), 6, mode, config)
        levels = naive_levels(words, stride, dense=mode is Mode.DENSE)
        assert [len(level) for level in groups.levels] == [len(level) for level in levels]
        offered = [row for level in levels for row in level]
        numbers = [number for level in groups.levels for number in level]
        # rows are of one group exactly where they should be
        kinds = [words[row] if mode is Mode.PRODUCT else row for row in offered]
        assert len(set(zip(numbers, kinds, strict=True))) == len(set(numbers)) == len(set(kinds))
        shared += len(offered) - len(set(kinds))
        for number, row in zip(numbers, offered, strict=True):
            assert groups.steps[number] == naive_steps(words[row], words, mode, 6, ports)
            mates = [r for r, n in zip(offered, numbers, strict=True) if n == number]
            assert dict(groups.rows[number]) == Counter(mate % banks for mate in mates)
    assert (shared > 0) == (mode is Mode.PRODUCT)


def run(
    words: list[int], config: ProsperityConfig, *, ready: int = 0, weights: int = 0, bank: int = 0
) -> tuple[MergedPipeline, int, int]:
    """Take one tile through an empty machine; return it, its last step and its last addition."""
    groups = group_rows(np.array(words, np.uint64), config.tile_k, Mode.PRODUCT, config)
    pipeline = MergedPipeline(config)
    last, added = pipeline.run(groups, ready, weights, bank)
    return pipeline, last, added


@pytest.mark.parametrize(
    ("words", "banks", "issued", "steps", "last", "added"),
    [
        # chosen in 0, at the merger in 5, in the queue a cycle later, offered in 7; added from 9 on
        ([1], 1, 1, 1, 7, 9),
        # its three ones take three steps
        ([7], 1, 1, 3, 9, 11),
        # an empty tile takes a step
        ([0, 0], 1, 1, 1, 7, 9),
        # the second one follows, and the first one leaves with it
        ([1, 2], 1, 2, 2, 8, 10),
        # the second one is chosen before it can be dropped, ends the tile, and has no descriptor
        ([1, 1], 1, 2, 1, 7, 10),
        ([1, 1], 2, 2, 1, 7, 9),
        # two more are chosen, the others dropped: an empty issue ends the tile
        ([1] * 6, 1, 4, 1, 9, 11 + 5),
        ([1] * 6, 2, 4, 1, 9, 11 + 2),
        ([1] * 3, 1, 3, 1, 8, 10 + 2),
        ([1] * 16, 8, 4, 1, 9, 11 + 1),
        # the twin is dropped a cycle too late to see that the third row is the last one
        ([1, 2, 4, 1], 1, 4, 3, 9, 12),
        # dropped in time: the fourth row ends the tile
        ([1, 2, 4, 8, 1], 1, 4, 4, 10, 13),
    ],
    ids=str,
)
def test_small_tiles_by_hand(
    words: list[int], banks: int, issued: int, steps: int, last: int, added: int
) -> None:
    pipeline, *got = run(words, replace(MERGING, sum_banks=banks, result_slots=4))
    assert got == [last, added]
    assert pipeline.issue_last == issued - 1
    assert pipeline.process == steps
    assert pipeline.fill == last - steps + 1


def test_inputs_that_come_late_by_hand() -> None:
    assert run([1], MERGING, ready=10)[1:] == (17, 19)
    assert run([1], MERGING, weights=10)[1:] == (10, 12)
    assert run([1], MERGING, bank=20)[1:] == (20, 22)


def test_a_place_comes_back_when_its_row_is_processed() -> None:
    # Two places: rows 0 and 1 are chosen in 0 and 1; row 0 leaves with row 1 (offered in 7), so
    # row 2 is chosen in 8. Row 1 leaves with row 2 (13 + 1), row 2 with the tile's end (13 + 2).
    pipeline, last, added = run([1, 2, 4], replace(MERGING, queue_depth=2))
    assert pipeline.issue_last == 8
    assert pipeline.blocked == 6
    assert (last, added) == (15, 17)
    # the processor waits for row 1 from 8 to 13
    assert pipeline.detect == 6


def test_an_issue_without_a_descriptor_gives_its_place_back() -> None:
    # Rows 0 and 1 are equal: row 1 gives its place back at the merger (6 + 1), so row 2 is
    # chosen in 7.
    pipeline, last, _ = run([1, 1, 2], replace(MERGING, queue_depth=2))
    assert pipeline.issue_last == 7
    assert pipeline.blocked == 5
    # row 0 leaves with row 2 (12 + 1), row 2 a cycle after it
    assert last == 14


def test_results_wait_for_a_slot() -> None:
    # Two results of four and two rows in one accumulator and two slots; the third one waits.
    groups = Groups(levels=[[0, 1, 2]], steps=[1, 1, 1], rows=[[(0, 4)], [(0, 2)], [(0, 1)]])
    pipeline = MergedPipeline(replace(MERGING, result_slots=2))
    last, added = pipeline.run(groups, 0, 0, 0)
    # steps in 7 and 8; the first result is added in 9 to 12, the second one in 13 and 14
    assert (last, added) == (13, 15)
    assert (pipeline.results, pipeline.output) == (13 - 9, 0)
    plenty = MergedPipeline(replace(MERGING, result_slots=3))
    assert plenty.run(groups, 0, 0, 0) == (9, 15)
    assert plenty.results == 0


def test_accumulators_work_beside_each_other_and_results_leave_in_order() -> None:
    groups = Groups(levels=[[0, 1]], steps=[1, 1], rows=[[(0, 5)], [(1, 2)]])
    pipeline = MergedPipeline(replace(MERGING, sum_banks=2, result_slots=3))
    # the second result is through in 11, the first one in 13: its slot is empty one later
    assert pipeline.run(groups, 0, 0, 0) == (8, 14)


def as_dict(timing: LayerTiming) -> dict[str, int]:
    """Return the parts by name."""
    return asdict(timing)


def test_tiles_of_distinct_rows_are_as_fast_but_for_the_two_stages_more() -> None:
    rng = np.random.default_rng(3)
    plain = replace(SMALL, queue_depth=64)
    merging = replace(plain, merge_rows=1, result_slots=3)
    for _ in range(50):
        words = rng.permutation(np.arange(1, 256))[: int(rng.integers(1, 17))]
        spikes = (words[:, None] >> np.arange(8) & 1).astype(np.bool_)
        old, new = as_dict(predict_layer(spikes, 8, plain)), predict_layer(spikes, 8, merging)
        # descriptors wait for the one behind them, results for their slot: a cycle each
        for name in ("fill", "drain"):
            old[name] += 1
        old["cycles"] += 2
        assert as_dict(new) == old


def test_layers_without_merging_cost_at_most_a_cycle_a_tile_more() -> None:
    rng = np.random.default_rng(4)
    merging = replace(SMALL, merge_rows=1, result_slots=3)
    for mode in (Mode.BIT, Mode.DENSE):
        for _ in range(20):
            shape = int(rng.integers(1, 50)), int(rng.integers(1, 30))
            spikes = rng.random(shape) < rng.choice([0.1, 0.4, 0.8])
            n = int(rng.integers(1, 30))
            old, new = (predict_layer(spikes, n, config, mode) for config in (SMALL, merging))
            same = ("process", "tiles", "spike_beats", "weight_beats", "output_beats")
            assert [as_dict(new)[name] for name in same] == [as_dict(old)[name] for name in same]
            assert 0 < new.cycles - old.cycles <= 1 + new.tiles


def test_equal_rows_save_cycles() -> None:
    spikes = np.tile(np.array([1, 1, 0, 1, 1, 1, 0, 0], np.bool_), (64, 3))
    small, turbo = (predict_layer(spikes, 16, config) for config in (SMALL, SMALL_TURBO))
    # 4 x 3 x 2 tiles of 16 equal rows: the first takes 5 steps, each other one 1 - or none
    assert small.process == 24 * (5 + 15)
    assert turbo.process == 24 * 3
    assert turbo.cycles < small.cycles
