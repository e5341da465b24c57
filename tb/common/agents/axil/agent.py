"""Register agent: items, sequence and driver over cocotbext-axi's AXI4-Lite master."""

from __future__ import annotations

import logging

from cocotbext.axi import AxiLiteBus, AxiLiteMaster, AxiResp
from cocotbext.axi.axil_channels import (
    AxiLiteARTransaction,
    AxiLiteAWTransaction,
    AxiLiteWTransaction,
)
from pyuvm import (
    ConfigDB,
    uvm_agent,
    uvm_driver,
    uvm_sequence,
    uvm_sequence_item,
    uvm_sequencer,
)

from snn_rtl.tb.common.agents.axil.config import RegisterConfig
from snn_rtl.tb.common.agents.axil.monitor import RegisterMonitor

__all__ = ["RegisterAgent", "RegisterConfig", "RegisterItem", "RegisterMonitor"]


class RegisterItem(uvm_sequence_item):  # type: ignore[misc]
    """One access; after it, `okay` tells the response and `value` what a read returned.

    Attributes:
        address: byte address.
        value: 32-bit word to write, None for a read.
        strobe: byte enables of a write.
        okay: the response was OKAY.
    """

    def __init__(self, address: int, value: int | None = None, strobe: int = 15) -> None:
        super().__init__("register")
        self.address = address
        self.value = value
        self.strobe = strobe
        self.okay = False


class RegisterSequence(uvm_sequence):  # type: ignore[misc]
    """Makes the accesses in order."""

    def __init__(self, items: list[RegisterItem]) -> None:
        super().__init__("registers")
        self.items = items

    async def body(self) -> None:
        """Send the items."""
        for item in self.items:
            await self.start_item(item)
            await self.finish_item(item)


class RegisterDriver(uvm_driver):  # type: ignore[misc]
    """Performs accesses on the bus."""

    def build_phase(self) -> None:
        """Make the bus master."""
        config: RegisterConfig = ConfigDB().get(self, "", "registers")
        logging.getLogger(f"cocotb.{config.dut._name}.{config.prefix}").setLevel(logging.WARNING)
        bus = AxiLiteBus.from_prefix(config.dut, config.prefix)
        self.master = AxiLiteMaster(bus, config.dut.clk, config.dut.rst)

    async def run_phase(self) -> None:
        """Serve items for ever."""
        while True:
            item: RegisterItem = await self.seq_item_port.get_next_item()
            # The channels themselves: the master's own calls know no free address and strobe.
            if item.value is not None:
                bus = self.master.write_if
                await bus.aw_channel.send(AxiLiteAWTransaction(awaddr=item.address))
                await bus.w_channel.send(AxiLiteWTransaction(wdata=item.value, wstrb=item.strobe))
                response = await bus.b_channel.recv()
                item.okay = int(response.bresp) == AxiResp.OKAY
            else:
                bus = self.master.read_if
                await bus.ar_channel.send(AxiLiteARTransaction(araddr=item.address))
                response = await bus.r_channel.recv()
                item.value = int(response.rdata)
                item.okay = int(response.rresp) == AxiResp.OKAY
            self.seq_item_port.item_done()


class RegisterAgent(uvm_agent):  # type: ignore[misc]
    """Sequencer, driver and monitor of the register bus."""

    def build_phase(self) -> None:
        """Make the components."""
        self.sequencer = uvm_sequencer("sequencer", self)
        self.driver = RegisterDriver("driver", self)
        self.monitor = RegisterMonitor("monitor", self)

    def connect_phase(self) -> None:
        """Connect them."""
        self.driver.seq_item_port.connect(self.sequencer.seq_item_export)

    async def write(self, address: int, value: int, strobe: int = 15) -> bool:
        """Write the bytes of a word that the strobe names; return whether it was OKAY."""
        item = RegisterItem(address, value, strobe)
        await RegisterSequence([item]).start(self.sequencer)
        return item.okay

    async def read(self, address: int) -> tuple[int, bool]:
        """Read a word; return it and whether the response was OKAY."""
        item = RegisterItem(address)
        await RegisterSequence([item]).start(self.sequencer)
        assert item.value is not None
        return item.value, item.okay
