"""UVM level of played streams: agents with the faces of those that drive pins.

A sequence's packets become a file; when a layer is over its beats are published on the monitors'
analysis ports, those of the inputs as the player's counter says they were taken, those of the
output as they were recorded.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cocotb.triggers import ClockCycles, Event
from pyuvm import (
    ConfigDB,
    uvm_agent,
    uvm_analysis_port,
    uvm_component,
    uvm_driver,
    uvm_sequencer,
)

from snn_rtl.tb.common.agents.axis.agent import PacketItem, StreamConfig
from snn_rtl.tb.common.agents.axis.bus import Beat
from snn_rtl.tb.common.players import files
from snn_rtl.tb.common.scoreboard import CheckFailure
from snn_rtl.tb.common.watchdog import wait_high


class PlayedMonitor(uvm_component):  # type: ignore[misc]
    """Publishes what went over a stream on its analysis port `ap`, after it went."""

    def build_phase(self) -> None:
        """Make the port."""
        self.config: StreamConfig = ConfigDB().get(self, "", "stream")
        self.ap = uvm_analysis_port("ap", self)
        self.published = 0
        self.failures: list[str] = []

    def signal(self, what: str) -> Any:
        """Return one of the signals that belong to the stream."""
        return getattr(self.config.dut, f"{self.config.name}_{what}")

    @property
    def file(self) -> Path:
        """The stream's file, in the folder of the run."""
        return Path(f"{self.config.name}.beats")

    @property
    def beats(self) -> int:
        """Beats taken so far.

        Raises:
            CheckFailure: a file of the stream is missing or cut short.
        """
        if self.signal("broken").value == 1:
            self.fail(f"{self.file} is missing or ends inside a beat")
        return int(self.signal("beats").value)

    def fail(self, message: str) -> None:
        """End the test.

        Raises:
            CheckFailure: always.
        """
        self.failures.append(message)
        raise CheckFailure(message)

    def publish(self, beats: list[Beat]) -> None:
        """Publish beats, which must be as many as were counted."""
        self.published += len(beats)
        if self.published != self.beats:
            self.fail(
                f"{self.file}: {self.published} beats in the files so far, "
                f"{self.beats} on the wires"
            )
        for beat in beats:
            self.ap.write(beat)

    def check_phase(self) -> None:
        """Fail the test if something was found."""
        if self.failures:
            raise CheckFailure(self.failures[0])


class PlayerDriver(uvm_driver):  # type: ignore[misc]
    """Has items played, one at a time; an item ends when its beats are published."""

    def build_phase(self) -> None:
        """Find the stream."""
        self.config: StreamConfig = ConfigDB().get(self, "", "stream")
        self.monitor: PlayedMonitor = ConfigDB().get(self, "", "monitor")
        self.item: PacketItem | None = None
        self.over = Event()

    async def run_phase(self) -> None:
        """Play items for ever."""
        play = self.monitor.signal("play")
        play.value = 0
        while True:
            item: PacketItem = await self.seq_item_port.get_next_item()
            files.write_beats(self.monitor.file, item.packets, self.width, self.config.gaps)
            self.over.clear()
            self.item = item
            play.value = 1
            await self.over.wait()
            play.value = 0
            await ClockCycles(self.config.dut.clk, 2)
            self.seq_item_port.item_done()

    @property
    def width(self) -> int:
        """Bits of a beat."""
        return len(getattr(self.config.dut, f"{self.config.prefix}_tdata"))

    async def finish(self) -> None:
        """Wait until all beats of the item are taken, and publish them.

        Raises:
            NoProgress: the machine takes no more.
        """
        assert self.item is not None, "nothing is played"
        monitor = self.monitor
        await wait_high(monitor.signal("done"), lambda: monitor.beats, f"end of {monitor.file}")
        monitor.publish([beat for packet in self.item.packets for beat in packet])
        self.item = None
        self.over.set()


class PlayerAgent(uvm_agent):  # type: ignore[misc]
    """A stream into the design: sequencer, driver, monitor."""

    def build_phase(self) -> None:
        """Make the components."""
        self.sequencer = uvm_sequencer("sequencer", self)
        self.monitor = PlayedMonitor("monitor", self)
        ConfigDB().set(self, "driver", "monitor", self.monitor)
        self.driver = PlayerDriver("driver", self)

    def connect_phase(self) -> None:
        """Connect them."""
        self.driver.seq_item_port.connect(self.sequencer.seq_item_export)


class RecorderAgent(uvm_agent):  # type: ignore[misc]
    """A stream out of the design."""

    def build_phase(self) -> None:
        """Make the monitor."""
        self.config: StreamConfig = ConfigDB().get(self, "", "stream")
        self.monitor = PlayedMonitor("monitor", self)
        self.gaps: Iterator[int] = self.config.gaps

    def connect_phase(self) -> None:
        """Record nothing yet."""
        self.monitor.signal("keep").value = 0

    def record(self, beats: int) -> None:
        """Start to record; so many beats get their pauses."""
        files.write_pauses(Path(f"{self.config.name}.pauses"), self.gaps, beats)
        self.monitor.signal("keep").value = 1

    async def finish(self) -> None:
        """Stop to record, and publish what was.

        Raises:
            CheckFailure: the machine broke the protocol, or the file is not what it should be.
        """
        monitor = self.monitor
        monitor.signal("keep").value = 0
        await ClockCycles(self.config.dut.clk, 2)
        for what in ("withdrawn", "changed"):
            if monitor.signal(what).value == 1:
                monitor.fail(f"{self.config.prefix}: a beat that waited for tready was {what}")
        try:
            beats = files.read_beats(monitor.file)
        except CheckFailure as error:
            monitor.fail(str(error))
        monitor.publish(beats)
