"""Tests of loas_fibre_buffer: a layer's tiles as beats in, as fibres out."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any, NamedTuple

import cocotb
import pytest

from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.unit.bench import Bench, Tile, pack, walk
from snn_rtl.tb.unit.fibres import (
    Fibre,
    Joined,
    cases,
    counted_fibres,
    directed_counts,
    join_fibres,
    mask_beats,
    random_fibres,
    random_word,
    reset_at_once,
    run_case,
    value_beats,
)


class Item(NamedTuple):
    """What an item must be."""

    joined: Joined | None
    end: bool
    tile: tuple[int, int, int, int]


class TB(Bench):
    """Sends beats, takes items."""

    def __init__(self, dut: Any) -> None:
        super().__init__(
            dut,
            start=0,
            dim_m=0,
            dim_k=0,
            dim_n=0,
            spikes_out=0,
            hold=0,
            s_axis_tdata=0,
            s_axis_tvalid=0,
            s_axis_tlast=0,
            param_room=1,
            drop=0,
            item_ready=1,
        )
        self.tile = (self.sizes["TPPES"], self.sizes["CHUNK"], self.sizes["COLUMNS"])
        self.chunk, self.beat_w = self.sizes["CHUNK"], self.sizes["BEAT_W"]
        self.elem_w, self.weights = self.sizes["ELEM_W"], bool(self.sizes["WEIGHTS"])
        self.fibres = self.tile[2] if self.weights else self.tile[0]
        self.rng = generator("beats")
        self.params = self.taken_beats = self.taken_items = self.errors = 0
        self.forget()

    def forget(self) -> None:
        """Expect the state after a reset."""
        # beats to send, with tlast; tiles whose items are to come, what was given of the first one
        self.beats: deque[tuple[int, bool]] = deque()
        self.tiles: deque[list[Item]] = deque()
        self.given = 0
        self.dropping = False
        self.waiting: tuple[int, ...] | None = None
        self.offered_at: list[int] = []

    def items(self, tile: Tile, fibres: list[Fibre]) -> list[Item]:
        """Return the items of a tile that is not dropped."""
        about = (len(fibres), int(tile.first_n), int(tile.last_k), int(tile.last))
        there = [(i, f) for i, f in enumerate(fibres) if f.mask or not self.weights]
        joined = self.sizes["JOINED"]
        items = [Item(item, False, about) for item in join_fibres(there, joined, self.chunk)]
        per_beat = self.beat_w // self.chunk
        last_beat = (len(fibres) - 1) // per_beat
        if there and there[-1][0] // per_beat == last_beat:
            items[-1] = items[-1]._replace(end=True)
        else:
            items.append(Item(None, True, about))
        return items

    async def begin(
        self,
        dims: tuple[int, int, int],
        *,
        spikes_out: int = 0,
        counts: list[list[int]] | None = None,
    ) -> None:
        """Start a layer of fibres with these numbers of elements, tile by tile, or random ones."""
        self.idle |= {"dim_m": dims[0], "dim_k": dims[1], "dim_n": dims[2]}
        self.idle["spikes_out"] = spikes_out
        await self.cycle(start=1)
        for number, tile in enumerate(walk(dims, self.tile)):
            count = tile.lanes if self.weights else tile.rows
            if counts is None:
                fibres = random_fibres(self.rng, count, tile.cols, self.elem_w)
            else:
                own = [min(size, tile.cols) for size in counts[number % len(counts)][:count]]
                fibres = counted_fibres(self.rng, own, tile.cols, self.elem_w)
            data = list(self.head(tile))
            data += mask_beats(self.rng, fibres, self.chunk, tile.cols, self.beat_w)
            data += value_beats(self.rng, fibres, self.elem_w, self.beat_w)
            self.beats += [(beat, i == len(data) - 1) for i, beat in enumerate(data)]
            self.tiles.append(self.items(tile, fibres))

    def head(self, tile: Tile) -> Iterator[int]:
        """Yield the parameter beats that lead a tile."""
        if self.weights and self.idle["spikes_out"] and tile.first_k:
            for _ in range(2 * self.sizes["PARAM_BEATS"]):
                yield random_word(self.rng, self.beat_w)

    async def cycle(
        self,
        *,
        offer: bool = True,
        ready: bool = True,
        drop: bool = False,
        hold: bool = False,
        room: bool = True,
        start: int = 0,
    ) -> None:
        """Offer the next beat or none, take an item or none, drop or not; check."""
        valid = offer and bool(self.beats)
        data, last = self.beats[0] if valid else (random_word(self.rng, self.beat_w), False)
        self.drive(
            start=start,
            hold=hold,
            s_axis_tvalid=valid,
            s_axis_tdata=data,
            s_axis_tlast=last,
            param_room=room,
            drop=drop,
            item_ready=ready,
        )
        await self.edge()
        assert not self.out("tlast_error"), "tlast_error"
        take = valid and bool(self.out("s_axis_tready"))
        assert not (take and hold), "taken while held"
        if self.out("param_valid"):
            assert take
            assert room, "no room for parameters"
            place = self.params % (2 * self.sizes["PARAM_BEATS"])
            self.params += 1
            assert self.out("param_idx") == place, "param_idx"
            last_param = place == 2 * self.sizes["PARAM_BEATS"] - 1
            assert self.out("param_last") == last_param, "param_last"
        self.check_item(drop=drop, ready=ready)
        if take:
            self.beats.popleft()
            self.taken_beats += 1

    def check_item(self, *, drop: bool, ready: bool) -> None:
        """Compare the item on offer with the next one of its tile."""
        valid = self.out("item_valid")
        if self.waiting is not None:
            assert valid, "an item was withdrawn"
        ended = False
        if valid:
            assert self.tiles, "an item too many"
            ended = bool(self.out("item_end"))
            item = self.expected()
            there = item.joined.there if item.joined is not None else 0
            assert self.out("item_fibres") == there, f"item_fibres of {item}"
            about = ("tile_fibres", "tile_first_n", "tile_last_k", "tile_last")
            fields = self.outs("item_end", *about)
            assert fields == (item.end, *item.tile), f"{fields}, not {item}"
            if item.joined is not None:
                got = self.outs("item_index", "item_mask", "item_values")
                values = pack(item.joined.values, self.elem_w)
                assert got == (item.joined.group, item.joined.mask(self.chunk), values), f"{item}"
            if self.waiting is None:
                self.offered_at.append(self.now)
            shown = fields + self.outs("item_fibres")
            assert self.waiting in (None, shown), "a waiting item changed"
            self.waiting = None if ready else shown
            if ready:
                self.given += 1
                self.taken_items += 1
                if ended:
                    self.tiles.popleft()
                    self.given = 0
                    self.dropping = False
        if drop and not ended:
            self.dropping = True

    def expected(self) -> Item:
        """Return the item on offer: one that waits, the next one, or the end after a drop."""
        tile = self.tiles[0]
        if self.waiting is None:
            gone = Item(None, True, tile[0].tile)
            self.shown = gone if self.dropping else tile[self.given]
        return self.shown

    async def finish(self, **inputs: bool) -> None:
        """Bring and take the rest of the layer."""
        while self.beats or self.tiles:
            await self.cycle(**inputs)
        for _ in range(4):
            await self.cycle()

    @property
    def tile_beats(self) -> int:
        """Bitmask beats of a full tile."""
        return -(-self.fibres * self.chunk // self.beat_w)


@cocotb.test(timeout_time=300, timeout_unit="us")
async def directed_tiles(dut: Any) -> None:
    """Every directed tile, ragged edges among them, with and without parameters."""
    tb = TB(dut)
    await tb.start()
    m, k, n = tb.tile
    counts = directed_counts(tb.fibres, k, tb.beat_w // tb.elem_w)
    for i, sizes in enumerate(counts.values()):
        await tb.begin((m, 2 * k, n), spikes_out=i % 2, counts=[sizes])
        await tb.finish()
        await tb.begin((m, k + 1, n + 1), counts=[sizes])
        await tb.finish()
    assert tb.taken_items > 20
    assert tb.params == tb.weights * len(counts) // 2 * 2 * tb.sizes["PARAM_BEATS"]


@cocotb.test(timeout_time=100, timeout_unit="us")
async def a_fibre_two_cycles_after_its_beats(dut: Any) -> None:
    """The first fibre is offered two cycles after its values, an empty tile's end likewise."""
    tb = TB(dut)
    await tb.start()
    await tb.begin((1, 1, 1), counts=[[1] * tb.fibres])
    while tb.beats:
        await tb.cycle()
    taken = tb.now
    await tb.finish()
    assert tb.offered_at == [taken + 2]
    tb.offered_at.clear()
    await tb.begin((1, 1, 1), counts=[[0] * tb.fibres])
    while tb.beats:
        await tb.cycle()
    taken = tb.now
    await tb.finish()
    assert tb.offered_at == [taken + 2]


@cocotb.test(timeout_time=100, timeout_unit="us")
async def holds_so_many_beats(dut: Any) -> None:
    """With no item taken it fills up; values stop it, then bitmasks; nothing is lost."""
    tb = TB(dut)
    await tb.start()
    m, k, n = tb.tile
    await tb.begin((m, 8 * k, n), counts=[[k] * tb.fibres])
    values = -(-tb.fibres * k * tb.elem_w // tb.beat_w)
    for _ in range(8 * (tb.tile_beats + values)):
        await tb.cycle(ready=False)
    # the first fibre is in the item register: its value beat has left the FIFO
    room = tb.sizes["VALUE_BEATS"] + 1
    if values > room:
        assert tb.taken_beats == tb.tile_beats + room
    else:
        assert tb.taken_beats > tb.tile_beats + values
    await tb.finish()
    # tiles without values: the bitmasks of the FIFO and the one in the item register
    tb.taken_beats = 0
    await tb.begin((m, 64 * k, n), counts=[[0] * tb.fibres])
    for _ in range(64):
        await tb.cycle(ready=False)
    passed = 1 if not tb.weights and tb.fibres * tb.chunk > tb.beat_w else tb.tile_beats
    passed = 0 if not tb.weights and tb.fibres > 1 else passed
    assert tb.taken_beats == tb.sizes["MASK_BEATS"] + passed
    await tb.finish()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def hold_and_parameters(dut: Any) -> None:
    """Hold takes nothing; parameters wait for their room."""
    tb = TB(dut)
    await tb.start()
    m, k, n = tb.tile
    await tb.begin((m, k, 2 * n), spikes_out=1)
    for _ in range(4):
        await tb.cycle(hold=True)
        if tb.weights:
            await tb.cycle(room=False)
    assert tb.taken_beats == 0
    while tb.beats:
        await tb.cycle(room=bool(tb.rng.integers(2)))
    await tb.finish()


@cocotb.test(timeout_time=200, timeout_unit="us")
async def drop_behind_a_tile_without_values(dut: Any) -> None:
    """A dropped tile of empty fibres takes nothing of the next one, which is there already."""
    tb = TB(dut)
    await tb.start()
    m, k, n = tb.tile
    one, none, full = ([0] * (tb.fibres - 1) + [1], [0] * tb.fibres, [k] * tb.fibres)
    for wait in range(4 * tb.sizes["MASK_BEATS"]):
        await tb.begin((m, 3 * k, n), counts=[one, none, full])
        # the first tile's end waits while the other two come
        for _ in range(wait):
            await tb.cycle(ready=False)
        while len(tb.tiles) > 2:
            await tb.cycle()
        while len(tb.tiles) > 1:
            await tb.cycle(drop=True)
        await tb.finish()


@cocotb.test(timeout_time=400, timeout_unit="us")
async def random_layers(dut: Any) -> None:
    """Random layers, pauses, drops and readiness."""
    tb = TB(dut)
    await tb.start()
    rng = generator("layers")
    m, k, n = tb.tile
    while tb.taken_items < 300:
        most = (2 * m, 3 * k, 2 * n)
        dims = tuple(int(rng.integers(1, size + 1)) for size in most)
        await tb.begin((dims[0], dims[1], dims[2]), spikes_out=int(rng.integers(2)))
        share = float(rng.choice([0.4, 0.8, 1.0]))
        tiles, drop = -1, False
        while tb.beats or tb.tiles:
            if tiles != len(tb.tiles):
                tiles, drop = len(tb.tiles), False
            # a drop lasts to the end of its tile
            drop = drop or (tb.weights and bool(rng.random() < 0.02))
            await tb.cycle(
                offer=bool(rng.random() < share),
                ready=bool(rng.random() < share),
                drop=drop,
                room=bool(rng.random() < 0.7),
            )


@cocotb.test(timeout_time=100, timeout_unit="us")
async def reset_empties_it(dut: Any) -> None:
    """A reset with beats held and an item on offer; the next layer starts afresh."""
    tb = TB(dut)
    await tb.start()
    m, k, n = tb.tile
    for cycles in range(2, 12):
        await tb.begin((m, 3 * k, n), counts=[[k] * tb.fibres])
        for _ in range(cycles):
            await tb.cycle(ready=False)
        await reset_at_once(tb, item_ready=0)
        tb.forget()
        await tb.cycle(ready=False)
        await tb.begin((1, k, 1))
        await tb.finish()


SIZES = {
    "TPPES": 3,
    "CHUNK": 32,
    "COLUMNS": 20,
    "BEAT_W": 256,
    "PARAM_BEATS": 2,
    "DIM_W": 16,
    "JOINED": 1,
}
WEIGHTS = SIZES | {"ELEM_W": 8, "WEIGHTS": 1, "MASK_BEATS": 6, "VALUE_BEATS": 4}


@cases(
    weights=WEIGHTS,
    pairs=WEIGHTS | {"JOINED": 2},
    odd=SIZES
    | {"BEAT_W": 288, "TPPES": 16, "ELEM_W": 4, "WEIGHTS": 0, "MASK_BEATS": 3, "VALUE_BEATS": 2},
    one_row=SIZES | {"TPPES": 1, "ELEM_W": 8, "WEIGHTS": 0, "MASK_BEATS": 2, "VALUE_BEATS": 3},
    paper={
        "TPPES": 16,
        "CHUNK": 128,
        "COLUMNS": 32,
        "BEAT_W": 1024,
        "ELEM_W": 8,
        "WEIGHTS": 1,
        "PARAM_BEATS": 1,
        "MASK_BEATS": 8,
        "VALUE_BEATS": 8,
        "DIM_W": 24,
        "JOINED": 1,
    },
)
def test_fibre_buffer(
    request: pytest.FixtureRequest, simulator: str, case: str, sizes: dict[str, int]
) -> None:
    """All of the above."""
    run_case(request, simulator, case, sizes)
