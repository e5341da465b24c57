"""Virtual sequences: what a driver's software does to run layers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import cocotb
import numpy as np
from cocotb.triggers import ClockCycles
from numpy.typing import NDArray
from pyuvm import uvm_sequence

from snn_rtl.tb.common.agents.axis.agent import PacketSequence
from snn_rtl.tb.common.machine.env import MachineEnv
from snn_rtl.tb.common.machine.job import MachineJob
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.watchdog import NoProgress, wait_high


@dataclass(frozen=True)
class LayerResult:
    """What a layer gave.

    Attributes:
        outputs: int64, (M, N).
        counters: the RTL's, by name.
        mismatches: output values that differed.
        model_cycles: what the timing model says, without backpressure.
    """

    outputs: NDArray[np.int64]
    counters: dict[str, int]
    mismatches: int
    model_cycles: int


@dataclass(frozen=True, kw_only=True)
class Programming:
    """How the software programs a layer.

    Attributes:
        irq_enable: value of IRQ_ENABLE; without its DONE bit the software polls STATUS.
        clear_irq: clear IRQ_STATUS before the start.
        poll_every: cycles between two looks at STATUS.
    """

    irq_enable: int = 3
    clear_irq: bool = True
    poll_every: int = 50


class LayerSequence(uvm_sequence):  # type: ignore[misc]
    """Runs one layer from configuration to checked counters; the result is in `result`.

    The registers are written in an order of the generator "programming".
    """

    def __init__(
        self, env: MachineEnv, job: MachineJob[Any], programming: Programming = Programming()
    ) -> None:
        super().__init__(f"layer {job.name}")
        self.env = env
        self.job = job
        self.programming = programming
        self.sources: list[cocotb.task.Task[None]] = []
        self.result: LayerResult | None = None

    def offer(self) -> None:
        """Offer both streams; the machine takes nothing before the start."""
        config = self.env.settings.config
        spikes = PacketSequence("spikes", self.job.spike_packets(config))
        weights = PacketSequence("weights", self.job.weight_packets(config))
        self.sources = [
            cocotb.start_soon(spikes.start(self.env.spikes.sequencer)),
            cocotb.start_soon(weights.start(self.env.weights.sequencer)),
        ]

    async def program(self) -> None:
        """Write interrupt and configuration registers."""
        env = self.env
        env.phases.enter("models")
        env.scoreboard.expect(self.job)
        env.phases.enter("other")
        self.beats_before = env.beats()
        if self.programming.clear_irq:
            await env.registers.write("IRQ_STATUS", 3)
        await env.registers.write("IRQ_ENABLE", self.programming.irq_enable)
        await env.registers.configure(self.job, env.programming_rng)

    async def start_layer(self) -> None:
        """Configure, offer the streams, start."""
        await self.program()
        self.env.phases.enter("streams")
        if not self.sources:
            self.offer()
        self.env.record(self.job)
        # Both streams offer their first beat before the start, so that neither starves.
        await ClockCycles(self.env.dut.clk, 4)
        self.env.phases.enter("simulate")
        await self.env.registers.start()

    async def wait_done(self) -> None:
        """Wait for the interrupt, or poll where it is masked.

        Raises:
            NoProgress: nothing moves any more.
        """
        env = self.env
        patience = self.job.patience(env.settings.config)
        if self.programming.irq_enable & 1 << env.registers.map.bit("IRQ_ENABLE", "DONE"):
            await wait_high(
                env.dut.irq,
                lambda: tuple(env.beats().values()),
                f"layer {self.job.name}",
                patience=patience,
            )
            return
        seen, looks = env.beats(), 0
        while (await env.registers.status())[0]:
            await ClockCycles(env.dut.clk, self.programming.poll_every)
            looks = looks + 1 if env.beats() == seen else 0
            seen = env.beats()
            if looks * self.programming.poll_every > patience:
                raise NoProgress(f"layer {self.job.name}: busy, and no progress (state {seen})")

    async def finish_layer(self) -> None:
        """Wait for the end and check everything."""
        env, job = self.env, self.job
        await self.wait_done()
        env.phases.enter("compare")
        await env.collect()
        env.phases.enter("counters")
        busy, done, error = await env.registers.status()
        env.scoreboard.equal(f"{job.name}: error", error, "NONE")
        env.scoreboard.equal(f"{job.name}: busy and done", (busy, done), (False, True))
        await self.check_interrupt()
        for source in self.sources:
            await source
        counters = await self.check_counters()
        board = env.scoreboard
        rows = job.layer_rows(board.outputs, env.settings.config)
        self.result = LayerResult(rows, counters, board.mismatches, board.model_cycles)
        env.phases.enter("other")

    async def check_counters(self) -> dict[str, int]:
        """Read the counters and let the scoreboard finish the layer."""
        env = self.env
        counters = await env.registers.counters()
        beats = {name: n - self.beats_before[name] for name, n in env.beats().items()}
        env.scoreboard.finish(counters, timed=env.settings.timed, beats=beats)
        return counters

    async def check_interrupt(self) -> None:
        """Check IRQ_STATUS, and that irq is what the mask makes of it."""
        env = self.env
        done = 1 << env.registers.map.bit("IRQ_STATUS", "DONE")
        status = await env.registers.read("IRQ_STATUS")
        env.scoreboard.equal(f"{self.job.name}: IRQ_STATUS.DONE", status & done, done)
        irq = bool(status & self.programming.irq_enable)
        env.scoreboard.equal(f"{self.job.name}: irq", bool(env.dut.irq.value), irq)

    async def body(self) -> None:
        """Run the layer."""
        await self.start_layer()
        await self.finish_layer()


class BackToBack(uvm_sequence):  # type: ignore[misc]
    """Runs layers with the streams of the next one already waiting at the ports."""

    def __init__(self, env: MachineEnv, jobs: Iterable[MachineJob[Any]]) -> None:
        super().__init__("back to back")
        self.layers = [LayerSequence(env, job) for job in jobs]

    async def body(self) -> None:
        """Offer one layer ahead."""
        self.layers[0].offer()
        for layer, following in zip(self.layers, [*self.layers[1:], None], strict=True):
            await layer.start_layer()
            if following is not None:
                following.offer()
            await layer.finish_layer()


class RandomProgramming(uvm_sequence):  # type: ignore[misc]
    """Runs layers, each programmed in another way: interrupt masked, not cleared, polled."""

    def __init__(self, env: MachineEnv, jobs: Iterable[MachineJob[Any]]) -> None:
        super().__init__("random programming")
        self.env = env
        self.jobs = list(jobs)

    async def body(self) -> None:
        """Draw masks, and run."""
        rng = generator("programmings")
        for job in self.jobs:
            programming = Programming(
                irq_enable=int(rng.integers(4)), poll_every=int(rng.integers(1, 120))
            )
            await LayerSequence(self.env, job, programming).start(self.env.virtual)


async def run_layer(
    env: MachineEnv, job: MachineJob[Any], programming: Programming = Programming()
) -> LayerResult:
    """Run one layer and return its result."""
    sequence = LayerSequence(env, job, programming)
    await sequence.start(env.virtual)
    assert sequence.result is not None
    return sequence.result
