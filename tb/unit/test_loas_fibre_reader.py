"""Tests of loas_fibre_reader: fibres out of bitmask and value beats, drops, held to the cycle."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any, NamedTuple

import cocotb
import pytest

from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.unit.bench import Bench, pack, rounds
from snn_rtl.tb.unit.fibres import (
    Fibre,
    Joined,
    cases,
    counted_fibres,
    directed_counts,
    join_fibres,
    random_fibres,
    random_word,
    reset_at_once,
    run_case,
    value_beats,
)


class Masks(NamedTuple):
    """A bitmask beat: its fibres, with their numbers, and what comes with it."""

    data: int
    fibres: list[tuple[int, Fibre]]
    last: bool
    values: bool
    tag: int


class Values(NamedTuple):
    """A value beat."""

    data: int
    last: bool


class Item(NamedTuple):
    """What an item must be; without a fibre its other fields say nothing."""

    joined: Joined | None
    end: bool
    tag: int


class TB(Bench):
    """Stands for the two FIFOs and the taker; predicts every cycle."""

    def __init__(self, dut: Any) -> None:
        super().__init__(
            dut,
            mask_valid=0,
            mask_data=0,
            mask_present=0,
            mask_last=0,
            mask_values=0,
            mask_tag=0,
            value_valid=0,
            value_data=0,
            value_last=0,
            drop=0,
            item_ready=1,
        )
        self.chunk, self.beat_w = self.sizes["CHUNK"], self.sizes["BEAT_W"]
        self.elem_w, self.fibres = self.sizes["ELEM_W"], self.sizes["FIBRES"]
        self.keep_empty, self.joined = bool(self.sizes["KEEP_EMPTY"]), self.sizes["JOINED"]
        self.per_beat = self.beat_w // self.chunk
        self.elems = self.beat_w // self.elem_w
        self.rng = generator("beats")
        self.taken = self.dropped = self.pairs = 0
        self.forget()

    def forget(self) -> None:
        """Expect the state after a reset."""
        self.masks: deque[Masks] = deque()
        self.values: deque[Values] = deque()
        self.item: Item | None = None
        # of the tile at hand: items of the bitmask beat given, elements given, beats used
        self.given = self.used = self.beats = 0
        self.flushed = False

    def plan(self, fibres: Sequence[Fibre]) -> None:
        """Put a tile into the FIFOs."""
        tag, before = random_word(self.rng, self.sizes["TAG_W"]), 0
        # the loader clears what stands for nothing
        words = [fibre.mask for fibre in fibres] + [0] * (-len(fibres) % self.per_beat)
        for first in range(0, len(words), self.per_beat):
            there = list(enumerate(fibres))[first : first + self.per_beat]
            before += sum(len(fibre.values) for _, fibre in there)
            data = pack(words[first : first + self.per_beat], self.chunk)
            last = first + self.per_beat >= len(fibres)
            self.masks.append(Masks(data, there, last, before > 0, tag))
        beats = value_beats(self.rng, fibres, self.elem_w, self.beat_w)
        self.values += [Values(beat, i == len(beats) - 1) for i, beat in enumerate(beats)]

    def wanted(self) -> list[Joined]:
        """Return the items of the bitmask beat that are left to give."""
        fibres = [f for f in self.masks[0].fibres if self.keep_empty or f[1].mask]
        return join_fibres(fibres, self.joined, self.chunk)[self.given :]

    async def cycle(
        self, *, masks: bool = True, values: bool = True, drop: bool = False, ready: bool = True
    ) -> None:
        """Show the FIFOs, or not; drop or not, take an item or not; check everything."""
        rng = self.rng
        masks, values = masks and bool(self.masks), values and bool(self.values)
        shown = self.masks[0] if masks else Masks(random_word(rng, self.beat_w), [], True, True, 0)
        present = (1 << len(shown.fibres)) - 1
        beat = self.values[0] if values else Values(random_word(rng, self.beat_w), True)
        self.drive(
            mask_valid=masks,
            mask_data=shown.data,
            mask_present=present if masks else random_word(rng, self.per_beat),
            mask_last=shown.last,
            mask_values=shown.values,
            mask_tag=shown.tag,
            value_valid=values,
            value_data=beat.data,
            value_last=beat.last,
            drop=drop,
            item_ready=ready,
        )
        await self.edge()
        self.check_item(ready=ready)
        room = self.item is None or ready
        dropping = drop and not (self.item is not None and self.item.end)
        item, pop_masks, pop_values = None, False, False
        if dropping and masks:
            pop_masks = room and (not shown.last or self.flushed or not shown.values)
            pop_values = shown.values and not self.flushed
            if pop_masks and shown.last:
                item = Item(None, True, shown.tag)
        elif masks and room:
            item, pop_masks, pop_values = self.next_item(shown, values=values)
        assert self.out("mask_ready") == pop_masks, "mask_ready"
        if values:
            assert self.out("value_ready") == pop_values, "value_ready"
        self.note(item, room=room, pop_masks=pop_masks, pop_values=values and pop_values)

    def check_item(self, *, ready: bool) -> None:
        """Compare the item on offer with the prediction."""
        item = self.item
        assert self.out("item_valid") == (item is not None), "item_valid"
        if item is None:
            return
        got = self.outs("item_fibres", "item_end", "item_tag")
        there = item.joined.there if item.joined is not None else 0
        assert got == (there, item.end, item.tag), f"{got}, not {item}"
        if item.joined is not None:
            fields = self.outs("item_index", "item_mask", "item_values")
            values = pack(item.joined.values, self.elem_w)
            assert fields == (item.joined.group, item.joined.mask(self.chunk), values), f"{item}"
            self.pairs += len(item.joined.fibres) > 1
        self.taken += ready

    def next_item(self, shown: Masks, *, values: bool) -> tuple[Item | None, bool, bool]:
        """Return what comes of a bitmask beat: an item, whether the beats are used up."""
        wanted = self.wanted()
        if not wanted:
            item = Item(None, True, shown.tag) if shown.last else None
            return item, True, False
        joined = wanted[0]
        self.used += len(joined.values)
        needs = self.used > self.beats * self.elems
        if needs and not values:
            self.used -= len(joined.values)
            return None, False, False
        beat_ends = len(wanted) == 1
        self.given += 1
        return Item(joined, beat_ends and shown.last, shown.tag), beat_ends, needs

    def note(self, item: Item | None, *, room: bool, pop_masks: bool, pop_values: bool) -> None:
        """Go to the next cycle."""
        if room:
            self.item = item
        if pop_values:
            self.flushed = self.values.popleft().last
            self.beats += 1
        if pop_masks:
            self.given = 0
            if self.masks.popleft().last:
                self.used = self.beats = 0
                self.flushed = False

    async def finish(self, **inputs: bool) -> None:
        """Take what is planned."""
        while self.masks or self.item:
            await self.cycle(**inputs)
        assert not self.values
        for _ in range(3):
            await self.cycle()

    def directed(self) -> list[list[Fibre]]:
        """Return the tiles that must work, with fibres of a whole chunk."""
        counts = directed_counts(self.fibres, self.chunk, self.elems)
        return [counted_fibres(self.rng, c, self.chunk, self.elem_w) for c in counts.values()]


@cocotb.test(timeout_time=200, timeout_unit="us")
async def directed_tiles(dut: Any) -> None:
    """Every directed tile, whole and ragged, back to back."""
    tb = TB(dut)
    await tb.start()
    for fibres in tb.directed():
        for count in {tb.fibres, tb.per_beat, 1, tb.per_beat + 1}:
            tb.plan(fibres[-count:])
    await tb.finish()
    assert tb.taken > 4 * tb.fibres
    assert (tb.pairs > 0) == (tb.joined > 1)


@cocotb.test(timeout_time=200, timeout_unit="us")
async def every_count(dut: Any) -> None:
    """Groups with each number of values that an item can have."""
    tb = TB(dut)
    await tb.start()
    groups = tb.fibres // tb.joined
    for first in range(0, tb.chunk + 1, groups):
        counts = [0] * tb.fibres
        for group, count in enumerate(range(first, min(first + groups, tb.chunk + 1))):
            counts[group * tb.joined + int(tb.rng.integers(tb.joined))] = count
        tb.plan(counted_fibres(tb.rng, counts, tb.chunk, tb.elem_w))
    await tb.finish()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def neighbours_come_as_one_where_they_fit(dut: Any) -> None:
    """Half a chunk each: a group of two is one item; with one element more each comes alone."""
    tb = TB(dut)
    await tb.start()
    for more, items in ((0, -(-tb.fibres // min(tb.joined, 2))), (1, tb.fibres)):
        counts = [tb.chunk // 2 + more * (i % 2) for i in range(tb.fibres)]
        tb.plan(counted_fibres(tb.rng, counts, tb.chunk, tb.elem_w))
        before = tb.taken
        await tb.finish()
        if tb.joined <= 2:
            assert tb.taken - before == items


@cocotb.test(timeout_time=100, timeout_unit="us")
async def a_fibre_every_cycle(dut: Any) -> None:
    """Full tiles without a gap; fibres of a beat, of a tile, and of the next tile follow."""
    tb = TB(dut)
    await tb.start()
    tiles = 3
    for _ in range(tiles):
        tb.plan(counted_fibres(tb.rng, [tb.chunk] * tb.fibres, tb.chunk, tb.elem_w))
    begin = tb.now
    while tb.masks:
        await tb.cycle()
    assert tb.now - begin == tiles * tb.fibres
    await tb.finish()


@cocotb.test(timeout_time=200, timeout_unit="us")
async def values_come_late(dut: Any) -> None:
    """Each value beat is waited for, and so is each bitmask beat."""
    tb = TB(dut)
    await tb.start()
    for fibres in tb.directed():
        tb.plan(fibres)
        while tb.masks:
            await tb.cycle(values=False)
            await tb.cycle(masks=False)
            await tb.cycle()
    await tb.finish()


@cocotb.test(timeout_time=200, timeout_unit="us")
async def items_hold_until_taken(dut: Any) -> None:
    """An item that is not taken stays as it is, for any time."""
    tb = TB(dut)
    await tb.start()
    for fibres in tb.directed():
        tb.plan(fibres)
        while tb.masks or tb.item:
            await tb.cycle(ready=False)
            await tb.cycle(ready=False)
            await tb.cycle()


@cocotb.test(timeout_time=400, timeout_unit="us")
async def drop_at_every_moment(dut: Any) -> None:
    """A drop that begins with any item, or between: the rest is gone, the next tile whole."""
    tb = TB(dut)
    await tb.start()
    for fibres in tb.directed():
        for moment in range(0, tb.fibres + 3, max(1, tb.fibres // 8)):
            tb.plan(fibres)
            tb.plan(tb.directed()[-1])
            left = len(tb.masks)
            for _ in range(moment):
                await tb.cycle()
            # to the end of the tile that is at hand
            tile_beats = -(-tb.fibres // tb.per_beat)
            target = left - tile_beats if len(tb.masks) > left - tile_beats else 0
            while len(tb.masks) > target:
                await tb.cycle(drop=True)
            await tb.cycle(drop=bool(moment % 2))
            await tb.finish()


@cocotb.test(timeout_time=200, timeout_unit="us")
async def drop_leaves_the_values_behind(dut: Any) -> None:
    """A tile without values is dropped while those of the next one wait; nothing of them goes."""
    tb = TB(dut)
    await tb.start()
    empty = counted_fibres(tb.rng, [0] * tb.fibres, tb.chunk, tb.elem_w)
    late = counted_fibres(tb.rng, [0] * (tb.fibres - 1) + [1], tb.chunk, tb.elem_w)
    for dropped in (empty, late):
        for ready in (True, False):
            tb.plan(dropped)
            tb.plan(tb.directed()[1])
            beats = len(tb.masks) // 2
            while len(tb.masks) > beats:
                await tb.cycle(drop=True, ready=ready)
            await tb.finish()


@cocotb.test(timeout_time=400, timeout_unit="us")
async def random_traffic(dut: Any) -> None:
    """Random tiles, arrivals, drops and readiness."""
    tb = TB(dut)
    await tb.start()
    rng = generator("traffic")
    for _ in rounds(1, lambda: tb.taken > 60 and tb.dropped > 10):
        for _ in range(40):
            count = tb.fibres if rng.random() < 0.5 else int(rng.integers(1, tb.fibres + 1))
            tb.plan(random_fibres(rng, count, tb.chunk, tb.elem_w))
        share, drop = 1.0, False
        while tb.masks or tb.item:
            ended = tb.item is not None and tb.item.end
            at_start = not tb.given and not tb.used
            if at_start:
                share = float(rng.choice([0.3, 0.8, 1.0]))
            # a drop lasts to the end of its tile
            drop = (drop and not ended) or bool(rng.random() < 0.05)
            pins = {name: bool(rng.random() < share) for name in ("masks", "values", "ready")}
            tb.dropped += drop
            await tb.cycle(drop=drop, **pins)
        assert not tb.values


@cocotb.test(timeout_time=100, timeout_unit="us")
async def reset_withdraws_the_item(dut: Any) -> None:
    """A reset at any time of a tile, of a drop too; the next tile begins with its first fibre."""
    tb = TB(dut)
    await tb.start()
    full = counted_fibres(tb.rng, [tb.chunk - 1] * tb.fibres, tb.chunk, tb.elem_w)
    for drop in (False, True):
        for cycles in range(1, 7):
            tb.plan(full)
            for i in range(cycles):
                await tb.cycle(drop=drop and i > cycles // 2, ready=i != cycles - 1)
            await reset_at_once(tb, item_ready=0)
            tb.forget()
            await tb.cycle(ready=False)
            tb.plan(full[:2])
            await tb.finish()


_ALL = {"KEEP_EMPTY": 1, "JOINED": 1}


@cases(
    pairs={
        "CHUNK": 32,
        "BEAT_W": 256,
        "ELEM_W": 8,
        "FIBRES": 20,
        "KEEP_EMPTY": 0,
        "JOINED": 2,
        "TAG_W": 4,
    },
    fours={
        "CHUNK": 32,
        "BEAT_W": 128,
        "ELEM_W": 4,
        "FIBRES": 12,
        "KEEP_EMPTY": 0,
        "JOINED": 4,
        "TAG_W": 1,
    },
    weights={
        "CHUNK": 32,
        "BEAT_W": 256,
        "ELEM_W": 8,
        "FIBRES": 20,
        "KEEP_EMPTY": 0,
        "JOINED": 1,
        "TAG_W": 4,
    },
    odd=_ALL | {"CHUNK": 32, "BEAT_W": 288, "ELEM_W": 4, "FIBRES": 16, "TAG_W": 1},
    one_beat=_ALL | {"CHUNK": 32, "BEAT_W": 256, "ELEM_W": 2, "FIBRES": 3, "TAG_W": 2},
    paper={
        "CHUNK": 128,
        "BEAT_W": 1152,
        "ELEM_W": 8,
        "FIBRES": 32,
        "KEEP_EMPTY": 0,
        "JOINED": 1,
        "TAG_W": 9,
    },
)
def test_fibre_reader(
    request: pytest.FixtureRequest, simulator: str, case: str, sizes: dict[str, int]
) -> None:
    """All of the above."""
    run_case(request, simulator, case, sizes)
