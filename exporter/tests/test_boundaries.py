"""PyTorch is an optional extra: only the exporter and the examples may need it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FORBIDDEN = {"torch", "snntorch", "spikingjelly", "exporter", "examples"}


def imports(path: Path) -> set[str]:
    """Return the packages that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize("folder", ["models", "tb", "regressions", "tools"])
def test_nothing_else_imports_the_exporter_or_pytorch(folder: str) -> None:
    files = sorted((ROOT / folder).rglob("*.py"))
    assert files
    assert [path.name for path in files if imports(path) & FORBIDDEN] == []


def test_the_exporter_imports_no_neurons_package() -> None:
    """Neurons are told by the names of their classes, so any one of the packages will do."""
    files = sorted((ROOT / "exporter").glob("*.py"))
    assert files
    assert [path.name for path in files if imports(path) & {"snntorch", "spikingjelly"}] == []
