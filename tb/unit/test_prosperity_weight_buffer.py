"""Tests of prosperity_weight_buffer: tiles, thresholds, biases off a stream, held to the cycle."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any, NamedTuple

import cocotb
import pytest

from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.unit import both_simulators, run_unit
from snn_rtl.tb.unit.bench import Bench, pack, unpack, walk


class Beat(NamedTuple):
    """One beat of the stream: its data, and a parameter's number or -1 for a weight row."""

    data: int
    param: int
    last: bool


class TB(Bench):
    """Drives the stream and reads tiles; predicts every cycle."""

    def __init__(self, dut: Any) -> None:
        super().__init__(
            dut,
            start=0,
            dim_m=0,
            dim_k=0,
            dim_n=0,
            spikes_out=0,
            hold=0,
            s_axis_weight_tdata=0,
            s_axis_weight_tvalid=0,
            s_axis_weight_tlast=0,
            param_room=1,
            tile_done=0,
            rd_en=0,
            rd_cols=0,
        )
        self.tile_m, self.tile_k, self.lanes = (
            self.sizes[name] for name in ("TILE_M", "TILE_K", "LANES")
        )
        self.room = self.sizes["WEIGHT_TILES"]
        self.ports = self.sizes.get("WEIGHT_PORTS", 1)
        self.beat_w = self.lanes * self.sizes["WEIGHT_W"]
        self.params = 2 * self.sizes["BIAS_W"] // self.sizes["WEIGHT_W"]
        self.rng = generator("weights")
        self.taken = self.params_seen = self.tiles_done = self.reads = self.errors = 0
        self.forget()

    def forget(self) -> None:
        """Expect the state after a reset."""
        self.tiles: deque[list[int]] = deque()
        self.loading: list[int] = []
        self.coming: Iterator[Beat] = iter(())
        self.next: Beat | None = None
        self.rows: list[int] = []

    def _word(self) -> int:
        word = int.from_bytes(self.rng.bytes(self.beat_w // 8 + 1), "little")
        return word & (1 << self.beat_w) - 1

    def _beats(self, dims: tuple[int, int, int], spikes_out: int) -> Iterator[Beat]:
        """Yield the stream of a layer."""
        for tile in walk(dims, (self.tile_m, self.tile_k, self.lanes)):
            if spikes_out and tile.first_k:
                yield from (Beat(self._word(), i, False) for i in range(self.params))
            yield from (Beat(self._word(), -1, i == tile.cols - 1) for i in range(tile.cols))

    async def begin(self, dims: tuple[int, int, int], *, spikes_out: int = 0) -> None:
        """Start a layer; its first beat may come in the next cycle."""
        self.idle |= {"dim_m": dims[0], "dim_k": dims[1], "dim_n": dims[2]}
        self.idle["spikes_out"] = spikes_out
        await self.cycle(offer=False, start=1)
        self.coming = self._beats(dims, spikes_out)
        self.next = next(self.coming)

    async def cycle(
        self,
        *,
        offer: bool = True,
        hold: bool = False,
        param_room: bool = True,
        wrong_last: bool = False,
        read: int | None = None,
        done: bool = False,
        start: int = 0,
    ) -> None:
        """Offer the next beat, read rows of the oldest tile, end it; check everything.

        The first port reads the row that is given, the others any rows.
        """
        beat = self.next or Beat(self._word(), -1, False)
        cols = []
        if read is not None:
            others = self.rng.integers(len(self.tiles[0]), size=self.ports - 1).tolist()
            cols = [read, *others]
        self.drive(
            start=start,
            s_axis_weight_tvalid=offer,
            s_axis_weight_tdata=beat.data if offer else self._word(),
            s_axis_weight_tlast=beat.last != wrong_last,
            hold=hold,
            param_room=param_room,
            rd_en=read is not None,
            rd_cols=pack(cols, (self.tile_k - 1).bit_length()),
            tile_done=done,
        )
        await self.edge()
        room = param_room if beat.param >= 0 else len(self.tiles) < self.room
        ready = self.next is not None and not hold and room
        assert self.out("s_axis_weight_tready") == ready, "tready"
        take = offer and ready
        assert self.out("tlast_error") == (take and wrong_last), "tlast_error"
        self.errors += take and wrong_last
        self.check_params(beat, take)
        assert self.out("tile_valid") == bool(self.tiles), "tile_valid"
        if self.rows:
            got = unpack(self.out("rd_rows"), self.beat_w, self.ports)
            assert got == self.rows, f"rd_rows {got} instead of {self.rows}"
            self.reads += 1
        self.rows = [self.tiles[0][col] for col in cols]
        if done:
            self.tiles.popleft()
            self.tiles_done += 1
        if take:
            self.note(beat)

    def check_params(self, beat: Beat, take: bool) -> None:
        """Check thresholds and biases on their way out."""
        valid = take and beat.param >= 0
        assert self.out("param_valid") == valid, "param_valid"
        last = valid and beat.param == self.params - 1
        assert self.out("param_last") == last, "param_last"
        if valid:
            assert self.outs("param_idx", "param_data") == (beat.param, beat.data), "param"
            self.params_seen += 1

    def note(self, beat: Beat) -> None:
        """Keep a beat that was taken."""
        self.taken += 1
        self.next = next(self.coming, None)
        if beat.param < 0:
            self.loading.append(beat.data)
            if beat.last:
                self.tiles.append(self.loading)
                self.loading = []

    async def read_tile(self, **other: Any) -> None:
        """Read the oldest tile backwards, one row a cycle, and end it with the last read."""
        for row in reversed(range(len(self.tiles[0]))):
            await self.cycle(read=row, done=row == 0, **other)

    async def finish(self) -> None:
        """Bring the rest of the layer and read it."""
        while self.next or self.tiles:
            if self.tiles:
                await self.read_tile()
            else:
                await self.cycle()
        for _ in range(3):
            await self.cycle()

    def layers(self) -> list[tuple[int, int, int]]:
        """Return dimensions at, below and above the edges of a tile."""
        m, k, n = self.tile_m, self.tile_k, self.lanes
        return [
            (1, 1, 1),
            (m, k, n),
            (m - 1, k - 1, n - 1),
            (m + 1, k + 1, n + 1),
            (1, 2 * k + 1, 2 * n),
            (2 * m, 3 * k, 1),
        ]


@cocotb.test(timeout_time=100, timeout_unit="us")
async def edges_of_a_layer(dut: Any) -> None:
    """Ragged dimensions, with and without thresholds and biases, layer after layer."""
    tb = TB(dut)
    await tb.start()
    for spikes_out in (0, 1, 0):
        for dims in tb.layers():
            await tb.begin(dims, spikes_out=spikes_out)
            await tb.finish()
    assert tb.params_seen == 11 * tb.params
    assert tb.tiles_done > 60
    assert tb.reads > 200


@cocotb.test(timeout_time=100, timeout_unit="us")
async def a_beat_and_a_read_every_cycle(dut: Any) -> None:
    """Streams without a gap while the tile before is read."""
    tb = TB(dut)
    await tb.start()
    tiles = 3 * tb.room + 1
    await tb.begin((1, tiles * tb.tile_k, 1))
    begin = tb.now
    for _ in range(tb.tile_k):
        await tb.cycle()
    while tb.next:
        await tb.read_tile()
    assert tb.taken == tb.now - begin == tiles * tb.tile_k
    await tb.finish()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def holds_weight_tiles(dut: Any) -> None:
    """Takes WEIGHT_TILES tiles and no more, then one for each that is done; wraps around."""
    tb = TB(dut)
    await tb.start()
    await tb.begin((1, (3 * tb.room + 2) * tb.tile_k, 1))
    for _ in range((tb.room + 1) * tb.tile_k):
        await tb.cycle()
    assert tb.taken == tb.room * tb.tile_k
    for done in range(1, 2 * tb.room + 1):
        await tb.read_tile()
        for _ in range(2 * tb.tile_k):
            await tb.cycle()
        assert tb.taken == (tb.room + done) * tb.tile_k
    await tb.finish()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def tile_is_readable_at_once(dut: Any) -> None:
    """A tile can be read in the cycle after its last beat, its end can meet the next one's."""
    tb = TB(dut)
    await tb.start()
    await tb.begin((1, 4, 1))
    for _ in range(4):
        assert not tb.tiles
        await tb.cycle()
    await tb.cycle(read=3, done=True)
    await tb.cycle()
    # ended and completed in the same cycle: one tile before, one tile after
    await tb.begin((1, 2 * tb.tile_k, 1))
    for _ in range(2 * tb.tile_k - 1):
        await tb.cycle()
    await tb.cycle(done=True)
    await tb.cycle(read=0)
    await tb.finish()
    assert tb.tiles_done == 3


@cocotb.test(timeout_time=100, timeout_unit="us")
async def params_wait_for_room(dut: Any) -> None:
    """Without a free set thresholds and biases wait; weights do not."""
    tb = TB(dut)
    await tb.start()
    await tb.begin((1, tb.tile_k, 2 * tb.lanes), spikes_out=1)
    for _ in range(3):
        await tb.cycle(param_room=False)
    assert tb.taken == 0
    for _ in range(tb.params):
        await tb.cycle(param_room=False)
        await tb.cycle()
    for _ in range(tb.tile_k + 2):
        await tb.cycle(param_room=False)
    assert tb.taken == tb.params + tb.tile_k
    await tb.finish()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def hold_and_wrong_tlast(dut: Any) -> None:
    """Hold takes nothing; a wrong tlast shows when its beat is taken, in parameters too."""
    tb = TB(dut)
    await tb.start()
    await tb.begin((1, 2 * tb.tile_k - 1, 2 * tb.lanes), spikes_out=1)
    while tb.next:
        await tb.cycle(offer=False, wrong_last=True)
        await tb.cycle(hold=True, wrong_last=True)
        await tb.cycle(wrong_last=True, done=bool(tb.tiles))
    assert tb.errors == tb.taken == 2 * tb.params + 2 * (2 * tb.tile_k - 1)
    await tb.finish()


@cocotb.test(timeout_time=200, timeout_unit="us")
async def random_layers(dut: Any) -> None:
    """Random layers, reads, ends, pauses, holds and missing room."""
    tb = TB(dut)
    await tb.start()
    rng = generator("layers")
    while tb.tiles_done < 60 or tb.reads < 200:
        most = (2 * tb.tile_m, 4 * tb.tile_k, 3 * tb.lanes)
        m, k, n = (int(rng.integers(1, size + 1)) for size in most)
        await tb.begin((m, k, n), spikes_out=int(rng.integers(2)))
        offers, ends = rng.choice([0.4, 1.0]), rng.choice([0.1, 0.4])
        while tb.next or tb.tiles:
            reads = tb.tiles and rng.random() < 0.7
            await tb.cycle(
                offer=bool(rng.random() < offers),
                hold=bool(rng.random() < 0.1),
                param_room=bool(rng.random() < 0.6),
                wrong_last=bool(rng.random() < 0.1),
                read=int(rng.integers(len(tb.tiles[0]))) if reads else None,
                done=bool(tb.tiles) and bool(rng.random() < ends),
            )


@cocotb.test(timeout_time=100, timeout_unit="us")
async def reset_forgets_the_layer(dut: Any) -> None:
    """A reset among parameters, in a tile and with tiles held; the next layer starts afresh."""
    tb = TB(dut)
    await tb.start()
    for beats in (1, tb.params, tb.params + 1, tb.params + tb.tile_k, tb.params + tb.tile_k + 1):
        await tb.begin((1, 2 * tb.tile_k, 1), spikes_out=1)
        for _ in range(beats):
            await tb.cycle()
        await tb.restart()
        tb.forget()
        await tb.cycle()
    await tb.begin((1, tb.tile_k + 1, 1), spikes_out=1)
    await tb.finish()


@both_simulators
@pytest.mark.parametrize(
    "sizes",
    [
        {
            "TILE_M": 16,
            "TILE_K": 8,
            "LANES": 4,
            "WEIGHT_W": 8,
            "BIAS_W": 16,
            "DIM_W": 12,
            "WEIGHT_TILES": 2,
        },
        {
            "TILE_M": 4,
            "TILE_K": 5,
            "LANES": 3,
            "WEIGHT_W": 5,
            "BIAS_W": 5,
            "DIM_W": 8,
            "WEIGHT_TILES": 3,
        },
        {
            "TILE_M": 16,
            "TILE_K": 8,
            "LANES": 2,
            "WEIGHT_W": 8,
            "BIAS_W": 8,
            "DIM_W": 12,
            "WEIGHT_TILES": 3,
            "WEIGHT_PORTS": 2,
        },
        {
            "TILE_M": 4,
            "TILE_K": 5,
            "LANES": 3,
            "WEIGHT_W": 3,
            "BIAS_W": 6,
            "DIM_W": 8,
            "WEIGHT_TILES": 2,
            "WEIGHT_PORTS": 5,
        },
    ],
    ids=["small", "odd", "two_ports", "all_ports"],
)
def test_weight_buffer(
    request: pytest.FixtureRequest, simulator: str, sizes: dict[str, int]
) -> None:
    """All of the above."""
    run_unit(request, simulator, sizes)
