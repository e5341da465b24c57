"""Reconstructs layers from what the monitors see: registers, both inputs, the output.

Nothing here knows what a sequence meant to do. Complete layers are published, and the functional
coverage is sampled from them. On the way tlast is held to the format, and the machine to taking
beats only while a layer runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product, repeat
from typing import Final

from pyuvm import ConfigDB, uvm_analysis_port, uvm_component

from models.config import ProsperityConfig
from models.prosperity import Mode
from tb.common.agents.axil.monitor import RegisterAccess
from tb.common.agents.axis.bus import Beat
from tb.common.register_map import RegisterMap, register_map
from tb.common.scoreboard import CheckFailure
from tb.common.subscriber import Subscriber
from tb.prosperity.settings import STREAMS, EnvSettings

FATAL: Final = {"SPIKE_TLAST": "spikes", "WEIGHT_TLAST": "weights"}
"""Errors that abandon the running layer, and the stream whose tlast was wrong."""


@dataclass(frozen=True, kw_only=True)
class Setup:
    """Configuration registers at a start, decoded."""

    m: int
    k: int
    n: int
    time_steps: int
    sparsity: int
    spikes_out: bool
    leak_shift: int
    soft_reset: bool
    fire_ge: bool

    @property
    def mode(self) -> Mode:
        """Mode of a layer that was started (an undefined one is refused)."""
        return (Mode.PRODUCT, Mode.BIT, Mode.DENSE)[self.sparsity]


@dataclass(kw_only=True)
class ObservedLayer:
    """What was seen of a layer from its start on.

    Attributes:
        setup: configuration at the start.
        sizes: parameters of the machine.
        beats: beats of each stream.
        counters: those read after it, by name.
    """

    setup: Setup
    sizes: ProsperityConfig
    beats: dict[str, list[Beat]] = field(default_factory=lambda: {name: [] for name in STREAMS})
    counters: dict[str, int] = field(default_factory=dict)

    @cached_property
    def starts(self) -> tuple[range, range, range]:
        """First rows, columns and output columns of the m, k and n tiles."""
        s, c = self.setup, self.sizes
        return range(0, s.m, c.tile_m), range(0, s.k, c.tile_k), range(0, s.n, c.lanes)

    def spike_beats(self, m: int) -> int:
        """Beats of a spike tile that begins at row m."""
        return -(-min(self.sizes.tile_m, self.setup.m - m) // self.sizes.beat_rows)

    def weight_beats(self, k: int) -> int:
        """Beats of a weight tile that begins at column k, parameters included."""
        rows = min(self.sizes.tile_k, self.setup.k - k)
        params = 2 * self.sizes.param_beats if self.setup.spikes_out and k == 0 else 0
        return rows + params

    @cached_property
    def expected(self) -> dict[str, int]:
        """Beats of each stream in a complete layer."""
        m, k, n = self.starts
        return {
            "spikes": sum(self.spike_beats(i) for i in m) * len(k) * len(n),
            "weights": sum(self.weight_beats(j) for j in k) * len(m) * len(n),
            "outputs": self.setup.m * len(n),
        }

    def lasts(self, stream: str) -> Iterator[bool]:
        """Yield tlast of each beat of a stream, as its format says."""
        m_starts, k_starts, n_starts = self.starts
        for m, _, k in product(m_starts, n_starts, k_starts):
            if stream == "outputs":
                beats = min(self.sizes.tile_m, self.setup.m - m) if k == 0 else 0
            else:
                beats = self.spike_beats(m) if stream == "spikes" else self.weight_beats(k)
            yield from repeat(False, beats - 1)
            if beats:
                yield True

    @property
    def complete(self) -> bool:
        """Every beat has been taken."""
        return all(len(self.beats[name]) == count for name, count in self.expected.items())

    def words(self, stream: str) -> list[int]:
        """Return the data of a stream's beats."""
        return [beat.data for beat in self.beats[stream] if beat.data is not None]


@dataclass(frozen=True, kw_only=True)
class ResetSeen:
    """A reset: soft or hard, and the phase of the layer it came in (None: it cannot be told)."""

    kind: str
    phase: str | None


class Observer(uvm_component):  # type: ignore[misc]
    """Follows the machine's state over its registers and cuts the streams into layers.

    Attributes:
        ap: publishes an ObservedLayer when its last counter has been read.
        reset_ap: publishes a ResetSeen for every reset.
        shadow: configuration registers as the bus has set them.
        layer: the running layer; None before a start and after the end.
        soft_reset_since_start: a source may drop what it offers.
    """

    def build_phase(self) -> None:
        """Make the ports."""
        settings: EnvSettings = ConfigDB().get(self, "", "settings")
        self.sizes = settings.config
        self.map: RegisterMap = register_map("prosperity")
        self.names = {self.map.address(name): name for name in self.map.registers}
        self.counter_words = {
            address + offset: (name, offset)
            for name, address in self.map.counters.items()
            for offset in (0, 4)
        }
        self.ap = uvm_analysis_port("ap", self)
        self.reset_ap = uvm_analysis_port("reset_ap", self)
        self.register_export = Subscriber("register_export", self, self.take_access)
        self.stream_exports = {
            name: Subscriber(f"{name}_export", self, self._taker(name)) for name in STREAMS
        }
        self.failures: list[str] = []
        self._clear()

    def _clear(self) -> None:
        self.shadow = {
            name: int(entry["reset"])
            for name, entry in self.map.registers.items()
            if entry["access"] in ("config", "rw")
        }
        self._forget()

    def _forget(self) -> None:
        self.layer: ObservedLayer | None = None
        self.lasts: dict[str, Iterator[bool]] = {}
        self.wrong: set[str] = set()
        self.finished: ObservedLayer | None = None
        self.error = 0
        self.soft_reset_since_start = True

    def hard_reset(self) -> None:
        """Return to the reset values: rst was seen."""
        self.reset_ap.write(ResetSeen(kind="hard", phase=self.phase()))
        self._clear()

    def phase(self) -> str | None:
        """Return the phase of the running layer, as far as the ports prove it."""
        layer = self.layer
        if layer is None:
            return "idle"
        if self.map.error_name(self.error) in FATAL:
            return "abandoned"
        taken = {name: len(beats) for name, beats in layer.beats.items()}
        m_starts, k_starts, n_starts = layer.starts
        first = [layer.weight_beats(k) for k in k_starts] * len(n_starts) * len(m_starts)
        last_rows = layer.setup.m - m_starts[-1]
        if taken["weights"] < first[0]:
            return "fill"
        if taken["outputs"] > layer.expected["outputs"] - last_rows:
            return "drain"
        # There is room for one tile more than the buffer holds once the first is processed.
        released = taken["weights"] > sum(first[: self.sizes.weight_tiles])
        return "process" if released and taken["weights"] < layer.expected["weights"] else None

    def _taker(self, stream: str) -> Callable[[Beat], None]:
        def take(beat: Beat) -> None:
            if self.layer is None:
                # In the cycles of a reset a last beat may still be taken.
                if not self.soft_reset_since_start:
                    self.fail(f"{stream}: a beat was taken without a running layer")
                return
            self._check_last(stream, beat.last)
            self.layer.beats[stream].append(beat)
            if stream == "outputs" and self.layer.complete:
                self.layer, self.finished = None, self.layer
                if self.wrong:
                    self.fail(f"the layer was completed with a wrong tlast of {self.wrong}")

        return take

    def _check_last(self, stream: str, last: bool) -> None:
        """Hold tlast to the format; a wrong one on an input is the machine's to notice."""
        expected = next(self.lasts[stream], None)
        if stream in self.wrong:
            self.fail(f"{stream}: a beat was taken after a wrong tlast")
        if expected is None:
            self.fail(f"{stream}: a beat was taken after the layer's last one")
        if last != expected:
            if stream == "outputs":
                self.fail(f"outputs: tlast is {last}, the format says {expected}")
            self.wrong.add(stream)

    def fail(self, message: str) -> None:
        """End the test.

        Raises:
            CheckFailure: always.
        """
        self.failures.append(message)
        raise CheckFailure(message)

    def check_phase(self) -> None:
        """Fail the test if something was found."""
        if self.failures:
            raise CheckFailure(self.failures[0])

    def setup(self) -> Setup:
        """Return the configuration registers, decoded."""
        s, bit = self.shadow, self.map.bit
        return Setup(
            m=s["DIM_M"],
            k=s["DIM_K"],
            n=s["DIM_N"],
            time_steps=s["TIME_STEPS"],
            sparsity=s["MODE"] & 3,
            spikes_out=bool(s["MODE"] >> bit("MODE", "SPIKES_OUT") & 1),
            leak_shift=s["LIF"] & 31,
            soft_reset=bool(s["LIF"] >> bit("LIF", "SOFT_RESET") & 1),
            fire_ge=bool(s["LIF"] >> bit("LIF", "FIRE_GE") & 1),
        )

    def take_access(self, access: RegisterAccess) -> None:
        """Follow one access."""
        name = self.names.get(access.address)
        if access.write and access.okay:
            mask = sum(255 << 8 * i for i in range(4) if access.strobe >> i & 1)
            if name in self.shadow:
                self.shadow[name] = self.shadow[name] & ~mask | access.data & mask
            elif name == "CTRL":
                self._command(access.data & mask)
        elif not access.write and access.okay:
            if name == "ERROR":
                self.error = access.data
                self._check_error()
            elif access.address in self.counter_words:
                self._counter(*self.counter_words[access.address], access.data)

    def _check_error(self) -> None:
        """See that an error of a stream's tlast was one."""
        stream = FATAL.get(self.map.error_name(self.error))
        if stream is not None and stream not in self.wrong:
            self.fail(f"{self.map.error_name(self.error)}, but every tlast was right")

    def _command(self, bits: int) -> None:
        """Take a write of CTRL; a start that the machine must refuse starts nothing."""
        if bits & 2:
            self.reset_ap.write(ResetSeen(kind="soft", phase=self.phase()))
            self._forget()
            return
        if bits & 1:
            self.soft_reset_since_start = False
        if bits & 1 and self.layer is None and self.error == 0 and self._legal(self.setup()):
            self.layer = ObservedLayer(setup=self.setup(), sizes=self.sizes)
            self.lasts = {name: self.layer.lasts(name) for name in STREAMS}
            self.finished = None

    def _legal(self, setup: Setup) -> bool:
        limit = (1 << self.sizes.dim_w) - 1
        steps = setup.time_steps
        timed = 1 <= steps <= self.sizes.tile_m and not steps & (steps - 1) and not setup.m % steps
        return (
            1 <= setup.m <= limit
            and 1 <= setup.n <= limit
            and 1 <= setup.k <= self.sizes.max_k
            and setup.sparsity <= 2
            and (timed or not setup.spikes_out)
        )

    def _counter(self, name: str, offset: int, word: int) -> None:
        layer = self.finished
        if layer is None:
            return
        known = layer.counters.get(name, 0)
        layer.counters[name] = (known & 0xFFFFFFFF) | word << 32 if offset else word
        if offset and len(layer.counters) == len(self.map.counters):
            self.finished = None
            self.ap.write(layer)
