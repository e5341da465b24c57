"""Tests of prosperity_spike_buffer: tiles from the stream into the banks, held to the cycle."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any, NamedTuple

import cocotb
import pytest

from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.unit import both_simulators, run_unit
from snn_rtl.tb.unit.bench import Bench, pack, present_mask, unpack, walk


class Load(NamedTuple):
    """What a beat must be when it is loaded; only present rows count."""

    rows: tuple[int, ...]
    beat: int
    last: bool
    first_n: bool
    tile_rows: int


class TB(Bench):
    """Drives the stream and the banks; predicts every cycle."""

    def __init__(self, dut: Any) -> None:
        super().__init__(
            dut,
            start=0,
            dim_m=0,
            dim_k=0,
            dim_n=0,
            hold=0,
            s_axis_spike_tdata=0,
            s_axis_spike_tvalid=0,
            s_axis_spike_tlast=0,
            bank_busy=0,
        )
        self.tile_m, self.tile_k, self.lanes = (
            self.sizes[name] for name in ("TILE_M", "TILE_K", "LANES")
        )
        self.beat_rows = self.sizes["SPIKE_BEAT_W"] // self.tile_k
        self.depth = self.sizes["SPIKE_BEATS"]
        self.rng = generator("spikes")
        self.taken = 0
        self.loaded = 0
        self.errors = 0
        self.forget()

    def forget(self) -> None:
        """Expect the state after a reset."""
        self.buffer: deque[Load] = deque()
        self.coming: Iterator[Load] = iter(())
        self.next: Load | None = None
        self.bank = 0

    def _loads(self, dims: tuple[int, int, int]) -> Iterator[Load]:
        """Yield the loads of a layer with random spikes."""
        for tile in walk(dims, (self.tile_m, self.tile_k, self.lanes)):
            self.cols = tile.cols
            beats = -(-tile.rows // self.beat_rows)
            for beat in range(beats):
                there = present_mask(tile.rows, beat, self.beat_rows).bit_count()
                rows = tuple(int(r) for r in self.rng.integers(1 << tile.cols, size=there))
                yield Load(rows, beat, beat == beats - 1, tile.first_n, tile.rows)

    async def begin(self, dims: tuple[int, int, int]) -> None:
        """Start a layer; its first beat may come in the next cycle."""
        self.idle |= {"dim_m": dims[0], "dim_k": dims[1], "dim_n": dims[2]}
        await self.cycle(offer=False, start=1)
        self.coming = self._loads(dims)
        self.next = next(self.coming)

    async def cycle(
        self,
        *,
        offer: bool = True,
        busy: int = 0,
        hold: bool = False,
        wrong_last: bool = False,
        start: int = 0,
    ) -> None:
        """Offer the next beat or none; check the stream, the load and the error."""
        beat = self.next
        # without tvalid and after the last beat the data must not matter
        data = int.from_bytes(self.rng.bytes(self.sizes["SPIKE_BEAT_W"] // 8 + 1), "little")
        data &= (1 << self.sizes["SPIKE_BEAT_W"]) - 1
        last = False
        if beat is not None:
            # columns beyond the tile come as ones
            above = (1 << self.tile_k) - (1 << self.cols)
            rows = [row | above for row in beat.rows]
            data = data >> len(rows) * self.tile_k << len(rows) * self.tile_k
            data |= pack(rows, self.tile_k)
            last = beat.last != wrong_last
        self.drive(
            start=start,
            s_axis_spike_tvalid=offer,
            s_axis_spike_tdata=data,
            s_axis_spike_tlast=last,
            bank_busy=busy,
            hold=hold,
        )
        await self.edge()
        ready = beat is not None and not hold and len(self.buffer) < self.depth
        assert self.out("s_axis_spike_tready") == ready, "tready"
        take = offer and ready
        assert self.out("tlast_error") == (take and wrong_last), "tlast_error"
        self.errors += take and wrong_last
        self.check_load(busy)
        if take:
            assert beat is not None
            self.taken += 1
            self.buffer.append(beat)
            self.next = next(self.coming, None)

    def check_load(self, busy: int) -> None:
        """Check the load of the oldest beat, if its bank is free."""
        valid = bool(self.buffer) and not busy >> self.bank & 1
        assert self.out("load_valid") == valid, "load_valid"
        if not valid:
            return
        expected = self.buffer.popleft()
        assert self.out("load_bank") == self.bank, "load_bank"
        assert self.out("load_present") == (1 << len(expected.rows)) - 1, "load_present"
        rows = unpack(self.out("load_rows"), self.tile_k, self.beat_rows)
        got = Load(
            tuple(rows[: len(expected.rows)]),
            self.out("load_beat"),
            bool(self.out("load_last")),
            bool(self.out("load_first_n")),
            self.out("load_tile_rows"),
        )
        assert got == expected, f"{got} instead of {expected}"
        self.loaded += 1
        self.bank ^= expected.last

    async def finish(self) -> None:
        """Bring the rest of the layer; then nothing is taken and nothing loaded."""
        while self.next or self.buffer:
            await self.cycle()
        for _ in range(3):
            await self.cycle()
        assert self.loaded == self.taken

    def layers(self) -> list[tuple[int, int, int]]:
        """Return dimensions at, below and above the edges of a tile."""
        m, k, n = self.tile_m, self.tile_k, self.lanes
        return [
            (1, 1, 1),
            (m, k, n),
            (m - 1, k - 1, n - 1),
            (m + 1, k + 1, n + 1),
            (2 * m + m // 2 + 1, 2 * k, 1),
            (1, 3 * k + 2, 2 * n),
        ]


@cocotb.test(timeout_time=100, timeout_unit="us")
async def a_beat_every_cycle(dut: Any) -> None:
    """Takes and loads a beat every cycle, through all edges, layer after layer."""
    tb = TB(dut)
    await tb.start()
    for dims in tb.layers():
        await tb.begin(dims)
        begin, taken = tb.now, tb.taken
        while tb.next:
            await tb.cycle()
        assert tb.now - begin == tb.taken - taken, "a gap in the stream"
        await tb.finish()
    assert tb.taken > 20


@cocotb.test(timeout_time=100, timeout_unit="us")
async def busy_banks_fill_the_buffer(dut: Any) -> None:
    """Holds SPIKE_BEATS beats while the banks are busy; a bank holds back its own tiles alone."""
    tb = TB(dut)
    await tb.start()
    await tb.begin((tb.tile_m, 24 * tb.tile_k, 1))
    for _ in range(tb.depth + 3):
        await tb.cycle(busy=0b11)
    assert tb.taken == tb.depth
    for _ in range(20):
        other = 0b01 << (tb.bank ^ 1)
        await tb.cycle(busy=other)
    assert tb.loaded == 20
    await tb.finish()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def hold_takes_nothing(dut: Any) -> None:
    """With hold high nothing is taken; what is there is still loaded."""
    tb = TB(dut)
    await tb.start()
    await tb.begin((2 * tb.tile_m, 3 * tb.tile_k, 1))
    await tb.cycle(busy=0b11)
    await tb.cycle(busy=0b11)
    for _ in range(4):
        await tb.cycle(hold=True)
    assert tb.taken == tb.loaded == 2
    await tb.finish()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def wrong_tlast(dut: Any) -> None:
    """A missing and an early tlast show at once, for one cycle, and only when the beat is taken."""
    tb = TB(dut)
    await tb.start()
    await tb.begin((3 * tb.tile_m - 1, 2 * tb.tile_k, 1))
    while tb.next:
        await tb.cycle(offer=False, wrong_last=True)
        await tb.cycle(hold=True, wrong_last=True)
        await tb.cycle(wrong_last=True)
        if tb.next:
            await tb.cycle()
    assert tb.errors >= 3
    await tb.finish()


@cocotb.test(timeout_time=200, timeout_unit="us")
async def random_layers(dut: Any) -> None:
    """Random layers with starving streams, busy banks, holds and wrong tlasts."""
    tb = TB(dut)
    await tb.start()
    rng = generator("layers")
    while tb.taken < 300 or tb.errors <= 5:
        most = (3 * tb.tile_m, 4 * tb.tile_k, 3 * tb.lanes)
        m, k, n = (int(rng.integers(1, size + 1)) for size in most)
        await tb.begin((m, k, n))
        offers, frees = rng.choice([0.3, 0.7, 1.0], 2)
        while tb.next or tb.buffer:
            free = rng.random(2) < frees
            await tb.cycle(
                offer=bool(rng.random() < offers),
                busy=int(not free[0]) | int(not free[1]) << 1,
                hold=bool(rng.random() < 0.1),
                wrong_last=bool(rng.random() < 0.1),
            )
        await tb.finish()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def reset_forgets_the_layer(dut: Any) -> None:
    """A reset in the middle of a tile: nothing is ready, nothing loaded, bank 0 is next."""
    tb = TB(dut)
    await tb.start()
    for beats in (1, 2, 3):
        await tb.begin((2 * tb.tile_m, 4 * tb.tile_k, 1))
        for _ in range(beats):
            await tb.cycle()
        await tb.cycle(busy=0b11)
        await tb.restart()
        tb.forget()
        for _ in range(3):
            await tb.cycle()
    tb.taken = tb.loaded
    await tb.begin((tb.tile_m - 1, tb.tile_k, 1))
    await tb.finish()


@both_simulators
@pytest.mark.parametrize(
    "sizes",
    [
        {
            "TILE_M": 16,
            "TILE_K": 8,
            "LANES": 4,
            "DIM_W": 12,
            "SPIKE_BEAT_W": 32,
            "SPIKE_BEATS": 5,
        },
        {"TILE_M": 8, "TILE_K": 5, "LANES": 3, "DIM_W": 8, "SPIKE_BEAT_W": 40, "SPIKE_BEATS": 2},
    ],
    ids=["four_beats", "one_beat"],
)
def test_spike_buffer(
    request: pytest.FixtureRequest, simulator: str, sizes: dict[str, int]
) -> None:
    """All of the above."""
    run_unit(request, simulator, sizes)
