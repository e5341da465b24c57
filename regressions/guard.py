"""Guard rails: a session's metrics against the stored baseline."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from snn_rtl.models.errors import InputError
from snn_rtl.regressions.lists import Guard
from snn_rtl.regressions.metrics import KINDS, Metrics
from snn_rtl.run.records import read_json

SCHEMA: Final = "regress-baseline/1"

_UNITS: Final = {"cycles": "", "coverage": " %", "speed": " cycles/s", "synthesis": ""}
_MHZ: Final = "MHz"
"""What the name of a metric ends with of which more is better."""


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """What sessions of a list are held against.

    Attributes:
        name: of the list.
        metrics: the numbers.
        changes: who changed what and why: when, revision, reason, session, changed.
    """

    name: str
    metrics: Metrics
    changes: tuple[Mapping[str, Any], ...] = field(default_factory=tuple)


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    schema: str
    list: str
    changes: tuple[dict[str, Any], ...]
    metrics: dict[str, dict[str, int | float]]
    digest: str


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A metric beside its baseline.

    Attributes:
        kind: cycles, coverage, speed or synthesis.
        name: of the metric.
        before: the baseline; None for a metric that it has not.
        now: None for one that is not measured any more.
        level: "fail", "warn", "better", "new" or "same".
    """

    kind: str
    name: str
    before: float | None
    now: float | None
    level: str

    @property
    def text(self) -> str:
        """Say which metric changed, and by how much."""
        unit = _UNITS[self.kind]
        if self.now is None:
            return f"{self.kind} of {self.name}: not measured, baseline {self.before:,.10g}{unit}"
        if self.before is None:
            return f"{self.kind} of {self.name}: {self.now:,.10g}{unit}, not in the baseline"
        return (
            f"{self.kind} of {self.name}: {self.now:,.10g}{unit}, "
            f"baseline {self.before:,.10g}{unit} ({self.change})"
        )

    @property
    def change(self) -> str:
        """The change: points of coverage, per cent of anything else."""
        if self.now is None or self.before is None:
            return ""
        if self.kind == "coverage":
            return f"{self.now - self.before:+.2f} points"
        return f"{100 * (self.now / self.before - 1):+.2f} %" if self.before else "from 0"


def _level(kind: str, name: str, before: float, now: float, guard: Guard) -> str:
    if kind == "coverage":
        if now < before - guard.coverage:
            return "fail"
        return "better" if now > before else "same"
    if kind == "cycles":
        if now > before * (1 + guard.cycles / 100):
            return "fail"
        return "better" if now < before else "same"
    return _warning(kind, name, before, now, guard)


def _warning(kind: str, name: str, before: float, now: float, guard: Guard) -> str:
    """Return the level of a metric that is only warned of."""
    if kind == "speed":
        return "warn" if now < before * (1 - guard.speed / 100) else "same"
    worse = before - now if name.endswith(_MHZ) else now - before
    if worse > before * guard.synthesis / 100:
        return "warn"
    return "better" if worse < 0 else "same"


def compare(baseline: Baseline, metrics: Metrics, guard: Guard) -> list[Finding]:
    """Return every metric beside its baseline, the worst first.

    A metric of the baseline that is not measured any more fails like one that fell behind.
    """
    found = []
    for kind in KINDS:
        before, now = baseline.metrics.get(kind, {}), metrics.get(kind, {})
        for name in [*before, *(name for name in now if name not in before)]:
            old, new = before.get(name), now.get(name)
            if old is None:
                level = "new"
            elif new is None and kind in ("speed", "synthesis"):
                # No run passed that would have measured it.
                continue
            elif new is None:
                level = "fail"
            else:
                level = _level(kind, name, old, new, guard)
            found.append(Finding(kind=kind, name=name, before=old, now=new, level=level))
    order = ("fail", "warn", "better", "new", "same")
    return sorted(found, key=lambda finding: order.index(finding.level))


def _digest(content: Mapping[str, Any]) -> str:
    rest = {key: value for key, value in content.items() if key != "digest"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()[:16]


def load(path: Path) -> Baseline | None:
    """Read a baseline; None if there is none.

    Raises:
        InputError: it is damaged, or was not written by `make baseline`.
    """
    if not path.is_file():
        return None
    content = read_json(path, _File)
    if content.schema != SCHEMA or content.digest != _digest(msgspec.to_builtins(content)):
        raise InputError(f"{path}: was changed by hand: only `make baseline REASON=...` changes it")
    return Baseline(name=content.list, metrics=content.metrics, changes=content.changes)


def save(baseline: Baseline, path: Path) -> None:
    """Write a baseline."""
    content: dict[str, Any] = {
        "schema": SCHEMA,
        "list": baseline.name,
        "changes": list(baseline.changes),
        "metrics": baseline.metrics,
    }
    content["digest"] = _digest(content)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1) + "\n")
