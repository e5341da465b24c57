"""The testplan agrees with the code, both ways: tests, units, covergroups, what pytest runs."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from snn_rtl.machines import MACHINES, machine_with
from snn_rtl.models.errors import InputError
from snn_rtl.regressions.lists import named
from snn_rtl.regressions.testplan import PARTS, Plan, load, source_of
from snn_rtl.run.design import read_file_list
from snn_rtl.run.places import ROOT
from snn_rtl.run.runner import RunFailure
from snn_rtl.tb.common.machine import cases
from snn_rtl.tb.common.machine.matrix import SETS
from snn_rtl.tb.unit import units

HERE = Path(__file__).resolve().parent
SIMULATORS = {"icarus", "verilator"}

_CLASS = re.compile(r"^@pyuvm\.test\(\)\nclass (\w+)\(", re.MULTILINE)


every_design = pytest.mark.parametrize("design", MACHINES)


@cache
def plan(design: str) -> Plan:
    return load(source_of(design))


def classes(design: str) -> set[str]:
    """Return the UVM tests in the code, module.Class."""
    return {
        f"{path.stem}.{name}"
        for path in (HERE / design / "tests").glob("*.py")
        for name in _CLASS.findall(path.read_text())
    }


def units_of(design: str) -> set[str]:
    """Return the unit tests of the modules that a machine has."""
    sources, _ = read_file_list(ROOT / MACHINES[design].file_list)
    return set(units()) & {source.stem for source in sources}


class Collector:
    """pytest plugin that keeps the collected items."""

    def __init__(self) -> None:
        self.items: list[Any] = []

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        self.items = list(items)


@cache
def runs() -> dict[str, dict[str, set[str]]]:
    """Return design to test to the simulators on which the pytest files of machines run it.

    Every collected case is called with a run_test that only notes what it is asked for.
    """
    collector = Collector()
    # Collected apart from this session: the cases are not run.
    options = ["--collect-only", "-qq", "-p", "no:cacheprovider", "-p", "no:xdist"]
    settings = ["--rootdir", str(ROOT), "-c", str(ROOT / "pyproject.toml")]
    own = [path for design in MACHINES for path in (HERE / design).glob("test_*.py")]
    files = [HERE / "test_machines.py", *own]
    pytest.main([*options, *settings, *map(str, files)], plugins=[collector])
    seen: dict[str, dict[str, set[str]]] = {design: {} for design in MACHINES}

    def note(simulator: str, config: Any, test: str, **_: Any) -> None:
        seen[machine_with(config).name].setdefault(test, set()).add(simulator)
        raise RunFailure("not run")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cases, "run_test", note)
        for item in collector.items:
            call(item, patch)
    return seen


def call(item: Any, patch: pytest.MonkeyPatch) -> None:
    """Call a collected case; it ends where it would run a simulation."""
    arguments = dict(item.callspec.params) if hasattr(item, "callspec") else {}
    fixtures = {"request": SimpleNamespace(node=item), "monkeypatch": patch}
    arguments |= {
        k: v for k, v in fixtures.items() if k in item.fixturenames and k not in arguments
    }
    function = item.function
    wanted = function.__code__.co_varnames[: function.__code__.co_argcount]
    try:
        function(**{name: arguments[name] for name in wanted})
    except AssertionError:
        # RunFailure, or pytest.raises whose message is another.
        return


@every_design
def test_every_test_is_planned(design: str) -> None:
    modules = {f"unit.{name}" for name in units_of(design)}
    assert classes(design) | modules == plan(design).tests()


def test_every_unit_is_of_a_machine() -> None:
    assert set(units()) == {name for design in MACHINES for name in units_of(design)}


@every_design
def test_every_planned_test_is_run(design: str) -> None:
    regression = plan(design).tests("regression")
    planned = {test for test in plan(design).tests() if not test.startswith("unit.")} - regression
    assert planned <= set(runs()[design])
    # What the plan does not name is a case that must fail to start.
    assert set(runs()[design]) - planned == {"layers.NoSuchTest"}


@every_design
def test_regression_tests_are_run_by_the_regressions(design: str) -> None:
    run = {spec.name for name in ("nightly", "weekly") for spec in named(name).expand(1)}
    assert plan(design).tests("regression") <= run


@every_design
@pytest.mark.parametrize("name", SETS)
def test_sets_are_of_tests_that_there_are(design: str, name: str) -> None:
    specs = list(SETS[name](MACHINES[design], 1))
    assert {spec.name for spec in specs} <= classes(design)
    assert len({spec.id for spec in specs}) == len(specs)
    assert all(spec.machine_config in MACHINES[design].configs.values() for spec in specs)


@every_design
def test_simulators_are_those_of_the_plan(design: str) -> None:
    for point in plan(design).testpoints:
        only = {tag.removesuffix("_only") for tag in point.tags if tag.endswith("_only")}
        assert only <= SIMULATORS
        for test in set(point.tests) & set(runs()[design]):
            assert runs()[design][test] == (only or SIMULATORS), f"{point.name}: {test}"
        if only:
            assert "only" in point.desc, f"{point.name} must say why"


@every_design
def test_every_covergroup_is_planned(design: str) -> None:
    groups = MACHINES[design].testing.covergroups().values()
    assert set(plan(design).covergroups) == {group.name for group in groups}


@every_design
def test_every_testpoint_has_goal_stimulus_and_checks(design: str) -> None:
    for point in plan(design).testpoints:
        parts = [point.desc.index(part) for part in PARTS]
        assert parts == sorted(parts)
        assert parts[0] > 0, f"{point.name} has no goal"


POINT = {"name": "a", "desc": "b", "stage": "V1", "tests": ["x.Y"], "tags": ["z"]}
GROUP = {"name": "g_cg", "desc": "b"}


@pytest.mark.parametrize(
    ("points", "groups", "message"),
    [
        ([POINT, POINT], [], "a is there twice"),
        ([], [GROUP, GROUP], "g_cg is there twice"),
        ([POINT | {"stage": "V9"}], [], "a needs a stage"),
        ([POINT | {"tests": []}], [], "a needs a stage"),
        ([{"name": "a"}], [], "KeyError: 'desc'"),
    ],
)
def test_wrong_plan_is_refused(
    tmp_path: Path, points: list[Any], groups: list[Any], message: str
) -> None:
    path = tmp_path / "testplan.hjson"
    path.write_text(json.dumps({"name": "x", "testpoints": points, "covergroups": groups}))
    with pytest.raises(InputError, match=message):
        load(path)


def test_no_hjson_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "testplan.hjson"
    path.write_text("{")
    with pytest.raises(InputError, match="HjsonDecodeError"):
        load(path)
