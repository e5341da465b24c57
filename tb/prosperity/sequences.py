"""Virtual sequences: what a driver's software does to run a layer."""

from __future__ import annotations

from dataclasses import dataclass

import cocotb
import numpy as np
from cocotb.triggers import ClockCycles
from numpy.typing import NDArray
from pyuvm import uvm_sequence

from tb.common.agents.axis.agent import PacketSequence
from tb.common.watchdog import wait_high
from tb.prosperity.env import ProsperityEnv
from tb.prosperity.job import LayerJob
from tb.prosperity.streams import spike_packets, weight_packets


@dataclass(frozen=True)
class LayerResult:
    """What a layer gave: outputs int64 (M, N), counters by name, mismatching output values."""

    outputs: NDArray[np.int64]
    counters: dict[str, int]
    mismatches: int


class LayerSequence(uvm_sequence):  # type: ignore[misc]
    """Runs one layer from configuration to checked counters; the result is in `result`."""

    def __init__(self, env: ProsperityEnv, job: LayerJob) -> None:
        super().__init__(f"layer {job.name}")
        self.env = env
        self.job = job
        self.result: LayerResult | None = None

    async def start_layer(self) -> None:
        """Configure, offer the streams, start."""
        env, job = self.env, self.job
        config = env.settings.config
        env.scoreboard.expect(job)
        self.beats_before = env.beats()
        irq = env.registers.map
        await env.registers.write("IRQ_STATUS", 3)
        await env.registers.write(
            "IRQ_ENABLE",
            1 << irq.bit("IRQ_ENABLE", "DONE") | 1 << irq.bit("IRQ_ENABLE", "ERROR"),
        )
        await env.registers.configure(job)
        spikes = PacketSequence("spikes", spike_packets(job, config))
        weights = PacketSequence("weights", weight_packets(job, config))
        self.sources = [
            cocotb.start_soon(spikes.start(env.spikes.sequencer)),
            cocotb.start_soon(weights.start(env.weights.sequencer)),
        ]
        # Both streams offer their first beat before the start, so that neither starves.
        await ClockCycles(env.dut.clk, 4)
        await env.registers.start()

    async def finish_layer(self) -> None:
        """Wait for the interrupt and check everything."""
        env, job = self.env, self.job
        await wait_high(env.dut.irq, lambda: tuple(env.beats().values()), f"layer {job.name}")
        busy, done, error = await env.registers.status()
        env.scoreboard.equal(f"{job.name}: error", error, "NONE")
        env.scoreboard.equal(f"{job.name}: busy and done", (busy, done), (False, True))
        for source in self.sources:
            await source
        counters = await env.registers.counters()
        beats = {name: n - self.beats_before[name] for name, n in env.beats().items()}
        timed = env.settings.backpressure == "none"
        env.scoreboard.finish(counters, timed=timed, beats=beats)
        self.result = LayerResult(env.scoreboard.outputs, counters, env.scoreboard.mismatches)

    async def body(self) -> None:
        """Run the layer."""
        await self.start_layer()
        await self.finish_layer()


async def run_layer(env: ProsperityEnv, job: LayerJob) -> LayerResult:
    """Run one layer and return its result."""
    sequence = LayerSequence(env, job)
    await sequence.start()
    assert sequence.result is not None
    return sequence.result
