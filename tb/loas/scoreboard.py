"""What the counters of LoAS must show."""

from __future__ import annotations

from typing import Final

from snn_rtl.tb.common.machine.scoreboard import ExpectedCounters, Scoreboard
from snn_rtl.tb.loas.job import LayerJob

COUNT_COUNTERS: Final = {
    "TILES": "tiles",
    "EMPTY_TILES": "empty_tiles",
    "BROADCAST": "broadcasts",
    "FIBRES_SKIPPED": "empty_fibres",
    "MATCHES": "matches",
    "CORRECTIONS": "corrections",
    "WORDS": "words",
    "SINGLE_WORDS": "single_words",
    "BIT_NNZ": "bit_nnz",
}
"""RTL counter to the field of snn_rtl.models.loas.loas.LayerCounts that it must equal."""

CYCLE_PARTS: Final = (
    "BROADCAST",
    "SKIP",
    "WAIT_SPIKES",
    "WAIT_WEIGHTS",
    "WAIT_TPPE",
    "WAIT_OUTPUT",
    "FILL",
    "DRAIN",
)
"""Counters that part CYCLES."""

TIMING_COUNTERS: Final = ("CYCLES", *CYCLE_PARTS, "FIFO_FULL")
"""Counters that equal snn_rtl.models.loas.timing without backpressure."""


class LoasScoreboard(Scoreboard):
    """Compares outputs tile by tile, the counters with the models of function and timing."""

    CYCLE_PARTS = CYCLE_PARTS

    def expected(self, job: LayerJob) -> ExpectedCounters:
        """Return what the counters must show after a layer."""
        config = self.settings.config
        counts, beats, timing = (
            job.model_counts(config),
            job.model_beats(config),
            job.model_timing(config),
        )
        return ExpectedCounters(
            counts={name: getattr(counts, field) for name, field in COUNT_COUNTERS.items()},
            beats={
                "SPIKE_BEATS": beats.spike,
                "WEIGHT_BEATS": beats.weight,
                "OUTPUT_BEATS": beats.output,
            },
            timing={name: getattr(timing, name.lower()) for name in TIMING_COUNTERS},
        )
