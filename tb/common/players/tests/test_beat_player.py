"""Tests of beat_player: beats, idle cycles, backpressure, a second file, damaged files."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import cocotb
import pytest
from cocotb.triggers import FallingEdge, RisingEdge

from snn_rtl.tb.common.agents.axis.bus import Beat
from snn_rtl.tb.common.clock_reset import reset, start_clock
from snn_rtl.tb.common.players.files import write_beats
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.unit import both_simulators, parameters, run_unit

FILE = Path("player.beats")


class TB:
    """Takes what the player offers and holds it to the protocol."""

    def __init__(self, dut: Any) -> None:
        self.dut = dut
        self.width = parameters()["W"]
        self.rng = generator("beats")
        self.taken: list[Beat] = []
        self.idle = 0

    async def start(self) -> None:
        """Reset, with no file yet."""
        FILE.unlink(missing_ok=True)
        self.dut.play.value = 0
        self.dut.m_axis_tready.value = 0
        start_clock(self.dut)
        await reset(self.dut)
        await FallingEdge(self.dut.clk)

    def packets(self, count: int) -> list[list[Beat]]:
        """Return packets of one to four beats."""
        size = -(-self.width // 8)
        mask = (1 << self.width) - 1
        return [
            [
                Beat(int.from_bytes(self.rng.bytes(size), "little") & mask, i == length - 1)
                for i in range(length)
            ]
            for length in self.rng.integers(1, 5, count).tolist()
        ]

    def write(self, packets: list[list[Beat]], gaps: Iterator[int] | None = None) -> None:
        """Write the player's file; without idle cycles, unless they are given."""
        write_beats(FILE, packets, self.width, gaps or repeat(0))

    async def cycle(self, ready: bool = True) -> None:
        """One cycle; keep what is taken, and the idle cycles before it."""
        dut = self.dut
        dut.m_axis_tready.value = int(ready)
        await RisingEdge(dut.clk)
        valid = dut.m_axis_tvalid.value == 1
        offered = (dut.m_axis_tdata.value, dut.m_axis_tlast.value) if valid else None
        if valid and ready:
            data = dut.m_axis_tdata.value.to_unsigned()
            self.taken.append(Beat(data, bool(dut.m_axis_tlast.value), self.idle))
            self.idle = 0
        self.idle += not valid
        await FallingEdge(dut.clk)
        if valid and not ready:
            assert dut.m_axis_tvalid.value == 1, "withdrawn"
            assert (dut.m_axis_tdata.value, dut.m_axis_tlast.value) == offered, "changed"

    async def play(self, cycles: int, ready: float = 1.0) -> None:
        """Play for so many cycles, ready in a share of them."""
        self.dut.play.value = 1
        # The edge that opens the file.
        await RisingEdge(self.dut.clk)
        await FallingEdge(self.dut.clk)
        self.idle = 0
        for _ in range(cycles):
            await self.cycle(bool(self.rng.random() < ready))

    async def stop(self) -> None:
        """Let play fall."""
        self.dut.play.value = 0
        await self.cycle(ready=False)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def beat_a_cycle(dut: Any) -> None:
    """Without idle cycles a beat goes every cycle, then none; a second file follows."""
    tb = TB(dut)
    await tb.start()
    for round_ in range(1, 3):
        packets = tb.packets(10)
        beats = list(chain(*packets))
        tb.taken = []
        tb.write(packets)
        await tb.play(len(beats))
        assert tb.taken == beats
        assert dut.done.value == 1
        await tb.play(5)
        assert tb.taken == beats, "more than the file holds"
        assert dut.broken.value == 0
        await tb.stop()
        assert dut.done.value == 0, round_


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def idle_cycles(dut: Any) -> None:
    """Before each beat tvalid is low for as long as the file says, whenever tready is high."""
    tb = TB(dut)
    await tb.start()
    packets = tb.packets(20)
    count = sum(map(len, packets))
    gaps = [0, 1, 2, 7, *tb.rng.integers(0, 6, count).tolist()][:count]
    tb.write(packets, iter(gaps))
    before = dut.beats.value.to_unsigned()
    await tb.play(10 * count + 20, ready=0.5)
    beats = [Beat(b.data, b.last, gap) for b, gap in zip(chain(*packets), gaps, strict=True)]
    assert tb.taken == beats
    assert dut.done.value == 1
    assert dut.beats.value == before + count


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def truncated_file(dut: Any) -> None:
    """A record cut short sets broken; the whole ones before it are played, and nothing more."""
    tb = TB(dut)
    await tb.start()
    packets = tb.packets(5)
    beats = list(chain(*packets))
    tb.write(packets)
    FILE.write_bytes(FILE.read_bytes()[:-1])
    await tb.play(len(beats) + 10)
    assert tb.taken == beats[:-1]
    assert (dut.broken.value, dut.done.value) == (1, 0)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def missing_file(dut: Any) -> None:
    """Without a file broken is set and nothing is offered; with one it plays again."""
    tb = TB(dut)
    await tb.start()
    await tb.play(5)
    assert (dut.broken.value, dut.done.value, tb.taken) == (1, 0, [])
    await tb.stop()
    packets = tb.packets(2)
    tb.write(packets)
    await tb.play(10)
    assert tb.taken == list(chain(*packets))
    assert dut.broken.value == 0


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def reset_ends_it(dut: Any) -> None:
    """A reset withdraws the beat; afterwards the file is played from its start."""
    tb = TB(dut)
    await tb.start()
    packets = tb.packets(8)
    beats = list(chain(*packets))
    tb.write(packets)
    await tb.play(3)
    dut.rst.value = 1
    await RisingEdge(dut.clk)
    await FallingEdge(dut.clk)
    assert dut.m_axis_tvalid.value == 0
    dut.rst.value = 0
    tb.taken = []
    await tb.play(len(beats) + 2)
    assert tb.taken == beats


@both_simulators
def test_beat_player(request: pytest.FixtureRequest, simulator: str) -> None:
    """All of the above, on a width that fills no byte."""
    run_unit(
        request, simulator, {"W": 75}, top="snn_beat_player", file_list="tb/common/players/beats.f"
    )
