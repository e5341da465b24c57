"""The oracle against results worked by hand: it must not lean on the models it judges."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest

from snn_rtl.models.oracle import dense as oracle
from snn_rtl.models.tests.helpers import FIGURE


def test_oracle_shares_no_code_with_the_models() -> None:
    tree = ast.parse(Path(oracle.__file__).read_text(encoding="utf-8"))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0] if not node.level else "models")
    assert imported == {"__future__", "numpy"}


def test_naive_decompose_of_the_papers_figure() -> None:
    prefixes, patterns = oracle.naive_decompose(FIGURE)
    assert prefixes == [3, -1, 0, -1, 2, 1]
    assert patterns == [[0], [0, 3], [3], [2], [], [1]]


def test_naive_decompose_ignores_zero_rows() -> None:
    assert oracle.naive_decompose(np.array([[0, 0], [1, 1]], bool)) == ([-1, -1], [[], [0, 1]])


def test_naive_sums_adds_the_selected_weight_rows() -> None:
    spikes = np.array([[1, 0, 1], [0, 0, 0], [1, 1, 1]], bool)
    weights = np.array([[1, -128], [10, 5], [100, -128]], np.int8)
    assert oracle.naive_sums(spikes, weights).tolist() == [[101, -256], [0, 0], [111, -251]]


@pytest.mark.parametrize(
    ("leak_shift", "reset", "fire", "expected"),
    [
        # 4, 8, 12! | 5, 10, 15!
        (0, "hard", ">", [[0, 0], [0, 0], [1, 1]]),
        # second neuron: 5, 10!, 5
        (0, "hard", ">=", [[0, 0], [0, 1], [1, 0]]),
        # 4, 6, 7 | 5, 8 (5-2+5), 9 (8-4+5)
        (1, "hard", ">", [[0, 0], [0, 0], [0, 0]]),
        # 4, 7 (4-1+4), 10! (7-1+4) | 5, 9 (5-1+5), 12! (9-2+5)
        (2, "hard", ">=", [[0, 0], [0, 0], [1, 1]]),
    ],
)
def test_naive_lif_traces(
    leak_shift: int, reset: str, fire: str, expected: list[list[int]]
) -> None:
    sums = np.array([[3, 5]] * 3)
    spikes = oracle.naive_lif(
        sums,
        3,
        np.array([1, 0]),
        np.array([10, 10]),
        leak_shift=leak_shift,
        reset=reset,
        fire=fire,
    )
    assert spikes.tolist() == expected


def test_naive_lif_soft_reset_keeps_the_rest() -> None:
    # 7, 14! -> 4, 11! -> 1, 8, 15!
    sums = np.full((5, 1), 7)
    zero, limit = np.array([0]), np.array([10])
    spikes = oracle.naive_lif(sums, 5, zero, limit, reset="soft")
    assert spikes.ravel().tolist() == [0, 1, 1, 0, 1]


def test_naive_outputs_are_raw_sums_without_thresholds() -> None:
    spikes, weights = np.array([[1, 1]], bool), np.array([[2], [3]], np.int8)
    plain = oracle.naive_outputs(spikes, weights, time_steps=1, bias=np.array([100]))
    assert plain.tolist() == [[5]]
    fired = oracle.naive_outputs(spikes, weights, time_steps=1, threshold=np.array([4]))
    assert fired.tolist() == [[1]]
    held = oracle.naive_outputs(
        spikes, weights, time_steps=1, bias=np.array([-1]), threshold=np.array([4])
    )
    assert held.tolist() == [[0]]


def test_naive_conv_of_one_window() -> None:
    maps = np.arange(1, 10).reshape(1, 1, 3, 3)
    corner = np.array([[1], [0], [0], [10]])
    assert oracle.naive_conv(maps, corner, 2, 1, 0).tolist() == [[[[51, 62], [84, 95]]]]
    assert oracle.naive_conv(maps, corner, 2, 2, 1).tolist() == [[[[10, 30], [70, 95]]]]


def test_naive_max_pool_of_one_window() -> None:
    spikes = np.zeros((1, 1, 2, 5), bool)
    spikes[0, 0, 1, 2] = spikes[0, 0, 0, 4] = True
    assert oracle.naive_max_pool(spikes, 2).tolist() == [[[[False, True]]]]
