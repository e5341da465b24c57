"""Does the runs of a session: builds first, runs as their builds come, waves of what fails."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from distributed import Client, Future, as_completed, get_worker
from distributed.scheduler import KilledWorker
from msgspec.structs import replace

from snn_rtl.machines.spec import SIMULATED, Spec
from snn_rtl.regressions import builds
from snn_rtl.regressions.buckets import normalise
from snn_rtl.regressions.builds import Product, Target
from snn_rtl.regressions.execute import Finished, Place, execute
from snn_rtl.regressions.live import SessionBoard
from snn_rtl.regressions.record import Record
from snn_rtl.regressions.sessions import Session

_BUILD_PRIORITY: Final = 1_000_000
_WAVE_PRIORITY: Final = -1_000_000
_MOST_WAVES: Final = 5
_UNKNOWN_S: Final = 30.0


def _announce(topic: str, what: str) -> None:
    """Tell the driver what a worker begins."""
    worker = get_worker()
    worker.log_event(topic, {"what": what, "host": str(worker.name)})


def _make(topic: str, what: Target) -> Product:
    """Build, as a task."""
    _announce(topic, what.key)
    return builds.make(what)


def _title(spec: Spec, *, waves: bool) -> str:
    """Return what the table calls a run."""
    return f"{spec.id} with waves" if waves else spec.id


def _execute(topic: str, spec: Spec, product: Product | None, place: Place) -> Finished:
    """Run, as a task."""
    _announce(topic, _title(spec, waves=place.waves))
    return execute(spec, product, place)


@dataclass(kw_only=True)
class _Work:
    """What is under way.

    Attributes:
        builds: futures of builds.
        runs: futures of runs to the run, and whether it records waves.
        buckets: what failures said so far.
        begun: how often each thing was begun.
    """

    builds: dict[str, Future] = field(default_factory=dict)
    runs: dict[Future, tuple[Spec, bool]] = field(default_factory=dict)
    buckets: set[str] = field(default_factory=set)
    begun: Counter[str] = field(default_factory=Counter)


class Driver:
    """Runs what a session misses.

    Args:
        session: books the results.
        client: of the cluster.
        board: shows them.
        durations: seconds that runs took before: the long ones start first.
    """

    def __init__(
        self, session: Session, client: Client, board: SessionBoard, durations: Mapping[str, float]
    ) -> None:
        self._session = session
        self._client = client
        self._board = board
        self._durations = durations
        self._work = _Work()
        self._topic = f"regress {session.name}"

    def run(self) -> None:
        """Do all runs without a result.

        Raises:
            KeyboardInterrupt: Ctrl-C; what had finished is booked.
        """
        self._client.subscribe_topic(self._topic, self._heard)
        completed = as_completed()
        for spec in self._session.missing:
            completed.add(self._submit(spec))
        try:
            self._board.workers = self._workers()
            for future in completed:
                self._board.workers = self._workers()
                spec, waves = self._work.runs.pop(future)
                finished = self._result(future, spec)
                future.release()
                self._store(spec, finished.files, waves=waves)
                if waves:
                    self._board.end(_title(spec, waves=True))
                    continue
                again = self._book(finished.record)
                if again is not None:
                    completed.add(again)
        finally:
            self._session.flush()
            self._client.cancel([*self._work.runs, *self._work.builds.values()], force=True)

    def _workers(self) -> int:
        return len(self._client.scheduler_info()["workers"])

    def _heard(self, event: tuple[float, Any]) -> None:
        """Note what a worker begins."""
        message = event[1]
        for what in list(self._work.builds):
            if self._work.builds[what].done():
                self._board.end(what)
        self._work.begun[message["what"]] += 1
        self._board.begin(message["what"], message["host"])

    def _build(self, spec: Spec, *, waves: bool) -> Future | None:
        """Return the future of a run's build; runs share it."""
        target = builds.target(spec, waves=waves)
        if target is None:
            return None
        if target.key not in self._work.builds:
            self._work.builds[target.key] = self._client.submit(
                _make,
                self._topic,
                target,
                pure=False,
                priority=_WAVE_PRIORITY if waves else _BUILD_PRIORITY,
            )
        return self._work.builds[target.key]

    def _submit(self, spec: Spec, *, waves: bool = False) -> Future:
        expected = self._durations.get(spec.test, _UNKNOWN_S)
        future = self._client.submit(
            _execute,
            self._topic,
            spec,
            self._build(spec, waves=waves),
            self._session.place(spec, waves=waves),
            pure=False,
            priority=_WAVE_PRIORITY if waves else int(expected),
        )
        self._work.runs[future] = (spec, waves)
        return future

    def _result(self, future: Future, spec: Spec) -> Finished:
        """Return what a task gave; a task that gave nothing is a failed run."""
        try:
            finished: Finished = future.result()
        except KilledWorker:
            failure = "three workers died while they ran it"
        except Exception as error:  # the task's own: it must not end the others
            failure = f"{type(error).__name__}: {error}"
        else:
            return finished
        return Finished(record=Record(spec=spec, failure=failure, started=time.time()))

    def _store(self, spec: Spec, files: Mapping[str, bytes], *, waves: bool) -> None:
        """Write files that came from a machine which does not share the disk."""
        folder = self._session.run_folder(spec, waves=waves)
        try:
            for name, content in files.items():
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        except OSError as error:
            self._board.say(f"  files of {spec.id} are lost: {error.strerror}")

    def _book(self, record: Record) -> Future | None:
        """Book a result; return a repetition with waves of the first failure of its kind."""
        record = replace(record, attempts=max(1, self._work.begun[record.id]))
        if not self._session.add(record):
            self._board.say(f"  the result of {record.id} cannot be written yet: is the disk full?")
        plan = self._session.plan
        excused = any(entry.excuses(record.id, record.failure) for entry in plan.known)
        self._board.book(record, excused=excused and not record.passed)
        if record.passed or record.spec.kind not in SIMULATED or not record.build or excused:
            return None
        kind = normalise(record.failure)
        if kind in self._work.buckets or len(self._work.buckets) >= _MOST_WAVES:
            return None
        self._work.buckets.add(kind)
        return self._submit(record.spec, waves=True)
