"""The benchmark: its row loop follows the definition, its command prints what it measures."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from numpy.typing import NDArray

from snn_rtl.models import benchmark
from snn_rtl.models.baselines.common import network_work
from snn_rtl.models.oracle.dense import naive_decompose
from snn_rtl.models.tests.helpers import captured_workload, spike_matrices


@given(spike_matrices(20, 16))
def test_row_loop_follows_the_definition(tile: NDArray[np.bool_]) -> None:
    prefix, pattern = benchmark.row_loop(tile)
    prefixes, patterns = naive_decompose(tile)
    assert prefix.tolist() == prefixes
    assert [np.flatnonzero(row).tolist() for row in pattern] == patterns


def test_measure_counts_tiles() -> None:
    # conv: 40 x 27, two k tiles; linear: 2 x 13, one
    network = network_work(captured_workload())
    timing = benchmark.measure(network, repeats=1)
    assert (timing.tiles, timing.sampled) == (3, 3)
    timing = benchmark.measure(network, samples=2, repeats=1)
    assert (timing.tiles, timing.sampled) == (3, 2)


def test_measure_notices_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(tile: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        prefix, pattern = benchmark_row_loop(tile)
        return prefix, ~pattern

    benchmark_row_loop = benchmark.row_loop
    monkeypatch.setattr(benchmark, "row_loop", wrong)
    with pytest.raises(RuntimeError, match="different prefixes"):
        benchmark.measure(network_work(captured_workload()), repeats=1)


def test_command_prints_times_and_ratio(capsys: pytest.CaptureFixture[str]) -> None:
    assert benchmark.main(["--samples", "20"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("digits: 218 tiles of 256 x 16\n")
    assert re.search(r"^model, all tiles +\d+\.\d+ ms a tile$", out, re.MULTILINE)
    assert re.search(r"^row loop, +20 tiles +\d+\.\d+ ms a tile$", out, re.MULTILINE)
    assert re.search(r"^ratio +\d+\.\d x$", out, re.MULTILINE)
    assert re.search(r"^model, whole workload +\d+\.\d+ s$", out, re.MULTILINE)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["nowhere.npz"], "nowhere.npz"), (["--samples", "0"], "sample"), (["--image", "-1"], "-1")],
)
def test_command_refuses_bad_input(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert benchmark.main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert message in captured.err
    assert captured.err.count("\n") == 1
