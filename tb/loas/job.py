"""One layer to run: dimensions, data and settings, and what must come back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.loas.config import LoasConfig
from snn_rtl.models.loas.formats import Words, pack_words
from snn_rtl.models.loas.loas import LayerCounts, count_layer, drop_padding, machine_outputs
from snn_rtl.models.loas.streams import spike_packets, weight_packets
from snn_rtl.models.loas.timing import LayerTiming, predict_layer
from snn_rtl.models.loas.traffic import StreamBeats, stream_beats
from snn_rtl.models.oracle.dense import naive_lif, naive_sums
from snn_rtl.models.oracle.dual_sparse import naive_drop_single, naive_dual_sparse
from snn_rtl.tb.common.machine.job import MachineJob, OutputTile, Packets, packet
from snn_rtl.tb.common.register_map import RegisterMap
from snn_rtl.tb.loas.streams import read_fired, read_sums, tiles_of

_WALKED: Final = 60_000
"""Products (positions x K x N) up to which the oracle walks through a layer match by match."""


@dataclass(frozen=True, kw_only=True)
class LayerJob(MachineJob[LoasConfig]):
    """A layer as the machine sees it; T is at most the machine's, whose other steps are silent.

    Attributes:
        ft: neurons that fire once count as silent.
    """

    ft: bool = False

    @property
    def positions(self) -> int:
        """Rows of packed words."""
        return self.m // self.time_steps

    @property
    def machine_rows(self) -> int:
        """What DIM_M counts."""
        return self.positions

    def words(self, config: LoasConfig) -> Words:
        """Return the packed spikes, (P, K).

        Raises:
            InputError: there are more time steps than the machine has.
        """
        return pack_words(self.spikes, self.time_steps, config.time_steps)

    @property
    def mode(self) -> str:
        """The machine's mode."""
        return "ft" if self.ft else "dual"

    def mode_registers(self, registers: RegisterMap) -> dict[str, int]:
        """Return MODE."""
        mode = int(self.ft) << registers.bit("MODE", "DROP_SINGLE")
        return {"MODE": mode | int(self.spikes_out) << registers.bit("MODE", "SPIKES_OUT")}

    def spike_packets(self, config: LoasConfig) -> Packets:
        """Return the spike stream."""
        return [packet(beats) for beats in spike_packets(self.words(config), self.n, config)]

    def weight_packets(self, config: LoasConfig) -> Packets:
        """Return the weight stream."""
        packets = weight_packets(self.weights, self.positions, config, self.lif)
        return [packet(beats) for beats in packets]

    def output_tiles(self, config: LoasConfig) -> list[OutputTile]:
        """Return the packets of the output stream."""
        return tiles_of(self.positions, self.n, config, spikes_out=self.spikes_out)

    def read_outputs(
        self, beats: list[int], tile: OutputTile, config: LoasConfig
    ) -> tuple[NDArray[np.int64], str]:
        """Return a packet's outputs, and what is wrong with the bits around them."""
        if self.spikes_out:
            return read_fired(beats, tile.columns.stop - tile.columns.start, config)
        return read_sums(beats, tile.rows.stop - tile.rows.start, config)

    def model_outputs(self, config: LoasConfig) -> NDArray[np.int64]:
        """Return the model's outputs, all steps of the machine: (P * time_steps, N)."""
        words = self.words(config)
        return machine_outputs(words, self.weights, lif=self.lif, config=config, ft=self.ft)

    def oracle_outputs(self, config: LoasConfig) -> NDArray[np.int64]:
        """Return the same by the naive path."""
        spikes, steps = self.spikes, config.time_steps
        if self.ft:
            spikes = naive_drop_single(spikes, self.time_steps)
        if self.positions * self.k * self.n <= _WALKED:
            table, _ = naive_dual_sparse(
                spikes,
                self.weights,
                time_steps=self.time_steps,
                word_bits=steps,
                tile=config.tile,
            )
            sums = np.array(table, np.int64)
        else:
            padded = np.zeros((self.positions, steps, self.k), np.bool_)
            padded[:, : self.time_steps] = spikes.reshape(-1, self.time_steps, self.k)
            sums = naive_sums(padded.reshape(-1, self.k), self.weights)
        if self.lif is None:
            return sums
        return naive_lif(
            sums,
            steps,
            self.lif.bias,
            self.lif.threshold,
            leak_shift=self.lif.config.leak_shift,
            reset=self.lif.config.reset,
            fire=self.lif.config.fire,
        )

    def layer_rows(self, outputs: NDArray[np.int64], config: LoasConfig) -> NDArray[np.int64]:
        """Return the rows of the layer's own steps, (M, N)."""
        return drop_padding(outputs, self.time_steps, config)

    def model_counts(self, config: LoasConfig) -> LayerCounts:
        """Return the counts the RTL must show."""
        return count_layer(self.spikes, self.weights, self.time_steps, config, ft=self.ft)

    def model_beats(self, config: LoasConfig) -> StreamBeats:
        """Return the beats of the streams."""
        words = self.words(config)
        return stream_beats(words, self.weights, config, spikes_out=self.spikes_out)

    def model_timing(self, config: LoasConfig) -> LayerTiming:
        """Return the cycles the RTL must take without backpressure."""
        words = self.words(config)
        return predict_layer(words, self.weights, config, spikes_out=self.spikes_out, ft=self.ft)

    def model_cycles(self, config: LoasConfig) -> int:
        """Return all of them."""
        return self.model_timing(config).cycles

    def patience(self, config: LoasConfig) -> int:
        """Return in how many cycles a machine that works moves a beat, at the latest.

        With a tile in use and one loaded, every column may match everywhere before the next beat.
        """
        return 20_000 + 2 * config.columns * config.chunk
