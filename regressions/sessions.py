"""A session on disk: its plan, and its results, which are only ever added to."""

from __future__ import annotations

import datetime
import os
import uuid
from pathlib import Path
from typing import Final, Literal

import msgspec

from snn_rtl.machines.spec import Spec
from snn_rtl.models.errors import InputError
from snn_rtl.regressions.execute import RECORD, Place
from snn_rtl.regressions.known import KnownFailure
from snn_rtl.regressions.lists import Guard
from snn_rtl.regressions.record import Record
from snn_rtl.run.places import from_root
from snn_rtl.run.records import read_json

_PLAN: Final = "session.json"
_RESULTS: Final = "results.jsonl"
_TOKEN: Final = "token"
_TESTS: Final = "tests"
_WAVES: Final = "waves"


class Plan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a session is to run, and on what.

    Attributes:
        name: of the list.
        doc: what the list is for.
        seed: base seed.
        specs: the runs.
        known: failures that are excused.
        guard: how far the session may fall behind its baseline.
        revision: of the sources, None outside a repository.
        baseline: file that the session is held against.
        sources: digest of all that the runs depend on.
        tools: name to version.
        machine: what it runs on: name to value.
        started: when, in seconds since 1970.
        schema: of the file.
    """

    name: str
    doc: str
    seed: int
    specs: tuple[Spec, ...]
    known: tuple[KnownFailure, ...]
    guard: Guard
    baseline: str
    revision: str | None
    sources: str
    tools: dict[str, str]
    machine: dict[str, str]
    started: float

    schema: Literal["regress-session/1"] = "regress-session/1"


class Session:
    """A session's folder.

    Attributes:
        name: of the session, and of the folder.
        folder: where everything of it lies.
        plan: what is to run.
        records: what has finished, by run; the last word counts.
    """

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.folder = folder
        self.name = folder.name
        self.plan = plan
        self.records: dict[str, Record] = {}
        self._unwritten: list[Record] = []

    @classmethod
    def create(cls, plan: Plan, parent: Path) -> Session:
        """Make the folder of a new session.

        Raises:
            InputError: nothing can be written there.
        """
        stamp = datetime.datetime.fromtimestamp(plan.started).strftime("%Y%m%d-%H%M%S")
        folder = parent / f"{stamp}-{plan.name}"
        try:
            parent.mkdir(parents=True, exist_ok=True)
            number = 1
            while folder.exists():
                number += 1
                folder = parent / f"{stamp}-{plan.name}-{number}"
            folder.mkdir()
            (folder / _TOKEN).write_text(uuid.uuid4().hex)
            part = folder / f"{_PLAN}.part"
            part.write_bytes(msgspec.json.format(msgspec.json.encode(plan), indent=1) + b"\n")
            part.replace(folder / _PLAN)
        except OSError as error:
            raise InputError(f"{folder} cannot be written: {error.strerror}") from None
        return cls(folder, plan)

    @classmethod
    def open(cls, name: str, parent: Path) -> Session:
        """Open a session and read its results; finished runs that nobody booked are booked.

        Args:
            name: of the session; "last" for the newest one.
            parent: folder of the sessions.

        Raises:
            InputError: there is none, or it is damaged.
        """
        folder = parent / name if name != "last" else _newest(parent)
        if not (folder / _PLAN).is_file():
            raise InputError(f"there is no session {name!r:.120} in {parent}")
        session = cls(folder, read_json(folder / _PLAN, Plan))
        session._read()
        session._adopt()
        return session

    @property
    def missing(self) -> list[Spec]:
        """Runs without a result."""
        return [spec for spec in self.plan.specs if spec.id not in self.records]

    def spec(self, run: str) -> Spec:
        """Return a run by name.

        Raises:
            InputError: there is none.
        """
        for spec in self.plan.specs:
            if spec.id == run:
                return spec
        raise InputError(f"session {self.name} has no run {run!r:.160}")

    def run_folder(self, spec: Spec, *, waves: bool = False) -> Path:
        """Return the folder of a run, or of its repetition with waves."""
        return self.folder / (_WAVES if waves else _TESTS) / spec.id

    def place(self, spec: Spec, *, waves: bool = False) -> Place:
        """Return where a run writes."""
        token = self.folder / _TOKEN
        return Place(
            folder=from_root(self.run_folder(spec, waves=waves)),
            token=(from_root(token), token.read_text()),
            waves=waves,
        )

    def add(self, record: Record) -> bool:
        """Book a result; return whether it is on disk. One that is not is tried again later."""
        self.records[record.id] = record
        self._unwritten.append(record)
        return self.flush()

    def flush(self) -> bool:
        """Write what could not be written before; return whether everything is on disk."""
        try:
            with (self.folder / _RESULTS).open("ab+") as file:
                while self._unwritten:
                    # A line that was cut off, by a full disk or a kill, stays a line of its own.
                    end = file.seek(0, os.SEEK_END)
                    file.seek(max(end - 1, 0))
                    cut = b"" if file.read(1) in (b"\n", b"") else b"\n"
                    line = self._unwritten[0].to_line()
                    file.write(cut + line + b"\n")
                    file.flush()
                    os.fsync(file.fileno())
                    self._unwritten.pop(0)
        except OSError:
            return False
        return True

    def _read(self) -> None:
        try:
            lines = (self.folder / _RESULTS).read_text(errors="replace").splitlines()
        except FileNotFoundError:
            return
        for line in lines:
            try:
                record = msgspec.json.decode(line, type=Record)
            except msgspec.DecodeError:
                # The writer died in the middle of it; the run is done again.
                continue
            self.records[record.id] = record

    def _adopt(self) -> None:
        """Book what finished after its driver was gone."""
        for spec in self.missing:
            path = self.run_folder(spec) / RECORD
            try:
                record = msgspec.json.decode(path.read_bytes(), type=Record)
            except (OSError, UnicodeDecodeError, msgspec.DecodeError):
                continue
            if record.spec == spec:
                self.add(record)


def _newest(parent: Path) -> Path:
    found = sorted(path.parent for path in parent.glob(f"*/{_PLAN}"))
    if not found:
        raise InputError(f"there is no session in {parent}")
    return found[-1]
