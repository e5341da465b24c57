"""Tests that must fail: each spoils one thing that a check is there to notice.

Who runs them requires the failure, with its message (tb/common/machine/cases.py).
"""

from __future__ import annotations

import dataclasses
from typing import Any

from cocotb.handle import Force
from cocotb.triggers import FallingEdge
from cocotb.types import Logic

from snn_rtl.tb.common.agents.axis.bus import Beat
from snn_rtl.tb.common.machine.base_test import MachineTest
from snn_rtl.tb.common.machine.job import MachineJob
from snn_rtl.tb.common.machine.sequences import LayerSequence, run_layer
from snn_rtl.tb.common.randomness import generator


class SabotageTest(MachineTest):
    """Runs one ordinary layer; subclasses spoil something around it."""

    def job(self) -> MachineJob[Any]:
        """Return the layer."""
        m, k, n = self.settings.config.tile
        return self.make_job(generator("sabotage"), (m + 3, 2 * k, n + 1))

    async def body(self) -> None:
        """Run it."""
        await run_layer(self.env, self.job())


class CorruptOutput(SabotageTest):
    """One bit of one output beat differs on its way to the scoreboard."""

    async def body(self) -> None:
        """Flip a bit of the fifth beat."""
        take = self.env.scoreboard.take
        seen = 0

        def corrupt(beat: Beat) -> None:
            nonlocal seen
            seen += 1
            assert beat.data is not None
            take(Beat(beat.data ^ 1, beat.last) if seen == 5 else beat)

        self.env.scoreboard.take = corrupt  # type: ignore[method-assign]
        await super().body()


class DroppedOutput(SabotageTest):
    """One output beat never reaches the scoreboard."""

    async def body(self) -> None:
        """Drop the third beat."""
        take = self.env.scoreboard.take
        seen = 0

        def drop(beat: Beat) -> None:
            nonlocal seen
            seen += 1
            if seen != 3:
                take(beat)

        self.env.scoreboard.take = drop  # type: ignore[method-assign]
        await super().body()


class WrongCounters(SabotageTest):
    """Each counter in turn reads one too many; each time that must be the one thing noticed."""

    async def body(self) -> None:
        """Run the layer once for every counter and look at what the scoreboard says."""
        registers, scoreboard = self.env.registers, self.env.scoreboard
        read = registers.counters
        spoiled = ""

        async def counters() -> dict[str, int]:
            values = await read()
            values[spoiled] += 1
            return values

        registers.counters = counters  # type: ignore[method-assign]
        scoreboard.stop_at_first = False
        for spoiled in registers.map.counters:
            await super().body()
            caught = [text for text in scoreboard.failures if f"{spoiled}:" in text]
            assert caught, f"counter {spoiled} is not checked"
            scoreboard.failures.clear()


class CorruptSpike(SabotageTest):
    """The machine is given one other spike than the model."""

    async def body(self) -> None:
        """Flip a spike of the layer that the scoreboard expects."""
        expect = self.env.scoreboard.expect

        def expect_another(job: MachineJob[Any]) -> None:
            spikes = job.spikes.copy()
            spikes[0, 0] ^= True
            expect(dataclasses.replace(job, spikes=spikes))

        self.env.scoreboard.expect = expect_another  # type: ignore[method-assign]
        await super().body()


class StuckReady(SabotageTest):
    """The output is never taken: the run must end by itself."""

    async def body(self) -> None:
        """Let the sink pause for ever."""
        self.env.outputs.ready.gaps = iter([1 << 40])
        await super().body()


class SilentScoreboard(SabotageTest):
    """Nothing is checked at all."""

    async def body(self) -> None:
        """Do nothing."""

    async def drain(self) -> None:
        """Check nothing either."""


class DeafScoreboard(SabotageTest):
    """The scoreboard hears no output beat."""

    async def body(self) -> None:
        """Take the beats away."""
        self.env.scoreboard.take = lambda beat: None  # type: ignore[method-assign]
        await super().body()


class ChangedPayload(SabotageTest):
    """A beat changes while it waits for tready."""

    async def body(self) -> None:
        """Flip a bit of a spike beat that has to wait."""
        sequence = LayerSequence(self.env, self.job())
        sequence.offer()
        spikes: Any = self.dut.s_axis_spike_tdata
        # Before the start no beat is taken.
        for _ in range(4):
            await FallingEdge(self.dut.clk)
        spikes.value = spikes.value.to_unsigned() ^ 1
        await sequence.start()


class WithdrawnBeat(SabotageTest):
    """A beat is withdrawn without a reset."""

    async def body(self) -> None:
        """Drop the beats of a layer that waits for its start, after another layer."""
        await super().body()
        LayerSequence(self.env, self.job()).offer()
        for _ in range(4):
            await FallingEdge(self.dut.clk)
        self.env.flush()
        await super().body()


class StolenBeat(SabotageTest):
    """The machine takes a beat between two layers."""

    async def body(self) -> None:
        """Let the observer see one."""
        await super().body()
        self.env.observer.stream_exports["spikes"].write(Beat(0, last=False))


class LateLast(SabotageTest):
    """An output beat lacks its tlast."""

    async def body(self) -> None:
        """Take it away on the way to the observer."""
        take = self.env.observer.stream_exports["outputs"].take
        self.env.observer.stream_exports["outputs"].take = lambda beat: take(
            dataclasses.replace(beat, last=False)
        )
        await super().body()


class WrongInterrupt(SabotageTest):
    """The software looks for an interrupt that the mask hides."""

    async def body(self) -> None:
        """Mask it behind the sequence's back."""
        write = self.env.registers.write

        async def mask(name: str, value: int) -> None:
            await write(name, 0 if name == "IRQ_ENABLE" else value)

        self.env.registers.write = mask  # type: ignore[method-assign]
        await super().body()


class EarlyResponse(SabotageTest):
    """A register write is answered before its address is taken."""

    async def body(self) -> None:
        """Keep the monitor from seeing addresses."""
        addresses, *_ = self.env.register_agent.monitor.write_channels
        addresses.empty = lambda: True
        await super().body()


class UnknownOutput(SabotageTest):
    """An output is X (Icarus only)."""

    async def body(self) -> None:
        """Force one."""
        await super().body()
        self.dut.irq.value = Force(Logic("X"))
        await FallingEdge(self.dut.clk)


class ImpossibleBin(SabotageTest):
    """A bin is hit that is ignored as impossible."""

    async def body(self) -> None:
        """Sample it."""
        await super().body()
        assert self.env.coverage is not None
        self.env.coverage.groups["registers"].sample(register="ID", access="write")
