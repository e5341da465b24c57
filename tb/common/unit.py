"""Runs a unit test: one Verilog module as top, its cocotb tests, both simulators.

A unit test file holds cocotb tests (named after the behaviour they check) and one pytest function
that calls `run_unit` for each simulator and parameter set.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from snn_rtl.run.design import Design
from snn_rtl.run.places import BUILD
from snn_rtl.run.runner import build, run
from snn_rtl.run.simulators import SIMULATORS

_VARIABLE: Final = "TB_PARAMETERS"

both_simulators = pytest.mark.parametrize("simulator", SIMULATORS)


def base_seed() -> int:
    """Return the seed of this test session (`make test SEED=n`), or 1."""
    return int(os.environ.get("TB_SEED", "1"))


def _runs() -> Path:
    """Return the folder of the runs; who runs one unit with several seeds at a time sets it."""
    return Path(os.environ.get("TB_UNIT_RUNS", BUILD / "runs" / "unit"))


def parameters() -> dict[str, int]:
    """Return the parameters of the running simulation's top (those that were given)."""
    values: dict[str, int] = json.loads(os.environ[_VARIABLE])
    return values


def rerun_command(request: pytest.FixtureRequest) -> str:
    """Return the command that repeats a pytest test with the same seed."""
    return f"make test SEED={base_seed()} TESTS='{request.node.nodeid}'"


def run_unit(
    request: pytest.FixtureRequest,
    simulator: str,
    values: Mapping[str, int] | None = None,
    *,
    top: str | None = None,
    label: str | None = None,
    file_list: str = "rtl/prosperity/prosperity.f",
) -> None:
    """Build a module and run the cocotb tests of the requesting file on it.

    Args:
        request: pytest's request.
        simulator: "verilator" or "icarus".
        values: Verilog parameters.
        top: the module; the test file's name without "test_" by default.
        label: what tells its run from those with other parameters; the parameters by default.
        file_list: the .f file with its source.
    """
    module: Any = request.module
    name = top or module.__name__.rsplit(".", 1)[-1].removeprefix("test_")
    design = Design(top=name, file_list=file_list, parameters=dict(values or {}))
    given = [f"{k}{v}" for k, v in design.parameters.items()] if label is None else [label]
    run(
        build(design, simulator),
        module.__name__,
        run_dir=_runs() / name / "-".join([simulator, *given]),
        seed=base_seed(),
        env={_VARIABLE: json.dumps(design.parameters)},
        rerun=rerun_command(request),
    )
