"""The environment of packet_sum: two streams, registers, a scoreboard, coverage.

words --> s_axis  |            | m_axis --> sums
registers --> s_axil | packet_sum |

both stream monitors, register monitor --> scoreboard, coverage
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Final

import cocotb
from cocotb.triggers import ClockCycles
from packet_checks import SumCoverage, SumScoreboard
from pyuvm import ConfigDB, uvm_agent, uvm_env, uvm_test

from snn_rtl.tb.common.agents.axil.agent import RegisterAgent, RegisterConfig
from snn_rtl.tb.common.agents.axis.agent import (
    PacketSequence,
    SinkAgent,
    SourceAgent,
    StreamConfig,
)
from snn_rtl.tb.common.agents.axis.bus import Beat
from snn_rtl.tb.common.agents.axis.pauses import pauses
from snn_rtl.tb.common.clock_reset import reset, start_clock
from snn_rtl.tb.common.players.agent import PlayerAgent, RecorderAgent
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.watchdog import NoProgress
from snn_rtl.tb.common.xcheck import XCheck

SOURCE: Final = Path(__file__).with_name("packet_sum.v")

_PATIENCE: Final = 1000
"""Cycles without a sum after which a test gives up."""


class SumEnv(uvm_env):  # type: ignore[misc]
    """Agents around packet_sum, and who listens to them."""

    SOURCE: ClassVar[type[uvm_agent]] = SourceAgent
    SINK: ClassVar[type[uvm_agent]] = SinkAgent

    def build_phase(self) -> None:
        """Make everything."""
        self.dut: Any = ConfigDB().get(self, "", "dut")
        for name, prefix in (("words", "s_axis"), ("sums", "m_axis")):
            profile = ConfigDB().get(self, "", "profiles").get(name, "none")
            gaps = pauses(profile, generator(f"pauses {name}"))
            stream = StreamConfig(dut=self.dut, name=name, prefix=prefix, gaps=gaps, read_data=True)
            ConfigDB().set(self, f"{name}*", "stream", stream)
        bus = RegisterConfig(dut=self.dut, prefix="s_axil")
        ConfigDB().set(self, "registers*", "registers", bus)
        ConfigDB().set(self, "x_check", "source", str(SOURCE))
        self.words = self.SOURCE("words", self)
        self.sums = self.SINK("sums", self)
        self.registers = RegisterAgent("registers", self)
        self.scoreboard = SumScoreboard("scoreboard", self)
        self.coverage = SumCoverage("coverage", self)
        self.x_check = XCheck("x_check", self)

    def connect_phase(self) -> None:
        """Connect the monitors."""
        for listener in (self.scoreboard, self.coverage):
            self.words.monitor.ap.connect(listener.word_export)
            self.sums.monitor.ap.connect(listener.sum_export)
        self.registers.monitor.ap.connect(self.scoreboard.access_export)
        self.registers.monitor.ap.connect(self.x_check.read_export)

    def sequence(self, packets: list[list[int]]) -> PacketSequence:
        """Return what sends packets of words."""
        beats = [
            [Beat(word, last=i == len(words) - 1) for i, word in enumerate(words)]
            for words in packets
        ]
        return PacketSequence("packets", beats)

    async def send(self, packets: list[list[int]]) -> None:
        """Send packets and wait for their sums."""
        due = self.sums.monitor.beats + len(packets)
        await self.sequence(packets).start(self.words.sequencer)
        await self.wait_for(due)

    async def wait_for(self, sums: int) -> None:
        """Wait until so many sums were taken since the start.

        Raises:
            NoProgress: they do not come.
        """
        for _ in range(_PATIENCE):
            if self.sums.monitor.beats == sums:
                return
            await ClockCycles(self.dut.clk, 1)
        raise NoProgress(f"{sums - self.sums.monitor.beats} sums did not come")


class PlayedSumEnv(SumEnv):
    """The same around packet_bench: the monitors publish what was played when it is over."""

    SOURCE = PlayerAgent
    SINK = RecorderAgent

    async def send(self, packets: list[list[int]]) -> None:
        """Have packets played and their sums recorded."""
        due = self.sums.monitor.beats + len(packets)
        self.sums.record(len(packets))
        sending = cocotb.start_soon(self.sequence(packets).start(self.words.sequencer))
        await self.wait_for(due)
        await self.words.driver.finish()
        await self.sums.finish()
        await sending


class SumTest(uvm_test):  # type: ignore[misc]
    """Base of the tests: environment, clock, reset; `body` is the test's own."""

    PROFILES: ClassVar[dict[str, str]] = {}
    """Pauses of the streams, none by default: names of the agents to profiles."""

    def build_phase(self) -> None:
        """Make the environment."""
        self.dut: Any = cocotb.top
        ConfigDB().set(None, "*", "dut", self.dut)
        ConfigDB().set(None, "*", "profiles", self.PROFILES)
        self.played = hasattr(self.dut, "words_play")
        self.env = (PlayedSumEnv if self.played else SumEnv)("env", self)

    async def run_phase(self) -> None:
        """Reset, run the test, leave time for what should not come."""
        self.raise_objection()
        if not self.played:  # there the clock is in the Verilog
            start_clock(self.dut)
        await reset(self.dut)
        await self.body()
        await ClockCycles(self.dut.clk, 50)
        self.drop_objection()

    async def body(self) -> None:
        """What the test does.

        Raises:
            NotImplementedError: a test must say it.
        """
        raise NotImplementedError
