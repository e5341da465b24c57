"""What the terminal shows while a session runs: besides the runs, what their failures say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from rich.console import Console, RenderableType
from rich.markup import escape
from rich.table import Table

from snn_rtl.regressions.buckets import normalise
from snn_rtl.regressions.record import Record
from snn_rtl.run.board import Board

_MOST_BUCKETS: Final = 6


class SessionBoard(Board):
    """Shows a session.

    Attributes:
        workers: how many there are now.
    """

    def __init__(self, console: Console, total: int, done: int) -> None:
        self.workers = 0
        self._buckets: Counter[str] = Counter()
        # Last: it asks what stands below.
        super().__init__(console, "runs", total, done)

    def book(self, record: Record, *, excused: bool) -> None:
        """Show a result; on a screen what passed is counted alone."""
        failure = "" if record.passed else record.failure.splitlines()[0]
        if not record.passed:
            self._buckets[normalise(record.failure)] += 1
        self.finished(
            record.id,
            f"{record.wall_s:.1f} s",
            failure,
            excused=excused,
            line=not self.console.is_terminal,
        )

    def below(self) -> Sequence[RenderableType]:
        """Return the failures by what they say, and the number of workers."""
        table = Table("failures", "what they say", box=None)
        for title, count in self._buckets.most_common(_MOST_BUCKETS):
            table.add_row(str(count), escape(title))
        return (*([table] if self._buckets else []), f"{self.workers} workers")
