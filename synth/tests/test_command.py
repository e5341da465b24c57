"""The command: bad input is one line, what is wrong with a machine is said, all numbers add up."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from snn_rtl.models.errors import InputError
from snn_rtl.run.code_coverage import Point
from snn_rtl.run.places import ROOT
from snn_rtl.run.runner import RunFailure
from snn_rtl.run.store import Store
from snn_rtl.run.tests.helpers import call
from snn_rtl.synth import cli, mapping
from snn_rtl.synth.activity import rates, spread
from snn_rtl.synth.blocks import Block, Blocks
from snn_rtl.synth.elaborate import parse
from snn_rtl.synth.fpga import read_result
from snn_rtl.synth.graph import ModuleTiming
from snn_rtl.synth.graph import Path as TimingPath
from snn_rtl.synth.library import load_library
from snn_rtl.synth.mapping import Mapped
from snn_rtl.synth.pins import behind_pins, ports
from snn_rtl.synth.processes import Processes
from snn_rtl.synth.report import block_rows, gate_problems
from snn_rtl.synth.session import BlockTotal, MachineResult, ModuleResult, problems

MACHINE = r"""
module \demo_top
  wire input 1 \clk
  wire input 2 \go
  wire width 2 output 3 \sum
  memory width 8 size 16 \store
end
"""
MAPPED = Mapped(
    key="",
    generic_cells=1,
    flip_flops=2,
    latches=0,
    cells=3,
    area=4.0,
    register_area=2.0,
    memories={"store": 128},
    capacitance=2.0,
    clock_capacitance=0.5,
    cpu_s=1.5,
)


def synth(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "snn_rtl", "synth", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--design=eyeriss",), "DESIGN: 'eyeriss' is not one of 'prosperity', 'loas'"),
        (("--config=huge",), "unknown configuration 'huge'"),
        (("--jobs=0",), "JOBS: 0 is not in the range 1<=x<="),
        (("--limit=soon",), "LIMIT: 'soon' is not a valid whole number"),
        (("--gates=yes",), "GATES: 'yes' is neither 0 nor 1"),
        (("--out=Makefile",), "Makefile is not a folder"),
        (("--speed",), "--speed"),
    ],
)
def test_bad_input_is_one_line(arguments: tuple[str, ...], expected: str) -> None:
    done = call(cli.synth, *arguments)
    assert done.returncode == 2
    assert expected in done.stderr
    assert done.stderr.count("\n") == 1


def machine(mapped: Mapped) -> MachineResult:
    hierarchy = parse(MACHINE, "demo_top")
    path = TimingPath(2.0, 5, "a_q", "b_q")
    entry = ModuleResult(
        module=hierarchy.modules["demo_top"],
        instances=1,
        mapped=mapped,
        timing=ModuleTiming(path, path, {}, {}, {}),
    )
    total = BlockTotal(area=mapped.area, cells=mapped.cells)
    return MachineResult(hierarchy=hierarchy, modules={"demo_top": entry}, blocks={"a": total})


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, None),
        ({"latches": 3}, "demo_top: 3 bits in latches"),
        ({"memories": {}}, "demo_top: array store became flip-flops"),
        ({"memories": {"store": 64}}, "array store has 64 bits instead of 128"),
        ({"cells": 0}, "nothing was synthesised"),
    ],
)
def test_what_is_wrong_with_a_machine_is_said(change: dict[str, Any], expected: str | None) -> None:
    found = problems(machine(replace(MAPPED, **change)))
    assert bool(found) == (expected is not None)
    if expected:
        assert expected in found[0]


def test_a_machine_without_paths_fails() -> None:
    found = machine(MAPPED)
    assert found.worst[1].end == "b_q"
    entry = found.modules["demo_top"]
    found.modules["demo_top"] = replace(entry, timing=ModuleTiming(None, None, {}, {}, {}))
    with pytest.raises(RunFailure, match="no path"):
        _ = found.worst


def test_shares_of_blocks() -> None:
    blocks = Blocks(
        "a paper",
        {
            "buffers": Block("buffers", "Buffers", 3.0, None),
            "core": Block("core", "Core", 1.0, 5.0),
            "rest": Block("rest", "Rest", None, 15.0),
        },
        {},
    )
    areas = {"buffers": 2.0, "core": 1.0, "rest": 1.0}
    totals = {key: BlockTotal(area=area) for key, area in areas.items()}
    switched = {
        "blocks": {"buffers": {"share": 0.5}, "core": {"share": 0.4}, "rest": {"share": 0.1}}
    }
    buffers, core, rest = block_rows(totals, blocks, switched)
    assert (buffers["area_share"], buffers["area_share_without_buffers"]) == (0.5, None)
    assert (core["area_share"], core["area_share_without_buffers"]) == (0.25, 0.5)
    assert (core["paper_area_share"], core["paper_area_share_without_buffers"]) == (0.25, 1.0)
    assert core["paper_power_share"] == 0.25
    assert core["energy_share_without_buffers"] == pytest.approx(0.8)
    assert rest["paper_area_share"] is None
    assert block_rows(totals, blocks, None)[0]["energy_share"] is None


def toggle(file: str, text: str) -> Point:
    return Point(file, 1, 1, "toggle", text)


def test_rates_of_switching() -> None:
    hits = Counter(
        {
            toggle("rtl/demo_top.v", "clk:0->1"): 100,
            toggle("rtl/demo_top.v", "clk:1->0"): 100,
            toggle("rtl/cell.v", "q:0->1"): 50,
            toggle("rtl/cell.v", "q:1->0"): 50,
            Point("rtl/cell.v", 1, 1, "line", "block"): 7,
        }
    )
    assert rates(hits, "demo_top", {"cell": 2}) == (100, {"cell": 0.5})
    with pytest.raises(RunFailure, match="no cycles"):
        rates(Counter(), "demo_top", {})


def test_energy_is_capacitance_by_toggles() -> None:
    blocks = Blocks("", {"core": Block("core", "Core", None, None)}, {"demo_top": "core"})
    hierarchy = parse(MACHINE, "demo_top")
    found = spread(hierarchy, {"demo_top": MAPPED}, blocks, {"demo_top": 0.25})
    assert found == {"core": pytest.approx(0.25 * 2.0 + 2 * 0.5)}


def test_gates_that_fail_or_did_not_run_are_problems() -> None:
    good = {"test": "a", "failure": None}
    assert gate_problems(None) == []
    assert gate_problems([good]) == []
    assert gate_problems([]) == ["no test ran on the netlist"]
    assert gate_problems([good, {"test": "b", "failure": "differs"}]) == ["gates: b: differs"]


def test_report_of_nextpnr() -> None:
    names = ("TRELLIS_COMB", "TRELLIS_FF", "DP16KD", "MULT18X18D")
    report = {
        "fmax": {"clk": {"achieved": 40.0, "constraint": 100.0}},
        "utilization": {name: {"used": 7, "available": 9} for name in names},
    }
    small = parse(MACHINE, "demo_top").modules["demo_top"]
    found = read_result(report, small)
    assert (found["fmax_mhz"], found["luts"], found["block_rams"]) == (40.0, 7, 7)
    assert found["flip_flops"] == 7 - 3, "those of the pins are not the machine's"
    for damaged in ({}, None, {**report, "fmax": {}}):
        with pytest.raises(RunFailure, match="nextpnr's report"):
            read_result(damaged, small)


def test_a_machine_behind_pins() -> None:
    machine = parse(MACHINE, "demo_top").modules["demo_top"]
    assert ports(machine) == {"input": [("go", 1)], "output": [("sum", 2)]}
    text = behind_pins(machine)
    assert ".clk(clk), .go(in_q[0 +: 1]), .sum(out[0 +: 2])" in text
    assert "reg  [1:0] out_q;" in text


def test_processes_say_what_failed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with pytest.raises(RunFailure, match="ERROR: no such thing"):
        Processes().run(["sh", "-c", "echo ERROR: no such thing; exit 3"], log, 10)
    assert 0 < Processes().run([sys.executable, "-c", "sum(range(10**6))"], log, 10) < 10
    with pytest.raises(RunFailure, match=r"took more than 0\.4 s"):
        Processes().run(["sleep", "60"], log, 0.4)
    stopped = Processes()
    stopped.stopped.set()
    with pytest.raises(RunFailure, match="stopped"):
        stopped.run(["sleep", "60"], log, 10)


def test_one_module(tmp_path: Path) -> None:
    """A module through the whole command: its array stays a memory."""
    try:
        load_library()
    except InputError as error:
        pytest.skip(f"without Debian's packages: {error}")
    options = ("--config=small", "--module=snn_fifo", f"--out={tmp_path}")
    done = synth(*options)
    assert done.returncode == 0, done.stderr + done.stdout
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["schema"] == "synth-report/1"
    assert report["passed"]
    (fifo,) = report["modules"]
    assert fifo["memory_bits"] == sum(fifo["memories"].values()) > 0
    assert 0 < fifo["flip_flops"] < fifo["memory_bits"], "the words are no flip-flops"
    assert report["totals"]["area_um2"] == fifo["area_um2"] > 0
    assert fifo["path"]["delay_ns"] > 0
    assert fifo["path"]["start"]
    assert report["totals"]["mapping_cpu_s"] > 0, "kept with the mapped module"
    page = (tmp_path / "index.html").read_text()
    assert "Longest path" in page
    done = call(cli.synth, "--config=small", "--module=absent", f"--out={tmp_path}")
    assert done.returncode == 2
    assert "unknown module 'absent'" in done.stderr
    assert not (tmp_path / "report.json").exists(), "an old report passes for no new one"


def test_a_module_measured_by_other_code_is_measured_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mapping, "CACHE", tmp_path)
    store = Store(tmp_path / "key")
    store.write(mapping._facts(), vars(MAPPED))
    assert mapping._known("key") == MAPPED
    monkeypatch.setattr(mapping, "code_digest", lambda: "other")
    assert mapping._known("key") is None
