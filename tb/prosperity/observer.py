"""What a layer of Prosperity looks like on the ports: its registers, its packets, its phases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, Self

from snn_rtl.models.prosperity.config import ProsperityConfig
from snn_rtl.models.prosperity.prosperity import Mode
from snn_rtl.tb.common.machine.observed import ObservedLayer, Setup
from snn_rtl.tb.common.machine.observer import Observer
from snn_rtl.tb.common.register_map import RegisterMap


@dataclass(frozen=True, kw_only=True)
class ProsperitySetup(Setup):
    """Configuration registers at a start, decoded."""

    time_steps: int
    sparsity: int

    @classmethod
    def decode(cls, values: Mapping[str, int], registers: RegisterMap, **own: Any) -> Self:
        """Return what configuration registers say."""
        own |= {"time_steps": values["TIME_STEPS"], "sparsity": values["MODE"] & 3}
        return super().decode(values, registers, **own)

    def legal(self, config: ProsperityConfig) -> bool:
        """Return whether the machine must accept a start."""
        steps = self.time_steps
        timed = 1 <= steps <= config.tile_m and not steps & (steps - 1) and not self.m % steps
        return super().legal(config) and self.sparsity <= 2 and (timed or not self.spikes_out)

    @property
    def mode(self) -> Mode:
        """Mode of a layer that was started (an undefined one is refused)."""
        return (Mode.PRODUCT, Mode.BIT, Mode.DENSE)[self.sparsity]


@dataclass(kw_only=True)
class ProsperityLayer(ObservedLayer):
    """What was seen of a layer from its start on."""

    setup: ProsperitySetup
    sizes: ProsperityConfig

    def spike_beats(self, m: int) -> int:
        """Beats of a spike tile that begins at row m."""
        return -(-min(self.sizes.tile_m, self.setup.m - m) // self.sizes.beat_rows)

    def weight_beats(self, k: int) -> int:
        """Beats of a weight tile that begins at column k, parameters included."""
        rows = min(self.sizes.tile_k, self.setup.k - k)
        params = 2 * self.sizes.param_beats if self.setup.spikes_out and k == 0 else 0
        return rows + params

    def packets(self, stream: str) -> Iterator[int]:
        """Yield the length of each packet of a stream."""
        m_starts, k_starts, n_starts = self.starts
        for m, _, k in product(m_starts, n_starts, k_starts):
            if stream != "outputs":
                yield self.spike_beats(m) if stream == "spikes" else self.weight_beats(k)
            elif k == 0:
                yield min(self.sizes.tile_m, self.setup.m - m)

    def phase(self) -> str | None:
        """Return fill, process or drain, None where the ports do not prove one of them."""
        taken = {name: len(beats) for name, beats in self.beats.items()}
        m_starts, k_starts, n_starts = self.starts
        weights = [self.weight_beats(k) for k in k_starts] * len(n_starts) * len(m_starts)
        if taken["weights"] < weights[0]:
            return "fill"
        if taken["outputs"] > self.setup.m * len(n_starts) - (self.setup.m - m_starts[-1]):
            return "drain"
        # There is room for one tile more than the buffer holds once the first is processed.
        released = taken["weights"] > sum(weights[: self.sizes.weight_tiles])
        return "process" if released and taken["weights"] < sum(weights) else None


class ProsperityObserver(Observer):
    """Follows Prosperity."""

    SETUP = ProsperitySetup
    LAYER = ProsperityLayer
