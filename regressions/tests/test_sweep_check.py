"""The check of the timing model: what is drawn, what is run, what a difference looks like."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from snn_rtl.machines import MACHINES
from snn_rtl.machines.loas import LOAS
from snn_rtl.machines.prosperity import PROSPERITY
from snn_rtl.models.errors import InputError
from snn_rtl.models.prosperity.prosperity import Mode
from snn_rtl.regressions.cli import sweep_check
from snn_rtl.regressions.sweep_check.report import complaints, make_report, rerun_command
from snn_rtl.regressions.sweep_check.sets import (
    ParameterSet,
    SetResult,
    draw_set,
    layers_of,
    read_records,
    spread,
)
from snn_rtl.run.command import run_command
from snn_rtl.run.places import ROOT
from snn_rtl.tb.prosperity.stimulus import TILE_MS


def record(index: int, **changes: Any) -> dict[str, Any]:
    """Return what the simulation writes about a layer."""
    usual = {
        "index": index,
        "name": f"layer {index}",
        "mode": "product",
        "neurons": False,
        "cycles": 50,
        "model_cycles": 50,
        "differences": {},
        "failures": [],
    }
    return usual | changes


@pytest.fixture(scope="module")
def drawn() -> list[ParameterSet]:
    return [draw_set(PROSPERITY, 1, index, points) for index, points in enumerate(spread(500, 20))]


def test_points_are_spread() -> None:
    assert spread(500, 20) == [25] * 20
    assert spread(7, 3) == [3, 2, 2]
    with pytest.raises(InputError, match="2 points are too few for 3 parameter sets"):
        spread(2, 3)


def test_default_check_covers_what_it_must(drawn: list[ParameterSet]) -> None:
    configs = [target.config for target in drawn]
    assert len(set(configs)) == 20
    assert {config.tile_m for config in configs} == set(TILE_MS)
    assert all(4 <= config.tile_k <= 64 for config in configs)
    assert max(config.tile_k for config in configs) > 32
    assert min(config.queue_depth for config in configs) < 8
    assert max(config.lanes for config in configs) > 128
    assert sum(target.points for target in drawn) == 500
    for mode in Mode:
        assert sum(target.modes[mode] for target in drawn) >= 20
    assert 100 < sum(target.neurons for target in drawn) < 400
    assert {target.simulator for target in drawn} == {"icarus", "verilator"}


def test_sets_of_loas() -> None:
    sets = [draw_set(LOAS, 1, index, 3) for index in range(6)]
    assert {target.config.time_steps for target in sets} == {2, 4, 8}
    assert max(target.config.tile[2] for target in sets) > 32
    assert sum(target.modes["dual"] + target.modes["ft"] for target in sets) == 18


def test_a_set_follows_from_seed_and_index_alone(drawn: list[ParameterSet]) -> None:
    assert draw_set(PROSPERITY, 1, 7, 25) == drawn[7]
    fewer = draw_set(PROSPERITY, 1, 7, 5)
    assert (fewer.config, fewer.seed) == (drawn[7].config, drawn[7].seed)
    assert draw_set(PROSPERITY, 2, 7, 25).config != drawn[7].config
    assert draw_set(PROSPERITY, 1, 7, 5, "verilator") == replace(fewer, simulator="verilator")


def test_layers_fit_their_machine(drawn: list[ParameterSet]) -> None:
    for target in drawn[:6]:
        config = target.config
        for job in layers_of(config, target.seed, target.points):
            assert job.k <= config.max_k
            assert max(job.m, job.n) < 1 << config.dim_w
            assert job.time_steps <= config.tile_m


def test_half_written_records_wait(tmp_path: Path) -> None:
    path = tmp_path / "set0.jsonl"
    assert read_records(path) == []
    path.write_text(json.dumps(record(0)) + "\n" + json.dumps(record(1))[:9])
    assert read_records(path) == [record(0)]


def test_report_counts_and_names_what_is_wrong(drawn: list[ParameterSet]) -> None:
    sets = [replace(target, points=3) for target in drawn[:3]]
    long = record(1, cycles=90, differences={"CYCLES": [90, 91]}, failures=["long is wrong"])
    short = record(2, cycles=70, differences={"DRAIN": [5, 6]}, failures=["short is wrong"])
    results = {
        0: SetResult(records=[record(i) for i in range(3)]),
        1: SetResult(records=[record(0), long, short], failure="2 failures"),
        2: SetResult(records=[record(0)], failure="no progress"),
    }
    reruns = {target.index: rerun_command(target, 3, 9, 1) for target in sets}
    report = make_report(sets, results, 1, reruns)
    assert report["passed"] is False
    assert [row["wrong_cycles"] for row in report["sets"]] == [0, 2, 0]
    assert report["totals"]["layers_run"] == 7
    assert report["totals"]["wrong_cycles"] == 2
    assert report["totals"]["cycles"] == 150 + 210 + 50
    assert report["totals"]["modes"] == {"product": 7, "bit": 0, "dense": 0}

    check = "make sweep-check DESIGN=prosperity CONFIGS=3 POINTS=9 SEED=1"
    again = f"{check} SIM={sets[1].simulator} ONLY=1"
    assert report["sets"][1]["rerun"] == again
    wrong, hung = complaints(sets, report, 3, 9)
    assert wrong.startswith("set 1: 2 failures\nshortest wrong layer: short is wrong\n")
    assert wrong.endswith(f"{again}.2")
    # The layer after the last that finished.
    assert hung.startswith("set 2: no progress\n")
    assert hung.endswith("ONLY=2.1")


def run_check(out: Path, *options: str, modules: Path | None = None) -> Any:
    """Run the command as `make sweep-check` does."""
    path = ":".join(str(folder) for folder in (modules, ROOT) if folder is not None)
    return subprocess.run(
        [sys.executable, "-m", "snn_rtl", "sweep-check", f"--out={out}", *options],
        cwd=ROOT,
        env={**os.environ, "PYTHONUTF8": "1", "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("design", MACHINES)
def test_check_on_the_rtl(tmp_path: Path, design: str) -> None:
    options = (
        f"--design={design}",
        "--configs=2",
        "--points=9",
        "--seed=3",
        "--sim=icarus",
        "--only=0",
    )
    done = run_check(tmp_path, *options)
    assert (done.returncode, done.stderr) == (0, "")
    assert "set 0: 5 layers on icarus: equal" in done.stdout
    report = json.loads((tmp_path / "sweep_check.json").read_text())
    assert report["passed"] is True
    (row,) = report["sets"]
    assert [r["index"] for r in row["records"]] == list(range(5))
    # The simulation has drawn the layers that the command has drawn.
    assert row["cycles"] == row["model_cycles"]
    target = draw_set(MACHINES[design], 3, 0, 5, "icarus")
    names = [job.name for job in layers_of(target.config, target.seed, 5)]
    assert [r["name"] for r in row["records"]] == names
    assert all(r["cycles"] == r["model_cycles"] for r in row["records"])

    done = run_check(tmp_path, *options[:-1], "--only=0.3")
    assert done.returncode == 0
    (alone,) = json.loads((tmp_path / "sweep_check.json").read_text())["sets"][0]["records"]
    assert alone == row["records"][3]


def test_check_notices_a_model_that_is_off_by_one(tmp_path: Path) -> None:
    modules = tmp_path / "modules"
    modules.mkdir()
    (modules / "sitecustomize.py").write_text(
        "try:\n import snn_rtl.models.prosperity.timing\nexcept ImportError:\n pass\n"
        "else:\n snn_rtl.models.prosperity.timing.READ_LATENCY += 1\n"
    )
    options = ("--configs=1", "--points=3", "--seed=3", "--sim=icarus")
    done = run_check(tmp_path, *options, modules=modules)
    assert done.returncode == 1
    assert "set 0: 3 layers on icarus: FAILED" in done.stdout
    first, *_ = done.stderr.splitlines()
    assert first.startswith("sweep-check: FAILED: set 0: 1 of 1 failed")
    assert "counter CYCLES: got " in done.stderr
    again = "make sweep-check DESIGN=prosperity CONFIGS=1 POINTS=3 SEED=3"
    assert f"{again} SIM=icarus ONLY=0." in done.stderr
    (row,) = json.loads((tmp_path / "sweep_check.json").read_text())["sets"]
    assert row["wrong_cycles"] == 3
    for r in row["records"]:
        rtl, model = r["differences"]["CYCLES"]
        assert model > rtl


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--configs=0", "CONFIGS: 0 is not in the range 1<=x<="),
        ("--points=10", "10 points are too few for 20 parameter sets"),
        ("--points=many", "POINTS: 'many' is not a valid whole number"),
        ("--seed=-1", "SEED: -1 is not in the range 0<=x<="),
        ("--sim=vcs", "SIM: 'vcs' is not one of 'auto', 'verilator', 'icarus'"),
        ("--jobs=0", "JOBS: 0 is not in the range 1<=x<="),
        ("--only=20", "ONLY=20 is no machine, 0 to 19, or machine.layer"),
        ("--only=3.25", "ONLY=3.25: machine 3 has layers 0 to 24"),
        ("--only=x", "ONLY=x is no machine, 0 to 19"),
        ("--out=README.md", "OUT: README.md: "),
        ("--speed=9", "No such option '--speed'"),
    ],
)
def test_bad_input_is_one_line_and_status_2(
    option: str,
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run_command(sweep_check, [option]) == 2
    printed = capsys.readouterr()
    (line,) = printed.err.splitlines()
    assert line.startswith(f"sweep-check: {message}")
