"""Sessions over time, in an embedded database: what trends show, and how long runs take."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from snn_rtl.models.errors import InputError
from snn_rtl.regressions.metrics import Metrics

DATABASE: Final = "history.sqlite"
"""Name of the file, beside the sessions."""

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS session (
  name TEXT PRIMARY KEY, list TEXT, started REAL, revision TEXT, seed INTEGER, passed INTEGER,
  totals TEXT, tools TEXT
);
CREATE TABLE IF NOT EXISTS metric (
  session TEXT REFERENCES session(name), kind TEXT, name TEXT, value REAL,
  PRIMARY KEY (session, kind, name)
);
CREATE TABLE IF NOT EXISTS duration (test TEXT PRIMARY KEY, wall_s REAL);
"""
_MOST: Final = 60
"""Sessions that a trend shows."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A session in the history.

    Attributes:
        name: of the session.
        started: in seconds since 1970.
        revision: of the sources.
        passed: its verdict.
        totals: name to number: runs, failed, checks, tiles, elapsed_s and so on.
        metrics: cycles, coverage, speed.
        tools: name to version.
    """

    name: str
    started: float
    revision: str | None
    passed: bool
    totals: Mapping[str, float]
    metrics: Metrics
    tools: Mapping[str, str]


class History:
    """The database.

    Args:
        sessions: folder of the sessions.
    """

    def __init__(self, sessions: Path) -> None:
        self._path = sessions / DATABASE

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self._path, timeout=30)
            try:
                with connection:
                    connection.executescript(_SCHEMA)
                    yield connection
            finally:
                connection.close()
        except (sqlite3.Error, OSError) as error:
            raise InputError(f"{self._path}: {error}") from None

    def add(self, name: str, seed: int, entry: Entry, durations: Mapping[str, float]) -> None:
        """Book a session, in place of what was booked of it before.

        Args:
            name: of its list.
            seed: base seed.
            entry: the session.
            durations: seconds that its runs took, by test.

        Raises:
            InputError: the database cannot be written.
        """
        with self._open() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO session VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(entry.name, name, entry.started, entry.revision, seed, entry.passed),
                    *(json.dumps(dict(entry.totals)), json.dumps(dict(entry.tools))),
                ),
            )
            connection.execute("DELETE FROM metric WHERE session = ?", (entry.name,))
            connection.executemany(
                "INSERT INTO metric VALUES (?, ?, ?, ?)",
                [
                    (entry.name, kind, metric, value)
                    for kind, values in entry.metrics.items()
                    for metric, value in values.items()
                ],
            )
            connection.executemany(
                "INSERT OR REPLACE INTO duration VALUES (?, ?)", durations.items()
            )

    def durations(self) -> dict[str, float]:
        """Return how long tests took the last time they ran."""
        with self._open() as connection:
            return dict(connection.execute("SELECT test, wall_s FROM duration").fetchall())

    def sessions(self, name: str) -> list[Entry]:
        """Return the sessions of a list, the oldest first, as many as a trend shows."""
        with self._open() as connection:
            rows = connection.execute(
                "SELECT name, started, revision, passed, totals, tools FROM session"
                " WHERE list = ? ORDER BY started DESC LIMIT ?",
                (name, _MOST),
            ).fetchall()
            return [_entry(connection, row) for row in reversed(rows)]


def _entry(connection: sqlite3.Connection, row: tuple[Any, ...]) -> Entry:
    name, started, revision, passed, totals, tools = row
    metrics: Metrics = {}
    for kind, metric, value in connection.execute(
        "SELECT kind, name, value FROM metric WHERE session = ? ORDER BY rowid", (name,)
    ):
        metrics.setdefault(kind, {})[metric] = value
    return Entry(
        name=name,
        started=started,
        revision=revision,
        passed=bool(passed),
        totals=json.loads(totals),
        metrics=metrics,
        tools=json.loads(tools),
    )
