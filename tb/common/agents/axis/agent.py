"""UVM level of a stream: items, driver, monitor and the agents that hold them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import cocotb
from cocotb.triggers import Event, FallingEdge, RisingEdge
from pyuvm import (
    ConfigDB,
    uvm_agent,
    uvm_analysis_port,
    uvm_component,
    uvm_driver,
    uvm_sequence,
    uvm_sequence_item,
    uvm_sequencer,
)

from snn_rtl.tb.common.agents.axis.bus import Beat, StreamMonitor, StreamSink, StreamSource
from snn_rtl.tb.common.clock_reset import cycle_now
from snn_rtl.tb.common.scoreboard import CheckFailure

_RESET_SHOWS: Final = 4
"""Cycles after which a reset that withdraws tvalid has been seen elsewhere, too."""


@dataclass(frozen=True, kw_only=True)
class StreamConfig:
    """What an agent must know of its stream.

    Attributes:
        dut: handle of the design.
        name: of the stream.
        prefix: of the stream's signals.
        gaps: idle cycles before each beat.
        read_data: the monitor reads the data, not only the handshakes.
        may_withdraw: tells whether a beat may be withdrawn now: there was a soft reset.
    """

    dut: Any
    name: str
    prefix: str
    gaps: Iterator[int]
    read_data: bool
    may_withdraw: Callable[[], bool] = lambda: False


class PacketItem(uvm_sequence_item):  # type: ignore[misc]
    """Packets to send back to back."""

    def __init__(self, name: str, packets: Sequence[Sequence[Beat]]) -> None:
        super().__init__(name)
        self.packets = packets


class PacketSequence(uvm_sequence):  # type: ignore[misc]
    """Sends packets and ends when the last beat is taken, or the stream is flushed."""

    def __init__(self, name: str, packets: Sequence[Sequence[Beat]]) -> None:
        super().__init__(name)
        self.packets = packets

    async def body(self) -> None:
        """Send the packets as one item."""
        item = PacketItem("packets", self.packets)
        await self.start_item(item)
        await self.finish_item(item)


class SourceDriver(uvm_driver):  # type: ignore[misc]
    """Hands items to the pins."""

    def build_phase(self) -> None:
        """Make the bus driver."""
        config: StreamConfig = ConfigDB().get(self, "", "stream")
        self.bus = StreamSource(config.dut, config.prefix, config.dut.clk, config.gaps)
        self.flushed = Event()

    async def run_phase(self) -> None:
        """Send items for ever."""
        while True:
            item: PacketItem = await self.seq_item_port.get_next_item()
            self.flushed.clear()
            for packet in item.packets[:-1]:
                self.bus.append(packet)
            self.bus.append(item.packets[-1], event=self.flushed)
            await self.flushed.wait()
            self.seq_item_port.item_done()

    def flush(self) -> None:
        """Abort what is being sent."""
        self.bus.flush()
        self.flushed.set()


class StreamChecker(uvm_component):  # type: ignore[misc]
    """Holds a stream to its protocol: what is offered stays until it is taken.

    tvalid falls only after a transfer or by a reset, and a beat that had to wait is transferred
    as it was offered. `withdrawn_ap` publishes the stream's name when a reset withdrew a beat.
    """

    def build_phase(self) -> None:
        """Start with nothing seen."""
        self.config: StreamConfig = ConfigDB().get(self, "", "stream")
        self.failures: list[str] = []
        self.waits = 0
        self.withdrawn_ap = uvm_analysis_port("withdrawn_ap", self)
        self._offered: tuple[int, bool] | None = None

    def fail(self, message: str) -> None:
        """End the test.

        Raises:
            CheckFailure: always.
        """
        self.failures.append(f"{self.config.prefix}: {message}")
        raise CheckFailure(self.failures[-1])

    def waiting(self, payload: tuple[int, bool]) -> None:
        """Keep what waits."""
        self.waits += 1
        self._offered = payload

    def taken(self, payload: tuple[int, bool]) -> None:
        """Compare what is taken with what was offered."""
        if payload != self._offered:
            self.fail("payload changed while it waited for tready")

    def watch(self, monitor: StreamMonitor) -> None:
        """Start to look at tvalid, with the monitor that knows the transfers."""
        cocotb.start_soon(self._watch(monitor))

    async def _watch(self, monitor: StreamMonitor) -> None:
        clock, reset = self.config.dut.clk, self.config.dut.rst
        valid = monitor.bus.tvalid
        # Before the end of the first reset tvalid may be anything.
        await FallingEdge(reset)
        while True:
            await FallingEdge(valid)
            if cycle_now() == monitor.taken_at:
                continue
            for _ in range(_RESET_SHOWS):
                if reset.value == 1 or self.config.may_withdraw():
                    self.withdrawn_ap.write(self.config.name)
                    cocotb.start_soon(self._resume(monitor))
                    break
                await RisingEdge(clock)
            else:
                self.fail("tvalid withdrawn before the beat was taken")

    async def _resume(self, monitor: StreamMonitor) -> None:
        if monitor.bus.tvalid.value != 1:
            await RisingEdge(monitor.bus.tvalid)
        monitor.offered_again()

    def check_phase(self) -> None:
        """Fail the test if something was found, wherever it was found."""
        if self.failures:
            raise CheckFailure(self.failures[0])


class StreamMonitorComponent(uvm_component):  # type: ignore[misc]
    """Publishes every beat taken on its analysis port `ap`; its checker judges the handshakes."""

    def build_phase(self) -> None:
        """Make the checker."""
        self.config: StreamConfig = ConfigDB().get(self, "", "stream")
        self.ap = uvm_analysis_port("ap", self)
        self.beats = 0
        self.checker = StreamChecker("checker", self)

    def connect_phase(self) -> None:
        """Make the bus monitor."""
        config = self.config
        self.bus = StreamMonitor(
            config.dut,
            config.prefix,
            config.dut.clk,
            self._publish,
            read_data=config.read_data,
            rules=self.checker,
        )
        self.checker.watch(self.bus)

    def _publish(self, beat: Beat) -> None:
        self.beats += 1
        self.ap.write(beat)


class SourceAgent(uvm_agent):  # type: ignore[misc]
    """A stream into the design: sequencer, driver, monitor."""

    def build_phase(self) -> None:
        """Make the components."""
        self.sequencer = uvm_sequencer("sequencer", self)
        self.driver = SourceDriver("driver", self)
        self.monitor = StreamMonitorComponent("monitor", self)

    def connect_phase(self) -> None:
        """Connect them."""
        self.driver.seq_item_port.connect(self.sequencer.seq_item_export)


class SinkAgent(uvm_agent):  # type: ignore[misc]
    """A stream out of the design: ready driver and monitor."""

    def build_phase(self) -> None:
        """Make the components."""
        config: StreamConfig = ConfigDB().get(self, "", "stream")
        self.monitor = StreamMonitorComponent("monitor", self)
        self.ready = StreamSink(config.dut, config.prefix, config.dut.clk, config.gaps)
