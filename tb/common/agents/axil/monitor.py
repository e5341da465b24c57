"""Watches the register bus: every access, by whomever, on an analysis port."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import cocotb
from cocotb.triggers import ReadOnly, RisingEdge
from cocotbext.axi import AxiLiteBus, AxiResp
from cocotbext.axi.axil_channels import (
    AxiLiteARMonitor,
    AxiLiteAWMonitor,
    AxiLiteBMonitor,
    AxiLiteRMonitor,
    AxiLiteWMonitor,
)
from pyuvm import ConfigDB, uvm_analysis_port, uvm_component

from snn_rtl.tb.common.agents.axil.config import RegisterConfig
from snn_rtl.tb.common.clock_reset import cycle_now
from snn_rtl.tb.common.scoreboard import CheckFailure


@dataclass(frozen=True, kw_only=True)
class RegisterAccess:
    """One access that was seen on the bus.

    Attributes:
        address: byte address.
        write: a write, else a read.
        data: word written or read.
        strobe: byte enables of a write; 15 for a read.
        okay: the response was OKAY.
        resolved: no bit of the response or of the word read is X or Z.
        cycle: when the response was taken.
    """

    address: int
    write: bool
    data: int
    strobe: int
    okay: bool
    resolved: bool
    cycle: int


def _word(value: Any) -> int:
    """Return a value as an integer; bits that are X or Z read 0."""
    return int("".join(b if b in "01" else "0" for b in str(value)), 2)


class RegisterMonitor(uvm_component):  # type: ignore[misc]
    """Publishes every access on `ap` when its response is taken; never drives.

    A response must come behind its access: behind the address and, of a write, the data.

    Attributes:
        write_channels: monitors of addresses, data and responses.
        read_channels: monitors of addresses and responses.
    """

    def build_phase(self) -> None:
        """Make the port."""
        self.config: RegisterConfig = ConfigDB().get(self, "", "registers")
        self.ap = uvm_analysis_port("ap", self)
        self.accesses = 0
        self.failures: list[str] = []

    def connect_phase(self) -> None:
        """Watch the five channels."""
        dut, prefix = self.config.dut, self.config.prefix
        logging.getLogger(f"cocotb.{dut._name}.{prefix}").setLevel(logging.WARNING)
        bus = AxiLiteBus.from_prefix(dut, prefix)
        self.write_channels = (
            AxiLiteAWMonitor(bus.write.aw, dut.clk, dut.rst),
            AxiLiteWMonitor(bus.write.w, dut.clk, dut.rst),
            AxiLiteBMonitor(bus.write.b, dut.clk, dut.rst),
        )
        self.read_channels = (
            AxiLiteARMonitor(bus.read.ar, dut.clk, dut.rst),
            AxiLiteRMonitor(bus.read.r, dut.clk, dut.rst),
        )
        cocotb.start_soon(self._watch_writes())
        cocotb.start_soon(self._watch_reads())
        cocotb.start_soon(self._watch_order(bus.write.b.bvalid, "bvalid", self.write_channels[:2]))
        cocotb.start_soon(self._watch_order(bus.read.r.rvalid, "rvalid", self.read_channels[:1]))

    async def _watch_order(self, valid: Any, name: str, requests: tuple[Any, ...]) -> None:
        reset = self.config.dut.rst
        while True:
            await RisingEdge(valid)
            # By then the monitors have seen what the edge has taken.
            await ReadOnly()
            # A reset forgets what was taken.
            if reset.value != 1 and any(channel.empty() for channel in requests):
                self.failures.append(f"{self.config.prefix}: {name} before its access was taken")
                raise CheckFailure(self.failures[-1])

    async def _watch_writes(self) -> None:
        addresses, words, responses = self.write_channels
        while True:
            response = await responses.recv()
            address, word = addresses.recv_nowait(), words.recv_nowait()
            self._publish(
                address=int(address.awaddr),
                write=True,
                data=_word(word.wdata),
                strobe=int(word.wstrb),
                okay=_word(response.bresp) == AxiResp.OKAY,
                resolved=response.bresp.is_resolvable,
            )

    async def _watch_reads(self) -> None:
        addresses, responses = self.read_channels
        while True:
            response = await responses.recv()
            self._publish(
                address=int(addresses.recv_nowait().araddr),
                write=False,
                data=_word(response.rdata),
                strobe=15,
                okay=_word(response.rresp) == AxiResp.OKAY,
                resolved=response.rresp.is_resolvable and response.rdata.is_resolvable,
            )

    def check_phase(self) -> None:
        """Fail the test if something was found."""
        if self.failures:
            raise CheckFailure(self.failures[0])

    def _publish(self, **access: Any) -> None:
        self.accesses += 1
        self.ap.write(RegisterAccess(cycle=cycle_now(), **access))
