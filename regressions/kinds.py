"""What a run of each kind is: started, and judged by the results files that it leaves."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

from snn_rtl.machines.spec import Spec
from snn_rtl.regressions.builds import target
from snn_rtl.run import processes
from snn_rtl.run.runner import CODE_COVERAGE, RunFailure
from snn_rtl.tb.common import coverage as functional
from snn_rtl.tb.common import cycle_limit, summary
from snn_rtl.tb.common.machine.launch import run_on

RUN: Final = "run"
"""Folder of a simulation inside the run's own."""

CODE_COVERAGE_GZ: Final = f"{CODE_COVERAGE}.gz"

_WRAPPED: Final = re.compile(
    r"(?:[\w.]*RunFailure: )?(?:\d+ of \d+ failed: )?(.*?)(?:; see .*)?", re.DOTALL
)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the results files say.

    Attributes:
        failure: why the run did not pass; empty if it did.
        numbers: what it counted.
        workload: a workload's report.
        log: the log to look at, below the run's folder.
    """

    failure: str = ""
    numbers: dict[str, float] = field(default_factory=dict)
    workload: dict[str, Any] = field(default_factory=dict)
    log: str = f"{RUN}/sim.log"


def _message(failure: str) -> str:
    """Return the first failed check of a RunFailure's text."""
    found = _WRAPPED.fullmatch(failure.partition("\nrerun: ")[0].strip())
    assert found is not None
    return found[1].strip()


def _keep_coverage(folder: Path, *, passed: bool) -> None:
    """Compress the code coverage of a run that passed: it is megabytes of text."""
    measured = folder / CODE_COVERAGE
    if passed:
        with measured.open("rb") as source, gzip.open(folder / CODE_COVERAGE_GZ, "wb", 1) as out:
            shutil.copyfileobj(source, out)
    measured.unlink(missing_ok=True)


def run_uvm(spec: Spec, folder: Path, *, waves: bool) -> Outcome:
    """Run a UVM test."""
    env = {cycle_limit.VARIABLE: str(spec.limits.cycles)}
    if spec.coverage:
        env[functional.VARIABLE] = "1"
    wanted = target(spec, waves=waves)
    assert wanted is not None
    failure = ""
    try:
        run_on(wanted.make(), spec, run_dir=folder / RUN, env=env)
    except RunFailure as error:
        failure = _message(str(error))
    numbers = summary.counted(folder / RUN)
    verdict = summary.judge(failure, numbers, spec.must_fail)
    if spec.coverage:
        _keep_coverage(folder / RUN, passed=not verdict and not spec.must_fail)
    return Outcome(failure=verdict, numbers=numbers)


def _python(log: Path, *words: str, env: Mapping[str, str] | None = None) -> None:
    """Run a module of Python, its output in a log; what it leaves decides, not its status."""
    processes.run([sys.executable, "-m", *words], log, env={**os.environ, **(env or {})})


def _given(options: Mapping[str, Any]) -> list[str]:
    """Return options as a command takes them."""
    return [f"--{name}={value}" for name, value in options.items()]


def _no_report(log: Path) -> Outcome:
    """Return the outcome of a command without a report: its last line says why."""
    lines = log.read_text(errors="replace").splitlines() or ["no output"]
    return Outcome(failure=f"left no report: {_message(lines[-1])}", log=log.name)


def _junit(path: Path) -> tuple[int, str]:
    """Return how many tests of a JUnit file passed, and the message of the first failure.

    Raises:
        OSError: there is none.
        ElementTree.ParseError: it is damaged.
    """
    passed, failure = 0, ""
    for case in ElementTree.parse(path).iter("testcase"):
        bad = [node for node in case if node.tag in ("failure", "error")]
        skipped = any(node.tag == "skipped" for node in case)
        passed += not bad and not skipped
        if bad and not failure:
            failure = _message(bad[0].get("message", "no message"))
    return passed, failure


def run_unit(spec: Spec, folder: Path, *, waves: bool) -> Outcome:
    """Run the tests of one module on one simulator.

    Its simulations are pytest's; they take no waveforms.
    """
    del waves
    results = folder / "junit.xml"
    _python(
        folder / "pytest.log",
        *("pytest", f"tb/unit/test_{spec.name.removeprefix('unit.')}.py"),
        *("-k", spec.simulator, f"--junitxml={results}", "-o", f"cache_dir={folder / 'cache'}"),
        env={"TB_SEED": str(spec.seed), "TB_UNIT_RUNS": str(folder / RUN)},
    )
    try:
        passed, failure = _junit(results)
    except (OSError, ElementTree.ParseError):
        passed, failure = 0, "pytest left no results"
    numbers: dict[str, float] = {"checks": passed}
    return Outcome(failure=summary.judge(failure, numbers, ""), numbers=numbers, log="pytest.log")


def run_workload(spec: Spec, folder: Path, *, waves: bool) -> Outcome:
    """Run a network, by the command behind `make sim`."""
    out = folder / "out"
    options = {name.lower().replace("_", "-"): value for name, value in spec.variables.items()}
    options |= {"workload": spec.name, "waves": str(int(waves)), "out": str(out)}
    log = folder / "sim.log"
    _python(
        log,
        *("snn_rtl", "sim"),
        *_given(options),
        env={cycle_limit.VARIABLE: str(spec.limits.cycles)},
    )
    try:
        report = json.loads((out / "report.json").read_text())
    except (OSError, ValueError):
        return _no_report(log)
    layers, totals = report["layers"], report["totals"]
    numbers = {
        "checks": totals["outputs_checked"],
        "layers": len(layers),
        "tiles": sum(layer["tiles"] for layer in layers),
        "cycles": totals["cycles"],
        "wall_s": report["sim"]["wall_s"],
    }
    failure = "" if report["passed"] else (report["failures"] or ["failed"])[0]
    return Outcome(
        failure=summary.judge(failure, numbers, ""), numbers=numbers, workload=report, log="sim.log"
    )


def run_synth(spec: Spec, folder: Path, *, waves: bool) -> Outcome:
    """Synthesise a machine, by the command behind `make synth`."""
    del waves
    out = folder / "out"
    options = {"design": spec.design, "config": spec.config, "jobs": 1, "out": out, **spec.options}
    log = folder / "synth.log"
    _python(log, "snn_rtl", "synth", *_given(options))
    try:
        report = json.loads((out / "report.json").read_text())
        numbers = {"checks": float(len(report["modules"])), **report["summary"]}
        failure = "" if report["passed"] else report["problems"][0]
    except (OSError, ValueError, LookupError, TypeError):
        return _no_report(log)
    return Outcome(failure=summary.judge(failure, numbers, ""), numbers=numbers, log="synth.log")


def run_mutate(spec: Spec, folder: Path, *, waves: bool) -> Outcome:
    """Plant faults in the modules of a folder, by the command behind `make mutate`."""
    del waves
    out = folder / "out"
    design = spec.name.removeprefix("mutate.")
    options = {"jobs": 1, "out": out, "design": design, "seed": spec.seed, **spec.options}
    log = folder / "mutate.log"
    _python(log, "snn_rtl", "mutate", *_given(options))
    try:
        report = json.loads((out / "report.json").read_text())
    except (OSError, ValueError):
        return _no_report(log)
    totals = report["totals"]
    numbers = {"checks": totals["mutants"], "survived": totals["survived"]}
    failure = "" if report["passed"] else report["problems"][0]
    return Outcome(failure=summary.judge(failure, numbers, ""), numbers=numbers, log="mutate.log")


RUNNERS: Final[Mapping[str, Callable[..., Outcome]]] = {
    "test": run_uvm,
    "unit": run_unit,
    "workload": run_workload,
    "synth": run_synth,
    "mutate": run_mutate,
}
"""How a kind of run is done: of a spec, its folder, and whether waves are wanted."""
