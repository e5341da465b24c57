"""Tests of single modules: test_<module>.py each."""

from __future__ import annotations

from pathlib import Path

from snn_rtl.run.places import ROOT


def units() -> tuple[str, ...]:
    """Return the modules that have a test here, sorted."""
    modules = {path.stem for path in (ROOT / "rtl").glob("*/*.v")}
    tested = {path.stem.removeprefix("test_") for path in Path(__file__).parent.glob("test_*.py")}
    return tuple(sorted(modules & tested))
