"""A machine's registers as operations: configure, start, reset, read counters."""

from __future__ import annotations

from typing import Any

import numpy as np

from snn_rtl.tb.common.agents.axil.agent import RegisterAgent
from snn_rtl.tb.common.machine.job import MachineJob
from snn_rtl.tb.common.register_map import RegisterMap


class RegisterError(AssertionError):
    """A register access was answered with an error where none is due."""


class Registers:
    """Register accesses by name."""

    def __init__(self, agent: RegisterAgent, register_map: RegisterMap) -> None:
        self.agent = agent
        self.map = register_map

    async def write(self, name: str, value: int) -> None:
        """Write a register that must accept it.

        Raises:
            RegisterError: the response was not OKAY.
        """
        if not await self.agent.write(self.map.address(name), value):
            raise RegisterError(f"write of {name} refused")

    async def read(self, name: str) -> int:
        """Read a register.

        Raises:
            RegisterError: the response was not OKAY.
        """
        value, okay = await self.agent.read(self.map.address(name))
        if not okay:
            raise RegisterError(f"read of {name} refused")
        return value

    async def configure(self, job: MachineJob[Any], rng: np.random.Generator | None = None) -> None:
        """Write a layer's configuration; with a generator in random order."""
        values = list(job.configuration(self.map).items())
        for i in range(len(values)) if rng is None else rng.permutation(len(values)):
            await self.write(*values[i])

    async def start(self) -> None:
        """Start a layer."""
        await self.write("CTRL", 1 << self.map.bit("CTRL", "START"))

    async def soft_reset(self) -> None:
        """Drop what is under way."""
        await self.write("CTRL", 1 << self.map.bit("CTRL", "SOFT_RESET"))

    async def status(self) -> tuple[bool, bool, str]:
        """Return busy, done and the name of the error ("NONE" without one)."""
        status = await self.read("STATUS")
        error = await self.read("ERROR")
        bits = [bool(status >> self.map.bit("STATUS", f) & 1) for f in ("BUSY", "DONE")]
        return bits[0], bits[1], self.map.error_name(error)

    async def counters(self) -> dict[str, int]:
        """Return all counters by name."""
        values = {}
        for name, address in self.map.counters.items():
            words = []
            for offset in (0, 4):
                value, okay = await self.agent.read(address + offset)
                if not okay:
                    raise RegisterError(f"read of counter {name} refused")
                words.append(value)
            values[name] = words[1] << 32 | words[0]
        return values
