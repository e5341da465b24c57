"""Resets in the middle of work, and wrong use: an error code, then a clean layer."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import cocotb
from cocotb.triggers import ClockCycles

from snn_rtl.tb.common.agents.axis.agent import PacketSequence
from snn_rtl.tb.common.machine.base_test import MachineTest
from snn_rtl.tb.common.machine.job import MachineJob, Packets
from snn_rtl.tb.common.machine.sequences import LayerSequence, run_layer
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.watchdog import wait_high


class MisuseTest(MachineTest):
    """What the tests below share."""

    def small_job(self, **kind: Any) -> MachineJob[Any]:
        """Return a layer of a few tiles."""
        m, k, n = self.settings.config.tile
        return self.make_job(generator("misuse"), (m + 2, 2 * k + 1, n + 1), **kind)

    async def expect_error(self, name: str) -> None:
        """Check that the error register holds a code, and that irq follows its mask."""
        await ClockCycles(self.dut.clk, 4)
        for mask in (0, 2):
            await self.env.registers.write("IRQ_ENABLE", mask)
            _, _, error = await self.env.registers.status()
            self.env.scoreboard.equal("error register", error, name)
            irq = bool(self.dut.irq.value)
            self.env.scoreboard.equal(f"irq after {name}, IRQ_ENABLE {mask}", irq, bool(mask))

    async def expect_locked(self, when: str) -> None:
        """Check that no write reaches a configuration register, and that none is accepted."""
        registers = self.env.registers
        for name, entry in registers.map.registers.items():
            if entry["access"] != "config":
                continue
            before = await registers.read(name)
            okay = await registers.agent.write(registers.map.address(name), ~before & 1)
            self.env.scoreboard.equal(f"write of {name} {when}", okay, False)
            self.env.scoreboard.equal(f"{name} {when}", await registers.read(name), before)

    async def expect_refused_start(self, error: str) -> None:
        """Check that a start after an error raises the interrupt again, and that ERROR stays."""
        await self.env.registers.write("IRQ_STATUS", 3)
        await self.env.registers.start()
        await self.expect_error(error)

    async def recover(self, *, hard: bool = False) -> None:
        """Reset, see that the error is gone, run a clean layer."""
        await self.reset_machine(hard=hard)
        busy, done, error = await self.env.registers.status()
        self.env.scoreboard.equal("after a reset", (busy, done, error), (False, False, "NONE"))
        await run_layer(self.env, self.small_job())


class SoftReset(MisuseTest):
    """A soft reset at a random moment of a layer, then a layer that must be clean."""

    HARD = False

    async def body(self) -> None:
        """Abort layers."""
        rng = generator("resets")
        for _ in range(self.settings.options.get("aborts", 12)):
            job = self.random_job(rng, (2, 4, 2))
            cycles = job.model_cycles(self.settings.config)
            sequence = LayerSequence(self.env, job)
            await sequence.start_layer()
            await ClockCycles(self.dut.clk, int(rng.integers(1, cycles + 20)))
            await self.reset_machine(hard=self.HARD)
            self.env.scoreboard.abandon()
            await run_layer(self.env, self.random_job(rng, (2, 2, 2)))


class HardReset(SoftReset):
    """The same with rst."""

    HARD = True


class RefusedStarts(MisuseTest):
    """Configurations that cannot run: error code, no beat taken, clean after a soft reset."""

    def legal_job(self) -> MachineJob[Any]:
        """Return the layer whose configuration is spoiled."""
        return self.small_job(lif=True)

    def refusals(self) -> Iterator[tuple[str, dict[str, int]]]:
        """Yield error codes and the registers that lead to them."""
        config = self.settings.config
        limit = 1 << config.dim_w
        for dimension in ("DIM_M", "DIM_K", "DIM_N"):
            yield "DIM_ZERO", {dimension: 0}
        yield "DIM_LARGE", {"DIM_M": limit}
        yield "DIM_LARGE", {"DIM_N": limit}
        yield "DIM_LARGE", {"DIM_K": config.max_k + 1}
        yield "DIM_LARGE", {"DIM_M": 0xFFFFFFFF}

    async def refuse(self, error: str, registers: dict[str, int]) -> None:
        """Start with some registers set."""
        job = self.legal_job()
        await self.env.registers.configure(job)
        for name, value in registers.items():
            await self.env.registers.write(name, value)
        before = self.env.beats()
        _, done_before, _ = await self.env.registers.status()
        packets = job.spike_packets(self.settings.config)
        cocotb.start_soon(PacketSequence("spikes", packets).start(self.env.spikes.sequencer))
        await self.env.registers.start()
        await self.expect_error(error)
        busy, done, _ = await self.env.registers.status()
        self.env.scoreboard.equal(f"busy, done after {error}", (busy, done), (False, done_before))
        # A legal start is refused too until the soft reset.
        await self.env.registers.configure(job)
        await self.expect_refused_start(error)
        self.env.scoreboard.equal(f"beats taken after {error}", self.env.beats(), before)
        await self.recover()

    async def body(self) -> None:
        """Try each refusal."""
        for error, registers in self.refusals():
            await self.refuse(error, registers)


class Busy(MisuseTest):
    """Start and configuration writes while busy: refused and reported, and the layer goes on."""

    async def body(self) -> None:
        """Disturb a running layer in both ways."""
        registers = self.env.registers
        for error in ("START_BUSY", "CONFIG_BUSY"):
            sequence = LayerSequence(self.env, self.small_job())
            await sequence.start_layer()
            if error == "START_BUSY":
                await registers.start()
            else:
                await self.expect_locked("while busy")
            await self.expect_error(error)
            for _ in range(2000):
                if (await registers.status())[1]:
                    break
                await ClockCycles(self.dut.clk, 20)
            self.env.scoreboard.equal("disturbed layer done", (await registers.status())[1], True)
            await sequence.check_counters()
            await self.recover()


class WrongTlast(MisuseTest):
    """tlast missing, or early, on either input stream, in the first and in a later tile."""

    async def body(self) -> None:
        """Break each stream in each way."""
        config = self.settings.config
        job = self.small_job()
        for stream, error in (("spikes", "SPIKE_TLAST"), ("weights", "WEIGHT_TLAST")):
            for tile in (0, 3):
                for early in (False, True):
                    packets = {
                        "spikes": job.spike_packets(config),
                        "weights": job.weight_packets(config),
                    }
                    if not self.break_tlast(packets[stream], tile, early=early):
                        continue
                    await self.run_broken(job, packets, error)
                    await self.recover(hard=early)

    @staticmethod
    def break_tlast(packets: Packets, tile: int, *, early: bool) -> bool:
        """Move a packet's tlast; return whether that is possible."""
        packet = packets[tile]
        index = 0 if early else -1
        if early and len(packet) == 1:
            return False
        packets[tile] = list(packet)
        packets[tile][index] = dataclasses.replace(packet[index], last=early)
        return True

    async def run_broken(
        self, job: MachineJob[Any], packets: dict[str, Packets], error: str
    ) -> None:
        """Run a layer with a broken stream until the error interrupt."""
        env = self.env
        await env.registers.write("IRQ_STATUS", 3)
        await env.registers.write("IRQ_ENABLE", 2)
        await env.registers.configure(job)
        env.scoreboard.expect(job)
        cocotb.start_soon(PacketSequence("s", packets["spikes"]).start(env.spikes.sequencer))
        cocotb.start_soon(PacketSequence("w", packets["weights"]).start(env.weights.sequencer))
        await env.registers.start()
        await wait_high(self.dut.irq, lambda: tuple(env.beats().values()), error)
        # Tiles that are complete still drain: they are those of the configuration as it was.
        await self.expect_locked(f"after {error}")
        await self.expect_error(error)
        busy, done, _ = await env.registers.status()
        env.scoreboard.equal(f"busy, done after {error}", (busy, done), (False, False))
        # Nothing more is taken: the machine has stopped by itself, and does not hang the bus.
        beats = {k: v for k, v in env.beats().items() if k != "OUTPUT_BEATS"}
        await ClockCycles(self.dut.clk, 100)
        after = {k: v for k, v in env.beats().items() if k != "OUTPUT_BEATS"}
        env.scoreboard.equal("input beats after the error", after, beats)
        await self.expect_refused_start(error)
        env.scoreboard.abandon()
