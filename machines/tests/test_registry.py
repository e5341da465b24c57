"""An entry of a machine is complete: what it names, and what follows from its name, is there."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest
import yaml

from snn_rtl.machines import MACHINES, machine_with
from snn_rtl.machines.base import Machine
from snn_rtl.machines.prosperity import Prosperity
from snn_rtl.run.places import ROOT
from snn_rtl.tb.common.register_map import register_map

every_machine = pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)

FILES = (
    "rtl/{0}/{0}_top.v",
    "rtl/{0}/{0}.f",
    "rtl/{0}/{0}.core",
    "rtl/{0}/registers.yaml",
    "rtl/{0}/coverage_exclusions.yaml",
    "tb/{0}/testplan.hjson",
    "docs/reference/{0}.md",
    "docs/reference/{0}_registers.md",
    "docs/reference/{1}",
)
"""What a machine of a name has, and its testplan's page."""

MODULES = {
    "base_test": (),
    "covergroups": (),
    "env": (),
    "job": ("LayerJob",),
    "run_workload": ("RunWorkload",),
    "scoreboard": (),
    "stimulus": (),
}
"""Modules of its bench to what they must have."""

TESTS = ("layers", "misuse", "registers", "sabotage", "stress")


def missing(machine: Machine) -> list[str]:
    """Return what a machine has not."""
    files = [name.format(machine.name, machine.testplan_page) for name in FILES]
    absent = [file for file in files if not (ROOT / file).is_file()]
    bench = ROOT / "tb" / machine.name
    absent += [f"tests/{m}.py" for m in TESTS if not (bench / "tests" / f"{m}.py").is_file()]
    absent += [
        f"stress.{c}" for c in machine.testing.corners if not machine.has_test(f"stress.{c}")
    ]
    absent += [test for test in machine.testing.own if not machine.has_test(test)]
    absent += [str(path) for path in machine.bundled.values() if not path.is_file()]
    absent += [f"bundled {name}" for name in machine.configs if name not in machine.bundled]
    blocks = yaml.safe_load((ROOT / "synth" / "blocks.yaml").read_text())
    return absent + [f"blocks of {name}" for name in (machine.name,) if name not in blocks]


@every_machine
def test_all_parts_are_there(machine: Machine) -> None:
    assert missing(machine) == []
    assert {"paper", "small", *machine.testing.variants} <= set(machine.configs)
    assert {type(config) for config in machine.configs.values()} == {machine.parameters}
    assert machine_with(machine.paper) is machine
    assert machine.testing.odd not in machine.configs.values()
    stimulus = import_module(machine.testing.stimulus)
    for name in ("random_config", "wide_config", "random_job"):
        assert callable(getattr(stimulus, name))
    assert machine.testing.covergroups()


@every_machine
@pytest.mark.parametrize("module", MODULES)
def test_modules_of_the_bench(machine: Machine, module: str) -> None:
    found = import_module(f"snn_rtl.tb.{machine.name}.{module}")
    assert [name for name in MODULES[module] if not hasattr(found, name)] == []


@every_machine
def test_counters_are_registers(machine: Machine) -> None:
    known = {name for name in register_map(machine.name).counters}
    assert set(machine.counts().values()) <= known
    assert {reason.upper() for reason in machine.stalls} <= known


def test_what_is_missing_is_noticed() -> None:
    class Other(Prosperity):
        name = "other"
        testplan_page = "other_testplan.md"

    found = missing(Other())
    assert "rtl/other/other_top.v" in found
    assert "docs/reference/other_testplan.md" in found
    assert {"stress.Crosses", "points.Points", "blocks of other"} <= set(found)


def test_entries_load_no_bench() -> None:
    program = "import sys, snn_rtl.machines; print(*[m for m in sys.modules if '.tb' in m])"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
