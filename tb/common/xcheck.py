"""X check: after the first reset no output and no register read is ever X or Z."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge, ValueChange
from pyuvm import ConfigDB, uvm_component

from snn_rtl.run.places import ROOT
from snn_rtl.tb.common.agents.axil.monitor import RegisterAccess
from snn_rtl.tb.common.scoreboard import CheckFailure
from snn_rtl.tb.common.subscriber import Subscriber

_OUTPUT = re.compile(r"^\s*output\s+(?:wire|reg)\s*(?:signed\s*)?(?:\[[^\]]*\])?\s*(\w+)", re.M)


@cache
def output_ports(source: str) -> tuple[str, ...]:
    """Return the outputs that a Verilog module declares; its file is named from the root."""
    return tuple(_OUTPUT.findall((ROOT / source).read_text()))


class XCheck(uvm_component):  # type: ignore[misc]
    """Looks at every output whenever it changes; only a 4-state simulator can find anything.

    ConfigDB: "dut", and "source", the file that declares the outputs.

    Attributes:
        seen: values looked at.
    """

    def build_phase(self) -> None:
        """Find the outputs."""
        self.dut: Any = ConfigDB().get(self, "", "dut")
        self.ports = output_ports(ConfigDB().get(self, "", "source"))
        self.read_export = Subscriber("read_export", self, self.take)
        self.seen = 0
        self.failures: list[str] = []

    def connect_phase(self) -> None:
        """Start to look."""
        cocotb.start_soon(self._start())

    async def _start(self) -> None:
        await FallingEdge(self.dut.rst)
        # What the reset set is on the ports before the next edge.
        await RisingEdge(self.dut.clk)
        for port in self.ports:
            cocotb.start_soon(self._watch(port))

    async def _watch(self, port: str) -> None:
        signal = getattr(self.dut, port)
        while True:
            self._look(port, signal.value)
            await ValueChange(signal)

    def take(self, access: RegisterAccess) -> None:
        """Look at a register access."""
        self.seen += 1
        if not access.resolved:
            self._fail(f"register access at 0x{access.address:03X}")

    def _look(self, port: str, value: Any) -> None:
        self.seen += 1
        if not value.is_resolvable:
            self._fail(f"{port} is {value}")

    def _fail(self, what: str) -> None:
        self.failures.append(f"X or Z after the reset: {what}")
        raise CheckFailure(self.failures[-1])

    def check_phase(self) -> None:
        """Fail a test in which something was found, or nothing looked at."""
        if self.failures:
            raise CheckFailure(self.failures[0])
        if not self.seen:
            raise CheckFailure("the X check saw nothing")
