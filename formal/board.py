"""What the terminal shows while tasks run: a table on a screen, lines in a log."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Final

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from formal.judge import Result

_DONE: Final = {"prove": "proved", "bmc": "holds", "cover": "reached", "broken": "refuted"}


class Board:
    """Shows the tasks that run, and how many have ended."""

    def __init__(self, console: Console, total: int, done: int) -> None:
        self.console = console
        self._failed = 0
        self._running: dict[str, float] = {}
        self._progress = Progress(
            *(TextColumn("tasks"), BarColumn(), MofNCompleteColumn()),
            *(TextColumn("{task.fields[note]}"), TimeElapsedColumn()),
            console=console,
        )
        self._task = self._progress.add_task("tasks", total=total, completed=done, note="")
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

    def begin(self, name: str) -> None:
        """Note that a task has started."""
        self._running[name] = time.monotonic()

    def finished(self, result: Result) -> None:
        """Show a result."""
        name, problem = result.job.name, result.problem
        self._running.pop(name, None)
        self._failed += bool(problem)
        self._progress.update(self._task, advance=1, note=f"{self._failed} failed")
        mark = "[red]✗[/red]" if problem else "[green]✓[/green]"
        self.console.print(
            f"{mark} {name}  {_DONE[result.job.kind] if not problem else 'FAILED'}  "
            f"{result.outcome.cpu_s:.1f} s of CPU",
            highlight=False,
            soft_wrap=True,
        )
        if problem:
            self.console.print(f"  {problem}", markup=False, highlight=False, soft_wrap=True)

    def _render(self) -> RenderableType:
        table = Table(box=None, show_header=False, padding=(0, 1))
        now = time.monotonic()
        for name, since in sorted(self._running.items()):
            table.add_row(f"{now - since:5.0f} s", name)
        return Group(self._progress, table)
