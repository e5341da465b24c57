"""`make bench`, and what it computes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from snn_rtl.machines import MACHINES
from snn_rtl.run.places import ROOT
from snn_rtl.run.runner import RunFailure
from snn_rtl.run.tests.helpers import call
from snn_rtl.studies.bench.bare import BareLayer, build_bare, read_result, run_bare, totals
from snn_rtl.studies.bench.result import JUDGED, Pair, summary
from snn_rtl.studies.cli import bench

LOOP = BareLayer(cycles=1000, cpu_s=2.0, wall_s=3.0, counted=990, outputs=7)


def pair(simulate: float) -> Pair:
    """Return a repetition in which a run took so many seconds to simulate."""
    spent = {
        "other": {"cpu_s": 4.0, "wall_s": 5.0, "cycles": 30},
        "simulate": {"cpu_s": simulate, "wall_s": 6.0, "cycles": 1100},
        "compare": {"cpu_s": 0.5, "wall_s": 0.5, "cycles": 3},
    }
    return Pair(spent=spent, bare=LOOP)


def run_bench(*options: str) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    command = [sys.executable, "-m", "snn_rtl", "bench", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_ratio_is_of_cycles_a_second_over_the_phases_of_a_share() -> None:
    assert pair(2.0).ratio("simulate") == pytest.approx(1100 / 2.0 / 500)
    assert pair(2.0).ratio(JUDGED) == pytest.approx(1100 / 2.5 / 500)
    assert pair(2.0).ratio("whole run") == pytest.approx(1100 / 6.5 / 500)


def test_summary_has_median_lowest_and_highest() -> None:
    numbers = summary([pair(2.0), pair(1.0), pair(5.0)])
    ratio = numbers["cocotb"]["simulate"]["ratio"]
    assert ratio == pytest.approx({"median": 1.1, "low": 0.44, "high": 2.2})
    assert numbers["bare"]["cycles_per_s"]["median"] == 500
    assert numbers["phases_cpu_s"]["compare"] == 0.5


def test_totals_add_up() -> None:
    both = totals([LOOP, LOOP])
    assert both == BareLayer(cycles=2000, cpu_s=4.0, wall_s=6.0, counted=1980, outputs=14)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "left no result"),
        ("", "ran 0 layers of 2"),
        ("10 0.1 0.1 9 3\n", "ran 1 layers of 2"),
        ("10 0.1 0.1 9\n" * 2, "left no result"),
        ("10 x 0.1 9 3\n" * 2, "left no result"),
    ],
)
def test_result_of_the_loop_must_be_whole(tmp_path: Path, text: str | None, message: str) -> None:
    result = tmp_path / "bare.txt"
    if text is not None:
        result.write_text(text)
    with pytest.raises(RunFailure, match=message):
        read_result(result, 2)


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("--repeats=0", "bench: REPEATS: 0 is not in the range 1<=x<=100"),
        ("--ratio=fast", "bench: RATIO: 'fast' is not a valid number"),
        ("--ratio=nan", "bench: RATIO: nan is not in the range 0<x<=10"),
        ("--design=loas9", "bench: DESIGN: 'loas9' is not one of 'prosperity', 'loas'"),
        ("--sim=icarus", "bench: No such option '--sim'"),
    ],
)
def test_bench_refuses_bad_input(tmp_path: Path, option: str, expected: str) -> None:
    done = call(bench, f"--out={tmp_path / 'out'}", option)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(expected)


@pytest.mark.parametrize(("design", "ratio", "status"), [("prosperity", 0.001, 0), ("loas", 10, 1)])
def test_bench_measures_and_judges(tmp_path: Path, design: str, ratio: float, status: int) -> None:
    done = run_bench(
        *(f"--design={design}", "--config=small", "--images=1", "--repeats=2"),
        *(f"--ratio={ratio}", f"--out={tmp_path}"),
    )
    assert done.returncode == status, done.stdout + done.stderr
    assert done.stderr == ""
    report = json.loads((tmp_path / "bench.json").read_text())
    assert report["passed"] == (status == 0)
    assert len(report["pairs"]) == report["repeats"] == 2
    assert report["cycles"] > 1000
    low, median, high = (
        report["cocotb"][JUDGED]["ratio"][key] for key in ("low", "median", "high")
    )
    assert 0 < low <= median <= high
    assert "simulate and check" in done.stdout


def test_loop_that_is_given_too_little_fails(tmp_path: Path) -> None:
    design = MACHINES["prosperity"]
    program = build_bare(design, design.config("small"))
    kept = tmp_path / "kept"
    (kept / "0").mkdir(parents=True)
    with pytest.raises(RunFailure, match=r"the bare loop failed: bare: cannot read .*registers"):
        run_bare(program, kept, tmp_path)
