"""Entries of a list: what an entry of each kind may say, and the runs that it gives."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

from msgspec.structs import replace

from snn_rtl.machines import MACHINES
from snn_rtl.machines.base import Machine
from snn_rtl.machines.configuration import FILE_ENDINGS
from snn_rtl.machines.spec import Limits, Spec
from snn_rtl.machines.testing import RANDOM
from snn_rtl.models.parameters import IllegalParameter
from snn_rtl.mutate.names import DEFAULT_COUNT, DESIGN_NAMES, MOST_MUTANTS
from snn_rtl.regressions.coverage.runs import MEASURES
from snn_rtl.run.places import ROOT
from snn_rtl.run.simulators import SIMULATORS
from snn_rtl.run.yaml_places import Section
from snn_rtl.tb.common.agents.axis.pauses import PATTERNS, PROFILES
from snn_rtl.tb.common.machine.matrix import SETS
from snn_rtl.tb.common.machine.settings import STREAMS
from snn_rtl.tb.unit import units

MOST_SEEDS: Final = 1000
"""Most seeds of an entry."""

LIMITS: Final = ("wall_s", "cycles", "file_mb")
"""Keys of the limits."""

_COMMON: Final = ("simulators", "reseed", "seeds", "reason", "label", *LIMITS)
_MACHINE: Final = ("design", "config", "parameters", "backpressure", "pauses", "must_fail")
_KEYS: Final = {
    "test": ("test", "options", "coverage", *_MACHINE, *_COMMON),
    "unit": ("unit", *_COMMON),
    "workload": (
        *("workload", "design", "config", "parameters", "backpressure", "mode", "images", "layers"),
        *_COMMON,
    ),
    "synth": ("synth", "config", "gates", "fpga", "wall_s", "file_mb"),
    "set": ("set", "design", "seeds", "reason", *LIMITS),
    "mutate": ("mutate", "mutants", "seeds", "reason", "label", *LIMITS),
}

Expand = Callable[[int], Iterator[Spec]]
"""Gives an entry's runs from a base seed."""


@dataclass(frozen=True, kw_only=True)
class Defaults:
    """What an entry has where it says nothing."""

    design: str
    simulators: tuple[str, ...]
    limits: Limits


def limits(section: Section, base: Limits) -> Limits:
    """Return the limits that a section gives; the base's where it says nothing."""
    return Limits(
        wall_s=section.number("wall_s", 0.1, 86_400, base.wall_s),
        cycles=section.whole("cycles", 0, 10**12, base.cycles),
        file_mb=section.number("file_mb", 0.001, 10**6, base.file_mb),
    )


def _seeds(section: Section) -> Callable[[int], tuple[int, ...]]:
    """Return what gives an entry's seeds from the base seed."""
    fixed = section.numbers("seeds")
    count = section.whole("reseed", 1, MOST_SEEDS, 1)
    if fixed and "reseed" in section:
        section.fail("reseed", "either seeds or reseed")
    if count > 1 or fixed:
        key = "seeds" if fixed else "reseed"
        if "reason" not in section:
            section.fail(key, "needs a reason beside it")
        section.text("reason")
    return lambda base: fixed or tuple(range(base, base + count))


def _design(section: Section, defaults: Defaults) -> Machine:
    name = section.text("design", defaults.design)
    if not name:
        section.fail("design", "is missing, and the list's defaults name none")
    if name not in MACHINES:
        section.fail("design", f"unknown {name!r:.60}: choose from {', '.join(MACHINES)}")
    return MACHINES[name]


def _machines(section: Section, design: Machine, *more: str) -> list[tuple[str, dict[str, int]]]:
    """Return the configurations of an entry with the parameters that differ from them.

    Args:
        section: the entry.
        design: its machine.
        more: names that it may have beside the configurations, and files, below the list's folder.
    """
    known = (*design.configs, *more)
    own = section.mapping("parameters", int)
    found = []
    for name in section.names("config", known[:1]):
        base, parameters = name, own
        try:
            if name.endswith(FILE_ENDINGS):
                chosen = design.configuration(str(section.path.parent / name), own)
                base, parameters = chosen.base, dict(chosen.own)
            elif name not in known:
                section.fail("config", f"unknown {name!r:.60}: choose from {', '.join(known)}")
            design.drawn_config(base, parameters, 0)
        except IllegalParameter as error:
            section.fail("parameters", str(error))
        found.append((base, parameters))
    return found


def _pauses(section: Section, design: Machine) -> dict[str, str]:
    pauses = section.mapping("pauses", str)
    for stream, profile in pauses.items():
        if stream not in STREAMS or profile not in PATTERNS:
            section.fail(
                "pauses",
                f"unknown {stream}: {profile}: streams are {', '.join(STREAMS)}, "
                f"profiles {', '.join(PATTERNS)}",
            )
    if pauses and "backpressure" in section:
        section.fail("pauses", "either backpressure or pauses")
    return pauses


def _must_fail(section: Section) -> str:
    text = section.text("must_fail")
    try:
        re.compile(text)
    except re.error as error:
        section.fail("must_fail", f"is no regular expression: {error}")
    return text


def _tests(section: Section, defaults: Defaults) -> Expand:
    """Return the runs of an entry with UVM tests: a product of all that it lists."""
    design = _design(section, defaults)
    names = section.names("test")
    for name in names:
        if not design.has_test(name):
            section.fail("test", f"there is no {name} in tb/{design.name}/tests/")
    machines = _machines(section, design, RANDOM)
    simulators = section.chosen("simulators", SIMULATORS, defaults.simulators)
    profiles = section.chosen("backpressure", PROFILES, ("none",))
    seeds = _seeds(section)
    common: dict[str, Any] = {
        "pauses": _pauses(section, design),
        "options": section.mapping("options"),
        "label": section.text("label"),
        "coverage": section.flag("coverage"),
        "must_fail": _must_fail(section),
        "limits": limits(section, defaults.limits),
    }
    measured = simulators == ("verilator",) and {config for config, _ in machines} <= set(MEASURES)
    if common["coverage"] and not measured:
        section.fail("coverage", f"is measured by Verilator alone, on {', '.join(MEASURES)}")

    def expand(base: int) -> Iterator[Spec]:
        for name, (config, parameters), simulator, profile, seed in product(
            names, machines, simulators, profiles, seeds(base)
        ):
            yield Spec(
                kind="test",
                design=design.name,
                name=name,
                config=config,
                parameters=parameters,
                simulator=simulator,
                backpressure=profile,
                seed=seed,
                **common,
            )

    return expand


def _units(section: Section, defaults: Defaults) -> Expand:
    """Return the runs of an entry with tests of single modules."""
    names = section.names("unit")
    names = units() if names == ("all",) else section.chosen("unit", units())
    simulators = section.chosen("simulators", SIMULATORS, defaults.simulators)
    seeds, label = _seeds(section), section.text("label")
    most = limits(section, defaults.limits)

    def expand(base: int) -> Iterator[Spec]:
        for name, simulator, seed in product(names, simulators, seeds(base)):
            yield Spec(
                kind="unit",
                name=f"unit.{name}",
                simulator=simulator,
                seed=seed,
                label=label,
                limits=most,
            )

    return expand


def _workloads(section: Section, defaults: Defaults) -> Expand:
    """Return the runs of an entry with networks."""
    design = _design(section, defaults)
    files = section.names("workload")
    for file in files:
        if not (ROOT / file).is_file():
            section.fail("workload", f"there is no file {file}")
    machines = _machines(section, design)
    simulators = section.chosen("simulators", SIMULATORS, defaults.simulators)
    profiles = section.chosen("backpressure", PROFILES, ("none",))
    known_modes = MACHINES[design.name].modes
    modes = section.chosen("mode", known_modes, known_modes[:1])
    images = section.whole("images", 1, 10**6, 1) if "images" in section else None
    layers = section.names("layers")
    seeds, label = _seeds(section), section.text("label")
    most = limits(section, defaults.limits)

    def expand(base: int) -> Iterator[Spec]:
        for file, (config, parameters), simulator, profile, mode, seed in product(
            files, machines, simulators, profiles, modes, seeds(base)
        ):
            yield Spec(
                kind="workload",
                design=design.name,
                name=file,
                config=config,
                parameters=parameters,
                simulator=simulator,
                backpressure=profile,
                mode=mode,
                images=images,
                layers=layers,
                label="-".join(part for part in (mode, label) if part),
                seed=seed,
                limits=most,
            )

    return expand


def _syntheses(section: Section, defaults: Defaults) -> Expand:
    """Return the runs of an entry with syntheses; nothing in them is random."""
    designs = section.chosen("synth", tuple(MACHINES))
    most = limits(section, defaults.limits)
    known = tuple(dict.fromkeys(c for name in designs for c in MACHINES[name].configs))
    configs = section.chosen("config", known, known[:1])
    more = [key for key in ("gates", "fpga") if section.flag(key)]

    def expand(base: int) -> Iterator[Spec]:
        del base
        for design, config in product(designs, configs):
            yield Spec(
                kind="synth",
                design=design,
                name="synth",
                config=config,
                simulator="yosys",
                options=dict.fromkeys(more, 1),
                label="-".join(more),
                seed=1,
                limits=most,
            )

    return expand


def _sets(section: Section, defaults: Defaults) -> Expand:
    """Return the runs of an entry with named sets."""
    names = section.chosen("set", tuple(SETS))
    design = _design(section, defaults)
    seeds, most = _seeds(section), limits(section, defaults.limits)

    def expand(base: int) -> Iterator[Spec]:
        for name, seed in product(names, seeds(base)):
            for run in SETS[name](design, seed):
                yield replace(run, limits=most)

    return expand


def _mutate(section: Section, defaults: Defaults) -> Expand:
    """Return the runs of an entry with planted faults: one for each folder of modules."""
    folders = section.names("mutate")
    folders = DESIGN_NAMES if folders == ("all",) else section.chosen("mutate", DESIGN_NAMES)
    options = {"n": section.whole("mutants", 1, MOST_MUTANTS, DEFAULT_COUNT)}
    seeds, label = _seeds(section), section.text("label")
    most = limits(section, defaults.limits)

    def expand(base: int) -> Iterator[Spec]:
        for name, seed in product(folders, seeds(base)):
            yield Spec(
                kind="mutate",
                name=f"mutate.{name}",
                simulator="verilator",
                options=options,
                label=label,
                seed=seed,
                limits=most,
            )

    return expand


_PARSERS: Final = {
    "test": _tests,
    "unit": _units,
    "workload": _workloads,
    "synth": _syntheses,
    "set": _sets,
    "mutate": _mutate,
}


def parse(section: Section, defaults: Defaults) -> Expand:
    """Return what gives an entry's runs.

    Raises:
        InputError: it cannot be used; names file, line and key.
    """
    kinds = [kind for kind in _KEYS if kind in section]
    if len(kinds) != 1:
        what = f"needs one of {', '.join(_KEYS)}" if not kinds else f"either {' or '.join(kinds)}"
        section.fail(kinds[-1] if kinds else "tests", what)
    section.only(*_KEYS[kinds[0]])
    return _PARSERS[kinds[0]](section, defaults)
