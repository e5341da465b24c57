"""What the terminal shows while a command works: a table on a screen, lines in a log."""

from __future__ import annotations

import time
from collections.abc import Sequence
from types import TracebackType
from typing import Final, Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from snn_rtl.run.alive import EVERY_S, lines

_MOST_RUNNING: Final = 12
_NAME: Final = 76


class Board:
    """Shows how many of a command's tasks have ended, and which are under way.

    Tasks may be begun and ended from any thread.

    Args:
        console: where it is shown.
        what: the tasks are, in the plural.
        total: how many there are.
        done: how many of these have their result already.
    """

    def __init__(self, console: Console, what: str, total: int, done: int = 0) -> None:
        self.console = console
        self._failed = 0
        self._running: dict[str, tuple[str, float]] = {}
        self._progress = Progress(
            *(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()),
            *(TextColumn("{task.fields[note]}"), TimeElapsedColumn()),
            console=console,
        )
        self._task = self._progress.add_task(what, total=total, completed=done, note="")
        self._live = Live(
            console=console,
            get_renderable=self._render,
            refresh_per_second=2,
            transient=True,
            auto_refresh=console.is_terminal,
        )
        self._said = time.monotonic()
        self._lines = lines(console, self._line)

    def __enter__(self) -> Self:
        """Begin to show."""
        self._live.__enter__()
        self._lines.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End."""
        self._lines.__exit__(kind, error, trace)
        self._live.__exit__(kind, error, trace)

    def say(self, text: str) -> None:
        """Print a line above the table."""
        self._said = time.monotonic()
        self.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def begin(self, name: str, note: str = "") -> None:
        """Note that a task has started, and where or what of it."""
        self._running[name] = (note, time.monotonic())

    def tell(self, name: str, note: str) -> None:
        """Change the note of a task; one that has not begun begins."""
        _, since = self._running.get(name, ("", time.monotonic()))
        self._running[name] = (note, since)

    def end(self, name: str) -> None:
        """Note that a task has ended."""
        self._running.pop(name, None)

    def finished(
        self, name: str, text: str, failure: str = "", *, excused: bool = False, line: bool = True
    ) -> None:
        """Count a task that has ended, and print how.

        Args:
            name: of the task.
            text: what stands beside its name.
            failure: what went wrong; empty of what passed.
            excused: the failure is known and does not count.
            line: print it if it passed, too.
        """
        self.end(name)
        self._said = time.monotonic()
        self._failed += bool(failure) and not excused
        self._progress.update(self._task, advance=1, note=f"{self._failed} failed")
        mark = "[red]✗[/red]" if failure else "[green]✓[/green]"
        if excused:
            mark = "[yellow]x[/yellow]"
        if failure or line:
            self.console.print(
                f"{mark} {escape(f'{name}  {text}')}", highlight=False, soft_wrap=True
            )
        if failure:
            self.say(f"  {failure}")

    def below(self) -> Sequence[RenderableType]:
        """Return what stands below the table, for commands that show more."""
        return ()

    def _line(self, seconds: float) -> str:
        """Return where the work is, for a log that has had no line for a while."""
        now = time.monotonic()
        if now - self._said < EVERY_S <= seconds:
            return ""
        task = self._progress.tasks[0]
        running = [f"{name} ({now - since:.0f} s)" for name, (_, since) in self._running.items()]
        text = f"{task.completed:,.0f} of {task.total:,.0f} {task.description}, {seconds:.0f} s ..."
        return " ".join([text, *running[:_MOST_RUNNING]])

    def _render(self) -> RenderableType:
        table = Table(box=None, show_header=False, padding=(0, 1))
        now = time.monotonic()
        # A copy: a thread may begin something meanwhile.
        for name, (note, since) in list(self._running.items())[:_MOST_RUNNING]:
            table.add_row(f"{now - since:5.0f} s", escape(note), escape(name[:_NAME]))
        return Group(self._progress, table, *self.below())
