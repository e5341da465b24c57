"""Signs of life of work that takes long: a spinner or a bar on a terminal, lines in a log.

A log has a line for a step that takes longer than a moment, and one every half minute after that.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.progress import Progress, ProgressColumn

FIRST_S: Final = 2.0
"""A step that is done sooner has no line."""

EVERY_S: Final = 30.0
"""Time between two lines of a step."""


@contextmanager
def lines(console: Console, tell: Callable[[float], str]) -> Iterator[None]:
    """Print now and then how far something is, unless the console is a terminal, which shows it.

    Args:
        console: where the lines go.
        tell: returns the line for the seconds since the beginning; empty for none.
    """
    if console.is_terminal:
        yield
        return
    ended = threading.Event()
    begun = time.monotonic()

    def run() -> None:
        pause = FIRST_S
        while not ended.wait(pause):
            pause = EVERY_S
            if text := tell(time.monotonic() - begun):
                console.print(text, markup=False, highlight=False, soft_wrap=True)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@contextmanager
def working(console: Console, what: str) -> Iterator[None]:
    """Show that a step is under way.

    Args:
        console: where.
        what: is done, such as "building snn_fifo for icarus".
    """
    with ExitStack() as stack:
        if console.is_terminal:
            stack.enter_context(console.status(what))
        stack.enter_context(lines(console, lambda seconds: f"{what}: {seconds:.0f} s ..."))
        yield


class Bars(Progress):
    """Rich's progress bars, which vanish when they are done.

    Args:
        columns: of a bar.
        console: where they are shown.
    """

    def __init__(self, *columns: str | ProgressColumn, console: Console) -> None:
        super().__init__(*columns, console=console, transient=True)
        self._lines = lines(console, self._line)

    def _line(self, seconds: float) -> str:
        going = [task for task in self.tasks if task.total and not task.finished]
        parts = [
            f"{task.description.strip() or 'done'} {task.completed:,.0f} of {task.total:,.0f}"
            for task in going
        ]
        return ", ".join([*parts, f"{seconds:.0f} s ..."]) if parts else ""

    def __enter__(self) -> Self:
        """Begin to show."""
        super().__enter__()
        self._lines.__enter__()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        """End."""
        self._lines.__exit__(exc_type, exc_val, exc_tb)
        super().__exit__(exc_type, exc_val, exc_tb)
