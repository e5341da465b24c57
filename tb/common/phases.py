"""Where a run's time goes: processor seconds and simulated cycles by phase."""

from __future__ import annotations

from time import perf_counter, process_time

from snn_rtl.tb.common.clock_reset import cycle_now


class Phases:
    """A stopwatch that is always in one phase.

    Attributes:
        spent: phase to {"cpu_s", "wall_s", "cycles"}, all since the simulation began.
    """

    def __init__(self, first: str) -> None:
        self.spent: dict[str, dict[str, float]] = {}
        self._now = first
        self._since = self._clocks()

    @staticmethod
    def _clocks() -> tuple[float, float, int]:
        return process_time(), perf_counter(), cycle_now()

    def enter(self, phase: str) -> None:
        """End the phase under way and begin another."""
        now = self._clocks()
        entry = self.spent.setdefault(self._now, {"cpu_s": 0.0, "wall_s": 0.0, "cycles": 0})
        for key, end, start in zip(entry, now, self._since, strict=True):
            entry[key] += end - start
        self._now, self._since = phase, now
