"""Tests of beat_recorder: what it writes, its pauses, late beats, broken protocol."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cocotb
import pytest
from cocotb.triggers import FallingEdge, RisingEdge

from snn_rtl.tb.common.agents.axis.bus import Beat
from snn_rtl.tb.common.clock_reset import reset, start_clock
from snn_rtl.tb.common.players.files import read_beats, write_pauses
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.unit import both_simulators, parameters, run_unit

FILE, PAUSES = Path("recorder.beats"), Path("recorder.pauses")


class TB:
    """Offers beats and keeps those that are taken, with the cycles that each waited."""

    def __init__(self, dut: Any) -> None:
        self.dut = dut
        self.width = parameters()["W"]
        self.rng = generator("beats")
        self.taken: list[Beat] = []

    async def start(self) -> None:
        """Reset, with no files yet."""
        FILE.unlink(missing_ok=True)
        PAUSES.unlink(missing_ok=True)
        for name in ("keep", "s_axis_tvalid", "s_axis_tdata", "s_axis_tlast"):
            getattr(self.dut, name).value = 0
        start_clock(self.dut)
        await reset(self.dut)
        await FallingEdge(self.dut.clk)

    async def keep(self, on: bool) -> None:
        """Start to record, or stop."""
        self.dut.keep.value = int(on)
        await self.idle()

    async def idle(self) -> None:
        """Offer nothing for a cycle."""
        self.dut.s_axis_tvalid.value = 0
        await RisingEdge(self.dut.clk)
        await FallingEdge(self.dut.clk)

    def beat(self) -> Beat:
        """Return a random beat."""
        data = int.from_bytes(self.rng.bytes(-(-self.width // 8)), "little")
        return Beat(data & ((1 << self.width) - 1), bool(self.rng.integers(2)))

    async def offer(self, beat: Beat) -> bool:
        """Offer a beat for one cycle; tell whether it was taken."""
        dut = self.dut
        dut.s_axis_tvalid.value = 1
        dut.s_axis_tdata.value = beat.data
        dut.s_axis_tlast.value = int(beat.last)
        await RisingEdge(dut.clk)
        taken = bool(dut.s_axis_tready.value)
        await FallingEdge(dut.clk)
        return taken

    async def send(self, count: int) -> None:
        """Send random beats, each until it is taken."""
        for _ in range(count):
            beat, waited = self.beat(), 0
            while not await self.offer(beat):
                waited += 1
            self.taken.append(Beat(beat.data, beat.last, 0, waited))
        self.dut.s_axis_tvalid.value = 0

    def data(self) -> list[Beat]:
        """Return what was taken, as a file holds it."""
        return [Beat(beat.data, beat.last) for beat in self.taken]

    def clean(self) -> bool:
        """Tell whether the recorder has nothing to complain about."""
        dut = self.dut
        return (dut.withdrawn.value, dut.changed.value, dut.broken.value) == (0, 0, 0)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def records(dut: Any) -> None:
    """Two recordings, one after the other; each file holds its own beats, all of them."""
    tb = TB(dut)
    await tb.start()
    before = dut.beats.value.to_unsigned()
    for _ in range(2):
        tb.taken = []
        write_pauses(PAUSES, iter(()), 0)
        await tb.keep(True)
        await tb.send(20)
        await tb.keep(False)
        assert read_beats(FILE) == tb.data()
        assert not any(beat.waited for beat in tb.taken)
    assert dut.beats.value == before + 40
    assert tb.clean()


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def pauses(dut: Any) -> None:
    """Each beat waits as long as the file says; those beyond its end do not."""
    tb = TB(dut)
    await tb.start()
    waits = [0, 3, 1, 0, 0, 7, *tb.rng.integers(0, 5, 20).tolist()]
    write_pauses(PAUSES, iter(waits), len(waits))
    await tb.keep(True)
    await tb.send(len(waits) + 5)
    assert [beat.waited for beat in tb.taken] == [*waits, *[0] * 5]
    await tb.keep(False)
    assert read_beats(FILE) == tb.data()
    assert tb.clean()


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def late_beats(dut: Any) -> None:
    """Beats outside a recording are counted and not written."""
    tb = TB(dut)
    await tb.start()
    before = dut.beats.value.to_unsigned()
    await tb.send(2)
    write_pauses(PAUSES, iter(()), 0)
    tb.taken = []
    await tb.keep(True)
    await tb.send(3)
    await tb.keep(False)
    kept = tb.data()
    await tb.send(4)
    await tb.idle()
    assert read_beats(FILE) == kept
    assert dut.beats.value == before + 9


async def _offer_to_one_who_waits(tb: TB) -> Beat:
    await tb.start()
    write_pauses(PAUSES, iter([5]), 1)
    await tb.keep(True)
    beat = tb.beat()
    assert not await tb.offer(beat)
    return beat


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def withdrawn(dut: Any) -> None:
    """A beat that is taken back while it waits is noticed."""
    tb = TB(dut)
    await _offer_to_one_who_waits(tb)
    await tb.idle()
    assert (dut.withdrawn.value, dut.changed.value) == (1, 0)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def changed(dut: Any) -> None:
    """A beat whose data change while it waits is noticed."""
    tb = TB(dut)
    beat = await _offer_to_one_who_waits(tb)
    assert beat.data is not None
    await tb.offer(Beat(beat.data ^ 1 << (tb.width - 1), beat.last))
    assert (dut.withdrawn.value, dut.changed.value) == (0, 1)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def no_pauses(dut: Any) -> None:
    """Without the file of pauses broken is set."""
    tb = TB(dut)
    await tb.start()
    await tb.keep(True)
    assert dut.broken.value == 1


@both_simulators
def test_beat_recorder(request: pytest.FixtureRequest, simulator: str) -> None:
    """All of the above, on a width that fills no digit."""
    run_unit(
        request,
        simulator,
        {"W": 75},
        top="snn_beat_recorder",
        file_list="tb/common/players/beats.f",
    )
