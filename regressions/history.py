"""Sessions over time, from their own reports: what trends show, and how long runs take."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from snn_rtl.regressions.metrics import Metrics
from snn_rtl.run.records import read_json
from snn_rtl.run.report import REPORT

FOLDER: Final = "report"
"""Folder of a session's report, in that of the session."""

_MOST: Final = 60
"""Sessions that a trend shows."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A session in the history: what its report says of it as a whole.

    Attributes:
        name: of the session.
        started: in seconds since 1970.
        revision: of the sources.
        passed: its verdict.
        totals: name to number: runs, failed, checks, tiles, elapsed_s and so on.
        metrics: cycles, coverage, speed.
        tools: name to version.
    """

    name: str = msgspec.field(name="session")
    started: float
    revision: str | None = msgspec.field(name="git")
    passed: bool
    totals: Mapping[str, float]
    metrics: Metrics
    tools: Mapping[str, str]


class _Run(msgspec.Struct, frozen=True, kw_only=True):
    test: str
    state: str
    wall_s: float


class _Report(Entry, frozen=True, kw_only=True):
    list: str
    runs: tuple[_Run, ...]
    missing: tuple[str, ...]


class History:
    """The complete sessions in a folder.

    Args:
        sessions: folder of the sessions.

    Raises:
        InputError: a session's report is damaged.
    """

    def __init__(self, sessions: Path) -> None:
        found = [read_json(path, _Report) for path in sorted(sessions.glob(f"*/{FOLDER}/{REPORT}"))]
        found.sort(key=lambda report: report.started)
        self._reports = [report for report in found if not report.missing]

    def durations(self) -> dict[str, float]:
        """Return how long tests took the last time they passed."""
        return {
            run.test: run.wall_s
            for report in self._reports
            for run in report.runs
            if run.state == "passed"
        }

    def sessions(self, name: str) -> list[Entry]:
        """Return the sessions of a list, the oldest first, as many as a trend shows."""
        found: list[Entry] = [report for report in self._reports if report.list == name]
        return found[-_MOST:]
