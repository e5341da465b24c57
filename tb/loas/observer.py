"""What a layer of LoAS looks like on the ports: its registers, its packets, its phases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Self

from snn_rtl.models.loas.config import LoasConfig
from snn_rtl.tb.common.machine.observed import ObservedLayer, PacketLength, Setup
from snn_rtl.tb.common.machine.observer import Observer
from snn_rtl.tb.common.register_map import RegisterMap


@dataclass(frozen=True, kw_only=True)
class LoasSetup(Setup):
    """Configuration registers at a start, decoded."""

    ft: bool

    @classmethod
    def decode(cls, values: Mapping[str, int], registers: RegisterMap, **own: Any) -> Self:
        """Return what configuration registers say."""
        own["ft"] = bool(values["MODE"] >> registers.bit("MODE", "DROP_SINGLE") & 1)
        return super().decode(values, registers, **own)

    @property
    def mode(self) -> str:
        """Mode of the machine."""
        return "ft" if self.ft else "dual"


@dataclass(kw_only=True)
class LoasLayer(ObservedLayer):
    """What was seen of a layer from its start on."""

    setup: LoasSetup
    sizes: LoasConfig

    def _tile(
        self, fibres: int, positions: int, element_w: int, lead: int = 0
    ) -> Callable[[Sequence[int]], int | None]:
        """Return what tells a packet's length: its bitmasks say how many elements follow.

        Args:
            fibres: of the tile.
            positions: of the chunk that lie within K.
            element_w: bits of an element.
            lead: beats before the bitmasks.
        """
        sizes = self.sizes
        head = lead + sizes.mask_beats_of(fibres)
        valid = (1 << positions) - 1

        def length(beats: Sequence[int]) -> int | None:
            if len(beats) < head:
                return None
            elements = 0
            for fibre in range(fibres):
                beat, place = divmod(fibre, sizes.beat_masks)
                elements += (beats[lead + beat] >> place * sizes.chunk & valid).bit_count()
            return head + sizes.value_beats_of(elements, element_w)

        return length

    def packets(self, stream: str) -> Iterator[PacketLength]:
        """Yield the length of each packet of a stream, or what tells it."""
        setup, sizes = self.setup, self.sizes
        m_starts, k_starts, n_starts = self.starts
        for m, n, k in product(m_starts, n_starts, k_starts):
            rows, columns = min(sizes.tppes, setup.m - m), min(sizes.columns, setup.n - n)
            positions = min(sizes.chunk, setup.k - k)
            if stream == "spikes":
                yield self._tile(rows, positions, sizes.time_steps)
            elif stream == "weights":
                lead = 2 * sizes.param_beats if setup.spikes_out and k == 0 else 0
                yield self._tile(columns, positions, sizes.weight_w, lead)
            elif k == 0:
                yield rows if setup.spikes_out else columns

    def phase(self) -> str | None:
        """Return fill, process or drain, None where the ports do not prove one of them."""
        m_starts, _, n_starts = self.starts
        outputs = self.walks["outputs"]
        if not self.walks["weights"].packets:
            return "fill"
        if outputs.packets == len(m_starts) * len(n_starts) - 1 and outputs.inside:
            return "drain"
        # Sums came out, and the last weights are not even there.
        return "process" if self.beats["outputs"] and not self.walks["weights"].complete else None


class LoasObserver(Observer):
    """Follows LoAS."""

    SETUP = LoasSetup
    LAYER = LoasLayer
