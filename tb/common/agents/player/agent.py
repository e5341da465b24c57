"""Streams as files and registers as single changes, for the benches in tb/*/verilog.

Names of a bench's control ports follow from the agent's: <name>_play, <name>_done and <name>_beats
of a player, <name>_open, <name>_close and <name>_beats of a recorder, access_* of the registers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cocotb.triggers import RisingEdge, Timer, ValueChange
from pyuvm import ConfigDB, uvm_agent, uvm_analysis_port, uvm_component, uvm_driver, uvm_sequencer

from tb.common.agents.axil.agent import RegisterItem
from tb.common.agents.axis.agent import PacketItem
from tb.common.agents.axis.bus import Beat
from tb.common.clock_reset import PERIOD_NS


@dataclass(frozen=True, kw_only=True)
class PlayerConfig:
    """What an agent must know of its player or recorder.

    Attributes:
        dut: handle of the bench.
        name: of its control ports and files.
        width: bits of a beat.
        gaps: idle cycles before each beat, at most 255.
    """

    dut: Any
    name: str
    width: int
    gaps: Iterator[int]


class _Controls:
    """A bench's control ports of one agent."""

    def __init__(self, dut: Any, name: str) -> None:
        self.dut = dut
        self.name = name

    def port(self, what: str) -> Any:
        """Return a control port's handle."""
        return getattr(self.dut, f"{self.name}_{what}")

    def toggle(self, what: str) -> None:
        """Change a control port."""
        port = self.port(what)
        port.value = not port.value

    @property
    def beats(self) -> int:
        """Beats since the reset."""
        return int(self.port("beats").value.to_unsigned())


class PlayerDriver(uvm_driver):  # type: ignore[misc]
    """Writes items to the player's file and lets it play them."""

    def build_phase(self) -> None:
        """Set the control ports."""
        self.config: PlayerConfig = ConfigDB().get(self, "", "player")
        self.controls = _Controls(self.config.dut, self.config.name)
        self.controls.port("play").value = 0

    async def run_phase(self) -> None:
        """Play items for ever."""
        path = Path(f"{self.config.name}.bin")
        while True:
            item: PacketItem = await self.seq_item_port.get_next_item()
            path.write_bytes(b"".join(self._records(item)))
            self.controls.toggle("play")
            await RisingEdge(self.controls.port("done"))
            self.seq_item_port.item_done()

    def _records(self, item: PacketItem) -> Iterator[bytes]:
        """Yield a record for each beat: idle cycles, tlast, data with the highest byte first."""
        size = self.config.width // 8
        for packet in item.packets:
            for beat in packet:
                assert beat.data is not None
                yield bytes((next(self.config.gaps), beat.last))
                yield beat.data.to_bytes(size, "big")


class PlayerAgent(uvm_agent):  # type: ignore[misc]
    """A stream into the design."""

    def build_phase(self) -> None:
        """Make the components."""
        self.sequencer = uvm_sequencer("sequencer", self)
        self.driver = PlayerDriver("driver", self)

    def connect_phase(self) -> None:
        """Connect them."""
        self.driver.seq_item_port.connect(self.sequencer.seq_item_export)

    @property
    def beats(self) -> int:
        """Beats taken since the reset."""
        return self.driver.controls.beats


class RecorderAgent(uvm_component):  # type: ignore[misc]
    """A stream out of the design: publishes the recorded beats on `ap` when they are collected."""

    def build_phase(self) -> None:
        """Set the control ports."""
        self.config: PlayerConfig = ConfigDB().get(self, "", "player")
        self.ap = uvm_analysis_port("ap", self)
        self.controls = _Controls(self.config.dut, self.config.name)
        for port in ("open", "close"):
            self.controls.port(port).value = 0

    @property
    def beats(self) -> int:
        """Beats taken since the reset."""
        return self.controls.beats

    def prepare(self, beats: int) -> None:
        """Start a recording of so many beats."""
        gaps = bytes(next(self.config.gaps) for _ in range(beats))
        Path(f"{self.config.name}.gap").write_bytes(gaps if any(gaps) else b"")
        self.controls.toggle("open")

    async def collect(self) -> None:
        """End the recording and publish its beats.

        Raises:
            ValueError: a beat holds unknown bits.
        """
        self.controls.toggle("close")
        await Timer(2 * PERIOD_NS, "ns")
        with Path(f"{self.config.name}.txt").open() as lines:
            for line in lines:
                last, data = line.split()
                self.ap.write(Beat(int(data, 16), last == "0b1"))


class PlayerRegisterDriver(uvm_driver):  # type: ignore[misc]
    """Performs register accesses through the bench's access ports."""

    def build_phase(self) -> None:
        """Set the access ports."""
        config: PlayerConfig = ConfigDB().get(self, "", "player")
        self.dut = config.dut
        for port in ("request", "write", "address", "data"):
            getattr(self.dut, f"access_{port}").value = 0

    async def run_phase(self) -> None:
        """Serve items for ever."""
        dut = self.dut
        while True:
            item: RegisterItem = await self.seq_item_port.get_next_item()
            dut.access_write.value = int(item.value is not None)
            dut.access_address.value = item.address
            dut.access_data.value = item.value or 0
            dut.access_request.value = not dut.access_request.value
            await ValueChange(dut.access_answer)
            # The other outputs change with the answer, some of them after it.
            await Timer(1, "ns")
            item.okay = bool(dut.access_okay.value)
            if item.value is None:
                item.value = dut.access_value.value.to_unsigned()
            self.seq_item_port.item_done()
