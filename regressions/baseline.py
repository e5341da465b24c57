"""`make baseline`: let a session's metrics be what later ones are held against, and say why.

Exit status: 0 when it is written, 2 on bad input.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from snn_rtl.models.errors import InputError
from snn_rtl.regressions import guard
from snn_rtl.regressions.guard import Baseline
from snn_rtl.regressions.history import History
from snn_rtl.regressions.lists import Guard
from snn_rtl.regressions.metrics import Metrics
from snn_rtl.regressions.result import SessionResult, judge
from snn_rtl.regressions.sessions import Session
from snn_rtl.run.command import make_console
from snn_rtl.run.places import ROOT

_WORDS = 3
"""Words that a reason has at least."""


def _changes(before: Metrics, now: Metrics) -> dict[str, list[float | None]]:
    """Return metric to its old and new value, where they differ."""
    old = Baseline(name="", metrics=before)
    return {
        f"{finding.kind} of {finding.name}": [finding.before, finding.now]
        for finding in guard.compare(old, now, Guard())
        if finding.before != finding.now
    }


def renewed(result: SessionResult, before: Baseline | None, change: Mapping[str, Any]) -> Baseline:
    """Return the baseline that a session makes.

    Args:
        result: of the session.
        before: what there was.
        change: why and when.

    Raises:
        InputError: the session cannot be one: runs failed, or have no result.
    """
    session = result.session
    if result.failures or session.missing:
        raise InputError(f"session {session.name} is no baseline: {result.problems()[0]}")
    changed = _changes(before.metrics if before else {}, result.metrics)
    entry = {**change, "session": session.name, "revision": session.plan.revision}
    return Baseline(
        name=session.plan.name,
        metrics=result.metrics,
        changes=(*(before.changes if before else ()), {**entry, "changed": changed}),
    )


def baseline(*, reason: str | None, name: str, out: Path) -> int:
    """Make a session's metrics the baseline of its list."""
    console = make_console()
    if not reason or len(reason.split()) < _WORDS:
        raise InputError(f'REASON="..." must say in {_WORDS} words or more why it changes')
    result = judge(Session.open(name, out), History(out))
    path = ROOT / result.session.plan.baseline
    before = guard.load(path)
    when = datetime.datetime.now().astimezone().isoformat(timespec="seconds")
    made = renewed(result, before, {"when": when, "reason": reason})
    guard.save(made, path)
    for metric, (old, new) in made.changes[-1]["changed"].items():
        console.print(f"{metric}: {old} -> {new}", markup=False, highlight=False, soft_wrap=True)
    console.print(f"wrote {path}", markup=False, soft_wrap=True)
    return 0
