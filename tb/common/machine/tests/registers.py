"""The register map on the whole machine, against a model made from registers.yaml alone."""

from __future__ import annotations

from typing import Any

from cocotb.triggers import ClockCycles

from snn_rtl.tb.common.clock_reset import reset
from snn_rtl.tb.common.machine.base_test import MachineTest
from snn_rtl.tb.common.machine.job import MachineJob
from snn_rtl.tb.common.machine.sequences import LayerSequence, run_layer
from snn_rtl.tb.common.randomness import generator


class RegisterTest(MachineTest):
    """Accesses that are compared with what the map says."""

    @property
    def entries(self) -> dict[str, dict[str, Any]]:
        """Registers of the map."""
        return self.env.registers.map.registers

    def reset_value(self, name: str) -> int:
        """Return what a register holds after rst."""
        entry = self.entries[name]
        if "parameter" in entry:
            return self.settings.config.verilog_parameters()[entry["parameter"]]
        return int(entry["reset"])

    async def expect(self, address: int, value: int, what: str, *, okay: bool = True) -> None:
        """Read an address and compare."""
        got = await self.env.register_agent.read(address)
        self.env.scoreboard.equal(f"{what} (value, OKAY)", got, (value, okay))

    async def put(self, address: int, value: int, strobe: int, *, okay: bool, what: str) -> None:
        """Write an address and compare the response."""
        got = await self.env.register_agent.write(address, value, strobe)
        self.env.scoreboard.equal(f"write of {what}: OKAY", got, okay)

    async def expect_all(self, values: dict[str, int], when: str) -> None:
        """Read every register."""
        for name, value in values.items():
            await self.expect(self.env.registers.map.address(name), value, f"{name} {when}")

    def addresses(self) -> set[int]:
        """Return every address that the map knows."""
        known = {int(entry["address"]) for entry in self.entries.values()}
        for address in self.env.registers.map.counters.values():
            known |= {address, address + 4}
        return known


class RegisterAccess(RegisterTest):
    """Reset values, access kinds, strobes, unmapped and unaligned addresses, both resets."""

    async def body(self) -> None:
        """Hold a model against the machine."""
        rng = generator("registers")
        model = {name: self.reset_value(name) for name in self.entries}
        await self.expect_all(model, "after rst")
        await self.write_all(model, rng)
        await self.expect_all(model, "after the writes")
        await self.outside(rng)
        await self.expect_all(model, "after refused accesses")
        # A soft reset keeps what software has set, rst does not.
        for bits in (2, 3):
            await self.put(self.env.registers.map.address("CTRL"), bits, 15, okay=True, what="CTRL")
            await ClockCycles(self.dut.clk, 4)
            await self.expect_all(model, f"after CTRL = {bits}")
        await reset(self.dut)
        await self.expect_all({name: self.reset_value(name) for name in self.entries}, "after rst")

    async def write_all(self, model: dict[str, int], rng: Any) -> None:
        """Write every register with every strobe, in random order."""
        names = [name for name in self.entries for _ in range(16)]
        strobes = [strobe for _ in self.entries for strobe in range(16)]
        for i in rng.permutation(len(names)):
            name, strobe = names[i], strobes[i]
            entry = self.entries[name]
            value = int(rng.integers(1 << 32))
            address, kind = int(entry["address"]), entry["access"]
            if kind == "wo":
                # Commands have tests of their own; here only their absence.
                value &= ~3
            await self.put(address, value, strobe, okay=kind != "ro", what=name)
            if kind in ("config", "rw"):
                mask = sum(255 << 8 * i for i in range(4) if strobe >> i & 1)
                mask &= (1 << entry["width"]) - 1
                model[name] = model[name] & ~mask | value & mask
            await self.expect(address, model[name], f"{name} strobe {strobe:04b}")

    async def outside(self, rng: Any) -> None:
        """Access what the map does not have: holes, unaligned addresses, counters by write."""
        known = self.addresses()
        holes = [a for a in range(0, 1 << 12, 4) if a not in known]
        near = [a for a in holes if a - 4 in known or a + 4 in known]
        for address in [*near, *rng.choice(holes, 24).tolist(), (1 << 12) - 4]:
            await self.expect(int(address), 0, f"hole 0x{address:03X}", okay=False)
            await self.put(int(address), 1, 15, okay=False, what=f"hole 0x{address:03X}")
        for address in rng.choice(sorted(known), 16).tolist():
            for offset in (1, 2, 3):
                _, okay = await self.env.register_agent.read(address + offset)
                what = f"0x{address + offset:03X}"
                self.env.scoreboard.equal(f"unaligned read of {what}: OKAY", okay, False)
                await self.put(address + offset, 0xFFFFFFFF, 15, okay=False, what=what)
        for name, address in self.env.registers.map.counters.items():
            for offset in (0, 4):
                await self.put(address + offset, 5, 15, okay=False, what=name)
                await self.expect(address + offset, 0, f"{name} before a layer")


class RegisterBusy(RegisterTest):
    """While a layer runs: configuration refused, the rest at work; counters cleared by a start."""

    def long_job(self, structure: str) -> MachineJob[Any]:
        """Return a layer that takes long enough for all that follows."""
        m, k, n = self.settings.config.tile
        return self.make_job(generator("busy"), (2 * m, 3 * k, n), structure=structure)

    async def body(self) -> None:
        """Disturb layers that must run on unharmed."""
        for structure in ("random_rows", "full_rows"):
            job = self.long_job(structure)
            sequence = LayerSequence(self.env, job)
            await sequence.start_layer()
            await self.disturb()
            await sequence.wait_done()
            await sequence.check_interrupt()
            await sequence.check_counters()
            await self.after_a_layer(job.machine_rows)
        # The error of the refused write stays until a soft reset, which keeps the counters.
        await run_layer(self.env, self.make_job(generator("busy"), (1, 1, 1)))

    async def disturb(self) -> None:
        """Write every configuration register, in part, too; use the others."""
        registers = self.env.registers
        before = {
            name: await registers.read(name)
            for name, entry in self.entries.items()
            if entry["access"] == "config"
        }
        for name, value in before.items():
            for strobe in (15, 1, 0):
                address = registers.map.address(name)
                await self.put(address, ~value & 0xFFFFFFFF, strobe, okay=False, what=name)
        await self.expect_all(before, "while busy")
        status = await registers.read("STATUS")
        self.env.scoreboard.equal("STATUS while busy, error", status, 5)
        _, _, error = await registers.status()
        self.env.scoreboard.equal("ERROR", error, "CONFIG_BUSY")
        for value in (0, 2, 1, 3):
            await registers.write("IRQ_ENABLE", value)
            await self.expect(registers.map.address("IRQ_ENABLE"), value, "IRQ_ENABLE while busy")
        await self.expect(registers.map.address("IRQ_STATUS"), 2, "IRQ_STATUS while busy")
        await registers.write("IRQ_STATUS", 1)
        await self.expect(registers.map.address("IRQ_STATUS"), 2, "IRQ_STATUS, other bit cleared")
        await registers.write("IRQ_STATUS", 2)
        await self.expect(registers.map.address("IRQ_STATUS"), 0, "IRQ_STATUS cleared")

    async def after_a_layer(self, rows: int) -> None:
        """See what a soft reset clears and what it keeps."""
        registers = self.env.registers
        before = await registers.counters()
        self.env.scoreboard.equal("STATUS after the layer", await registers.read("STATUS"), 6)
        await registers.soft_reset()
        await ClockCycles(self.dut.clk, 4)
        self.env.scoreboard.equal("STATUS after soft reset", await registers.read("STATUS"), 0)
        self.env.scoreboard.equal("counters after soft reset", await registers.counters(), before)
        await self.expect(registers.map.address("DIM_M"), rows, "DIM_M after soft reset")
