"""The modules that are mutated, and the tests that claim them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from snn_rtl.machines import MACHINES
from snn_rtl.machines.spec import spec_of
from snn_rtl.models.errors import InputError
from snn_rtl.mutate.names import DESIGN_NAMES
from snn_rtl.run.places import ROOT
from snn_rtl.run.runner import RunFailure
from snn_rtl.tb.common.machine.settings import EnvSettings

_CHOSEN: Final[Mapping[str, int]] = {
    # The first sets are so small that they hide most of the logic; the wide increments of the
    # counters' last one reach all of their bits.
    "snn_arg_max": 1,
    "snn_counter_bank": 2,
    "loas_fast_prefix_sum": 2,
    "snn_fifo": 1,
    "snn_find_first": 1,
    "loas_laggy_prefix_sum": 1,
    "snn_popcount": 1,
    "snn_ram_1r1w": 2,
}
"""Which of a unit test's parameter sets is mutated, where it is not the first one."""

_TOP_TESTS: Final = (
    "layers.Shapes",
    "registers.RegisterAccess",
    "layers.Random",
    "misuse.WrongTlast",
    "misuse.SoftReset",
    "layers.Neurons",
    "stress.Interrupts",
    "stress.NeuronExtremes",
)
"""Tests of a whole machine that claim its top, quick ones first."""


@dataclass(frozen=True, kw_only=True)
class Suite:
    """Cocotb tests that one process runs.

    Attributes:
        test_module: Python module that holds them.
        testcase: one of them; None for all.
        env: what they read from the environment.
    """

    test_module: str
    env: Mapping[str, str] = field(default_factory=dict)
    testcase: str | None = None

    @property
    def name(self) -> str:
        """What tells it from other suites of a module."""
        return ".".join([self.test_module, *([self.testcase] if self.testcase else [])])


@dataclass(frozen=True, kw_only=True)
class Bench:
    """A module and its tests.

    Attributes:
        module: Verilog module.
        source: its file, below the project's root.
        file_list: the .f file that has all it instantiates.
        parameters: its sizes.
        suites: the tests, in the order in which survivors meet them.
    """

    module: str
    source: str
    file_list: str
    parameters: Mapping[str, int]
    suites: Sequence[Suite]


def sources() -> dict[str, str]:
    """Return every module of the machines with its file, below the project's root."""
    return {
        path.stem: path.relative_to(ROOT).as_posix()
        for folder in DESIGN_NAMES
        for path in sorted((ROOT / "rtl" / folder).glob("*.v"))
    }


def select(design: str | None, modules: Sequence[str] | None) -> list[str]:
    """Return the modules that a call is for.

    Args:
        design: a machine, whose own modules are meant; None for all.
        modules: names; None for all.

    Raises:
        InputError: there is no such module, or none is left.
    """
    known = sources()
    names = known if modules is None else modules
    for name in names:
        if name not in known:
            raise InputError(f"unknown module {name!r:.60}: there is no such file in rtl/")
    chosen = [name for name in names if design is None or known[name].startswith(f"rtl/{design}/")]
    if not chosen:
        raise InputError(f"none of these modules belongs to {design}")
    return list(dict.fromkeys(chosen))


def _top(design: str, source: str) -> Bench:
    machine = MACHINES[design]
    config = machine.config("small")
    suites = []
    options = {"layers": 4, "tiles": [2, 2, 2], "aborts": 2}
    for test in _TOP_TESTS:
        module, name = test.split(".")
        spec = spec_of(config, test, simulator="verilator", seed=1, options=options)
        env = EnvSettings(spec=spec).to_env()
        suites.append(Suite(test_module=f"{machine.tests}.{module}", testcase=name, env=env))
    built = machine.build(config)
    return Bench(
        module=machine.top,
        source=source,
        file_list=built.file_list,
        parameters=built.parameters,
        suites=suites,
    )


def _collect(files: Sequence[str]) -> list[dict[str, Any]]:
    """Return what the unit tests of some files would build."""
    # Other calls may collect at the same time.
    with TemporaryDirectory(prefix="benches-") as folder:
        out = Path(folder, "benches.json")
        done = subprocess.run(
            [sys.executable, "-m", "snn_rtl.mutate.collect", str(out), *files],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        try:
            found: list[dict[str, Any]] = json.loads(out.read_text())
        except (OSError, ValueError):
            last = (done.stdout.strip().splitlines() or ["no output"])[-1]
            raise RunFailure(f"the unit tests could not be collected: {last}") from None
    return found


def unit_test(module: str) -> Path:
    """Return the file of a module's unit test, below the project's root."""
    return Path("tb", "unit", f"test_{module}.py")


def load(modules: Sequence[str]) -> list[Bench]:
    """Return the benches of some modules.

    Raises:
        InputError: a module has no test, or its tests do not build it.
    """
    known = sources()
    tops = {machine.top: name for name, machine in MACHINES.items()}
    units = [name for name in modules if name not in tops]
    for name in units:
        if not (ROOT / unit_test(name)).is_file():
            raise InputError(f"{name} has no unit test: there is no {unit_test(name)}")
    sets: dict[str, list[dict[str, Any]]] = {}
    for entry in _collect([str(unit_test(name)) for name in units]) if units else []:
        sets.setdefault(entry["module"], []).append(entry)
    benches = []
    for name in modules:
        if name in tops:
            benches.append(_top(tops[name], known[name]))
            continue
        if len(sets.get(name, [])) <= _CHOSEN.get(name, 0):
            raise InputError(f"{unit_test(name)} builds no {name} with the parameters asked for")
        entry = sets[name][_CHOSEN.get(name, 0)]
        benches.append(
            Bench(
                module=name,
                source=known[name],
                file_list=entry["file_list"],
                parameters=entry["parameters"],
                suites=[Suite(test_module=entry["test_module"], env=entry["env"])],
            )
        )
    return benches
