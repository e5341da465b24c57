"""What became of a run: one line of a session's results."""

from __future__ import annotations

from typing import Any

import msgspec

from snn_rtl.machines.spec import Spec


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A finished run.

    Attributes:
        spec: what was run.
        failure: why it did not pass; empty if it did.
        wall_s: how long it took.
        started: when, in seconds since 1970.
        host: the machine.
        build: name of the build.
        attempts: how often it was begun: more than once where a worker was lost.
        numbers: what it counted: checks, layers, tiles, rows, cycles, wall_s of the simulation.
        workload: a workload's report, as `make sim` writes it; empty otherwise.
        log: end of its log; empty if it passed.
    """

    spec: Spec
    failure: str = ""
    wall_s: float = 0
    started: float = 0
    host: str = ""
    build: str = ""
    attempts: int = 1
    numbers: dict[str, int | float] = {}
    workload: dict[str, Any] = {}
    log: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Name of the run."""
        return self.spec.id

    @property
    def passed(self) -> bool:
        """Whether it did what it must."""
        return not self.failure

    def to_line(self) -> bytes:
        """Return it as a line of JSON, which names the run."""
        return msgspec.json.encode({"id": self.id, **msgspec.to_builtins(self)})
