"""report.json (schema "synth-report/1"): what a synthesis found, for programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from snn_rtl.run.plots import share
from snn_rtl.run.provenance import git_revision
from snn_rtl.synth.blocks import PARENT, Blocks
from snn_rtl.synth.graph import Path
from snn_rtl.synth.library import NAME
from snn_rtl.synth.mapping import TARGET_PS
from snn_rtl.synth.session import BlockTotal, MachineResult, ModuleResult, problems, tool_version

SCHEMA: Final = "synth-report/1"

BUFFERS: Final = "buffers"
"""The block that holds memories: its area is not in the cells."""


def clock_mhz(delay_ns: float) -> float:
    """Return the clock that a path allows."""
    return 1e3 / delay_ns


def _path(path: Path | None) -> dict[str, Any] | None:
    if path is None:
        return None
    return {
        "delay_ns": round(path.delay, 4),
        "levels": path.levels,
        "start": path.start,
        "end": path.end,
        "via": list(path.via),
    }


def _module(result: ModuleResult, blocks: Blocks) -> dict[str, Any]:
    own = result.mapped
    block = blocks.modules[result.module.name]
    return {
        "name": result.module.name,
        "label": result.module.label,
        "parameters": dict(result.module.parameters),
        "instances": result.instances,
        "block": None if block == PARENT else block,
        "generic_cells": own.generic_cells,
        "cells": own.cells,
        "flip_flops": own.flip_flops,
        "latches": own.latches,
        "area_um2": own.area,
        "register_area_um2": own.register_area,
        "memories": dict(own.memories),
        "memory_bits": result.memory_bits,
        "path": _path(result.timing.longest),
        "register_path": _path(result.timing.register_path),
    }


def _totals(total: BlockTotal) -> dict[str, Any]:
    return {
        "area_um2": total.area,
        "cells": total.cells,
        "flip_flops": total.flip_flops,
        "memory_bits": total.memory_bits,
    }


def block_rows(
    totals: Mapping[str, BlockTotal], blocks: Blocks, activity: Mapping[str, Any] | None
) -> list[dict[str, Any]]:
    """Return the blocks beside the paper's.

    Shares are of the standard cells. Memories have none, so that the paper's shares are given of
    everything, and besides of everything but its buffers.
    """
    whole = sum(total.area for total in totals.values())
    logic = sum(total.area for key, total in totals.items() if key != BUFFERS)
    areas = {key: block.area_mm2 for key, block in blocks.blocks.items()}
    powers = {key: block.power_mw for key, block in blocks.blocks.items()}
    energy = activity["blocks"] if activity else {}
    switched = sum(e["share"] for key, e in energy.items() if key != BUFFERS)

    def published(values: Mapping[str, float | None], key: str, *, logic: bool) -> float | None:
        value = values[key]
        rest = [v for k, v in values.items() if v is not None and not (logic and k == BUFFERS)]
        return None if value is None or (logic and key == BUFFERS) else share(value, sum(rest))

    return [
        {
            "block": key,
            "title": block.title,
            **_totals(totals[key]),
            "area_share": share(totals[key].area, whole),
            "area_share_without_buffers": None
            if key == BUFFERS
            else share(totals[key].area, logic),
            "paper_area_share": published(areas, key, logic=False),
            "paper_area_share_without_buffers": published(areas, key, logic=True),
            "energy_share": energy.get(key, {}).get("share"),
            "energy_share_without_buffers": share(energy[key]["share"], switched)
            if key in energy and key != BUFFERS
            else None,
            "paper_power_share": published(powers, key, logic=False),
            "paper_power_share_without_buffers": published(powers, key, logic=True),
        }
        for key, block in blocks.blocks.items()
    ]


def summary(result: MachineResult, fpga: Mapping[str, Any] | None) -> dict[str, float]:
    """Return the numbers that a trend follows."""
    _, path = result.worst
    found = {
        "area_um2": round(result.total.area, 1),
        "flip_flops": result.total.flip_flops,
        "memory_bits": result.total.memory_bits,
        "path_ns": round(path.delay, 4),
        "levels": path.levels,
    }
    if fpga is not None:
        found |= {"fpga_mhz": round(fpga["fmax_mhz"], 3), "fpga_luts": fpga["luts"]}
    return found


def gate_problems(gates: list[dict[str, Any]] | None) -> list[str]:
    """Return the tests that failed on the netlist; that none ran is a problem too."""
    if gates is None:
        return []
    failed = [
        f"gates: {run['test']}: {run['failure']}" for run in gates if run["failure"] is not None
    ]
    return failed or ([] if gates else ["no test ran on the netlist"])


def make_report(
    *,
    design: str,
    config: str,
    parameters: Mapping[str, int],
    result: MachineResult,
    blocks: Blocks,
    fpga: Mapping[str, Any] | None,
    activity: Mapping[str, Any] | None,
    gates: list[dict[str, Any]] | None,
    tools: Mapping[str, str],
    rtl: str,
) -> dict[str, Any]:
    """Return the report.

    Args:
        design: the machine.
        config: name of its configuration.
        parameters: of its top.
        result: what was found.
        blocks: of the machine.
        fpga: what place and route found; None if it did not run.
        activity: what was measured of switching; None if it was not.
        gates: what became of the tests on the netlist; None if none were asked for.
        tools: name to version, beside yosys and the cells.
        rtl: digest of the Verilog.
    """
    module, path = result.worst
    wrong = problems(result) + gate_problems(gates)
    return {
        "schema": SCHEMA,
        "design": design,
        "config": config,
        "parameters": dict(parameters),
        "git": git_revision(),
        "rtl": rtl,
        "tools": {"yosys": tool_version(), "cells": NAME, **tools},
        "target_ps": TARGET_PS,
        "passed": not wrong,
        "problems": wrong,
        "modules": [_module(entry, blocks) for entry in reversed(result.modules.values())],
        "blocks": block_rows(result.blocks, blocks, activity),
        "paper": blocks.source,
        "totals": {
            **_totals(result.total),
            "module": module.module.label,
            "path": _path(path),
            "clock_mhz": round(clock_mhz(path.delay), 2),
            "mapping_cpu_s": round(sum(m.mapped.cpu_s for m in result.modules.values()), 1),
        },
        "fpga": fpga,
        "activity": activity,
        "gates": gates,
        "summary": summary(result, fpga),
    }
