"""One layer to run, as the environment sees it: dimensions, data, streams, what must come back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.lif import LifParams
from snn_rtl.models.parameters import MachineParameters
from snn_rtl.tb.common.agents.axis.bus import Beat
from snn_rtl.tb.common.register_map import RegisterMap

Packets = list[list[Beat]]

C = TypeVar("C", bound=MachineParameters)


def packet(beats: Iterable[int]) -> list[Beat]:
    """Return a packet: the last beat carries tlast."""
    data = list(beats)
    return [Beat(word, i == len(data) - 1) for i, word in enumerate(data)]


@dataclass(frozen=True)
class OutputTile:
    """A packet of the output stream.

    Attributes:
        rows: of the output matrix.
        columns: of the output matrix.
        beats: of the packet.
    """

    rows: slice
    columns: slice
    beats: int


@dataclass(frozen=True, kw_only=True)
class MachineJob(ABC, Generic[C]):
    """A layer; each machine says how its streams and registers carry it.

    Attributes:
        name: for messages.
        spikes: bool, (M, K), row position * T + t.
        weights: int8, (K, N).
        lif: neurons; None for raw sums.
        time_steps: T.
    """

    name: str
    spikes: NDArray[np.bool_]
    weights: NDArray[np.int8]
    lif: LifParams | None = None
    time_steps: int = 1

    @property
    def m(self) -> int:
        """Rows of the spike matrix."""
        return self.spikes.shape[0]

    @property
    def k(self) -> int:
        """Columns of the spike matrix."""
        return self.spikes.shape[1]

    @property
    def n(self) -> int:
        """Output columns."""
        return self.weights.shape[1]

    @property
    def spikes_out(self) -> bool:
        """The outputs are spikes."""
        return self.lif is not None

    @property
    def machine_rows(self) -> int:
        """What DIM_M counts."""
        return self.m

    @abstractmethod
    def mode_registers(self, registers: RegisterMap) -> dict[str, int]:
        """Return what the machine's own mode needs, register to value."""

    def configuration(self, registers: RegisterMap) -> dict[str, int]:
        """Return the layer's configuration, register to value."""
        values = {"DIM_M": self.machine_rows, "DIM_K": self.k, "DIM_N": self.n}
        values |= self.mode_registers(registers)
        if self.lif is not None:
            config = self.lif.config
            values["LIF"] = (
                config.leak_shift
                | int(config.reset == "soft") << registers.bit("LIF", "SOFT_RESET")
                | int(config.fire == ">=") << registers.bit("LIF", "FIRE_GE")
            )
        return values

    @abstractmethod
    def spike_packets(self, config: C) -> Packets:
        """Return the spike stream."""

    @abstractmethod
    def weight_packets(self, config: C) -> Packets:
        """Return the weight stream."""

    @abstractmethod
    def output_tiles(self, config: C) -> list[OutputTile]:
        """Return the packets of the output stream, in order."""

    @abstractmethod
    def read_outputs(
        self, beats: list[int], tile: OutputTile, config: C
    ) -> tuple[NDArray[np.int64], str]:
        """Return a packet's outputs (rows, columns), and what is wrong with the bits around."""

    @abstractmethod
    def model_outputs(self, config: C) -> NDArray[np.int64]:
        """Return the outputs by the machine's model, as they must be sent."""

    @abstractmethod
    def oracle_outputs(self, config: C) -> NDArray[np.int64]:
        """Return the same by the naive path."""

    def layer_rows(self, outputs: NDArray[np.int64], config: C) -> NDArray[np.int64]:
        """Return the layer's own rows, (M, N), of what was sent."""
        del config
        return outputs

    @abstractmethod
    def model_cycles(self, config: C) -> int:
        """Return the cycles that the machine must take without backpressure."""

    def patience(self, config: C) -> int:
        """Return in how many cycles a machine that works moves a beat, at the latest."""
        del config
        return 20_000
