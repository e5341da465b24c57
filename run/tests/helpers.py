"""What tests of the commands need: the command as a user runs it, and the report's schema."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from snn_rtl.machines import MACHINES
from snn_rtl.run.command import Command, run_command
from snn_rtl.run.places import ROOT

Json = dict[str, Any]

STALLS = set(MACHINES["prosperity"].stalls)
"""Reasons for a cycle in which Prosperity processes no row."""

LAYER = dict.fromkeys(
    [
        *("m", "k", "n", "tiles", "cycles", "model_cycles", "bit_nnz"),
        *("outputs_checked", "mismatches"),
    ],
    int,
) | {"name": str, "stall_cycles": dict}
"""Keys of a layer in a report, and their types."""

PRODUCT = ("residual_nnz", "exact_match_rows", "partial_match_rows", "zero_rows")
"""Keys of a layer that Prosperity alone fills; null for any other machine."""

TOTALS = {
    "cycles": int,
    "model_cycles": int,
    "bit_density": float,
    "mismatches": int,
}
REPORT = {
    "schema": str,
    "design": str,
    "config": dict,
    "simulator": str,
    "workload": dict,
    "mode": str,
    "seed": int,
    "tools": dict,
    "passed": bool,
    "layers": list,
    "totals": dict,
    "sim": dict,
}


def check_types(value: Json, schema: Mapping[str, type]) -> None:
    """Check that an object has all keys of a schema, with values of the right type."""
    for key, kind in schema.items():
        assert type(value[key]) is kind, key


def command(*options: str, modules: Path | None = None) -> list[str]:
    """Return the words of the command behind `make sim`.

    Args:
        options: its options.
        modules: folder that Python looks into first.
    """
    paths = ":".join(str(path) for path in (modules, ROOT) if path is not None)
    return ["env", f"PYTHONPATH={paths}", sys.executable, "-m", "snn_rtl", "sim", *options]


def call(command: Command, *options: str) -> subprocess.CompletedProcess[str]:
    """Run a command in this process, from the root: what a whole program would take seconds for."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), chdir(ROOT):
        status = run_command(command, options)
    return subprocess.CompletedProcess(options, status, out.getvalue(), err.getvalue())


def run_sim(*options: str, modules: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command behind `make sim`."""
    return subprocess.run(
        command(*options, modules=modules),
        cwd=ROOT,
        env={**os.environ, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def read_report(out: Path) -> Json:
    """Read a report and check its form."""
    report: Json = json.loads((out / "report.json").read_text())
    check_types(report, REPORT)
    assert report["schema"] == "sim-report/1"
    assert report["git"] is None or type(report["git"]) is str
    assert report["accuracy"] is None or set(report["accuracy"]) >= {"rtl", "reference", "images"}
    check_types(report["totals"], TOTALS)
    check_types(report["sim"], {"wall_s": float, "cycles_per_s": float})
    own = report["design"] == "prosperity"
    assert type(report["totals"]["product_density"]) is (float if own else type(None))
    stalls = set(MACHINES[report["design"]].stalls)
    for layer in report["layers"]:
        check_types(layer, LAYER)
        check_types(layer, dict.fromkeys(PRODUCT, int if own else type(None)))
        assert set(layer["stall_cycles"]) == stalls
        assert {type(cycles) for cycles in layer["stall_cycles"].values()} == {int}
    return report
