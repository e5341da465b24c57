"""Imports point down: no package of the project uses one above or beside its own."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from snn_rtl.run.places import ROOT

LAYERS = (
    ("models",),
    ("run", "exporter"),
    ("machines",),
    ("tb",),
    ("sim",),
    ("formal", "mutate", "synth"),
    ("studies", "regressions"),
    ("snn_rtl",),
    ("tools",),
)
"""Packages from the bottom up. Those of a layer do not know one another."""

LEVEL = {package: level for level, layer in enumerate(LAYERS) for package in layer}

ONLY = {"exporter": {"models"}}
"""Packages that may use some of those below them only."""


def is_test(path: Path) -> bool:
    """Return whether a module is a test of the programs, which may use what it likes.

    UVM tests are no such: they are part of the benches.
    """
    uvm = path.parts[0] == "tb" and path.parts[1] != "unit" and path.name != "cases.py"
    named = path.name.startswith(("test_", "conftest"))
    return named or ("tests" in path.parts and not uvm) or path.parts[:2] == ("tb", "unit")


def imported(source: str) -> set[str]:
    """Return the modules of the project that a source names: imports, and "a.b:c" by name."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name.startswith("snn_rtl.")}


def arrows(path: Path, source: str) -> list[str]:
    """Return the imports of a module that do not point down."""
    mine = path.parts[0]
    wrong = []
    for name in sorted(imported(source)):
        other = name.split(".")[1]
        other = other if other in LEVEL else "snn_rtl"
        below = LEVEL[other] < LEVEL[mine] and other in ONLY.get(mine, LEVEL)
        if other != mine and not below:
            wrong.append(f"{path}: {name}")
    return wrong


def modules() -> list[Path]:
    """Return the modules of the project that are no tests, below its root."""
    paths = [path for package in LEVEL for path in (ROOT / package).rglob("*.py")]
    own = [path for path in paths if not any(p.is_symlink() for p in path.parents)]
    return [p for p in (path.relative_to(ROOT) for path in own) if not is_test(p)]


def test_imports_point_down() -> None:
    found = modules()
    assert {path.parts[0] for path in found} == set(LEVEL)
    assert [line for path in found for line in arrows(path, (ROOT / path).read_text())] == []


@pytest.mark.parametrize(
    ("path", "line", "bad"),
    [
        ("run/store.py", "from snn_rtl.machines import MACHINES", True),
        ("run/store.py", "def f() -> None:\n    import snn_rtl.sim.options", True),
        ("machines/loas.py", "from snn_rtl.tb.loas.stimulus import random_config", True),
        ("machines/loas.py", "from snn_rtl.run.plots import share", False),
        ("synth/page.py", "from snn_rtl.regressions.lists import named", True),
        ("synth/page.py", "from snn_rtl.formal import verdict", True),
        ("regressions/page.py", "from snn_rtl.studies.sweep import grid", True),
        ("regressions/page.py", "from snn_rtl.formal import verdict", False),
        ("exporter/nir.py", "from snn_rtl.run.places import ROOT", True),
        ("exporter/nir.py", "from snn_rtl.models.errors import InputError", False),
        ("tb/common/env.py", "from snn_rtl.cli import main", True),
        ("tools/lint/all.py", "from snn_rtl.regressions.lists import named", False),
    ],
)
def test_planted_arrow_is_found(path: str, line: str, bad: bool) -> None:
    assert bool(arrows(Path(path), line)) is bad


def test_tests_are_told_from_benches() -> None:
    assert is_test(Path("run/tests/helpers.py"))
    assert is_test(Path("tb/unit/bench.py"))
    assert is_test(Path("tb/test_machines.py"))
    assert not is_test(Path("tb/loas/tests/layers.py"))
    assert not is_test(Path("tb/common/machine/launch.py"))
