"""Lists of tests: YAML files that say what a regression runs (docs/user/regressions.md)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from snn_rtl.machines.spec import Limits, Spec
from snn_rtl.models.errors import InputError
from snn_rtl.regressions import entries, known
from snn_rtl.regressions.entries import LIMITS, MOST_SEEDS, Defaults, Expand, limits
from snn_rtl.run.places import ROOT
from snn_rtl.run.simulators import SIMULATORS
from snn_rtl.run.yaml_places import read

LISTS: Final = ROOT / "regressions" / "lists"
BASELINES: Final = ROOT / "regressions" / "baselines"


class Guard(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How far a session may fall behind its baseline.

    Attributes:
        cycles: per cent more.
        coverage: percentage points less.
        speed: per cent less; only warned of.
        synthesis: per cent more area, state or delay, or less clock; only warned of.
    """

    cycles: float = 0
    coverage: float = 0
    speed: float = 50
    synthesis: float = 5


@dataclass(frozen=True, kw_only=True)
class TestList:
    """A list, complete and checked.

    Attributes:
        name: of the list.
        doc: what it is for.
        entries: each gives its runs.
        known: failures that are excused.
        guard: how far the session may fall behind its baseline.
        baseline: file that it is held against.
        daily: the base seed is the day's date where none is given.
    """

    name: str
    doc: str
    baseline: Path
    entries: tuple[Expand, ...]
    known: tuple[known.KnownFailure, ...] = ()
    guard: Guard = field(default_factory=Guard)
    daily: bool = False

    def base_seed(self, today: datetime.date) -> int:
        """Return the base seed where none is given; no two days share a seed."""
        return int(today.strftime("%y%m%d")) * MOST_SEEDS if self.daily else 1

    def expand(self, seed: int) -> list[Spec]:
        """Return all runs.

        Args:
            seed: base of all seeds that the list does not fix.

        Raises:
            InputError: two runs are the same.
        """
        specs = [spec for entry in self.entries for spec in entry(seed)]
        seen: set[str] = set()
        for spec in specs:
            if spec.id in seen:
                raise InputError(
                    f"list {self.name}: {spec.id} is there twice: give one entry a label"
                )
            seen.add(spec.id)
        return specs


def load(path: Path, today: datetime.date | None = None) -> TestList:
    """Read a list.

    Args:
        path: its file.
        today: the day that known failures are held against; the real one by default.

    Raises:
        InputError: it cannot be used; names file, line and key.
    """
    top = read(path)
    top.only("doc", "defaults", "include", "tests", "known_failures", "guard", "seed")
    top.need("doc")
    top.chosen("seed", ("date",))
    section = top.section("defaults")
    section.only("design", "simulators", *LIMITS)
    defaults = Defaults(
        design=section.text("design"),
        simulators=section.chosen("simulators", SIMULATORS, SIMULATORS),
        limits=limits(section, Limits()),
    )
    found: list[Expand] = []
    excused = [
        known.parse(entry, today or datetime.date.today())
        for entry in top.sections("known_failures")
    ]
    for name in top.names("include"):
        other = path.with_name(f"{name}.yaml")
        if name == path.stem or not other.is_file():
            top.fail("include", f"there is no other list {name}")
        part = load(other, today)
        found += part.entries
        excused += part.known
    found += [entries.parse(entry, defaults) for entry in top.sections("tests")]
    if not found:
        top.fail("tests", "there are none")
    guard = top.section("guard")
    guard.only(*Guard.__struct_fields__)
    return TestList(
        name=path.stem,
        doc=" ".join(top.text("doc").split()),
        baseline=BASELINES / f"{path.stem}.json"
        if path.parent == LISTS
        else path.absolute().with_suffix(".baseline.json"),
        entries=tuple(found),
        known=tuple(excused),
        daily="seed" in top,
        guard=Guard(**{key: guard.number(key, 0, 100, 0) for key in guard.nodes}),
    )


def named(name: str) -> TestList:
    """Return a list by name or by the path of its file.

    Raises:
        InputError: there is none, or it cannot be used.
    """
    path = Path(name) if name.endswith(".yaml") else LISTS / f"{name}.yaml"
    if not path.is_file():
        known_names = ", ".join(sorted(other.stem for other in LISTS.glob("*.yaml")))
        raise InputError(f"there is no list {name!r:.80}: choose from {known_names}")
    return load(path)
