"""Tests of loas_fibre_loader: a layer's beats and what each stands for, held to the cycle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cocotb
import pytest

from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.unit.bench import Bench, Tile, pack, walk
from snn_rtl.tb.unit.fibres import (
    Fibre,
    cases,
    counted_fibres,
    directed_counts,
    mask_beats,
    random_fibres,
    random_word,
    reset_at_once,
    run_case,
    value_beats,
)


@dataclass(frozen=True)
class Beat:
    """One beat of the stream and what it must show: by output, without the valid of its kind."""

    kind: str
    data: int
    last: bool
    shows: dict[str, int]


class TB(Bench):
    """Drives the stream; predicts every cycle."""

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
            mask_ready=1,
            value_ready=1,
        )
        self.tile = tuple(self.sizes[name] for name in ("TPPES", "CHUNK", "COLUMNS"))
        self.chunk, self.beat_w = self.sizes["CHUNK"], self.sizes["BEAT_W"]
        self.elem_w, self.weights = self.sizes["ELEM_W"], bool(self.sizes["WEIGHTS"])
        self.params = 2 * self.sizes["PARAM_BEATS"]
        self.per_beat = self.beat_w // self.chunk
        self.rng = generator("beats")
        self.seen: Counter[str] = Counter()
        self.forget()

    def forget(self) -> None:
        """Expect the state after a reset."""
        self.coming: Iterator[Beat] = iter(())
        self.next: Beat | None = None

    def tile_beats(self, tile: Tile, fibres: list[Fibre]) -> Iterator[Beat]:
        """Yield bitmask and value beats of a tile."""
        count = sum(len(fibre.values) for fibre in fibres)
        masks = mask_beats(self.rng, fibres, self.chunk, tile.cols, self.beat_w)
        words = [fibre.mask for fibre in fibres]
        for i, data in enumerate(masks):
            first, behind = i * self.per_beat, (i + 1) * self.per_beat
            last = i == len(masks) - 1
            shows = {
                "mask_data": pack(words[first:behind], self.chunk),
                "mask_present": (1 << len(words[first:behind])) - 1,
                "mask_last": last,
                "mask_values": any(words[:behind]),
                "tile_fibres": len(fibres),
                "tile_first_n": tile.first_n,
                "tile_last_k": tile.last_k,
                "tile_last": tile.last,
            }
            yield Beat("mask", data, last and not count, shows)
        values = value_beats(self.rng, fibres, self.elem_w, self.beat_w)
        for i, data in enumerate(values):
            last = i == len(values) - 1
            yield Beat("value", data, last, {"value_last": last})

    def layer(self, dims: tuple[int, int, int], counts: list[int] | None) -> Iterator[Beat]:
        """Yield the stream of a layer, of fibres with these numbers of elements or random ones."""
        spikes_out = self.idle["spikes_out"]
        for tile in walk(dims, (self.tile[0], self.tile[1], self.tile[2])):
            if self.weights and spikes_out and tile.first_k:
                for i in range(self.params):
                    shows = {"param_idx": i, "param_last": i == self.params - 1}
                    yield Beat("param", random_word(self.rng, self.beat_w), False, shows)
            size = tile.lanes if self.weights else tile.rows
            if counts is None:
                fibres = random_fibres(self.rng, size, tile.cols, self.elem_w)
            else:
                own = [min(count, tile.cols) for count in counts[:size]]
                fibres = counted_fibres(self.rng, own, tile.cols, self.elem_w)
            yield from self.tile_beats(tile, fibres)

    async def begin(
        self, dims: tuple[int, int, int], *, spikes_out: int = 0, counts: list[int] | None = None
    ) -> None:
        """Start a layer; its first beat may come in the next cycle."""
        self.idle |= {"dim_m": dims[0], "dim_k": dims[1], "dim_n": dims[2]}
        self.idle["spikes_out"] = spikes_out
        await self.cycle(offer=False, start=1)
        self.coming = self.layer(dims, counts)
        self.next = next(self.coming)

    async def cycle(
        self,
        *,
        offer: bool = True,
        hold: bool = False,
        wrong_last: bool = False,
        room: tuple[str, ...] = ("param", "mask", "value"),
        start: int = 0,
    ) -> None:
        """Offer the next beat; check everything.

        Args:
            offer: the beat is there.
            hold: the stream is stopped.
            wrong_last: tlast is inverted.
            room: kinds of beats that have room.
            start: a layer starts.
        """
        beat = self.next or Beat("none", random_word(self.rng, self.beat_w), False, {})
        self.drive(
            start=start,
            hold=hold,
            s_axis_tvalid=offer,
            s_axis_tdata=beat.data if offer else random_word(self.rng, self.beat_w),
            s_axis_tlast=beat.last != wrong_last,
            param_room="param" in room,
            mask_ready="mask" in room,
            value_ready="value" in room,
        )
        await self.edge()
        ready = beat.kind in room and not hold
        assert self.out("s_axis_tready") == ready, f"tready for {beat.kind}"
        take = offer and ready
        assert self.out("tlast_error") == (take and wrong_last), "tlast_error"
        for kind in ("param", "mask", "value"):
            assert self.out(f"{kind}_valid") == (take and beat.kind == kind), f"{kind}_valid"
        if not take:
            # a last beat needs its valid
            assert not self.out("param_last"), "param_last"
            return
        for name, expected in beat.shows.items():
            assert self.out(name) == expected, f"{name} of {beat.kind}"
        self.seen[beat.kind] += 1
        self.seen["wrong"] += wrong_last
        self.next = next(self.coming, None)

    async def finish(self, **inputs: Any) -> None:
        """Bring the rest of the layer."""
        while self.next:
            await self.cycle(**inputs)
        for _ in range(3):
            await self.cycle()


@cocotb.test(timeout_time=200, timeout_unit="us")
async def edges_of_a_layer(dut: Any) -> None:
    """Ragged dimensions, with and without thresholds and biases, layer after layer."""
    tb = TB(dut)
    await tb.start()
    m, k, n = tb.tile
    layers = [(1, 1, 1), (m, k, n), (m + 1, k + 1, n + 1), (2 * m, 1, 2 * n - 1), (1, 2 * k - 1, n)]
    # its last row alone makes a tile
    layers.append((2 * m + 1, k, n))
    for spikes_out in (0, 1, 0):
        for dims in layers:
            await tb.begin(dims, spikes_out=spikes_out)
            await tb.finish()
    # n tiles of all m tiles
    sets = 1 + 1 + 2 * 2 + 2 * 2 + 1 + 3
    assert tb.seen["param"] == (sets * tb.params if tb.weights else 0)
    assert min(tb.seen["mask"], tb.seen["value"]) > 10


@cocotb.test(timeout_time=200, timeout_unit="us")
async def directed_tiles(dut: Any) -> None:
    """Empty and full tiles, tiles whose values end at a beat's end, single elements."""
    tb = TB(dut)
    await tb.start()
    m, k, n = tb.tile
    fibres = n if tb.weights else m
    elems = tb.beat_w // tb.elem_w
    for counts in directed_counts(fibres, k, elems).values():
        tb.seen.clear()
        await tb.begin((m, 2 * k, n), counts=counts)
        await tb.finish()
        assert tb.seen["value"] == 2 * -(-sum(counts) // elems)
        assert tb.seen["mask"] == 2 * -(-fibres // tb.per_beat)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def a_beat_every_cycle(dut: Any) -> None:
    """No cycle is lost, between kinds of beats and between tiles."""
    tb = TB(dut)
    await tb.start()
    m, k, n = tb.tile
    await tb.begin((m, 3 * k, 2 * n), spikes_out=1)
    begin = tb.now
    while tb.next:
        await tb.cycle()
    assert tb.now - begin == tb.seen.total() - tb.seen["wrong"]


@cocotb.test(timeout_time=100, timeout_unit="us")
async def each_kind_waits_for_its_own_room(dut: Any) -> None:
    """A beat is taken only when its own kind has room, whatever the others have."""
    tb = TB(dut)
    await tb.start()
    m, k, n = tb.tile
    kinds = ("param", "mask", "value")
    await tb.begin((m, 2 * k, 2 * n), spikes_out=1)
    while tb.next:
        kind = tb.next.kind
        await tb.cycle(room=tuple(other for other in kinds if other != kind))
        await tb.cycle(room=())
        await tb.cycle(room=(kind,))
    await tb.finish()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def hold_and_wrong_tlast(dut: Any) -> None:
    """Hold takes nothing; a wrong tlast shows when its beat is taken, whatever its kind."""
    tb = TB(dut)
    await tb.start()
    m, k, n = tb.tile
    await tb.begin((m, 2 * k, 2 * n), spikes_out=1)
    while tb.next:
        await tb.cycle(offer=False, wrong_last=True)
        await tb.cycle(hold=True, wrong_last=True)
        await tb.cycle(wrong_last=True, room=())
        await tb.cycle(wrong_last=True)
    assert tb.seen["wrong"] == tb.seen["param"] + tb.seen["mask"] + tb.seen["value"]
    await tb.finish()


@cocotb.test(timeout_time=300, timeout_unit="us")
async def random_layers(dut: Any) -> None:
    """Random layers, pauses, holds and missing room."""
    tb = TB(dut)
    await tb.start()
    rng = generator("layers")
    while min(tb.seen["mask"], tb.seen["value"]) < 100:
        m, k, n = (int(rng.integers(1, 2 * size + 1)) for size in tb.tile)
        await tb.begin((m, k, n), spikes_out=int(rng.integers(2)))
        share = float(rng.choice([0.4, 0.8, 1.0]))
        while tb.next:
            kinds = [kind for kind in ("param", "mask", "value") if rng.random() < share]
            await tb.cycle(
                offer=bool(rng.random() < share),
                hold=bool(rng.random() < 0.1),
                wrong_last=bool(rng.random() < 0.1),
                room=tuple(kinds),
            )


@cocotb.test(timeout_time=200, timeout_unit="us")
async def reset_ends_the_walk(dut: Any) -> None:
    """A reset before and behind every beat of a tile; the next layer starts afresh."""
    tb = TB(dut)
    await tb.start()
    m, k, n = tb.tile
    for beats in range(12):
        await tb.begin((m, 2 * k, n), spikes_out=1, counts=[k] * max(m, n))
        for _ in range(beats):
            await tb.cycle()
        await reset_at_once(tb)
        tb.forget()
        await tb.cycle()
        await tb.begin((1, k + 1, 1), spikes_out=1)
        await tb.finish()


SMALL = {"TPPES": 3, "CHUNK": 32, "COLUMNS": 20, "BEAT_W": 256, "PARAM_BEATS": 3, "DIM_W": 8}
PAPER = {"TPPES": 16, "CHUNK": 128, "COLUMNS": 32, "BEAT_W": 1152, "PARAM_BEATS": 1, "DIM_W": 24}


@cases(
    weights=SMALL | {"ELEM_W": 8, "WEIGHTS": 1},
    odd=SMALL | {"BEAT_W": 288, "TPPES": 16, "ELEM_W": 4, "WEIGHTS": 0},
    one_row=SMALL | {"TPPES": 1, "COLUMNS": 2, "ELEM_W": 2, "WEIGHTS": 0},
    paper=PAPER | {"ELEM_W": 8, "WEIGHTS": 1},
)
def test_fibre_loader(
    request: pytest.FixtureRequest, simulator: str, case: str, sizes: dict[str, int]
) -> None:
    """All of the above."""
    run_case(request, simulator, case, sizes)
