"""`make rerun`: repeat one run of a session exactly, with waves where they are asked for.

Exit status: 0 when it passes, 1 when it fails, 2 on bad input.
"""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace
from rich.console import Console

from snn_rtl.machines.spec import SIMULATED, Spec
from snn_rtl.models.errors import InputError
from snn_rtl.regressions import sources
from snn_rtl.regressions.buckets import normalise
from snn_rtl.regressions.builds import make, target
from snn_rtl.regressions.execute import Place, execute
from snn_rtl.regressions.record import Record
from snn_rtl.regressions.sessions import Session
from snn_rtl.run.alive import working
from snn_rtl.run.command import make_console
from snn_rtl.run.places import from_root
from snn_rtl.run.waves import ENDINGS

_RERUNS = "rerun"


def _found(identity: str, parent: Path) -> tuple[Session, Spec]:
    """Return the session and the run that an ID names.

    Raises:
        InputError: there is no such session or run.
    """
    session, _, run = identity.partition("/")
    if not run:
        raise InputError(f"ID={identity!r:.160} is not <session>/<test>.<seed>")
    found = Session.open(session, parent)
    return found, found.spec(run)


def repeat(session: Session, spec: Spec, console: Console, *, waves: bool) -> Record:
    """Do a run again, in a folder of its own.

    Args:
        session: that the run is from.
        spec: the run.
        console: is told of the build.
        waves: leave a waveform and signal lists. They take time, so the wall limit is not held.
    """
    if waves:
        spec = replace(spec, limits=replace(spec.limits, wall_s=86_400))
    folder = session.folder / _RERUNS / spec.id
    wanted = target(spec, waves=waves)
    product = None
    if wanted is not None:
        with working(console, f"building {wanted.design.top} for {wanted.simulator}"):
            product = make(wanted)
    with working(console, f"running {spec.id}"):
        place = Place(folder=from_root(folder), waves=waves)
        record = execute(spec, product, place).record
    return record


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def _compared(before: Record | None, now: Record) -> str:
    """Say how a repetition came out beside the session's own result."""
    if before is None:
        return "the session has no result of it"
    if before.failure == now.failure:
        return "reproduced, word by word" if now.failure else "passed, as in the session"
    if before.failure and now.failure and normalise(before.failure) == normalise(now.failure):
        return "reproduced: the same bucket"
    return f"NOT as in the session, where it {before.failure or 'passed'}"


def rerun(*, identity: str, waves: bool, out: Path) -> int:
    """Repeat a run: ID is <session>/<test>.<seed>, as failures print it."""
    console = make_console()
    session, spec = _found(identity, out)
    if waves and spec.kind == "unit":
        raise InputError(
            f"{spec.id}: pytest runs units, without waves: make test TESTS=tb/unit/..."
        )
    if waves and spec.kind not in SIMULATED:
        raise InputError(f"{spec.id} simulates nothing that has waves")
    if session.plan.sources != sources.digest():
        _say(
            console,
            f"the sources have changed since the session (revision {session.plan.revision}): "
            "the same seed and parameters on what is here now",
        )
    record = repeat(session, spec, console, waves=waves)
    for line in record.log:
        _say(console, f"| {line}")
    if record.failure:
        _say(console, f"FAILED: {record.failure}")
    _say(console, f"{_compared(session.records.get(spec.id), record)} ({record.wall_s:.1f} s)")
    folder = session.folder / _RERUNS / spec.id
    for path in sorted(folder.rglob("*")):
        if path.suffix in (*ENDINGS, ".gtkw", ".sucl"):
            _say(console, f"waves: {path}")
    _say(console, f"logs: {folder}")
    console.print("[green]passed[/green]" if record.passed else "[red]failed[/red]")
    return 0 if record.passed else 1
