"""Pin level of a stream: cocotb-bus source, sink and monitor.

All of them sleep on signal edges while nothing can move, so that an idle stream costs no Python.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import cocotb
from cocotb.triggers import ClockCycles, RisingEdge
from cocotb_bus.drivers import BusDriver
from cocotb_bus.monitors import BusMonitor

from snn_rtl.tb.common.clock_reset import cycle_now


@dataclass(frozen=True)
class Beat:
    """One transfer.

    Attributes:
        data: None where the monitor was told not to read it.
        last: tlast.
        idle: cycles tvalid was low since the beat before; 0 in what a source sends.
        waited: cycles tvalid was high without tready; 0 in what a source sends.
    """

    data: int | None
    last: bool
    idle: int = 0
    waited: int = 0


class StreamRules(Protocol):
    """Who judges what a monitor sees; data and tlast come as one pair."""

    def waiting(self, payload: tuple[int, bool]) -> None:
        """Take the payload of a beat that waits for tready, once a beat."""

    def taken(self, payload: tuple[int, bool]) -> None:
        """Take the payload of the same beat when it is transferred."""


def _high(signal: Any) -> bool:
    """Return whether a handshake signal is 1; before the reset it may be X, which is not."""
    return bool(signal.value == 1)


class StreamSource(BusDriver):  # type: ignore[misc]
    """Drives packets: lists of beats of which the last one carries tlast.

    tvalid never waits for tready, and data hold until taken.
    """

    _signals = ["tdata", "tvalid", "tready", "tlast"]

    def __init__(self, entity: Any, name: str, clock: Any, gaps: Iterator[int]) -> None:
        self._thread: Any
        super().__init__(entity, name, clock, case_insensitive=False)
        self.gaps = gaps
        self._idle()

    def _idle(self) -> None:
        self.bus.tvalid.value = 0
        self.bus.tdata.value = 0
        self.bus.tlast.value = 0

    async def _driver_send(self, transaction: Sequence[Beat], sync: bool = True) -> None:
        """Send one packet."""
        edge = RisingEdge(self.clock)
        if sync:
            await edge
        for beat in transaction:
            gap = next(self.gaps)
            if gap:
                self.bus.tvalid.value = 0
                await ClockCycles(self.clock, gap)
            self.bus.tdata.value = beat.data
            self.bus.tlast.value = int(beat.last)
            self.bus.tvalid.value = 1
            await edge
            while not _high(self.bus.tready):
                await RisingEdge(self.bus.tready)
                await edge
        if not self._sendQ:
            self.bus.tvalid.value = 0

    def flush(self) -> None:
        """Forget all packets and go idle, as an aborted transfer does at a reset."""
        self._thread.cancel()
        self.clear()
        self._idle()
        self._thread = cocotb.start_soon(self._send_thread())


class StreamSink(BusDriver):  # type: ignore[misc]
    """Drives tready: high but for its pauses, which are counted from beat to beat."""

    _signals = ["tvalid", "tready"]

    def __init__(self, entity: Any, name: str, clock: Any, gaps: Iterator[int]) -> None:
        super().__init__(entity, name, clock, case_insensitive=False)
        self.gaps = gaps
        self.bus.tready.value = 0
        cocotb.start_soon(self._run())

    async def _run(self) -> None:
        edge = RisingEdge(self.clock)
        while True:
            gap = next(self.gaps)
            if gap:
                self.bus.tready.value = 0
                await ClockCycles(self.clock, gap)
            self.bus.tready.value = 1
            await edge
            while not _high(self.bus.tvalid):
                await RisingEdge(self.bus.tvalid)
                await edge


class StreamMonitor(BusMonitor):  # type: ignore[misc]
    """Watches a stream and reports every beat taken; never drives."""

    _signals = ["tdata", "tvalid", "tready", "tlast"]

    def __init__(
        self,
        entity: Any,
        name: str,
        clock: Any,
        callback: Callable[[Beat], None],
        *,
        read_data: bool,
        rules: StreamRules | None = None,
    ) -> None:
        self.read_data = read_data
        self.rules = rules
        self.taken_at = -1
        # The cycle from whose edge on tvalid is high, and whether the rules know what waits.
        self._since = 0
        self._noted = False
        super().__init__(entity, name, clock, callback=callback, case_insensitive=False)

    def offered_again(self) -> None:
        """Hear that tvalid rises after a beat was withdrawn, which the monitor slept through."""
        self._since = cycle_now()
        self._noted = False

    def _payload(self) -> tuple[int, bool]:
        return self.bus.tdata.value.to_unsigned(), bool(self.bus.tlast.value)

    async def _monitor_recv(self) -> None:
        edge = RisingEdge(self.clock)
        valid, ready = self.bus.tvalid, self.bus.tready
        before = self._since = cycle_now()
        while True:
            if not _high(valid):
                await RisingEdge(valid)
                self.offered_again()
            elif not _high(ready):
                await RisingEdge(ready)
            await edge
            if not _high(valid):
                continue
            if _high(ready):
                self.taken_at = now = cycle_now()
                data = self.bus.tdata.value.to_unsigned() if self.read_data or self._noted else None
                last = bool(self.bus.tlast.value)
                if self._noted and self.rules is not None and data is not None:
                    self.rules.taken((data, last))
                idle, waited = self._since - before, now - self._since - 1
                before = self._since = now
                self._noted = False
                self._recv(Beat(data if self.read_data else None, last, idle, waited))
            elif self.rules is not None and not self._noted:
                self._noted = True
                self.rules.waiting(self._payload())
