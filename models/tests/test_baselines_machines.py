"""Eyeriss, PTB, SATO and MINT, each on an example worked by hand.

The figure of the paper (6 rows of 4 columns, 14 ones) is used with T = 2: three positions.
"""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from snn_rtl.models.baselines import eyeriss, mint, ptb, sato
from snn_rtl.models.baselines.common import LayerWork, Rules
from snn_rtl.models.tests.helpers import FIGURE


def layer(
    spikes: NDArray[np.bool_], n: int, time_steps: int = 2, kernel_size: int = 1
) -> LayerWork:
    return LayerWork(
        name="x",
        spikes=spikes,
        n=n,
        time_steps=time_steps,
        kernel_size=kernel_size,
        neurons=len(spikes) // time_steps * n,
    )


def test_eyeriss_artifact() -> None:
    # 2 tiles of 12 outputs x (6 x 4 // 14 = 1); neurons for nothing, as T < 12
    assert astuple(eyeriss.layer_cycles(layer(FIGURE, 13))) == ("x", 2, 0, 0)
    # 3 tiles x (24 x 4 // 14 = 6); (12 // 12) x 2 positions x 30 neurons // 14 = 4
    dozen = np.ones((24, 4), np.bool_)
    assert astuple(eyeriss.layer_cycles(layer(dozen, 30, 12))) == ("x", 18, 0, 4)


def test_eyeriss_honest() -> None:
    # Weight tiles 4 x 12 and 4 x 1, 6 rows each; the first load takes 1 cycle (384 + 24 bits), the
    # other is hidden; fill and drain 14 + 12 - 2. Neurons: 39 x 2 of 168 a cycle.
    assert astuple(eyeriss.layer_cycles(layer(FIGURE, 13), Rules.HONEST)) == ("x", 12, 25, 1)


def test_eyeriss_honest_waits_for_weights() -> None:
    # 2 k tiles, 14 and 1 columns, of one row: loads of 14 x 12 x 8 + 14 bits, 2 cycles, and of
    # 97 bits, 1 cycle; steps 2, max(1, 1), 1 and 24 to fill and drain. Neurons: 12 of 168.
    work = layer(np.ones((1, 15), np.bool_), 12, 1)
    assert astuple(eyeriss.layer_cycles(work, Rules.HONEST)) == ("x", 2, 26, 1)


def test_mint_artifact() -> None:
    # 14 spikes x 2 n tiles; 390 neurons x 2 steps x 3 // 16 = 146.25
    assert astuple(mint.layer_cycles(layer(FIGURE, 130))) == ("x", 28, 0, 146)


def test_mint_honest() -> None:
    # Loads of 4 x 128 x 8 + 24 = 4120 bits, 5 cycles, and of 4 x 2 x 8 + 24 bits, hidden
    assert astuple(mint.layer_cycles(layer(FIGURE, 130), Rules.HONEST)) == ("x", 28, 5, 147)


def test_sato_hands_rows_to_the_least_loaded() -> None:
    # element 0: 3, then (equal loads 3 and 3) 2: 5;  element 1: 1, 2, 4: 7
    assert sato.largest_load(np.array([3, 1, 0, 2, 2, 4]), 2) == 7
    assert sato.largest_load(np.array([3, 1, 2]), 128) == 3
    assert sato.largest_load(np.array([], np.int64)) == 0


@given(hnp.arrays(np.int64, st.integers(0, 40), elements=st.integers(0, 9)), st.integers(1, 6))
def test_sato_follows_the_definition(ones: NDArray[np.int64], elements: int) -> None:
    loads = [0] * elements
    for work in ones.tolist():
        loads[loads.index(min(loads))] += work
    assert sato.largest_load(ones, elements) == max(loads)


def test_sato_artifact() -> None:
    # 6 rows on 128 elements: the most ones of a row, 3, for 3 outputs; 9 neurons x (1 + 1)
    assert astuple(sato.layer_cycles(layer(FIGURE, 3))) == ("x", 9, 0, 18)


def test_sato_artifact_takes_rows_in_the_order_of_steps() -> None:
    # 130 rows, T = 2: the first step's 65 rows have 5 ones, the second's 1. 63 of these find an
    # element of their own, two go onto another 1. By position, the 129th row would be a 5 on a 1.
    spikes = np.zeros((130, 5), np.bool_)
    spikes[0::2] = True
    spikes[1::2, 0] = True
    assert sato.layer_cycles(layer(spikes, 1)).compute == 5
    assert sato.largest_load(np.count_nonzero(spikes, axis=1)) == 6


def test_sato_honest() -> None:
    # 24 spikes and 4 x 3 weights: one cycle to load
    assert astuple(sato.layer_cycles(layer(FIGURE, 3), Rules.HONEST)) == ("x", 9, 1, 18)
    # Balanced among 256 rows: 256 rows of 1 are 2 for each element, the 257th another 1; loads of
    # 256 x 2 + 2 x 8 bits and of 2 + 16 bits, one cycle each, the second hidden.
    ones = np.zeros((257, 2), np.bool_)
    ones[:, 0] = True
    assert astuple(sato.layer_cycles(layer(ones, 1, 1), Rules.HONEST)) == ("x", 3, 1, 257)


def test_sato_neurons_of_odd_steps() -> None:
    # 2 neurons x (log2 3 + 1) = 5.17 rounds down; a tree of three leaves has height 2
    three = np.ones((3, 2), np.bool_)
    assert sato.layer_cycles(layer(three, 2, 3)).lif == 5
    assert sato.layer_cycles(layer(three, 2, 3), Rules.HONEST).lif == 6


def test_ptb_merges_lines() -> None:
    lines = [
        0b00000000,  # dropped
        0b11111111,  # full: stays as it is
        0b11000000,  # takes the third line from here, the first it shares no bit with
        0b10000000,  # takes the last
        0b00110000,  # merged: takes nothing
        0b00001111,
    ]
    passes = np.array([lines, [0] * 6, [1, 1, 1, 1, 2, 2], [1, 2, 4, 8, 16, 32]], np.uint8)
    # third pass: both 2s go with a 1 each, two 1s are left; fourth: three pairs
    assert ptb.merge_lines(passes).tolist() == [3, 0, 4, 3]


@given(hnp.arrays(np.uint8, st.tuples(st.integers(1, 4), st.integers(1, 30))))
def test_ptb_merging_follows_the_definition(lines: NDArray[np.uint8]) -> None:
    expected = []
    for row in lines.tolist():
        left = row.count(255)
        waiting = [line for line in row if line not in (0, 255)]
        while waiting:
            first = waiting.pop(0)
            partner = next((i for i, line in enumerate(waiting) if not line & first), None)
            if partner is not None:
                waiting.pop(partner)
            left += 1
        expected.append(left)
    assert ptb.merge_lines(lines).tolist() == expected


def test_ptb_lines_take_a_row_of_every_group() -> None:
    # 16 rows: rows 0, 2, 4 .. 14 start the groups, so row 5 is bit 2 (from the left) of pass 1
    rows = np.zeros((16, 1), np.bool_)
    rows[5] = True
    assert ptb.lines_of(rows).tolist() == [[0], [0b00100000]]
    # 9 rows are filled up to 16
    assert ptb.lines_of(np.ones((9, 1), np.bool_)).tolist() == [[0b11111000], [0b11110000]]


@pytest.mark.parametrize(("steps", "count"), [(1, 1), (3, 1), (4, 1), (5, 2), (8, 2), (9, 4)])
def test_ptb_windows_are_filled_up(steps: int, count: int) -> None:
    spikes = np.zeros((steps, 1), np.bool_)
    spikes[-1] = True
    found = ptb.windows(layer(spikes, 1, steps))
    assert found.shape == (count, 1, 1)
    assert np.flatnonzero(found).tolist() == [(steps - 1) // 4]


def one_pass() -> LayerWork:
    """Make 8 positions of 4 steps: column 0 at position 0, 1 at position 1, 2 at all of them."""
    spikes = np.zeros((8, 4, 3), np.bool_)
    spikes[0, [1, 3], 0] = True
    spikes[1, 2, 1] = True
    spikes[np.arange(8), np.arange(8) % 4, 2] = True
    return layer(spikes.reshape(32, 3), 17, 4)


def test_ptb_artifact() -> None:
    # Lines 10000000, 01000000, 11111111: the first two become one. 2 lines x 2 n tiles x 4 and
    # 8 positions x 32. 1536 bits are waited for (1 cycle), all 96 + 408 + 544 bits are no more.
    # 8 x 17 neurons x 4 x 3 // 16.
    assert astuple(ptb.layer_cycles(one_pass())) == ("x", 16 + 256, 1, 102)


def test_ptb_honest() -> None:
    # Two passes of 8 + 22 cycles, the first load is one cycle (3 x 16 weights, 96 spikes)
    assert astuple(ptb.layer_cycles(one_pass(), Rules.HONEST)) == ("x", 16, 1 + 2 * 22, 102)


def test_ptb_of_a_single_position() -> None:
    # 64 steps, 16 windows. Column 0 fires in the first, 1 in the last, 2 never.
    spikes = np.zeros((64, 3), np.bool_)
    spikes[0, 0] = spikes[63, 1] = True
    work = layer(spikes, 16, 64)
    # 2 lines x 4 + 32; 16 neurons x 64 x 3 / 16
    assert astuple(ptb.layer_cycles(work)) == ("x", 40, 1, 192)
    # 8 windows a pass: one line in each of two passes, 22 to fill and drain, 1 to load
    assert astuple(ptb.layer_cycles(work, Rules.HONEST)) == ("x", 8, 45, 192)


def test_ptb_artifact_waits_for_memory_beyond_the_compute() -> None:
    # No line; 32 cycles of start. 64 spikes + 64 x 4096 weights + 4096 outputs: 2101312 bits;
    # (2101312 - 1536) // 1024 = 2050, of which 32 are hidden, and 1. Neurons: 4096 x 3 / 16.
    empty = layer(np.zeros((1, 64), np.bool_), 4096, 1)
    assert astuple(ptb.layer_cycles(empty)) == ("x", 32, 2019, 768)
