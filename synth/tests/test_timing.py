"""Timing on netlists small enough to add up by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from snn_rtl.models.errors import InputError
from snn_rtl.synth.cache import timing_from_json, timing_to_json
from snn_rtl.synth.graph import PORT_LOAD, memory_access
from snn_rtl.synth.liberty import Cell, read_cells
from snn_rtl.synth.netlist import MEMORY, Instance, Netlist
from snn_rtl.synth.timing import CombinationalLoopError, time_module

# An inverter and a multiplexer of 1 ns + 2 ns a pF, a flip-flop of 0.5 ns and 0.25 ns of setup.
LIBERTY = """
library (demo) {
  /* comment */
  lu_table_template (t) {
    variable_1 : total_output_net_capacitance; variable_2 : input_net_transition;
    index_1 ("0, 1"); index_2 ("0, 1");
  }
  cell (INV) {
    area : 2;
    pin (A) { direction : input; capacitance : 0.1; }
    pin (Y) { direction : output;
      timing () { related_pin : "A";
        cell_rise (t) { values ("1, 1", "3, 3"); } rise_transition (t) { values ("0, 0", "0, 0"); }
        cell_fall (t) { values ("0, 0", "0, 0"); } fall_transition (t) { values ("0, 0", "0, 0"); }
      }
    }
  }
  cell (MUX2X1) {
    area : 4;
    pin (A) { direction : input; capacitance : 0.25; }
    pin (Y) { direction : output;
      timing () { related_pin : "A";
        cell_rise (t) { values ("1, 1", "3, 3"); } rise_transition (t) { values ("0, 0", "0, 0"); }
      }
    }
  }
  cell (DFF) {
    area : 8;
    ff (IQ, IQN) { next_state : "D"; clocked_on : "CLK"; }
    pin (CLK) { direction : input; clock : true; capacitance : 0.2; }
    pin (D) { direction : input; capacitance : 0;
      timing () { related_pin : "CLK"; timing_type : setup_rising;
        rise_constraint (t) { values ("0.25, 0.25", "0.25, 0.25"); }
      }
    }
    pin (Q) { direction : output;
      timing () { related_pin : "CLK"; timing_type : rising_edge;
        cell_rise (t) { values ("0.5, 0.5", "0.5, 0.5"); }
        rise_transition (t) { values ("0, 0", "0, 0"); }
      }
    }
  }
}
"""
CLK, IN, Q1, N1, N2, OUT = range(2, 8)


@pytest.fixture
def cells(tmp_path: Path) -> dict[str, Cell]:
    (tmp_path / "demo.lib").write_text(LIBERTY)
    return read_cells(tmp_path / "demo.lib")


def cell(kind: str, name: str = "u", **pins: int | tuple[int, ...]) -> Instance:
    nets = {pin: (net,) if isinstance(net, int) else net for pin, net in pins.items()}
    return Instance(name, kind, nets, {})


def netlist(*found: Instance, **more: Any) -> Netlist:
    values: dict[str, Any] = {
        "name": "demo",
        "inputs": {"clk": (CLK,), "d": (IN,)},
        "outputs": {"q": (OUT,)},
        "cells": found,
        "names": {Q1: "row_q", OUT: "q", N1: "mid"},
    }
    return Netlist(**(values | more))


def chain() -> Netlist:
    """D -> INV -> row_q -> INV -> INV -> q."""
    return netlist(
        cell("INV", A=IN, Y=N2),
        cell("DFF", CLK=CLK, D=N2, Q=Q1),
        cell("INV", A=Q1, Y=N1),
        cell("INV", A=N1, Y=OUT),
    )


def test_liberty(cells: dict[str, Cell]) -> None:
    inverter, register = cells["INV"], cells["DFF"]
    assert (inverter.area, inverter.capacitance, inverter.outputs) == (2, {"A": 0.1}, ("Y",))
    assert not inverter.register
    assert inverter.arcs[0].delay(0.3, 0.5) == pytest.approx(2)
    assert inverter.arcs[0].delay(0.3, 2) == pytest.approx(5), "straight on beyond the table"
    assert (register.clock, register.setup) == ("CLK", 0.25)


@pytest.mark.parametrize("text", ["", "library (demo) {", "cell (a) { }", "library (a) { } }"])
def test_damaged_liberty_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "demo.lib").write_text(text)
    with pytest.raises(InputError, match="no usable Liberty file"):
        read_cells(tmp_path / "demo.lib")


def test_paths(cells: dict[str, Cell]) -> None:
    timing = time_module(chain(), cells, {})
    # An inverter that drives another: 1 + 2 * 0.1; one that drives a port: 1 + 2 * PORT_LOAD.
    late = 0.5 + 1.2 + 1 + 2 * PORT_LOAD
    assert timing.launch["q"].delay == pytest.approx(late)
    assert timing.launch["q"].levels == 2
    assert timing.capture["d"].delay == pytest.approx(1 + 0.25)
    assert timing.through == {}
    assert timing.register_path is None
    assert timing.longest is not None
    assert (timing.longest.start, timing.longest.end) == ("row_q", "port q")
    assert timing_from_json(timing_to_json(timing)) == timing
    assert timing_from_json({"longest": 1}) is None


def test_register_to_register(cells: dict[str, Cell]) -> None:
    found = netlist(
        cell("DFF", CLK=CLK, D=N1, Q=Q1),
        cell("INV", A=Q1, Y=N1),
        outputs={},
    )
    path = time_module(found, cells, {}).register_path
    assert path is not None
    assert path.delay == pytest.approx(0.5 + 1 + 0.25)
    assert (path.start, path.end, path.levels) == ("row_q", "row_q", 1)


def test_path_through_a_child(cells: dict[str, Cell]) -> None:
    """A child's timing stands for the child: launch, capture and through compose."""
    wire = netlist(cell("INV", A=IN, Y=OUT), inputs={"d": (IN,)}, outputs={"q": (OUT,)})
    child = time_module(wire, cells, {})
    assert child.longest is not None
    assert (child.longest.start, child.longest.end) == ("port d", "port q")
    parent = netlist(
        cell("DFF", CLK=CLK, D=N1, Q=Q1),
        cell("demo_child", "u_child", d=Q1, q=N1),
        outputs={},
    )
    path = time_module(parent, cells, {"demo_child": child}).register_path
    assert path is not None
    assert path.delay == pytest.approx(0.5 + 1 + 2 * PORT_LOAD + 0.25)
    assert path.via == ("u_child.d", "u_child.q")
    pair = netlist(
        cell("demo_chain", "u_one", clk=CLK, d=IN, q=N1),
        cell("demo_chain", "u_two", clk=CLK, d=N1, q=OUT),
    )
    path = time_module(pair, cells, {"demo_chain": time_module(chain(), cells, {})}).register_path
    assert path is not None
    assert (path.start, path.end) == ("u_one.row_q", "u_two.row_q")


def test_path_through_a_memory(cells: dict[str, Cell]) -> None:
    """A read without a clock is a tree of multiplexers; one with a clock starts a path."""

    def memory(clocked: str) -> Netlist:
        pins = {
            **{"RD_ADDR": (Q1,), "RD_DATA": (N1,), "RD_EN": (None,), "RD_CLK": (CLK,)},
            **{"WR_ADDR": (None,), "WR_DATA": (None,), "WR_EN": (None,), "WR_CLK": (CLK,)},
        }
        sizes = {"WIDTH": "1", "ABITS": "1", "SIZE": "100", "RD_PORTS": "1"}
        parameters = {"MEMID": "\\mem", "RD_CLK_ENABLE": clocked, **sizes}
        return netlist(
            cell("DFF", CLK=CLK, D=N1, Q=Q1),
            Instance("u_mem", MEMORY, pins, parameters),
            outputs={},
        )

    delay, levels = memory_access(cells, 4)
    assert levels == 2
    assert delay == pytest.approx(2 * (1 + 2 * 0.25))
    path = time_module(memory("0"), cells, {}).register_path
    assert path is not None
    access = memory_access(cells, 4)[0]
    assert path.delay == pytest.approx(0.5 + access + 0.25)
    path = time_module(memory("1"), cells, {}).register_path
    assert path is not None
    assert (path.start, path.end) == ("memory mem", "row_q")
    assert path.delay == pytest.approx(access + 0.25)


def test_loop_is_named(cells: dict[str, Cell]) -> None:
    found = netlist(cell("INV", A=N1, Y=OUT), cell("INV", A=OUT, Y=N1))
    with pytest.raises(CombinationalLoopError, match="mid"):
        time_module(found, cells, {})


def test_unknown_cell(cells: dict[str, Cell]) -> None:
    with pytest.raises(KeyError, match="NAND"):
        time_module(netlist(cell("NAND", A=IN, Y=OUT)), cells, {})


def test_no_logic(cells: dict[str, Cell]) -> None:
    timing = time_module(netlist(outputs={}), cells, {})
    assert (timing.longest, timing.register_path) == (None, None)
    assert timing_from_json(timing_to_json(timing)) == timing
