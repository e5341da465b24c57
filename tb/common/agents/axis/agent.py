"""UVM level of a stream: items, driver, monitor and the agents that hold them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cocotb.triggers import Event
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

from tb.common.agents.axis.bus import Beat, StreamMonitor, StreamSink, StreamSource


@dataclass(frozen=True, kw_only=True)
class StreamConfig:
    """What an agent must know of its stream.

    Attributes:
        dut: handle of the design.
        prefix: of the stream's signals.
        gaps: idle cycles before each beat.
        read_data: the monitor reads the data, not only the handshakes.
    """

    dut: Any
    prefix: str
    gaps: Iterator[int]
    read_data: bool


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


class StreamMonitorComponent(uvm_component):  # type: ignore[misc]
    """Publishes every beat taken on its analysis port `ap`."""

    def build_phase(self) -> None:
        """Make the bus monitor."""
        config: StreamConfig = ConfigDB().get(self, "", "stream")
        self.ap = uvm_analysis_port("ap", self)
        self.beats = 0
        self.bus = StreamMonitor(
            config.dut, config.prefix, config.dut.clk, self._publish, read_data=config.read_data
        )

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
