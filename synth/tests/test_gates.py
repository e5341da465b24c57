"""The netlist in simple gates passes the tests of its source; with one wrong gate it fails."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from snn_rtl.machines import MACHINES
from snn_rtl.run.design import Design
from snn_rtl.run.places import BUILD, ROOT
from snn_rtl.run.runner import RunFailure, build, run
from snn_rtl.synth.gate_tests import smoke_tests
from snn_rtl.synth.gates import NETLIST, as_design, gate_level
from snn_rtl.tb.common.unit import both_simulators

PARAMETERS = {"W": 8, "DEPTH": 13}
FIFO = Design(top="snn_fifo", file_list="rtl/prosperity/prosperity.f", parameters=PARAMETERS)


def run_fifo(netlist: Design, simulator: str, name: str) -> int:
    return run(
        build(netlist, simulator),
        "snn_rtl.tb.unit.test_snn_fifo",
        run_dir=BUILD / "runs" / "gates" / f"{name}-{simulator}",
        seed=1,
        env={"TB_PARAMETERS": json.dumps(PARAMETERS)},
    )


def netlist_of(design: Design) -> Path:
    return (ROOT / design.file_list).parent / NETLIST


@both_simulators
def test_netlist_passes_the_tests_of_its_source(simulator: str) -> None:
    netlist = gate_level(FIFO)
    text = netlist_of(netlist).read_text()
    assert "always @*" not in text, "processes of the source are left"
    assert gate_level(FIFO) == netlist
    assert run_fifo(netlist, simulator, "good") > 0


def test_one_wrong_gate_is_caught() -> None:
    text = netlist_of(gate_level(FIFO)).read_text()
    assert text.count(" & ") > 10
    folder = BUILD / "synth" / "gates" / "fifo-wrong"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NETLIST).write_text(text.replace(" & ", " | ", 1))
    with pytest.raises(RunFailure, match="failed"):
        run_fifo(as_design(folder / NETLIST, "snn_fifo"), "icarus", "wrong")


def test_a_netlist_that_cannot_be_made_is_a_failure() -> None:
    with pytest.raises(RunFailure, match=r"illegal_parameter_DEPTH"):
        gate_level(
            Design(top="snn_fifo", file_list=FIFO.file_list, parameters={"W": 8, "DEPTH": 1})
        )


@pytest.mark.parametrize("design", MACHINES)
def test_machines_run_the_smoke_list(design: str) -> None:
    found = smoke_tests(design)
    assert [spec.simulator for spec in found[:: len(found) - 1]] == ["icarus", "verilator"]
    names = {spec.name for spec in found}
    assert {"layers.Structures", "layers.Random", "registers.RegisterAccess"} <= names
    assert all(spec.config == "small" for spec in found)
