"""The tests of a machine: which test, in which configuration, under which pauses, how often.

What pytest (tb/test_machines.py), coverage and the lists run is drawn from here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any, Final

from snn_rtl.machines.base import Machine
from snn_rtl.machines.spec import Spec
from snn_rtl.run.simulators import SIMULATORS
from snn_rtl.tb.common.agents.axis.pauses import PROFILES

SOME_PROFILES: Final = ("none", "heavy")
"""Pauses of tests in which they matter less."""

LAYERS: Final = ("Structures", "Shapes", "Neurons", "ManyTiles")
"""Directed tests of tests/layers.py."""

SOFTWARE: Final = ("StreamsAhead", "Interrupts", "ResetPhases")
"""Tests of tests/stress.py: what software can do besides plain layers."""

REGISTERS: Final = ("RegisterAccess", "RegisterBusy")
"""Tests of tests/registers.py."""

MISUSE: Final = ("SoftReset", "HardReset", "RefusedStarts", "Busy", "WrongTlast")
"""Tests of tests/misuse.py."""

PAUSES: Final[tuple[dict[str, str], ...]] = (
    {"spikes": "starving"},
    {"weights": "starving"},
    {"outputs": "starving"},
    {"spikes": "starving", "outputs": "starving"},
    {"spikes": "bursty", "weights": "one_in_n", "outputs": "bursty"},
)
"""Pause profiles of single streams that are tried."""

SABOTAGE: Final = (
    ("CorruptOutput", "outputs differ from the model"),
    ("DroppedOutput", "tlast of output"),
    ("CorruptSpike", "differ from the model|counter"),
    ("StuckReady", "no progress"),
    ("SilentScoreboard", "checked nothing"),
    ("DeafScoreboard", "output values compared"),
    ("ChangedPayload", "payload changed"),
    ("WithdrawnBeat", "tvalid withdrawn"),
    ("StolenBeat", "without a running layer"),
    ("LateLast", "the format says True"),
    ("WrongInterrupt", "no progress"),
    ("EarlyResponse", "bvalid before its access was taken"),
)
"""Tests of tests/sabotage.py that fail everywhere, and the messages of the checks that notice."""

RANDOM_LAYERS: Final = {"layers": 60}
"""Options of a run of random layers on the small machine."""

TILES: Final = [2, 4, 2]
"""Most m, k and n tiles of the random layers of larger machines."""

RANDOM_MACHINE: Final = {"layers": 12, "tiles": TILES}
"""Options of a run of random layers on a machine of random parameters."""


def by_stream(pauses: Mapping[str, str]) -> str:
    """Return a name for pause profiles of single streams."""
    return "-".join(f"{stream}_{profile}" for stream, profile in pauses.items())


def of(module: str, names: Sequence[str]) -> list[str]:
    """Return tests of a module of tests/."""
    return [f"{module}.{name}" for name in names]


def runs(
    machine: Machine,
    tests: Sequence[str],
    *,
    config: str = "small",
    simulators: Sequence[str] = SIMULATORS,
    profiles: Sequence[str] = ("none",),
    seeds: Sequence[int],
    **more: Any,
) -> Iterator[Spec]:
    """Yield a product of tests, simulators, profiles and seeds; more is what else a Spec has."""
    for name, simulator, profile, seed in product(tests, simulators, profiles, seeds):
        yield Spec(
            kind="test",
            design=machine.name,
            name=name,
            config=config,
            simulator=simulator,
            backpressure=profile,
            seed=seed,
            **more,
        )


def smoke(machine: Machine, seed: int) -> Iterator[Spec]:
    """Yield the runs of minutes, for every change; two seeds catch what one misses now and then."""
    some: dict[str, Any] = {"options": {"layers": 20}, "profiles": SOME_PROFILES}
    first = of("layers", ("Structures", "Shapes", "Neurons"))
    yield from runs(machine, [*first, *machine.testing.smoke], seeds=[seed])
    yield from runs(machine, ["layers.Random"], seeds=[seed, seed + 1], **some)
    wrong = of("misuse", ("SoftReset", "WrongTlast"))
    yield from runs(machine, [*wrong, "registers.RegisterAccess"], seeds=[seed])
    for config in machine.testing.variants:
        yield from runs(machine, ["layers.Random"], config=config, seeds=[seed], **some)
    one = ["verilator"]
    yield from runs(machine, ["layers.FullTiles"], config="paper", simulators=one, seeds=[seed])


def coverage(machine: Machine, seed: int) -> Iterator[Spec]:
    """Yield the runs that close a machine's coverage, on builds that count; long ones first."""
    counted: dict[str, Any] = {"simulators": ["verilator"], "coverage": True, "seeds": [seed]}
    yield from _paper(machine, counted)
    yield from _small(machine, seed, counted)
    for config in machine.testing.variants:
        given = {**counted, "config": config}
        for profile in PROFILES:
            here = {**given, "profiles": [profile]}
            yield from runs(machine, ["layers.Random"], options=RANDOM_LAYERS, **here)
            yield from runs(machine, ["layers.ManyTiles"], **here)
        names = [*of("layers", ("Structures", "Neurons")), "misuse.SoftReset", "stress.Waits"]
        yield from runs(machine, names, **given)


def _paper(machine: Machine, counted: dict[str, Any]) -> Iterator[Spec]:
    """Yield the runs on the paper's machine: few layers reach every line and branch."""
    few = {"layers": 6, "tiles": TILES, "aborts": 4}
    given = {**counted, "config": "paper", "options": few}
    yield from runs(machine, ["layers.Random"], profiles=PROFILES, **given)
    misuse = of("misuse", ("SoftReset", "RefusedStarts", "WrongTlast", "Busy"))
    yield from runs(machine, ["layers.FullTiles", *of("registers", REGISTERS), *misuse], **given)


def _small(machine: Machine, seed: int, counted: dict[str, Any]) -> Iterator[Spec]:
    """Yield the runs on the small machine."""
    yield from runs(machine, ["corners.ManyEvents"], **counted)
    yield from runs(machine, ["corners.LongWaits"], profiles=["light"], **counted)
    yield from runs(machine, ["corners.LargestDimensions"], **counted)
    for profile in PROFILES:
        here = {**counted, "profiles": [profile]}
        two = {**here, "seeds": [seed, seed + 1], "options": RANDOM_LAYERS}
        yield from runs(machine, ["layers.Random"], **two)
        yield from runs(machine, of("layers", LAYERS), **here)
    yield from runs(machine, of("stress", machine.testing.corners), **counted)
    for profile in SOME_PROFILES:
        names = [*of("stress", SOFTWARE), *of("misuse", MISUSE)]
        yield from runs(machine, names, profiles=[profile], **counted)
    for pauses in PAUSES:
        few = {"layers": 2}
        yield from runs(machine, ["stress.Pauses"], pauses=pauses, options=few, **counted)
    yield from runs(machine, of("registers", REGISTERS), **counted)
    for name, options in machine.testing.own.items():
        yield from runs(machine, [name], options=dict(options), **counted)


SETS: Final = {"smoke": smoke, "coverage": coverage}
"""Sets of runs that a list may name."""
