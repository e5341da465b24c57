"""Reports of `make synth` as other pages read them: which are used, and why others are not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from snn_rtl.machines import MACHINES
from snn_rtl.models.prosperity.config import PAPER, SMALL, TURBO
from snn_rtl.run.provenance import rtl_digest
from snn_rtl.synth.report import SCHEMA
from snn_rtl.synth.reports import read_reports

DESIGN = "prosperity"


def synth_report(**changes: Any) -> dict[str, Any]:
    """Return what `make synth` reports of `paper`, as far as it is read."""
    return {
        "schema": SCHEMA,
        "passed": True,
        "rtl": rtl_digest(MACHINES[DESIGN].file_list),
        "parameters": PAPER.verilog_parameters(),
        "summary": {"area_um2": 1.5e7, "memory_bits": 2317248, "path_ns": 8.5},
        **changes,
    }


def write(folder: Path, text: str, name: str = "paper") -> None:
    """Write a report where `make synth` does."""
    (folder / f"{DESIGN}-{name}").mkdir(parents=True)
    (folder / f"{DESIGN}-{name}" / "report.json").write_text(text)


def test_a_report_is_found_by_its_parameters(tmp_path: Path) -> None:
    # In whatever folder: OUT is not asked for, the parameters count.
    write(tmp_path, json.dumps(synth_report()), "turbo")
    found = read_reports(DESIGN, tmp_path)
    report = found.of(PAPER)
    assert report is not None
    assert (report.cells_um2, report.memory_bits, report.path_ns) == (1.5e7, 2317248, 8.5)
    assert found.of(TURBO) is None
    assert found.of(SMALL) is None
    assert found.refused == {}


def test_no_report_is_no_report(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        found = read_reports(DESIGN, folder)
        assert (found.found, found.refused) == ((), {})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (json.dumps(synth_report(rtl="0123456789abcdef")), "it is of other sources"),
        (json.dumps(synth_report(passed=False)), "the synthesis failed"),
        (json.dumps(synth_report(schema="synth-report/0")), "it is not of schema"),
        (json.dumps({k: v for k, v in synth_report().items() if k != "rtl"}), "it is damaged"),
        (json.dumps(synth_report(summary={})), "it is damaged"),
        (json.dumps(synth_report(summary={"area_um2": "much"})), "it is damaged"),
        (json.dumps(synth_report())[:-5], "it is damaged"),
        ("", "it is damaged"),
        ("[]", "it is damaged"),
        ("null", "it is damaged"),
        ("[" * 100_000, "it is damaged"),
        ("\0\0", "it is damaged"),
    ],
)
def test_other_reports_are_refused_with_a_reason(tmp_path: Path, text: str, why: str) -> None:
    write(tmp_path, text)
    found = read_reports(DESIGN, tmp_path)
    assert found.of(PAPER) is None
    assert list(found.refused) == ["prosperity-paper"]
    assert found.refused["prosperity-paper"].startswith(why)


def test_reports_of_single_modules_are_not_read(tmp_path: Path) -> None:
    write(tmp_path, json.dumps(synth_report()), "paper-tcam")
    found = read_reports(DESIGN, tmp_path)
    assert (found.found, found.refused) == ((), {})
