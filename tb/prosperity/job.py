"""One layer to run: dimensions, data and settings, and what must come back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.oracle.dense import naive_outputs
from snn_rtl.models.prosperity.config import ProsperityConfig
from snn_rtl.models.prosperity.prosperity import LayerCounts, Mode, count_layer, layer_outputs
from snn_rtl.models.prosperity.timing import LayerTiming, predict_layer
from snn_rtl.tb.common.machine.job import MachineJob, OutputTile, Packets
from snn_rtl.tb.common.register_map import RegisterMap
from snn_rtl.tb.prosperity import streams


@dataclass(frozen=True, kw_only=True)
class LayerJob(MachineJob[ProsperityConfig]):
    """A layer as the machine sees it.

    Attributes:
        mode: product, bit or dense.
    """

    mode: Mode = Mode.PRODUCT

    def mode_registers(self, registers: RegisterMap) -> dict[str, int]:
        """Return TIME_STEPS and MODE."""
        mode = registers.constants[f"MODE_{Mode(self.mode).name}"]
        mode |= int(self.spikes_out) << registers.bit("MODE", "SPIKES_OUT")
        return {"TIME_STEPS": self.time_steps, "MODE": mode}

    def spike_packets(self, config: ProsperityConfig) -> Packets:
        """Return the spike stream."""
        return streams.spike_packets(self, config)

    def weight_packets(self, config: ProsperityConfig) -> Packets:
        """Return the weight stream."""
        return streams.weight_packets(self, config)

    def output_tiles(self, config: ProsperityConfig) -> list[OutputTile]:
        """Return the packets of the output stream."""
        return streams.output_tiles(self, config)

    def read_outputs(
        self, beats: list[int], tile: OutputTile, config: ProsperityConfig
    ) -> tuple[NDArray[np.int64], str]:
        """Return a packet's outputs, and whether a lane beyond N is not zero."""
        lanes = streams.unpack_outputs(beats, config, spikes_out=self.spikes_out)
        used = tile.columns.stop - tile.columns.start
        wrong = lanes[:, used:].any()
        trouble = f"bits beyond column {tile.columns.stop} are not zero" if wrong else ""
        return lanes[:, :used], trouble

    def model_outputs(self, config: ProsperityConfig | None = None) -> NDArray[np.int64]:
        """Return the model's outputs, (M, N); they are the same on every machine."""
        del config
        return layer_outputs(self.spikes, self.weights, lif=self.lif, time_steps=self.time_steps)

    def oracle_outputs(self, config: ProsperityConfig | None = None) -> NDArray[np.int64]:
        """Return the outputs by the naive path, (M, N); they are the same on every machine."""
        del config
        if self.lif is None:
            return naive_outputs(self.spikes, self.weights, time_steps=self.time_steps)
        return naive_outputs(
            self.spikes,
            self.weights,
            time_steps=self.time_steps,
            bias=self.lif.bias,
            threshold=self.lif.threshold,
            leak_shift=self.lif.config.leak_shift,
            reset=self.lif.config.reset,
            fire=self.lif.config.fire,
        )

    def model_counts(self, config: ProsperityConfig) -> LayerCounts:
        """Return the counts the RTL must show."""
        return count_layer(self.spikes, self.n, config, self.mode)

    def model_timing(self, config: ProsperityConfig) -> LayerTiming:
        """Return the cycles the RTL must take without backpressure."""
        return predict_layer(self.spikes, self.n, config, self.mode, spikes_out=self.spikes_out)

    def model_cycles(self, config: ProsperityConfig) -> int:
        """Return all of them."""
        return self.model_timing(config).cycles

    def patience(self, config: ProsperityConfig) -> int:
        """Return in how many cycles a machine that works moves a beat, at the latest.

        With all streams in, it may process every tile whose weights it holds before the next row
        leaves.
        """
        return 20_000 + (config.weight_tiles + 2) * config.tile_m * config.tile_k
