"""Tests of snn_axil_slave: order of the channels, backpressure, errors, both ways at once."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, Final

import cocotb
import pytest
from cocotb.triggers import FallingEdge
from cocotbext.axi import AxiLiteBus, AxiLiteMaster, AxiResp

from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.unit import both_simulators, run_unit
from snn_rtl.tb.unit.bench import Bench, rounds

OKAY: Final = 0b00
SLVERR: Final = 0b10
WORD: Final = (1 << 32) - 1


@dataclass
class Cycle:
    """What the bus and the registers do in one cycle; None: the channel is idle.

    Attributes:
        aw: write address offered.
        w: write data and strobes offered.
        ar: read address offered.
        b_ready: the master takes a write response.
        r_ready: the master takes a read response.
        wr_err: the registers refuse a write of this cycle.
        rd_err: the registers refuse a read of this cycle.
        rd_data: what a read of this cycle finds.
    """

    aw: int | None = None
    w: tuple[int, int] | None = None
    ar: int | None = None
    b_ready: bool = True
    r_ready: bool = True
    wr_err: bool = False
    rd_err: bool = False
    rd_data: int = 0


class TB(Bench):
    """Drives the pins of both sides and knows the responses that are due."""

    def __init__(self, dut: Any) -> None:
        channels = ["awaddr", "awvalid", "wdata", "wstrb", "wvalid", "bready"]
        channels += ["araddr", "arvalid", "rready"]
        super().__init__(
            dut,
            **dict.fromkeys((f"s_axil_{n}" for n in channels), 0),
            wr_err=0,
            rd_data=0,
            rd_err=0,
        )
        self.top = (1 << self.sizes["ADDR_W"]) - 1
        self.noise = generator("noise")
        self.b: int | None = None
        # what came alone and is kept
        self.aw: int | None = None
        self.w: tuple[int, int] | None = None
        self.r: tuple[int, int] | None = None
        self.writes = 0
        self.reads = 0
        self.errors = 0

    async def start(self) -> None:
        """Start without responses."""
        await super().start()
        self.b = self.r = self.aw = self.w = None

    def _word(self) -> int:
        return int(self.noise.integers(1 << 32))

    async def cycle(self, what: Cycle) -> tuple[bool, bool]:
        """Drive one cycle, noise where nothing is offered; return whether (write, read) began."""
        data, strobes = what.w or (self._word(), self._word() & 0xF)
        self.drive(
            s_axil_awaddr=self._word() & self.top if what.aw is None else what.aw,
            s_axil_awvalid=what.aw is not None,
            s_axil_wdata=data,
            s_axil_wstrb=strobes,
            s_axil_wvalid=what.w is not None,
            s_axil_bready=what.b_ready,
            s_axil_araddr=self._word() & self.top if what.ar is None else what.ar,
            s_axil_arvalid=what.ar is not None,
            s_axil_rready=what.r_ready,
            wr_err=what.wr_err,
            rd_err=what.rd_err,
            rd_data=what.rd_data,
        )
        await self.edge()
        # No ready depends on what is offered.
        ready = (self.b is None and self.aw is None, self.b is None and self.w is None)
        assert self.outs("s_axil_awready", "s_axil_wready") == ready, "write handshake"
        assert self.out("s_axil_arready") == (self.r is None), "read handshake"
        self.aw = what.aw if ready[0] else self.aw
        self.w = what.w if ready[1] else self.w
        wrote = self.aw is not None and self.w is not None
        read = what.ar is not None and self.r is None
        assert self.outs("wr_en", "rd_en") == (wrote, read), "accesses"
        assert self.out("s_axil_bvalid") == (self.b is not None), "bvalid"
        assert self.out("s_axil_rvalid") == (self.r is not None), "rvalid"
        if self.b is not None:
            assert self.out("s_axil_bresp") == self.b, "bresp"
            self.b = None if what.b_ready else self.b
        if self.r is not None:
            assert self.outs("s_axil_rdata", "s_axil_rresp") == self.r, "rdata, rresp"
            self.r = None if what.r_ready else self.r
        if wrote:
            assert self.w is not None
            assert self.outs("wr_addr", "wr_data", "wr_strb") == (self.aw, *self.w), "write"
            self.b = SLVERR if what.wr_err else OKAY
            self.aw = self.w = None
        if read:
            assert self.out("rd_addr") == what.ar, "rd_addr"
            self.r = (what.rd_data, SLVERR if what.rd_err else OKAY)
        self.writes += wrote
        self.reads += read
        self.errors += (wrote and what.wr_err) + (read and what.rd_err)
        return wrote, read


@cocotb.test(timeout_time=100, timeout_unit="us")
async def address_before_data(dut: Any) -> None:
    """A write address is taken and waits for its data; another one is not taken meanwhile."""
    tb = TB(dut)
    await tb.start()
    for wait in range(4):
        for turn in range(wait):
            offer = Cycle(aw=4 if turn else tb.top, wr_err=True)
            assert await tb.cycle(offer) == (False, False)
        offer = Cycle(aw=4 if wait else tb.top, w=(WORD, 0b1010))
        assert await tb.cycle(offer) == (True, False)
        await tb.cycle(Cycle())
    assert tb.writes == 4


@cocotb.test(timeout_time=100, timeout_unit="us")
async def data_before_address(dut: Any) -> None:
    """Write data are taken and wait for their address; others are not taken meanwhile."""
    tb = TB(dut)
    await tb.start()
    for wait in range(4):
        for turn in range(wait):
            offer = Cycle(w=(0x5A, 0b1110) if turn else (0xA5, 0b0001), wr_err=True)
            assert await tb.cycle(offer) == (False, False)
        offer = Cycle(aw=4, w=(0x5A, 0b1110) if wait else (0xA5, 0b0001))
        assert await tb.cycle(offer) == (True, False)
        await tb.cycle(Cycle())
    assert tb.writes == 4


@cocotb.test(timeout_time=100, timeout_unit="us")
async def write_backpressure(dut: Any) -> None:
    """A response that is not taken stays as it is and holds the next write, but no read."""
    tb = TB(dut)
    await tb.start()
    for error in (True, False):
        await tb.cycle(Cycle(aw=8, w=(1, 0xF), wr_err=error))
        waiting = Cycle(aw=12, w=(2, 0xF), b_ready=False, wr_err=not error)
        for turn in range(5):
            waiting.ar = 4 if turn == 2 else None
            assert await tb.cycle(waiting) == (False, turn == 2)
        # the response is taken in this cycle, and the write goes through in the next one
        waiting.b_ready, waiting.ar = True, None
        assert await tb.cycle(waiting) == (False, False)
        assert await tb.cycle(waiting) == (True, False)
        await tb.cycle(Cycle())
    assert (tb.writes, tb.errors) == (4, 2)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def read_backpressure(dut: Any) -> None:
    """Data that are not taken stay as they were read and hold the next read, but no write."""
    tb = TB(dut)
    await tb.start()
    for error in (True, False):
        await tb.cycle(Cycle(ar=tb.top, rd_data=WORD if error else 0, rd_err=error))
        for turn in range(5):
            waiting = Cycle(ar=12, r_ready=False, rd_data=tb.now, rd_err=not error)
            if turn == 2:
                waiting.aw, waiting.w = 4, (3, 0xF)
            assert await tb.cycle(waiting) == (turn == 2, False)
        assert await tb.cycle(Cycle(ar=12, rd_data=6)) == (False, False)
        assert await tb.cycle(Cycle(ar=12, rd_data=7)) == (False, True)
        await tb.cycle(Cycle(rd_data=8))
    assert (tb.reads, tb.errors) == (4, 1)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def an_access_every_two_cycles(dut: Any) -> None:
    """Both directions at full speed, good and bad accesses in turn."""
    tb = TB(dut)
    await tb.start()
    for i in range(40):
        bad = i % 4 < 2
        address = 4 * i & tb.top
        what = Cycle(aw=address, w=(i, i & 0xF), ar=address, rd_data=~i & WORD)
        what.wr_err, what.rd_err = bad, not bad
        assert await tb.cycle(what) == (i % 2 == 0, i % 2 == 0)
    assert (tb.writes, tb.reads, tb.errors) == (20, 20, 20)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def reset_withdraws_responses(dut: Any) -> None:
    """After a reset neither response is there; the next accesses are answered as usual."""
    tb = TB(dut)
    await tb.start()
    what = Cycle(aw=4, w=(1, 0xF), ar=8, b_ready=False, r_ready=False, wr_err=True, rd_err=True)
    await tb.cycle(what)
    await tb.cycle(what)
    await tb.restart()
    tb.b = tb.r = None
    # and an address that came alone is gone
    await tb.cycle(Cycle(aw=tb.top))
    await tb.restart()
    tb.aw = None
    assert await tb.cycle(Cycle(w=(5, 0xF))) == (False, False)
    await tb.restart()
    tb.w = None
    await tb.cycle(Cycle(b_ready=False, r_ready=False))
    await tb.cycle(Cycle(aw=4, w=(1, 0xF), ar=8, rd_data=9))
    await tb.cycle(Cycle())
    assert (tb.writes, tb.reads) == (2, 2)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def random_pins(dut: Any) -> None:
    """Random offers, held until taken as the bus asks for, and random readiness."""
    tb = TB(dut)
    await tb.start()
    rng = generator("pins")
    what = Cycle()
    for _ in rounds(2500, lambda: min(tb.writes, tb.reads) > 250 and tb.errors > 100):
        busy, slow = rng.random(8) < 0.4, rng.random(2) < 0.5
        if what.aw is None and busy[0]:
            what.aw = int(rng.integers(tb.top + 1))
        if what.w is None and busy[1]:
            what.w = int(rng.integers(1 << 32)), int(rng.integers(16))
        if what.ar is None and busy[2]:
            what.ar = int(rng.integers(tb.top + 1))
        what.b_ready, what.r_ready = bool(slow[0]), bool(slow[1])
        what.wr_err, what.rd_err = bool(busy[3]), bool(busy[4])
        what.rd_data = int(rng.integers(1 << 32))
        free = tb.b is None
        taken_aw, taken_w = free and tb.aw is None, free and tb.w is None
        _, read = await tb.cycle(what)
        what.aw = None if taken_aw else what.aw
        what.w = None if taken_w else what.w
        if read:
            what.ar = None


class Memory:
    """Registers behind the slave: the upper half is read only, the top word is nothing at all."""

    def __init__(self, dut: Any, top: int) -> None:
        self.dut = dut
        self.size = top + 1
        self.bytes = bytearray(self.size)
        cocotb.start_soon(self._serve())

    def refuses(self, address: int, *, write: bool) -> bool:
        """Return whether an access is an error."""
        return address >= self.size - 4 or (write and address >= self.size // 2)

    async def _serve(self) -> None:
        dut = self.dut
        while True:
            # Accesses are combinational: the answer must be there before the cycle ends.
            await FallingEdge(dut.clk)
            writes, reads = dut.wr_en.value == 1, dut.rd_en.value == 1
            if reads:
                address = int(dut.rd_addr.value) & ~3
                dut.rd_data.value = int.from_bytes(self.bytes[address : address + 4], "little")
                dut.rd_err.value = self.refuses(address, write=False)
            if writes:
                address = int(dut.wr_addr.value) & ~3
                refused = self.refuses(address, write=True)
                dut.wr_err.value = refused
                data = int(dut.wr_data.value).to_bytes(4, "little")
                for lane in range(4):
                    if int(dut.wr_strb.value) >> lane & 1 and not refused:
                        self.bytes[address + lane] = data[lane]


@cocotb.test(timeout_time=100, timeout_unit="us")
async def axi_master(dut: Any) -> None:
    """A bus master of another make, with pauses on every channel, reads back what it wrote."""
    tb = TB(dut)
    tb.drive()
    logging.getLogger(f"cocotb.{dut._name}.s_axil").setLevel(logging.WARNING)
    master = AxiLiteMaster(AxiLiteBus.from_prefix(dut, "s_axil"), dut.clk, dut.rst)
    rng = generator("master")

    def pauses(name: str) -> Any:
        noise = generator(name)
        while True:
            yield bool(noise.random() < 0.4)

    write, read = master.write_if, master.read_if
    for channel in (write.aw_channel, write.w_channel, write.b_channel):
        channel.set_pause_generator(pauses(f"write {channel}"))
    for channel in (read.ar_channel, read.r_channel):
        channel.set_pause_generator(pauses(f"read {channel}"))
    await tb.start()
    memory = Memory(dut, tb.top)
    expected = bytearray(memory.size)
    refused = {False: 0, True: 0}
    for _ in range(150):
        address = int(rng.integers(memory.size - 4)) if rng.random() < 0.9 else memory.size - 4
        # one word or a part of it: what the strobes select
        size = int(rng.integers(1, 5 - address % 4))
        error = memory.refuses(address, write=True)
        data = rng.bytes(size)
        answer = await master.write(address, data)
        assert (answer.resp == AxiResp.SLVERR) == error, f"write {address:#x}"
        if not error:
            expected[address : address + size] = data
        refused[True] += error
        address = address if rng.random() < 0.7 else int(rng.integers(memory.size // 4)) * 4
        error = memory.refuses(address, write=False)
        answer = await master.read(address & ~3, 4)
        assert (answer.resp == AxiResp.SLVERR) == error, f"read {address:#x}"
        assert answer.data == expected[address & ~3 :][:4], f"read {address:#x}"
        refused[False] += error
    assert min(refused.values()) > 3
    assert memory.bytes == expected
    assert any(expected)


@both_simulators
@pytest.mark.parametrize("addr_w", [7, 12])
def test_axil_slave(request: pytest.FixtureRequest, simulator: str, addr_w: int) -> None:
    """All of the above."""
    run_unit(request, simulator, {"ADDR_W": addr_w})
