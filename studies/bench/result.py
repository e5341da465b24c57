"""What a benchmark measured, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from snn_rtl.studies.bench.bare import BareLayer

_Spent = Mapping[str, Mapping[str, float]]

SHARES: Final[Mapping[str, tuple[str, ...]]] = {
    "simulate": ("simulate",),
    "simulate and check": ("simulate", "compare"),
    "whole run": (),
}
"""What a ratio counts of a run: its phases; all of them if none is named."""

JUDGED: Final = "simulate and check"
"""The ratio that is held against the wanted one."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One repetition: a run under cocotb and the bare loop on what it played.

    Attributes:
        spent: the run's seconds and cycles by phase, see snn_rtl.tb.common.phases.
        bare: the loop's layers, added up.
    """

    spent: _Spent
    bare: BareLayer

    @property
    def cycles(self) -> int:
        """Cycles of the run from the start of each layer to its interrupt."""
        return round(self.spent["simulate"]["cycles"])

    def seconds(self, share: str, clock: str = "cpu_s") -> float:
        """Return the run's seconds of one of SHARES."""
        phases = SHARES[share] or tuple(self.spent)
        return sum(self.spent[phase][clock] for phase in phases)

    def speed(self, share: str) -> float:
        """Return the run's cycles a second of processor time."""
        return self.cycles / self.seconds(share)

    @property
    def bare_speed(self) -> float:
        """The loop's cycles a second of processor time."""
        return self.bare.cycles / self.bare.cpu_s

    def ratio(self, share: str) -> float:
        """Return the run's speed over the loop's."""
        return self.speed(share) / self.bare_speed


def spread(pairs: Sequence[Pair], value: Callable[[Pair], float]) -> dict[str, float]:
    """Return median, lowest and highest of a value."""
    values = [value(pair) for pair in pairs]
    return {"median": median(values), "low": min(values), "high": max(values)}


def summary(pairs: Sequence[Pair]) -> dict[str, Any]:
    """Return the report's numbers: speeds, seconds and ratios of each share."""
    return {
        "cycles": pairs[0].cycles,
        "bare": {
            "cycles": pairs[0].bare.cycles,
            "cpu_s": spread(pairs, lambda pair: pair.bare.cpu_s),
            "wall_s": spread(pairs, lambda pair: pair.bare.wall_s),
            "cycles_per_s": spread(pairs, lambda pair: pair.bare_speed),
        },
        "cocotb": {
            share: {
                "cpu_s": spread(pairs, lambda pair, s=share: pair.seconds(s)),  # type: ignore[misc]
                "wall_s": spread(
                    pairs,
                    lambda pair, s=share: pair.seconds(s, "wall_s"),  # type: ignore[misc]
                ),
                "cycles_per_s": spread(pairs, lambda pair, s=share: pair.speed(s)),  # type: ignore[misc]
                "ratio": spread(pairs, lambda pair, s=share: pair.ratio(s)),  # type: ignore[misc]
            }
            for share in SHARES
        },
        "phases_cpu_s": {
            phase: spread(pairs, lambda pair, p=phase: pair.spent[p]["cpu_s"])["median"]  # type: ignore[misc]
            for phase in pairs[0].spent
        },
    }
