"""Compares every output tile with the model and the oracle, and every counter with the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray
from pyuvm import ConfigDB

from snn_rtl.tb.common.agents.axis.bus import Beat
from snn_rtl.tb.common.machine.job import MachineJob, OutputTile
from snn_rtl.tb.common.machine.settings import EnvSettings
from snn_rtl.tb.common.scoreboard import BaseScoreboard
from snn_rtl.tb.common.subscriber import Subscriber

BEAT_COUNTERS: Final = ("SPIKE_BEATS", "WEIGHT_BEATS", "OUTPUT_BEATS")
"""Counters of stream beats."""


@dataclass(frozen=True, kw_only=True)
class ExpectedCounters:
    """What the counters must show after a layer, by name.

    Attributes:
        counts: of events, in every case.
        beats: of the streams, in every case: BEAT_COUNTERS.
        timing: of cycles, without backpressure; CYCLES is one of them.
    """

    counts: Mapping[str, int]
    beats: Mapping[str, int]
    timing: Mapping[str, int]


class Scoreboard(BaseScoreboard):
    """Expects one layer at a time.

    Attributes:
        outputs: int64, what the RTL sent for the running or last layer.
        rows_seen: output rows compared in all layers.
        layers: layers that were complete.
        tiles_seen: tiles of those layers, as the RTL's counter gives them.
        mismatches: output values of the running or last layer that differed from either.
        model_cycles: what the timing model says of the last layer, without backpressure.
    """

    CYCLE_PARTS: ClassVar[tuple[str, ...]]
    """Counters that part CYCLES; first the one of the cycles in which the machine works."""

    BEAT: ClassVar[str] = "beat"
    """What messages call a beat of the output."""

    def build_phase(self) -> None:
        """Make the export."""
        super().build_phase()
        self.settings: EnvSettings = ConfigDB().get(self, "", "settings")
        self.output_export = Subscriber("output_export", self, self._hear)
        self.job: MachineJob[Any] | None = None
        self.rows_seen = 0
        self.layers = 0
        self.tiles_seen = 0
        self.mismatches = 0
        self.model_cycles = 0
        self.outputs: NDArray[np.int64] = np.zeros((0, 0), dtype=np.int64)

    def expected(self, job: Any) -> ExpectedCounters:
        """Return what the counters must show after a layer.

        Raises:
            NotImplementedError: a machine must say it.
        """
        raise NotImplementedError

    def expect(self, job: MachineJob[Any]) -> None:
        """Prepare for a layer."""
        config = self.settings.config
        self.job = job
        self.model = job.model_outputs(config)
        self.oracle = job.oracle_outputs(config)
        self.outputs = np.zeros(self.model.shape, dtype=np.int64)
        self.tiles = job.output_tiles(config)
        self.tile_count = len(self.tiles)
        self.beats: list[int] = []
        self.mismatches = 0
        self.compared = 0

    def abandon(self) -> None:
        """Forget the layer: it was aborted on purpose."""
        self.job = None

    def _hear(self, beat: Beat) -> None:
        # By name, each time: tests of the checks replace it.
        self.take(beat)

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
        complete = len(self.beats) == self.tiles[0].beats
        what = f"{self.job.name}: tlast of output {self.BEAT} {len(self.beats)}"
        self.equal(what, beat.last, complete)
        if complete:
            self._compare(self.tiles.pop(0))
            self.beats = []

    def _compare(self, tile: OutputTile) -> None:
        """Compare a complete tile with model and oracle."""
        assert self.job is not None
        rows, columns = tile.rows, tile.columns
        got, trouble = self.job.read_outputs(self.beats, tile, self.settings.config)
        self.outputs[rows, columns] = got
        differs = np.zeros(got.shape, dtype=np.bool_)
        for want in (self.model, self.oracle):
            differs |= got != want[rows, columns]
            self.checks += differs.size
        self.mismatches += int(np.count_nonzero(differs))
        for name, want in (("model", self.model), ("oracle", self.oracle)):
            wrong = np.argwhere(got != want[rows, columns])
            if len(wrong):
                i, j = wrong[0]
                row, column = rows.start + int(i), columns.start + int(j)
                self.fail(
                    f"{self.job.name}: {len(wrong)} outputs differ from the {name}, first at row "
                    f"{row} column {column}: got {got[i, j]}, expected {want[row, column]}"
                )
        if trouble:
            self.fail(f"{self.job.name}: {trouble}")
        self.rows_seen += len(got)
        self.compared += got.size

    def finish(self, counters: dict[str, int], *, timed: bool, beats: dict[str, int]) -> None:
        """Check that the layer is complete, and its counters.

        Args:
            counters: the RTL's counters by name.
            timed: the streams never starved or stalled, so cycles must equal the timing model.
            beats: beats that the monitors saw, by counter name.
        """
        job = self.job
        assert job is not None
        self.equal(f"{job.name}: output values compared", self.compared, self.model.size)
        self.equal(f"{job.name}: output tiles missing", len(self.tiles), 0)
        expected = self.expected(job)
        for name, want in expected.counts.items():
            self._counter(job, counters, name, want)
        self.model_cycles = expected.timing["CYCLES"]
        for name in BEAT_COUNTERS:
            self._counter(job, counters, name, expected.beats[name])
            self.equal(f"{job.name}: beats on the wires ({name})", beats[name], counters[name])
        parts = sum(counters[name] for name in self.CYCLE_PARTS)
        self.equal(f"{job.name}: sum of the cycle parts", parts, counters["CYCLES"])
        if timed:
            for name, want in expected.timing.items():
                self._counter(job, counters, name, want)
        self.layers += 1
        self.tiles_seen += counters["TILES"]
        self.job = None

    def _counter(
        self, job: MachineJob[Any], counters: dict[str, int], name: str, want: int
    ) -> None:
        self.equal(f"{job.name}: counter {name}", counters[name], want)
