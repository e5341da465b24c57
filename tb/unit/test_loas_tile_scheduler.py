"""Tests of loas_tile_scheduler: banks, broadcasts, drops and events, held to the cycle."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import cocotb
import numpy as np
import pytest

from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.unit.bench import Bench, pack, rounds
from snn_rtl.tb.unit.fibres import (
    cases,
    random_word,
    reset_at_once,
    run_case,
)

FREE, LOADED, DRAINING = range(3)

WAITS: Final = ("wait_spikes", "wait_output", "wait_weights", "wait_tppe")


class Row(NamedTuple):
    """A row of a spike tile on offer."""

    number: int
    live: bool
    end: bool


class Item(NamedTuple):
    """Weight fibres that are one item, or the end of a tile without any."""

    there: int
    end: bool
    columns: int
    last_k: bool
    last: bool


@dataclass
class Bank:
    """A chunk bank of all TPPEs."""

    state: int = FREE
    live: bool = False


def tile_rows(count: int, live: bool | list[bool] = True) -> list[Row]:
    """Return the rows of a spike tile, all live or none, or as given."""
    lives = [live] * count if isinstance(live, bool) else live
    return [Row(i, lives[i], i == count - 1) for i in range(count)]


def tile_items(
    fibres: int, columns: int, *, bare_end: bool = False, last_k: bool = False, last: bool = False
) -> list[Item]:
    """Return the items of a weight tile, single fibres; its end is the last one, or one without."""
    there = [1] * fibres + [0] * (bare_end or not fibres)
    ends = [i == len(there) - 1 for i in range(len(there))]
    return [Item(t, e, columns, last_k, last) for t, e in zip(there, ends, strict=True)]


class TB(Bench):
    """Stands for buffers, TPPEs and output; predicts every cycle."""

    def __init__(self, dut: Any) -> None:
        names = ["start", "row_valid", "row_end", "row_index", "row_live", "blocked", "sums_done"]
        names += ["fibre_valid", "fibre_there", "fibre_end", "tile_columns", "tile_last_k"]
        sizes = ["load_ready", "idle_bank", "idle_sums"]
        super().__init__(dut, **dict.fromkeys([*names, "tile_last", *sizes], 0))
        self.tppes, self.columns = self.sizes["TPPES"], self.sizes["COLUMNS"]
        self.all = (1 << self.tppes) - 1
        self.joined, self.chunk_banks = self.sizes["JOINED"], self.sizes["CHUNK_BANKS"]
        self.all_banks = (1 << self.chunk_banks * self.tppes) - 1
        self.all_sums = (1 << 2 * self.tppes) - 1
        self.rng = generator("pins")
        self.seen: Counter[str] = Counter()
        self.forget()

    def forget(self) -> None:
        """Expect the state after a reset."""
        self.banks = [Bank() for _ in range(self.chunk_banks)]
        self.closing = [False, False]
        self.load_bank = self.use_bank = self.use_sums = 0
        self.active = False
        self.taken = 0
        self.rows: deque[Row] = deque()
        self.items: deque[Item] = deque()

    def every(self, idle: int, banks: int) -> int:
        """Return which of so many banks are idle in all TPPEs."""
        own = [idle >> banks * i & (1 << banks) - 1 for i in range(self.tppes)]
        return int(np.bitwise_and.reduce(np.array(own)))

    async def cycle(
        self,
        *,
        offer_row: bool = True,
        offer_item: bool = True,
        load_ready: int | None = None,
        blocked: int = 0,
        idle_bank: int | None = None,
        idle_sums: int | None = None,
        done: int = 0,
        start: bool = False,
    ) -> None:
        """Offer the next row and item, or not; check everything.

        Args:
            offer_row: the next row, if any, is there.
            offer_item: the next item, if any, is there.
            load_ready: TPPEs that can load; all by default.
            blocked: TPPEs without a place.
            idle_bank: chunk banks of the TPPEs without a match under way; all by default.
            idle_sums: the same of the sum banks.
            done: sum banks that are handed back.
            start: a layer starts.
        """
        rng = self.rng
        row_valid = offer_row and bool(self.rows)
        item_valid = offer_item and bool(self.items)
        # what is not valid must not matter
        row = Row(int(rng.integers(self.tppes)), bool(rng.integers(2)), bool(rng.integers(2)))
        noise = [bool(bit) for bit in rng.integers(2, size=3)]
        there, columns = int(rng.integers(1 << self.joined)), int(rng.integers(self.columns))
        item = Item(there, noise[0], columns, noise[1], noise[2])
        row = self.rows[0] if row_valid else row
        item = self.items[0] if item_valid else item
        loads = self.all if load_ready is None else load_ready
        idle_bank = self.all_banks if idle_bank is None else idle_bank
        idle_sums = self.all_sums if idle_sums is None else idle_sums
        self.drive(
            start=start,
            row_valid=row_valid,
            row_end=row.end,
            row_index=row.number,
            row_live=row.live,
            fibre_valid=item_valid,
            fibre_there=item.there,
            fibre_end=item.end,
            tile_columns=item.columns,
            tile_last_k=item.last_k,
            tile_last=item.last,
            load_ready=loads,
            blocked=blocked,
            idle_bank=idle_bank,
            idle_sums=idle_sums,
            sums_done=done,
        )
        await self.edge()
        row_take = self.check_rows(row, row_valid, loads)
        take, step, events = self.check_items(item, item_valid, blocked)
        drains = [bank.state == DRAINING for bank in self.banks]
        release = pack(drains, 1) & self.every(idle_bank, self.chunk_banks)
        assert self.out("release_bank") == release, "release_bank"
        full = pack(self.closing, 1) & self.every(idle_sums, 2)
        assert self.out("sums_full") == full, "sums_full"
        self.check_events(item, events, step=step, take=take)
        self.seen["take"] += take
        self.note(row if row_take else None, item if step else None, release, done)
        if start:
            self.active = True

    def check_rows(self, row: Row, valid: bool, loads: int) -> bool:
        """Check the way of a row; return whether it is taken."""
        ready = self.banks[self.load_bank].state == FREE and bool(loads >> row.number & 1)
        assert self.out("row_ready") == ready, "row_ready"
        take = valid and ready
        assert self.out("load_valid") == take << row.number, "load_valid"
        assert self.out("load_bank") == self.load_bank, "load_bank"
        return take

    def check_items(self, item: Item, valid: bool, blocked: int) -> tuple[bool, bool, set[str]]:
        """Check the way of a fibre; return whether it is broadcast, taken, and why not."""
        bank = self.banks[self.use_bank]
        spikes = bank.state == LOADED
        ready = spikes and not self.closing[self.use_sums]
        held = item.there > 0 and bank.live and blocked != 0
        assert self.out("fibre_ready") == (ready and not held), "fibre_ready"
        drop = ready and not bank.live
        assert self.out("drop") == drop, "drop"
        step = valid and ready and not held
        take = step and item.there > 0 and bank.live
        assert self.out("take") == take, "take"
        assert self.outs("use_bank", "use_sums") == (self.use_bank, self.use_sums), "banks"
        events = set()
        if not spikes:
            events = {"wait_spikes"}
        elif not ready:
            events = {"wait_output"}
        elif step:
            events = {"broadcast"} if take else {"skip"}
        elif valid:
            events = {"wait_tppe"}
        else:
            events = {"skip"} if drop else {"wait_weights"}
        return take, step, events if self.active else set()

    def check_events(self, item: Item, events: set[str], *, step: bool, take: bool) -> None:
        """Check what is to be counted."""
        assert self.out("active") == self.active, "active"
        assert self.out("step") == step, "step"
        for name in ("skip", *WAITS):
            assert self.out(name) == (name in events), name
        done = step and item.end
        assert self.out("tile_done") == done, "tile_done"
        dropped = done and not self.banks[self.use_bank].live
        assert self.out("tile_dropped") == dropped, "tile_dropped"
        taken = self.taken + take * item.there.bit_count()
        skipped = item.columns - taken if done else 0
        assert self.out("fibres_skipped") == skipped, "fibres_skipped"
        self.seen.update(events)
        self.seen["tiles"] += done
        self.seen["dropped"] += dropped

    def note(self, row: Row | None, item: Item | None, release: int, done: int) -> None:
        """Go to the next cycle."""
        for b, bank in enumerate(self.banks):
            if release >> b & 1:
                self.banks[b] = Bank()
            elif row is not None and b == self.load_bank:
                bank.live |= row.live
        if row is not None:
            self.rows.popleft()
            if row.end:
                self.banks[self.load_bank].state = LOADED
                self.load_bank = (self.load_bank + 1) % self.chunk_banks
        for s in (0, 1):
            if done >> s & 1:
                self.closing[s] = False
        if item is None:
            return
        live = self.banks[self.use_bank].live
        self.items.popleft()
        self.taken += live * item.there.bit_count()
        if item.end:
            self.taken = 0
            self.banks[self.use_bank].state = DRAINING
            self.use_bank = (self.use_bank + 1) % self.chunk_banks
            if item.last_k:
                self.closing[self.use_sums] = True
                self.use_sums ^= 1
            if item.last:
                self.active = False

    def plan(self, rows: list[Row], items: list[Item]) -> None:
        """Put a tile of each stream behind those that are planned."""
        self.rows.extend(rows)
        self.items.extend(items)

    def in_all(self, banks: int) -> int:
        """Return these chunk banks of every TPPE."""
        return self.all_banks // ((1 << self.chunk_banks) - 1) * banks

    async def finish(self) -> None:
        """Go through what is planned; sums are handed back at once."""
        while self.items or any(bank.state != FREE for bank in self.banks):
            await self.cycle(done=pack(self.closing, 1))
        await self.cycle(done=pack(self.closing, 1))


@cocotb.test(timeout_time=100, timeout_unit="us")
async def a_tile_can_be_used_at_once(dut: Any) -> None:
    """A fibre is broadcast in the cycle after the tile's last row, not before."""
    tb = TB(dut)
    await tb.start()
    await tb.cycle(start=True)
    for count in (tb.tppes, 1):
        tb.plan(tile_rows(count), tile_items(2, 2, last_k=True))
        for i in range(count):
            assert tb.seen["take"] == 0, i
            await tb.cycle()
        await tb.cycle()
        assert tb.seen["take"] == 1
        await tb.finish()
        tb.seen.clear()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def a_row_and_a_fibre_every_cycle(dut: Any) -> None:
    """Tiles of as many fibres as rows, one loaded while the other one is broadcast."""
    tb = TB(dut)
    await tb.start()
    await tb.cycle(start=True)
    count = max(tb.tppes, 4)
    for i in range(4):
        tb.plan(tile_rows(tb.tppes), tile_items(count, count, last_k=i == 3, last=i == 3))
    begin = tb.now
    while tb.items:
        await tb.cycle()
    assert tb.seen["take"] == 4 * count
    # the row that follows a bank's last fibre waits until the bank is released: two cycles
    gap = max(0, tb.tppes + 2 - count)
    assert tb.now - begin <= tb.tppes + 4 * count + 2 * gap
    assert not tb.active
    await tb.finish()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def rows_go_to_their_elements(dut: Any) -> None:
    """Each row waits for its own TPPE alone; a ragged tile leaves the others out."""
    tb = TB(dut)
    await tb.start()
    for count in (tb.tppes, tb.tppes // 2 + 1):
        tb.plan(tile_rows(count), tile_items(1, 1))
        for i in range(count):
            await tb.cycle(load_ready=tb.all ^ 1 << i)
            await tb.cycle(load_ready=0)
            await tb.cycle(load_ready=1 << i)
        await tb.finish()
    assert tb.seen["take"] == 2


@cocotb.test(timeout_time=100, timeout_unit="us")
async def as_many_tiles_ahead_as_banks(dut: Any) -> None:
    """All banks are loaded before a fibre comes; one more tile waits for its bank to drain."""
    tb = TB(dut)
    await tb.start()
    for _ in range(tb.chunk_banks + 2):
        tb.plan(tile_rows(tb.tppes), tile_items(3, 3))
    for _ in range((tb.chunk_banks + 1) * tb.tppes + 2):
        await tb.cycle(offer_item=False)
    assert len(tb.rows) == 2 * tb.tppes
    # the first tile is over, but a match of one element keeps its bank
    for busy in range(tb.tppes):
        while all(bank.state != DRAINING for bank in tb.banks):
            await tb.cycle(idle_bank=0)
        drained = next(b for b, bank in enumerate(tb.banks) if bank.state == DRAINING)
        left = len(tb.rows)
        kept = 1 << tb.chunk_banks * busy + drained
        for _ in range(2):
            await tb.cycle(offer_item=False, idle_bank=tb.all_banks ^ kept)
        assert len(tb.rows) == left
    # a match of another bank keeps nothing
    while tb.items or any(bank.state != FREE for bank in tb.banks):
        draining = [int(bank.state == DRAINING) for bank in tb.banks]
        await tb.cycle(idle_bank=tb.in_all(pack(draining, 1)))
    assert tb.seen["take"] == 3 * (tb.chunk_banks + 2)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def joined_fibres_are_counted_each(dut: Any) -> None:
    """An item is one broadcast, whichever of its fibres are there; the others were skipped."""
    tb = TB(dut)
    await tb.start()
    await tb.cycle(start=True)
    everything = (1 << tb.joined) - 1
    for there in range(1, everything + 1):
        items = [Item(there, end, 2 * tb.joined, last_k=False, last=False) for end in (False, True)]
        tb.plan(tile_rows(1), items)
    await tb.finish()
    assert tb.seen["take"] == 2 * everything
    assert tb.seen["tiles"] == everything


@cocotb.test(timeout_time=100, timeout_unit="us")
async def a_fibre_waits_for_every_place(dut: Any) -> None:
    """Any TPPE holds a fibre back; not an end without one, and no fibre of a dropped tile."""
    tb = TB(dut)
    await tb.start()
    await tb.cycle(start=True)
    tb.plan(tile_rows(tb.tppes), tile_items(tb.tppes, tb.tppes, bare_end=True))
    tb.plan(tile_rows(tb.tppes, live=False), tile_items(1, 5, bare_end=True, last=True))
    while tb.rows:
        await tb.cycle(offer_item=False)
    for i in range(tb.tppes):
        await tb.cycle(blocked=1 << i)
        await tb.cycle(blocked=tb.all ^ 1 << i if tb.tppes > 1 else 1)
        await tb.cycle()
    assert tb.seen["take"] == tb.tppes
    assert tb.seen["wait_tppe"] == 2 * tb.tppes
    while tb.items:
        await tb.cycle(blocked=tb.all)
    assert tb.seen["wait_tppe"] == 2 * tb.tppes
    assert tb.seen["skip"] == 3
    assert tb.seen["dropped"] == 1


@cocotb.test(timeout_time=100, timeout_unit="us")
async def one_live_row_is_enough(dut: Any) -> None:
    """A live row anywhere keeps its tile; none drops it, whatever the bank held before."""
    tb = TB(dut)
    await tb.start()
    await tb.cycle(start=True)
    for i in range(tb.tppes):
        for _ in range(2):
            lives = [r == i for r in range(tb.tppes)]
            tb.plan(tile_rows(tb.tppes, lives), tile_items(2, 4))
        for fibres in (0, 1):
            tb.plan(tile_rows(tb.tppes, live=False), tile_items(fibres, 4))
    await tb.finish()
    assert tb.seen["dropped"] == 2 * tb.tppes
    assert tb.seen["take"] == 4 * tb.tppes


@cocotb.test(timeout_time=100, timeout_unit="us")
async def drop_waits_with_the_weights(dut: Any) -> None:
    """While a dropped tile has nothing on offer the cycle is a skip, not a wait."""
    tb = TB(dut)
    await tb.start()
    await tb.cycle(start=True)
    tb.plan(tile_rows(1, live=False), tile_items(0, 3, last_k=True))
    tb.plan(tile_rows(1), tile_items(1, 3, last_k=True, last=True))
    while tb.rows:
        await tb.cycle(offer_item=False)
    for _ in range(3):
        await tb.cycle(offer_item=False)
    assert tb.seen["skip"] >= 3
    await tb.cycle()
    assert tb.seen["dropped"] == 1
    for _ in range(3):
        await tb.cycle(offer_item=False)
    assert tb.seen["wait_weights"] == 3
    await tb.finish()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def sums_change_banks(dut: Any) -> None:
    """A tile's sums are full when none of them is under way; the tile after next waits for them."""
    tb = TB(dut)
    await tb.start()
    await tb.cycle(start=True)
    for i in range(4):
        tb.plan(tile_rows(1), tile_items(1, 1))
        tb.plan(tile_rows(1), tile_items(1, 1, last_k=True, last=i == 3))
    for busy in range(tb.tppes):
        await tb.cycle(idle_sums=tb.all_sums ^ 3 << 2 * busy)
    while tb.seen["take"] < 4:
        await tb.cycle(idle_sums=0)
    waits = tb.seen["wait_output"]
    for _ in range(6):
        await tb.cycle(idle_sums=0)
    assert tb.seen["take"] == 4
    assert tb.seen["wait_output"] - waits > 3
    # one element, one bank
    for busy in range(2 * tb.tppes):
        await tb.cycle(idle_sums=tb.all_sums ^ 1 << busy)
        await tb.cycle(idle_sums=1 << busy)
    # the second one first: the tile still waits for the first one
    for done in (2, 1):
        assert tb.seen["take"] == 4
        await tb.cycle(done=done)
    for _ in range(2):
        await tb.cycle()
    assert tb.seen["take"] > 4
    await tb.finish()
    assert tb.seen["tiles"] == 8


@cocotb.test(timeout_time=100, timeout_unit="us")
async def active_from_start_to_the_last_tile(dut: Any) -> None:
    """No reason is given outside a layer; the next layer may start at once."""
    tb = TB(dut)
    await tb.start()
    for _ in range(3):
        await tb.cycle()
    for _ in range(2):
        await tb.cycle(start=True)
        tb.plan(tile_rows(tb.tppes), tile_items(1, 2, last_k=True, last=True))
        await tb.finish()
        for _ in range(3):
            await tb.cycle()
    assert tb.seen["take"] == 2


def random_tile(tb: TB, rng: np.random.Generator, *, last: bool) -> None:
    """Plan a tile of any size."""
    rows = int(rng.integers(1, tb.tppes + 1))
    live = rng.random() < 0.7
    columns = int(rng.integers(1, tb.columns + 1))
    fibres = int(rng.integers(columns + 1)) if live else int(rng.integers(2))
    lives = [bool(live and rng.random() < 0.6) for _ in range(rows)]
    ends = {"bare_end": bool(rng.integers(2)), "last_k": bool(rng.random() < 0.4) or last}
    items = tile_items(fibres, columns, **ends, last=last)
    # Some items are several fibres, as long as the tile has columns for them.
    more = columns - fibres
    for i, item in enumerate(items):
        there = int(rng.integers(1, 1 << tb.joined)) if item.there else 0
        if 0 < there.bit_count() - 1 <= more:
            items[i] = item._replace(there=there)
            more -= there.bit_count() - 1
    tb.plan(tile_rows(rows, lives), items)


@cocotb.test(timeout_time=400, timeout_unit="us")
async def random_traffic(dut: Any) -> None:
    """Random tiles, pauses, places and banks."""
    tb = TB(dut)
    await tb.start()
    rng = generator("tiles")
    planned = 0

    def enough() -> bool:
        rare = min(tb.seen[name] for name in ("take", "skip", "dropped"))
        return rare > 4 and sum(tb.seen[name] for name in WAITS) > 40

    for _ in rounds(8, enough):
        await tb.cycle(start=True)
        planned += 10
        for i in range(10):
            random_tile(tb, rng, last=i == 9)
        share = float(rng.choice([0.3, 0.8, 1.0]))
        while tb.items:
            blocked = 0
            if rng.random() > share:
                blocked = int(rng.integers(1 << tb.tppes))
            # often all of some banks, or of none
            banks = tb.in_all(int(rng.integers(1 << tb.chunk_banks)))
            even = tb.all_sums // 3
            idle_bank, idle_sums = (
                every if rng.random() < share else int(rng.choice([*some, random_word(rng, bits)]))
                for every, some, bits in (
                    (tb.all_banks, [banks, 0], tb.chunk_banks * tb.tppes),
                    (tb.all_sums, [even, 2 * even, 0], 2 * tb.tppes),
                )
            )
            full = pack(tb.closing, 1) & tb.every(idle_sums, 2)
            await tb.cycle(
                offer_row=bool(rng.random() < share),
                offer_item=bool(rng.random() < share),
                load_ready=tb.all if rng.random() < share else int(rng.integers(1 << tb.tppes)),
                blocked=blocked,
                idle_bank=idle_bank,
                idle_sums=idle_sums,
                done=full & int(rng.integers(4)),
            )
        await tb.finish()
    assert tb.seen["tiles"] == planned


@cocotb.test(timeout_time=100, timeout_unit="us")
async def reset_forgets_all_tiles(dut: Any) -> None:
    """A reset at any time; the next tile goes into the first bank and is not taken for live."""
    tb = TB(dut)
    await tb.start()
    for cycles in range(1, 2 * tb.tppes + 8, 2):
        await tb.cycle(start=True)
        for last_k in (True, False, True):
            tb.plan(tile_rows(tb.tppes), tile_items(2, 4, last_k=last_k))
        for _ in range(cycles):
            await tb.cycle(idle_bank=0)
        await reset_at_once(tb)
        tb.forget()
        await tb.cycle()
        tb.plan(tile_rows(1, live=False), tile_items(0, 2))
        await tb.finish()
        tb.plan(tile_rows(1), tile_items(2, 4))
        await tb.finish()
        assert tb.banks == [Bank()] * tb.chunk_banks


@cases(
    small={"TPPES": 3, "COLUMNS": 8, "JOINED": 1, "CHUNK_BANKS": 2},
    one={"TPPES": 1, "COLUMNS": 5, "JOINED": 1, "CHUNK_BANKS": 2},
    pairs={"TPPES": 4, "COLUMNS": 10, "JOINED": 2, "CHUNK_BANKS": 3},
    fours={"TPPES": 2, "COLUMNS": 16, "JOINED": 4, "CHUNK_BANKS": 4},
    paper={"TPPES": 16, "COLUMNS": 32, "JOINED": 1, "CHUNK_BANKS": 2},
)
def test_tile_scheduler(
    request: pytest.FixtureRequest, simulator: str, case: str, sizes: dict[str, int]
) -> None:
    """All of the above."""
    run_case(request, simulator, case, sizes)
