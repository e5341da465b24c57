"""The smoke set's tests of a machine, run on its synthesised netlist instead of its sources."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from snn_rtl.machines import MACHINES
from snn_rtl.machines.spec import Spec
from snn_rtl.run.design import Design
from snn_rtl.run.jobs import run_jobs
from snn_rtl.run.plots import share
from snn_rtl.run.runner import RunFailure, build
from snn_rtl.tb.common import summary
from snn_rtl.tb.common.machine import matrix
from snn_rtl.tb.common.machine.launch import run_on

CONFIG: Final = "small"
"""The configuration whose netlist is simulated."""


@dataclass(frozen=True)
class GateResult:
    """What became of a test.

    Attributes:
        test: its name, simulator and all.
        simulator: verilator or icarus.
        failure: why it failed; None if it did not.
        wall_s: seconds that it took, a build included.
        cycles: simulated.
        cycles_per_s: of these, a second of the simulation; 0 where it did not pass.
    """

    test: str
    simulator: str
    failure: str | None
    wall_s: float
    cycles: int
    cycles_per_s: float

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON's types."""
        return asdict(self)


def smoke_tests(design: str) -> list[Spec]:
    """Return the smoke set's tests of a machine's small configuration, one seed each.

    Those for Icarus come first: they take longest.
    """
    found: dict[str, Spec] = {}
    for spec in matrix.smoke(MACHINES[design], 1):
        if spec.config == CONFIG:
            found.setdefault(spec.test, spec)
    return sorted(found.values(), key=lambda spec: spec.simulator)


def run_gates(netlist: Design, spec: Spec, folder: Path) -> GateResult:
    """Run a test on a netlist; its build is made if it is not there."""
    started = time.perf_counter()
    failure = ""
    try:
        run_on(build(netlist, spec.simulator), spec, run_dir=folder)
    except RunFailure as error:
        failure = str(error).strip()
    numbers = summary.counted(folder)
    cycles = numbers.get("cycles", 0.0)
    return GateResult(
        test=spec.test,
        simulator=spec.simulator,
        failure=summary.judge(failure, numbers, "") or None,
        wall_s=time.perf_counter() - started,
        cycles=int(cycles),
        cycles_per_s=share(cycles, numbers.get("wall_s", 0.0)),
    )


def _run_gates(netlist: Design, out: Path, spec: Spec) -> GateResult:
    return run_gates(netlist, spec, out / spec.id)


def run_all(netlist: Design, specs: list[Spec], out: Path, jobs: int) -> Iterator[GateResult]:
    """Run tests, some at a time, and yield what became of them as they end.

    Raises:
        RunFailure: a worker was killed.
    """
    work = partial(_run_gates, netlist, out)
    return (result for _, result in run_jobs(work, specs, jobs=jobs, name=lambda spec: spec.test))
