"""What the counters of Prosperity must show."""

from __future__ import annotations

from typing import Final

from snn_rtl.tb.common.machine.scoreboard import BEAT_COUNTERS, ExpectedCounters, Scoreboard
from snn_rtl.tb.prosperity.job import LayerJob

COUNT_COUNTERS: Final = {
    "TILES": "tiles",
    "BIT_NNZ": "bit_nnz",
    "RESIDUAL_NNZ": "residual_nnz",
    "EXACT_ROWS": "exact_match_rows",
    "PARTIAL_ROWS": "partial_match_rows",
    "ZERO_ROWS": "zero_rows",
}
"""RTL counter to the field of LayerCounts that it must equal."""

CYCLE_PARTS: Final = (
    "PROCESS",
    "WAIT_DETECT",
    "WAIT_SPIKES",
    "WAIT_WEIGHTS",
    "WAIT_OUTPUT",
    "WAIT_RESULTS",
    "FILL",
    "DRAIN",
)
"""Counters that part CYCLES."""

TIMING_COUNTERS: Final = ("CYCLES", *CYCLE_PARTS, "QUEUE_FULL")
"""Counters that equal snn_rtl.models.prosperity.timing without backpressure."""


class ProsperityScoreboard(Scoreboard):
    """Compares outputs row by row, the counters with the models of function and timing."""

    CYCLE_PARTS = CYCLE_PARTS
    BEAT = "row"

    def expected(self, job: LayerJob) -> ExpectedCounters:
        """Return what the counters must show after a layer."""
        config = self.settings.config
        counts, timing = job.model_counts(config), job.model_timing(config)
        return ExpectedCounters(
            counts={name: getattr(counts, field) for name, field in COUNT_COUNTERS.items()},
            beats={name: getattr(timing, name.lower()) for name in BEAT_COUNTERS},
            timing={name: getattr(timing, name.lower()) for name in TIMING_COUNTERS},
        )
