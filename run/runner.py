"""Builds designs and runs cocotb tests on them; the only door from Python to the simulators.

A build is kept by the content of its sources, its parameters and its simulator, so that tests
share it and a change makes a new one. A run is judged by its results file alone: no file, no test
in it, or a failed test is a failure.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from cocotb_tools.check_results import get_results

from snn_rtl.run.builds import kept
from snn_rtl.run.design import Design
from snn_rtl.run.places import BUILD, from_root
from snn_rtl.run.simulators import make_runner, simulator_version
from snn_rtl.run.toggle_fix import FLAGS, fix_toggles

_TIMESCALE: Final = ("1ns", "1ps")
_PORTS_ARGS: Final = ("--public-depth", "1")
VERILATOR_ARGS: Final = (
    *("-O3", "--x-assign", "fast", "--noassert"),
    # Zeros for the largest tile: 32768 x 64.
    *("--replication-limit", str(1 << 21)),
)
"""Arguments of every Verilator build, with cocotb or without."""

# Delays are coroutines, which C++ has since 2020.
_DELAY_ARGS: Final = ("--timing", "-CFLAGS", "-std=c++20")
# Not --coverage: its FSM part stops with an internal error on a vector whose bits are assigned
# one by one under a reset, and the RTL has no FSM.
_COVERAGE_ARGS: Final[Mapping[str, tuple[str, ...]]] = {
    "": (),
    "line": ("--coverage-line",),
    "full": (
        *("--coverage-line", "--coverage-toggle", "--coverage-expr"),
        # By default the toggles of signals and memories above 256 bits are left out.
        *("--coverage-max-width", "4096"),
        *FLAGS,
    ),
}
_SIM_ENV: Final = {
    "COCOTB_ANSI_OUTPUT": "0",
    # pytest rewrites the asserts of matching modules at every start; for all modules that takes
    # longer than many a test.
    "COCOTB_REWRITE_ASSERTION_FILES": "test_*.py",
    # After a product of matrices NumPy's other threads go on spinning beside the simulator.
    "OPENBLAS_NUM_THREADS": "1",
}

COVERAGE: Final = tuple(_COVERAGE_ARGS)
"""Code coverage that a build can measure: none, lines and branches, or everything."""

CODE_COVERAGE: Final = "coverage.dat"
"""Name of the code coverage that a run leaves in its folder."""


class RunFailure(AssertionError):
    """A simulation that did not pass; the message ends with the command that repeats it."""


@dataclass(frozen=True, kw_only=True)
class Build:
    """A built design: where it is, and what it was built with."""

    design: Design
    simulator: str
    folder: Path
    waves: bool
    coverage: str


def fingerprint(design: Design, simulator: str, *flags: bool | str) -> str:
    """Return what names a build: a hash of all it depends on."""
    sources, includes = design.sources()
    headers = sorted(p for folder in includes for p in folder.glob("*.vh"))
    digest = hashlib.sha256()
    for path in [*sources, *headers]:
        # A design of one's own may be anywhere.
        digest.update(from_root(path).encode())
        digest.update(path.read_bytes())
    settings = (sorted(design.parameters.items()), simulator, simulator_version(simulator), flags)
    bench = (design.bench, sorted(design.defines.items()), _DELAY_ARGS)
    digest.update(repr((settings, bench, _PORTS_ARGS, VERILATOR_ARGS, _COVERAGE_ARGS)).encode())
    return digest.hexdigest()[:12]


def literal(value: int) -> str:
    """Return a parameter's value as Verilog: as words of 32 bits where it is no integer."""
    return f"{-(-value.bit_length() // 32) * 32}'h{value:x}" if value >> 31 > 0 else str(value)


def _build_args(simulator: str, *, coverage: str, delays: bool) -> list[str]:
    if simulator != "verilator":
        return ["-Wall"]
    more = [*(_DELAY_ARGS if delays else ()), *_COVERAGE_ARGS[coverage]]
    return [*_PORTS_ARGS, *VERILATOR_ARGS, *more]


def build(design: Design, simulator: str, *, waves: bool = False, coverage: str = "") -> Build:
    """Build a design unless an equal build is there.

    Args:
        design: what to build.
        simulator: verilator or icarus.
        waves: runs write a waveform.
        coverage: runs write code coverage (Verilator only), one of COVERAGE.

    Raises:
        InputError: the simulator is unknown or not installed.
        RunFailure: the build failed; the message names its log.
    """
    runner = make_runner(simulator)
    name = f"{design.top}-{simulator}-{fingerprint(design, simulator, waves, coverage)}"
    folder = BUILD / "sim" / name
    result = Build(
        design=design, simulator=simulator, folder=folder, waves=waves, coverage=coverage
    )

    def make() -> None:
        sources, includes = design.sources()
        log = folder / "build.log"
        if coverage == "full":
            fix_toggles(folder)
        try:
            runner.build(
                sources=sources,
                includes=includes,
                hdl_toplevel=design.top,
                parameters={name: literal(v) for name, v in design.parameters.items()},
                defines=design.defines,
                build_args=_build_args(simulator, coverage=coverage, delays=bool(design.bench)),
                build_dir=folder,
                timescale=_TIMESCALE,
                waves=waves,
                log_file=log,
            )
        except (RuntimeError, SystemExit) as error:
            raise RunFailure(f"build of {design.top} for {simulator} failed: see {log}") from error

    kept(folder, make)
    return result


def _failure_text(results: Path) -> str:
    """Return the first failure's message from a results file."""
    for node in ElementTree.parse(results).iter():
        if node.tag in ("failure", "error"):
            text = node.get("error_msg") or node.get("message") or (node.text or "").strip()
            # pytest adds lines that say where an assertion's values come from: " +  where ...".
            lines = [line for line in text.splitlines() if not line.lstrip().startswith("+")]
            return lines[-1] if lines else "no message"
    return "no message"


def run(
    target: Build,
    module: str,
    *,
    run_dir: Path,
    seed: int,
    testcase: str | None = None,
    env: Mapping[str, str] | None = None,
    rerun: str = "",
) -> int:
    """Run cocotb tests on a build.

    Args:
        target: the build.
        module: Python module with the cocotb tests.
        run_dir: folder for everything the run writes; emptied first.
        seed: base of all randomness.
        testcase: one test of the module; None for all.
        env: more environment for the simulation.
        rerun: command that repeats the run, for the failure's message.

    Returns:
        Number of tests that passed.

    Raises:
        RunFailure: a test failed, none ran, or there are no results.
    """
    shutil.rmtree(run_dir, ignore_errors=True)
    run_dir.mkdir(parents=True)
    results = run_dir / "results.xml"
    log = run_dir / "sim.log"
    coverage = run_dir / CODE_COVERAGE
    again = f"\nrerun: {rerun}" if rerun else ""
    # cocotb takes the name of its results file from the running pytest test, if there is one.
    inside_pytest = os.environ.pop("PYTEST_CURRENT_TEST", None)
    crash = ""
    try:
        make_runner(target.simulator).test(
            test_module=module,
            hdl_toplevel=target.design.top,
            hdl_toplevel_lang="verilog",
            testcase=testcase,
            seed=seed,
            build_dir=target.folder,
            test_dir=run_dir,
            results_xml=str(results),
            extra_env={**_SIM_ENV, **(env or {})},
            plusargs=[f"+verilator+coverage+file+{coverage}"] if target.coverage else [],
            timescale=_TIMESCALE,
            waves=target.waves,
            log_file=log,
        )
    except (RuntimeError, SystemExit) as error:
        crash = str(error)
    finally:
        if inside_pytest is not None:
            os.environ["PYTEST_CURRENT_TEST"] = inside_pytest
    try:
        ran, failed = get_results(results)
    except (RuntimeError, ElementTree.ParseError):
        raise RunFailure(f"no results: the simulation died {crash}; see {log}{again}") from None
    if failed:
        raise RunFailure(f"{failed} of {ran} failed: {_failure_text(results)}; see {log}{again}")
    if not ran:
        raise RunFailure(f"no test ran in {module}; see {log}{again}")
    return ran
