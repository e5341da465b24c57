"""The environment: two stream sources, one sink, registers, scoreboard.

spike source  --> s_axis_spike  |            |
weight source --> s_axis_weight | prosperity | m_axis_out --> sink, monitor --> scoreboard
registers     --> s_axil        |            | irq
"""

from __future__ import annotations

from typing import Any

from pyuvm import ConfigDB, uvm_env

from tb.common.agents.axil.agent import RegisterAgent, RegisterConfig
from tb.common.agents.axis.agent import SinkAgent, SourceAgent, StreamConfig
from tb.common.agents.axis.pauses import pauses
from tb.common.randomness import generator
from tb.common.register_map import register_map
from tb.prosperity.registers import Registers
from tb.prosperity.scoreboard import Scoreboard
from tb.prosperity.settings import EnvSettings


class ProsperityEnv(uvm_env):  # type: ignore[misc]
    """Agents around prosperity_top."""

    def build_phase(self) -> None:
        """Make the agents and the scoreboard."""
        self.settings: EnvSettings = ConfigDB().get(self, "", "settings")
        self.dut: Any = ConfigDB().get(self, "", "dut")
        for name, prefix in (
            ("spikes", "s_axis_spike"),
            ("weights", "s_axis_weight"),
            ("outputs", "m_axis_out"),
        ):
            stream = StreamConfig(
                dut=self.dut,
                prefix=prefix,
                gaps=pauses(self.settings.backpressure, generator(f"pauses {name}")),
                read_data=name == "outputs",
            )
            ConfigDB().set(self, f"{name}*", "stream", stream)
        ConfigDB().set(
            self, "registers*", "registers", RegisterConfig(dut=self.dut, prefix="s_axil")
        )
        self.spikes = SourceAgent("spikes", self)
        self.weights = SourceAgent("weights", self)
        self.outputs = SinkAgent("outputs", self)
        self.register_agent = RegisterAgent("registers", self)
        self.registers = Registers(self.register_agent, register_map("prosperity"))
        self.scoreboard = Scoreboard("scoreboard", self)

    def connect_phase(self) -> None:
        """Connect the output monitor to the scoreboard."""
        self.outputs.monitor.ap.connect(self.scoreboard.output_export)

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
