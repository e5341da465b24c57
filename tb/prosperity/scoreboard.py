"""Compares every output row with the model and the oracle, and every counter with the model."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pyuvm import ConfigDB, uvm_analysis_export

from tb.common.agents.axis.bus import Beat
from tb.common.scoreboard import BaseScoreboard
from tb.prosperity.job import LayerJob
from tb.prosperity.settings import EnvSettings
from tb.prosperity.streams import output_tiles, unpack_outputs

COUNT_COUNTERS: Final = {
    "TILES": "tiles",
    "BIT_NNZ": "bit_nnz",
    "RESIDUAL_NNZ": "residual_nnz",
    "EXACT_ROWS": "exact_match_rows",
    "PARTIAL_ROWS": "partial_match_rows",
    "ZERO_ROWS": "zero_rows",
}
"""RTL counter to the field of models.prosperity.LayerCounts that it must equal."""

CYCLE_PARTS: Final = (
    "PROCESS",
    "WAIT_DETECT",
    "WAIT_SPIKES",
    "WAIT_WEIGHTS",
    "WAIT_OUTPUT",
    "FILL",
    "DRAIN",
)
"""Counters that part CYCLES."""

TIMING_COUNTERS: Final = ("CYCLES", *CYCLE_PARTS, "QUEUE_FULL")
"""Counters that equal models.timing without backpressure."""

BEAT_COUNTERS: Final = ("SPIKE_BEATS", "WEIGHT_BEATS", "OUTPUT_BEATS")
"""Counters of stream beats, in every case."""


class _OutputExport(uvm_analysis_export):  # type: ignore[misc]
    """Hands output beats to the scoreboard."""

    def __init__(self, name: str, parent: Scoreboard) -> None:
        super().__init__(name, parent)
        self.scoreboard = parent

    def write(self, beat: Beat) -> None:
        self.scoreboard.take(beat)


class Scoreboard(BaseScoreboard):
    """Expects one layer at a time.

    Attributes:
        outputs: int64 (M, N), what the RTL sent for the running or last layer.
        rows_seen: output rows compared in all layers.
        layers: layers that were complete.
        tiles_seen: tiles of those layers, as the RTL's counter gives them.
        mismatches: output values of the running or last layer that differed from either.
        model_cycles: what the timing model says of the last layer, without backpressure.
    """

    def build_phase(self) -> None:
        """Make the export."""
        super().build_phase()
        self.settings: EnvSettings = ConfigDB().get(self, "", "settings")
        self.output_export = _OutputExport("output_export", self)
        self.job: LayerJob | None = None
        self.rows_seen = 0
        self.layers = 0
        self.tiles_seen = 0
        self.mismatches = 0
        self.model_cycles = 0
        self.outputs: NDArray[np.int64] = np.zeros((0, 0), dtype=np.int64)

    def expect(self, job: LayerJob) -> None:
        """Prepare for a layer."""
        self.job = job
        self.model = job.model_outputs()
        self.oracle = job.oracle_outputs()
        self.outputs = np.zeros((job.m, job.n), dtype=np.int64)
        self.tiles = list(output_tiles(job, self.settings.config))
        self.tile_count = len(self.tiles)
        self.beats: list[int] = []
        self.mismatches = 0
        self.compared = 0

    def abandon(self) -> None:
        """Forget the layer: it was aborted on purpose."""
        self.job = None

    def take(self, beat: Beat) -> None:
        """Take an output beat; compare when its tile is complete."""
        if self.job is None:
            self.fail("output beat without a layer")
            return
        if not self.tiles:
            self.fail(f"{self.job.name}: output beat after the last tile")
            return
        assert beat.data is not None
        self.beats.append(beat.data)
        rows, _ = self.tiles[0]
        complete = len(self.beats) == rows.stop - rows.start
        self.equal(f"{self.job.name}: tlast of output row {len(self.beats)}", beat.last, complete)
        if complete:
            self._compare(*self.tiles.pop(0))
            self.beats = []

    def _compare(self, rows: slice, columns: slice) -> None:
        """Compare a complete tile with model and oracle."""
        assert self.job is not None
        got = unpack_outputs(self.beats, self.settings.config, spikes_out=self.job.spikes_out)
        used = columns.stop - columns.start
        self.outputs[rows, columns] = got[:, :used]
        differs = np.zeros((len(got), used), dtype=np.bool_)
        for want in (self.model, self.oracle):
            differs |= got[:, :used] != want[rows, columns]
            self.checks += differs.size
        self.mismatches += int(np.count_nonzero(differs))
        for name, want in (("model", self.model), ("oracle", self.oracle)):
            wrong = np.argwhere(got[:, :used] != want[rows, columns])
            if len(wrong):
                i, j = wrong[0]
                row, column = rows.start + int(i), columns.start + int(j)
                self.fail(
                    f"{self.job.name}: {len(wrong)} outputs differ from the {name}, first at row "
                    f"{row} column {column}: got {got[i, j]}, expected {want[row, column]}"
                )
        if got[:, used:].any():
            self.fail(f"{self.job.name}: bits beyond column {columns.stop} are not zero")
        self.rows_seen += len(got)
        self.compared += got[:, :used].size

    def finish(self, counters: dict[str, int], *, timed: bool, beats: dict[str, int]) -> None:
        """Check that the layer is complete, and its counters.

        Args:
            counters: the RTL's counters by name.
            timed: the streams never starved or stalled, so cycles must equal the timing model.
            beats: beats that the monitors saw, by counter name.
        """
        job = self.job
        assert job is not None
        config = self.settings.config
        self.equal(f"{job.name}: output values compared", self.compared, job.m * job.n)
        self.equal(f"{job.name}: output tiles missing", len(self.tiles), 0)
        counts = job.model_counts(config)
        for counter, attribute in COUNT_COUNTERS.items():
            self._counter(job, counters, counter, getattr(counts, attribute))
        timing: Any = job.model_timing(config)
        self.model_cycles = timing.cycles
        for counter in BEAT_COUNTERS:
            self._counter(job, counters, counter, getattr(timing, counter.lower()))
            self.equal(
                f"{job.name}: beats on the wires ({counter})", beats[counter], counters[counter]
            )
        parts = sum(counters[name] for name in CYCLE_PARTS)
        self.equal(f"{job.name}: sum of the cycle parts", parts, counters["CYCLES"])
        if timed:
            for counter in TIMING_COUNTERS:
                self._counter(job, counters, counter, getattr(timing, counter.lower()))
        self.layers += 1
        self.tiles_seen += counters["TILES"]
        self.job = None

    def _counter(self, job: LayerJob, counters: dict[str, int], name: str, want: int) -> None:
        self.equal(f"{job.name}: counter {name}", counters[name], want)
