"""Files of reports and pages: whole or not at all, and what goes wrong names the file."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from snn_rtl.run.page import PLOTLY, render, write_page
from snn_rtl.run.plots import log_axis
from snn_rtl.run.report import write_file, write_json


def test_a_report_is_read_back(tmp_path: Path) -> None:
    path = write_json(tmp_path / "report.json", {"area": "µm²"})
    assert json.loads(path.read_text(encoding="utf-8")) == {"area": "µm²"}
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.json"]


def test_a_full_disk_is_told_with_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_file(tmp_path / "report.json", "old")

    def full(part: Path, _: bytes) -> int:
        part.touch()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match=f"No space left on device: '{path}'"):
        write_file(path, "new")
    # The old one is as it was, and nothing lies beside it.
    assert [(entry.name, entry.read_text()) for entry in tmp_path.iterdir()] == [
        ("report.json", "old")
    ]


def test_a_page_without_plots_has_no_plotly_beside(tmp_path: Path) -> None:
    write_page(tmp_path / "index.html", "<p>nothing to draw</p>")
    assert not (tmp_path / PLOTLY).exists()


def test_a_value_that_is_missing_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="report"):
        render("formal.html.j2")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([80_000, 6e6], {"tickformat": "~s", "dtick": "D2"}),
        ([0.7, 30], {"tickformat": "~g", "dtick": "D2"}),
        # D2 would leave one tick.
        ([0.9, 4.2], {"tickformat": "~g"}),
    ],
)
def test_ticks_of_logarithmic_axes(values: list[float], expected: dict[str, str]) -> None:
    axis = log_axis("cycles", values)
    assert {key: axis[key] for key in ("tickformat", "dtick") if key in axis} == expected
