"""A layer as it is seen on the ports: its configuration, and where its packets end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

from snn_rtl.tb.common.agents.axis.bus import Beat
from snn_rtl.tb.common.machine.settings import STREAMS
from snn_rtl.tb.common.register_map import RegisterMap

PacketLength = int | Callable[[Sequence[int]], int | None]
"""Beats of a packet, or what tells them from the beats so far: None while they do not."""


@dataclass(frozen=True, kw_only=True)
class Setup:
    """Configuration registers at a start, decoded; m is what DIM_M counts."""

    m: int
    k: int
    n: int
    spikes_out: bool
    leak_shift: int
    soft_reset: bool
    fire_ge: bool

    @classmethod
    def decode(cls, values: Mapping[str, int], registers: RegisterMap, **own: Any) -> Self:
        """Return what configuration registers say.

        Args:
            values: register to value.
            registers: the machine's map.
            own: the fields that a machine has beside those of all.
        """

        def bit(register: str, field_name: str) -> bool:
            return bool(values[register] >> registers.bit(register, field_name) & 1)

        return cls(
            m=values["DIM_M"],
            k=values["DIM_K"],
            n=values["DIM_N"],
            spikes_out=bit("MODE", "SPIKES_OUT"),
            leak_shift=values["LIF"] & 31,
            soft_reset=bit("LIF", "SOFT_RESET"),
            fire_ge=bit("LIF", "FIRE_GE"),
            **own,
        )

    def legal(self, config: Any) -> bool:
        """Return whether the machine must accept a start."""
        limit = (1 << config.dim_w) - 1
        return 1 <= self.m <= limit and 1 <= self.n <= limit and 1 <= self.k <= config.max_k


class StreamWalk:
    """Follows a stream of one layer from beat to beat.

    Attributes:
        packets: packets that have ended.
    """

    def __init__(self, lengths: Iterator[PacketLength]) -> None:
        self._lengths = lengths
        self._length = next(lengths, None)
        self._beats: list[int] = []
        self.packets = 0

    @property
    def complete(self) -> bool:
        """Every packet has ended."""
        return self._length is None

    @property
    def inside(self) -> bool:
        """A packet has begun and not ended."""
        return bool(self._beats)

    def take(self, beat: Beat) -> bool | None:
        """Return what tlast of the next beat has to be; None after the last packet."""
        length = self._length
        if length is None:
            return None
        self._beats.append(beat.data or 0)
        if not isinstance(length, int):
            found = length(self._beats)
            if found is None:
                return False
            self._length = found
        if self._length != len(self._beats):
            return False
        self._beats = []
        self._length = next(self._lengths, None)
        self.packets += 1
        return True


@dataclass(kw_only=True)
class ObservedLayer:
    """What was seen of a layer from its start on; each machine knows the packets of its streams.

    Attributes:
        setup: configuration at the start.
        sizes: parameters of the machine.
        beats: beats of each stream.
        counters: those read after it, by name.
    """

    setup: Any
    sizes: Any
    beats: dict[str, list[Beat]] = field(default_factory=lambda: {name: [] for name in STREAMS})
    counters: dict[str, int] = field(default_factory=dict)

    def packets(self, stream: str) -> Iterator[PacketLength]:
        """Yield the length of each packet of a stream.

        Raises:
            NotImplementedError: a machine must say it.
        """
        raise NotImplementedError

    def phase(self) -> str | None:
        """Return how far the layer is, as far as the ports prove it: fill, process or drain.

        Raises:
            NotImplementedError: a machine must say it.
        """
        raise NotImplementedError

    @cached_property
    def walks(self) -> dict[str, StreamWalk]:
        """Where each stream is."""
        return {name: StreamWalk(self.packets(name)) for name in STREAMS}

    @cached_property
    def starts(self) -> tuple[range, range, range]:
        """First rows, columns and output columns of the m, k and n tiles."""
        m, k, n = self.sizes.tile
        return range(0, self.setup.m, m), range(0, self.setup.k, k), range(0, self.setup.n, n)

    @property
    def complete(self) -> bool:
        """Every beat has been taken."""
        return all(walk.complete for walk in self.walks.values())

    def words(self, stream: str) -> list[int]:
        """Return the data of a stream's beats."""
        return [beat.data for beat in self.beats[stream] if beat.data is not None]
