"""Runs a function on many items at once: in processes or in threads of one machine.

The processes are in sessions of their own, so that Ctrl-C reaches this program alone. It answers
at once: they are killed with everything that they have started, and whatever ends this program
ends them, too.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from queue import Empty, SimpleQueue
from typing import Any, Final, Generic, TypeVar

from snn_rtl.run.options import cores
from snn_rtl.run.processes import Stopped, end
from snn_rtl.run.runner import RunFailure

Item = TypeVar("Item")
Result = TypeVar("Result")

_BEAT_S: Final = 0.5


class _Died(Exception):
    """A process ended that had something to do."""


class _Process:
    """A process that runs a function on items, one at a time."""

    def __init__(self, function: bytes) -> None:
        self._connection: Connection[bytes, bytes]
        self._connection, theirs = Pipe()
        self._function = function
        start = f"import sys; sys.path[:] = {sys.path!r}; "
        start += f"from snn_rtl.run.worker import serve; serve({theirs.fileno()})"
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-c", start],
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )

    def __call__(self, item: Any) -> Any:
        """Return the function's result.

        Raises:
            _Died: the process ended meanwhile.
        """
        try:
            if self._function:
                self._connection.send_bytes(self._function)
                self._function = b""
            self._connection.send_bytes(pickle.dumps(item))
            passed, result = pickle.loads(self._connection.recv_bytes())
        except (EOFError, OSError):
            raise _Died from None
        if not passed:
            raise result
        return result

    def end(self) -> None:
        """End it and all that it has started."""
        end(self._process.pid, grace_s=0)
        self._process.wait()


class _Crew(Generic[Item, Result]):
    """Threads that take items and bring results; each may have a process that does the work."""

    def __init__(
        self,
        function: Callable[[Item], Result],
        items: Sequence[Item],
        *,
        begin: Callable[[Item], None],
        name: Callable[[Item], str],
        threads: bool,
    ) -> None:
        self.news: SimpleQueue[tuple[Item, Result] | BaseException] = SimpleQueue()
        self._function = function
        self._pickled = b"" if threads else pickle.dumps(function)
        self._begin = begin
        self._name = name
        self._waiting: SimpleQueue[Item] = SimpleQueue()
        for item in items:
            self._waiting.put(item)
        self._lock = threading.Lock()
        self._over = False
        self._processes: list[_Process] = []
        self._threads: list[threading.Thread] = []

    def start(self, count: int) -> None:
        """Start to work."""
        for _ in range(count):
            thread = threading.Thread(target=self._work, daemon=True)
            self._threads.append(thread)
            thread.start()

    def _call(self) -> Callable[[Item], Result]:
        """Return what does the work: the function, or a process with it.

        Raises:
            Stopped: the work is over.
        """
        if not self._pickled:
            return self._function
        with self._lock:
            if self._over:
                raise Stopped
            process = _Process(self._pickled)
            self._processes.append(process)
        return process

    def _work(self) -> None:
        try:
            call = self._call()
            while not self._over:
                try:
                    item = self._waiting.get_nowait()
                except Empty:
                    return
                self._begin(item)
                try:
                    self.news.put((item, call(item)))
                except _Died:
                    raise RunFailure(
                        f"a process died, perhaps for want of memory: that of {self._name(item)}"
                    ) from None
        except BaseException as error:  # whatever it is, it belongs to the caller
            self.news.put(error)

    def end(self, *, wait: bool) -> None:
        """Take no more items, and end the processes.

        Args:
            wait: for the threads, too.
        """
        with self._lock:
            self._over = True
        for process in self._processes:
            process.end()
        for thread in self._threads if wait else ():
            thread.join()


def run_jobs(
    function: Callable[[Item], Result],
    items: Sequence[Item],
    *,
    jobs: int,
    begin: Callable[[Item], None] = lambda _: None,
    beat: Callable[[], None] | None = None,
    name: Callable[[Item], str] = str,
    threads: bool = False,
    stop: threading.Event | None = None,
) -> Iterator[tuple[Item, Result]]:
    """Run a function on items and yield the results as they come.

    The first exception is raised, and ends all that is under way; so do Ctrl-C and a caller that
    takes no more results.

    Args:
        function: a process can be told of it, of the items and of the results. What all items
            share is handed to each process once if it is part of it, as by functools.partial.
        items: what it is called with, in this order.
        jobs: how many at a time.
        begin: told of each item that starts, in any thread.
        beat: called twice a second while results are waited for.
        name: of an item, in messages.
        threads: work in threads of this process. They end with it and are not waited for.
        stop: of threads: set at the end. Then the function gives up, and the threads are waited
            for.

    Raises:
        RunFailure: a process died.
    """
    crew = _Crew(function, items, begin=begin, name=name, threads=threads)
    try:
        crew.start(min(jobs, len(items)))
        left = len(items)
        while left:
            try:
                news = crew.news.get(timeout=_BEAT_S if beat else None)
            except Empty:
                news = None
            if beat:
                beat()
            if isinstance(news, BaseException):
                raise news
            if news is not None:
                left -= 1
                yield news
    finally:
        if stop is not None:
            stop.set()
        crew.end(wait=stop is not None or not threads)


def in_order(function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """Call a function for each item, in a thread a core; return the results in the items' order."""

    def work(number: int) -> Result:
        return function(items[number])

    found = dict(run_jobs(work, range(len(items)), jobs=cores(), threads=True))
    return [found[number] for number in range(len(items))]
