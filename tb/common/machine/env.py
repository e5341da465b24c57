"""The environment: stream sources, sink, registers; monitors, checkers, scoreboard, coverage.

spike source  --> s_axis_spike  |         | m_axis_out --> sink
weight source --> s_axis_weight | machine |
registers     --> s_axil        |         | irq

output monitor --> scoreboard;  all monitors --> observer --> coverage (TB_COVERAGE=1)

Workloads have their streams played and recorded in Verilog (settings.played): the agents are then
those of tb/common/players/, whose monitors publish a layer's beats when it is over.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final

import cocotb
from cocotb.triggers import RisingEdge
from pyuvm import ConfigDB, uvm_env, uvm_sequencer

from snn_rtl.tb.common.agents.axil.agent import RegisterAgent, RegisterConfig
from snn_rtl.tb.common.agents.axis.agent import SinkAgent, SourceAgent, StreamConfig
from snn_rtl.tb.common.agents.axis.pauses import pauses
from snn_rtl.tb.common.machine.coverage import FunctionalCoverage
from snn_rtl.tb.common.machine.job import MachineJob
from snn_rtl.tb.common.machine.observer import Observer
from snn_rtl.tb.common.machine.registers import Registers
from snn_rtl.tb.common.machine.scoreboard import Scoreboard
from snn_rtl.tb.common.machine.settings import EnvSettings
from snn_rtl.tb.common.phases import Phases
from snn_rtl.tb.common.players.agent import PlayerAgent, RecorderAgent
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.register_map import register_map
from snn_rtl.tb.common.xcheck import XCheck

PREFIXES: Final = {
    "spikes": "s_axis_spike",
    "weights": "s_axis_weight",
    "outputs": "m_axis_out",
}
"""Stream to the prefix of its signals."""


class VirtualSequencer(uvm_sequencer):  # type: ignore[misc]
    """Where sequences over several agents run: it knows the environment they act on."""

    env: MachineEnv


class MachineEnv(uvm_env):  # type: ignore[misc]
    """Agents around the top of a machine, which says what listens to them."""

    SCOREBOARD: ClassVar[type[Scoreboard]]
    OBSERVER: ClassVar[type[Observer]]
    COVERAGE: ClassVar[type[FunctionalCoverage]]

    DATA_TELLS_LENGTH: ClassVar[bool] = False
    """How long an input packet is depends on its data, so that the monitors always read them."""

    def build_phase(self) -> None:
        """Make the agents and those who listen to them."""
        self.settings: EnvSettings = ConfigDB().get(self, "", "settings")
        self.dut: Any = ConfigDB().get(self, "", "dut")
        self.phases = Phases("other")
        design = self.settings.design
        self.observer = self.OBSERVER("observer", self)
        for name, prefix in PREFIXES.items():
            stream = StreamConfig(
                dut=self.dut,
                name=name,
                prefix=prefix,
                gaps=pauses(self.settings.profile(name), generator(f"pauses {name}")),
                read_data=name == "outputs" or self.settings.coverage or self.DATA_TELLS_LENGTH,
                may_withdraw=lambda: self.observer.soft_reset_since_start,
            )
            ConfigDB().set(self, f"{name}*", "stream", stream)
        ConfigDB().set(
            self, "registers*", "registers", RegisterConfig(dut=self.dut, prefix="s_axil")
        )
        played = self.settings.played
        source = PlayerAgent if played else SourceAgent
        self.spikes = source("spikes", self)
        self.weights = source("weights", self)
        self.outputs = (RecorderAgent if played else SinkAgent)("outputs", self)
        self.register_agent = RegisterAgent("registers", self)
        self.registers = Registers(self.register_agent, register_map(design.name))
        self.programming_rng = generator("programming")
        self.virtual = VirtualSequencer("virtual", self)
        self.virtual.env = self
        self.scoreboard = self.SCOREBOARD("scoreboard", self)
        self.x_check: XCheck | None = None
        if cocotb.SIM_NAME.startswith("Icarus"):
            ConfigDB().set(self, "x_check", "source", design.source)
            self.x_check = XCheck("x_check", self)
        self.coverage: FunctionalCoverage | None = None
        if self.settings.coverage:
            ConfigDB().set(self, "coverage", "observer", self.observer)
            self.coverage = self.COVERAGE("coverage", self)

    def connect_phase(self) -> None:
        """Connect the monitors; coverage hears of a register access before it takes effect."""
        self.outputs.monitor.ap.connect(self.scoreboard.output_export)
        accesses = self.register_agent.monitor.ap
        if self.x_check is not None:
            accesses.connect(self.x_check.read_export)
        if self.coverage is not None:
            accesses.connect(self.coverage.access_export)
            for agent in (self.spikes, self.weights, self.outputs):
                agent.monitor.checker.withdrawn_ap.connect(self.coverage.withdrawn_export)
        for agent in (self.spikes, self.weights, self.outputs):
            agent.monitor.ap.connect(self.observer.stream_exports[agent.monitor.config.name])
        accesses.connect(self.observer.register_export)
        cocotb.start_soon(self._watch_reset())

    async def _watch_reset(self) -> None:
        """Tell the observer of every hard reset but the first."""
        await RisingEdge(self.dut.rst)
        while True:
            await RisingEdge(self.dut.rst)
            self.observer.hard_reset()

    def record(self, job: MachineJob[Any]) -> None:
        """Have the output of a layer recorded; on the pins its monitor sees it in any case."""
        if self.settings.played:
            self.outputs.record(sum(tile.beats for tile in job.output_tiles(self.settings.config)))

    async def collect(self) -> None:
        """Hear of the beats of a layer that is over; on the pins they were heard of at once."""
        if self.settings.played:
            await self.spikes.driver.finish()
            await self.weights.driver.finish()
            await self.outputs.finish()

    def beats(self) -> dict[str, int]:
        """Return the beats that the monitors have seen since the start, by counter name."""
        return {
            "SPIKE_BEATS": self.spikes.monitor.beats,
            "WEIGHT_BEATS": self.weights.monitor.beats,
            "OUTPUT_BEATS": self.outputs.monitor.beats,
        }

    def flush(self) -> None:
        """Abort both input streams."""
        self.spikes.driver.flush()
        self.weights.driver.flush()
