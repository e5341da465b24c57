"""What became of a run: one line of a session's results."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from snn_rtl.machines.spec import Spec
from snn_rtl.models.errors import InputError


@dataclass(frozen=True, kw_only=True)
class Record:
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
    numbers: dict[str, float] = field(default_factory=dict)
    workload: dict[str, Any] = field(default_factory=dict)
    log: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Name of the run."""
        return self.spec.id

    @property
    def passed(self) -> bool:
        """Whether it did what it must."""
        return not self.failure

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON's types."""
        return {**vars(self), "spec": self.spec.to_json(), "id": self.id}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Record:
        """Return what to_json gave.

        Raises:
            InputError: it is something else.
        """
        try:
            rest = {key: value for key, value in values.items() if key not in ("spec", "id", "log")}
            return cls(spec=Spec.from_json(values["spec"]), log=tuple(values["log"]), **rest)
        except (KeyError, TypeError, AttributeError) as error:
            raise InputError(f"not a result of a regression: {error}") from None
