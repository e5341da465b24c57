"""Tests of snn_ram_1r1w: every word, a read beside a write, the held read data."""

from __future__ import annotations

from typing import Any

import cocotb
import pytest

from snn_rtl.tb.common.clock_reset import start_clock
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.unit import both_simulators, run_unit
from snn_rtl.tb.unit.bench import Bench

Access = tuple[int, int]


class TB(Bench):
    """Drives both ports and keeps the words; ports that are not enabled carry noise."""

    def __init__(self, dut: Any) -> None:
        super().__init__(dut, wr_en=0, wr_addr=0, wr_data=0, rd_en=0, rd_addr=0)
        self.depth = self.sizes["DEPTH"]
        self.width = self.sizes["W"]
        self.forward = bool(self.sizes["FORWARD"])
        self.noise = generator("noise")
        self.words: dict[int, int] = {}
        # None: nothing is known of it, as after a read of a word that was never written
        self.shown: int | None = None
        self.reads = 0
        self.meetings = 0

    async def start(self) -> None:
        """Start the clock; there is no reset."""
        self.drive()
        start_clock(self.dut)
        await self.edge()

    def word(self, rng: Any) -> int:
        """Return a random word."""
        return int.from_bytes(rng.bytes(16), "little") % (1 << self.width)

    async def cycle(self, write: Access | None = None, read: int | None = None) -> None:
        """Write (address, word) and read an address in one cycle; check the data shown in it."""
        addr, data = write or (int(self.noise.integers(self.depth)), self.word(self.noise))
        rd_addr = int(self.noise.integers(self.depth)) if read is None else read
        self.drive(
            wr_en=write is not None,
            wr_addr=addr,
            wr_data=data,
            rd_en=read is not None,
            rd_addr=rd_addr,
        )
        await self.edge()
        if self.shown is not None:
            assert self.out("rd_data") == self.shown, "rd_data"
            self.reads += 1
        if read is not None:
            meet = write is not None and addr == rd_addr
            self.meetings += meet
            self.shown = data if meet and self.forward else self.words.get(rd_addr)
        if write is not None:
            self.words[addr] = data


@cocotb.test(timeout_time=100, timeout_unit="us")
async def every_word(dut: Any) -> None:
    """Writes all words, their complements and random ones; reads them upwards and downwards."""
    tb = TB(dut)
    await tb.start()
    ones = (1 << tb.width) - 1
    rng = generator("words")
    for fill in (lambda i: i & ones, lambda i: ~i & ones, lambda _: tb.word(rng)):
        for addr in range(tb.depth):
            await tb.cycle(write=(addr, fill(addr)))
        for addr in [*range(tb.depth), *reversed(range(tb.depth))]:
            await tb.cycle(read=addr)
    await tb.cycle()
    assert tb.reads >= 6 * tb.depth


@cocotb.test(timeout_time=100, timeout_unit="us")
async def read_beside_write(dut: Any) -> None:
    """Reads each word while it is written, then again; and while its neighbour is written."""
    tb = TB(dut)
    await tb.start()
    ones = (1 << tb.width) - 1
    for addr in range(tb.depth):
        await tb.cycle(write=(addr, 0))
    for addr in range(tb.depth):
        await tb.cycle(write=(addr, ones), read=addr)
        await tb.cycle(read=addr)
        await tb.cycle(write=((addr + 1) % tb.depth, 0), read=addr)
        await tb.cycle(write=(addr, 0), read=addr)
        await tb.cycle(write=(addr, ones), read=addr)
    await tb.cycle()
    assert tb.meetings == 3 * tb.depth


@cocotb.test(timeout_time=100, timeout_unit="us")
async def read_data_hold(dut: Any) -> None:
    """Without rd_en the data stay, whatever is written: after a plain read and after a meeting."""
    tb = TB(dut)
    await tb.start()
    ones = (1 << tb.width) - 1
    for addr in range(tb.depth):
        await tb.cycle(write=(addr, 0))
    for first in (None, (0, ones)):
        await tb.cycle(write=first, read=0)
        for addr in range(tb.depth):
            await tb.cycle(write=(addr, ones if first is None else 0))
        await tb.cycle(write=(0, ones))
        await tb.cycle(write=(0, 0))
    await tb.cycle()
    assert tb.reads > 2 * tb.depth


@cocotb.test(timeout_time=100, timeout_unit="us")
async def random_traffic(dut: Any) -> None:
    """Random writes and reads, a quarter of them to the same word."""
    tb = TB(dut)
    await tb.start()
    rng = generator("traffic")
    for _ in range(2000):
        addr = int(rng.integers(tb.depth))
        write = (addr, tb.word(rng)) if rng.random() < 0.6 else None
        other = addr if rng.random() < 0.25 else int(rng.integers(tb.depth))
        await tb.cycle(write=write, read=other if rng.random() < 0.6 else None)
    assert tb.reads > 1500
    assert tb.meetings > 100


@both_simulators
@pytest.mark.parametrize(("width", "depth", "forward"), [(1, 2, 1), (13, 5, 0), (72, 16, 1)])
def test_ram_1r1w(
    request: pytest.FixtureRequest, simulator: str, width: int, depth: int, forward: int
) -> None:
    """All of the above."""
    run_unit(request, simulator, {"W": width, "DEPTH": depth, "FORWARD": forward})
