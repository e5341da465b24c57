"""Reconstructs layers from what the monitors see: registers, both inputs, the output.

Nothing here knows what a sequence meant to do. Complete layers are published, and the functional
coverage is sampled from them. On the way tlast is held to the format, and the machine to taking
beats only while a layer runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Final

from pyuvm import ConfigDB, uvm_analysis_port, uvm_component

from snn_rtl.tb.common.agents.axil.monitor import RegisterAccess
from snn_rtl.tb.common.agents.axis.bus import Beat
from snn_rtl.tb.common.machine.observed import ObservedLayer, Setup
from snn_rtl.tb.common.machine.settings import STREAMS, EnvSettings
from snn_rtl.tb.common.register_map import RegisterMap, register_map
from snn_rtl.tb.common.scoreboard import CheckFailure
from snn_rtl.tb.common.subscriber import Subscriber

FATAL: Final = {"SPIKE_TLAST": "spikes", "WEIGHT_TLAST": "weights"}
"""Errors that abandon the running layer, and the stream whose tlast was wrong."""


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

    SETUP: ClassVar[type[Setup]]
    LAYER: ClassVar[type[ObservedLayer]]

    def build_phase(self) -> None:
        """Make the ports."""
        settings: EnvSettings = ConfigDB().get(self, "", "settings")
        self.sizes = settings.config
        self.map: RegisterMap = register_map(settings.design.name)
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
        if self.layer is None:
            return "idle"
        if self.map.error_name(self.error) in FATAL:
            return "abandoned"
        return self.layer.phase()

    def _taker(self, stream: str) -> Callable[[Beat], None]:
        def take(beat: Beat) -> None:
            if self.layer is None:
                # In the cycles of a reset a last beat may still be taken.
                if not self.soft_reset_since_start:
                    self.fail(f"{stream}: a beat was taken without a running layer")
                return
            self._check_last(self.layer, stream, beat)
            self.layer.beats[stream].append(beat)
            if stream == "outputs" and self.layer.complete:
                self.layer, self.finished = None, self.layer
                if self.wrong:
                    self.fail(f"the layer was completed with a wrong tlast of {self.wrong}")

        return take

    def _check_last(self, layer: ObservedLayer, stream: str, beat: Beat) -> None:
        """Hold tlast to the format; a wrong one on an input is the machine's to notice."""
        expected = layer.walks[stream].take(beat)
        if stream in self.wrong:
            self.fail(f"{stream}: a beat was taken after a wrong tlast")
        if expected is None:
            self.fail(f"{stream}: a beat was taken after the layer's last one")
        if beat.last != expected:
            if stream == "outputs":
                self.fail(f"outputs: tlast is {beat.last}, the format says {expected}")
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
        if not bits & 1:
            return
        self.soft_reset_since_start = False
        setup = self.SETUP.decode(self.shadow, self.map)
        if self.layer is None and self.error == 0 and setup.legal(self.sizes):
            self.layer = self.LAYER(setup=setup, sizes=self.sizes)
            self.finished = None

    def _counter(self, name: str, offset: int, word: int) -> None:
        layer = self.finished
        if layer is None:
            return
        known = layer.counters.get(name, 0)
        layer.counters[name] = (known & 0xFFFFFFFF) | word << 32 if offset else word
        if offset and len(layer.counters) == len(self.map.counters):
            self.finished = None
            self.ap.write(layer)
