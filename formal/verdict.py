"""What a call of SymbiYosys found, from the files that it left; its exit status is not asked."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

STATES: Final = ("held", "failed", "open")
"""A property held (a cover: was reached), failed, or was not decided."""


@dataclass(frozen=True, kw_only=True)
class Property:
    """One assertion or cover.

    Attributes:
        name: its label.
        kind: assert or cover.
        place: file and line.
        state: one of STATES.
    """

    name: str
    kind: str
    place: str
    state: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a job came to.

    Attributes:
        status: PASS, FAIL, UNKNOWN, TIMEOUT, ERROR, as the tool says; LIMIT where it was stopped.
        properties: those that the task's mode is about.
        cpu_s: processor time, all processes.
        wall_s: time.
        note: why there is no verdict; empty if there is one.
    """

    status: str
    properties: tuple[Property, ...] = ()
    cpu_s: float = 0.0
    wall_s: float = 0.0
    note: str = ""

    def failed(self) -> set[str]:
        """Return the names of the properties that failed."""
        return {item.name for item in self.properties if item.state == "failed"}

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)

    @staticmethod
    def from_json(data: Any) -> Outcome | None:
        """Return it from plain data; None if that is no outcome."""
        try:
            properties = tuple(Property(**item) for item in data["properties"])
            return Outcome(**{**data, "properties": properties})
        except (LookupError, TypeError):
            return None


def _state(case: ElementTree.Element) -> str:
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    return "open" if case.find("skipped") is not None else "held"


def _error_line(folder: Path) -> str:
    """Return the first line of the log that speaks of an error."""
    try:
        lines = (folder / "logfile.txt").read_text(errors="replace").splitlines()
    except OSError:
        return "there is no log"
    texts = [line.partition("] ")[2] for line in lines if "ERROR" in line or "unsat" in line]
    return texts[0] if texts else "the log names no error"


def read_verdict(folder: Path, mode: str) -> Outcome:
    """Return what SymbiYosys left in its folder.

    Args:
        folder: where it worked.
        mode: the task's; its assertions count, or its covers.
    """
    kind = "cover" if mode == "cover" else "assert"
    try:
        status = (folder / "status").read_text().split()[0]
        suite = ElementTree.parse(next(folder.glob("*.xml"))).find("testsuite")
    except (OSError, IndexError, StopIteration, ElementTree.ParseError):
        return Outcome(status="ERROR", note=f"no result: {_error_line(folder)}")
    cases = [] if suite is None else suite.findall("testcase")
    properties = tuple(
        Property(
            name=case.get("id", "").rpartition(".")[2],
            kind=kind,
            place=case.get("location", ""),
            state=_state(case),
        )
        for case in cases
        if case.get("type", "").lower() == kind
    )
    note = _error_line(folder) if status == "ERROR" else ""
    return Outcome(status=status, properties=properties, note=note)
