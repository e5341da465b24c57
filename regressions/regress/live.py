"""What the terminal shows while a session runs: a table on a screen, lines in a log."""

from __future__ import annotations

import time
from collections import Counter
from types import TracebackType
from typing import Final

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from regressions.regress.buckets import normalise
from regressions.regress.record import Record

_MOST_BUCKETS: Final = 6
_MOST_RUNNING: Final = 12
_NAME: Final = 76


class Board:
    """Shows a session.

    Attributes:
        workers: how many there are now.
    """

    def __init__(self, console: Console, total: int, done: int) -> None:
        self.console = console
        self.workers = 0
        self._failed = 0
        self._buckets: Counter[str] = Counter()
        self._running: dict[str, tuple[str, float]] = {}
        self._progress = Progress(
            *(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()),
            *(TextColumn("{task.fields[note]}"), TimeElapsedColumn()),
            console=console,
        )
        self._task = self._progress.add_task("runs", total=total, completed=done, note="")
        self._live = Live(
            console=console,
            get_renderable=self._render,
            refresh_per_second=2,
            transient=True,
            auto_refresh=console.is_terminal,
        )

    def __enter__(self) -> Board:
        """Begin to show."""
        self._live.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End."""
        self._live.__exit__(kind, error, trace)

    def say(self, text: str) -> None:
        """Print a line above the table."""
        self.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def begin(self, what: str, host: str) -> None:
        """Note that something has started."""
        self._running[what] = (host, time.monotonic())

    def end(self, what: str) -> None:
        """Note that it has ended."""
        self._running.pop(what, None)

    def finished(self, record: Record, *, excused: bool) -> None:
        """Show a result."""
        self.end(record.id)
        mark = "[green]✓[/green]" if record.passed else "[red]✗[/red]"
        if excused:
            mark = "[yellow]x[/yellow]"
        if not record.passed:
            self._failed += not excused
            self._buckets[normalise(record.failure)] += 1
        self._progress.update(self._task, advance=1, note=f"{self._failed} failed")
        if not record.passed or not self.console.is_terminal:
            self.console.print(
                f"{mark} {record.id}  {record.wall_s:.1f} s", highlight=False, soft_wrap=True
            )
        if not record.passed:
            self.say(f"  {record.failure.splitlines()[0]}")

    def _render(self) -> RenderableType:
        parts: list[RenderableType] = [self._progress]
        running = Table(box=None, show_header=False, padding=(0, 1))
        now = time.monotonic()
        for what, (host, since) in list(self._running.items())[:_MOST_RUNNING]:
            running.add_row(f"{now - since:5.0f} s", host, what[:_NAME])
        parts.append(running)
        if self._buckets:
            table = Table("failures", "what they say", box=None)
            for title, count in self._buckets.most_common(_MOST_BUCKETS):
                table.add_row(str(count), title)
            parts.append(table)
        parts.append(f"{self.workers} workers")
        return Group(*parts)
