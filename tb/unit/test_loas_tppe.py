"""Tests of loas_tppe: sums of a row over columns, chunks and tiles, held to the cycle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import cocotb
import pytest

from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.unit.bench import Bench, pack, rounds, unpack
from snn_rtl.tb.unit.fibres import (
    Fibre,
    cases,
    make_fibre,
    ones,
    random_mask,
    random_word,
    reset_at_once,
    run_case,
)
from snn_rtl.tb.unit.joining import JoinModel, Match, Offer


class TB(Bench):
    """Stands for the scheduler and the output; predicts every cycle."""

    def __init__(self, dut: Any) -> None:
        super().__init__(
            dut,
            load_valid=0,
            load_bank=0,
            load_mask=0,
            load_live=0,
            load_words=0,
            release_bank=0,
            take=0,
            fibre_mask=0,
            fibre_values=0,
            fibre_group=0,
            fibre_bank=0,
            fibre_sums=0,
            read_bank=0,
            read_column=0,
            clear=0,
        )
        self.chunk, self.steps = self.sizes["CHUNK"], self.sizes["TIME_STEPS"]
        self.columns, self.weight_w = self.sizes["COLUMNS"], self.sizes["WEIGHT_W"]
        self.acc_w, self.joined = self.sizes["ACC_W"], self.sizes["JOINED"]
        self.banks = range(self.sizes["CHUNK_BANKS"])
        self.blocks = self.chunk // self.sizes["LAGGY_ADDERS"]
        self.full = (1 << self.chunk) - 1
        self.rng = generator("chunks")
        self.seen: Counter[str] = Counter()
        self.forget()

    def forget(self) -> None:
        """Expect the state after a reset."""
        self.model = JoinModel(self.sizes["QUEUE_DEPTH"], self.sizes["FIFO_DEPTH"])
        self.words: list[dict[int, int]] = [{} for _ in self.banks]
        self.live = [0 for _ in self.banks]
        self.ready_from = [-1 for _ in self.banks]
        self.busy_until = -1
        # the correction under way, and fibres under way by bank of chunks and of sums
        self.fix: Match | None = None
        self.fix_word = 0
        self.chunks_busy: Counter[int] = Counter()
        self.sums_busy: Counter[int] = Counter()
        # pseudo sums and corrections as they can be read
        self.pseudo = [[0] * self.columns for _ in range(2)]
        self.corrections = [[[0] * self.steps for _ in range(self.columns)] for _ in range(2)]

    def signed(self, weight: int) -> int:
        """Return the number that a weight's bits stand for."""
        return weight - (weight >> self.weight_w - 1 << self.weight_w)

    def spikes(self, mask: int, word: int | None = None) -> Fibre:
        """Return a chunk of the row, with random words or equal ones."""
        fibre = make_fibre(self.rng, mask, self.steps)
        return fibre if word is None else Fibre(mask, (word,) * mask.bit_count())

    def offer(self, mask: int, *, column: int, bank: int, sums: int) -> Offer:
        """Return a weight fibre with random weights."""
        return self.joined_offer({column: mask}, bank=bank, sums=sums)

    def joined_offer(self, masks: dict[int, int], *, bank: int, sums: int) -> Offer:
        """Return fibres of columns of one group with random weights."""
        group = min(masks) // self.joined
        wide = sum(mask << column % self.joined * self.chunk for column, mask in masks.items())
        return Offer(make_fibre(self.rng, wide, self.weight_w), group, bank, sums)

    @property
    def loading(self) -> bool:
        """No chunk can be loaded in the next cycle."""
        return self.now + 1 < self.busy_until

    async def cycle(
        self,
        offer: Offer | None = None,
        *,
        load: tuple[int, Fibre, int] | None = None,
        read: tuple[int, int] | None = None,
        clear: int = 0,
        release: int = 0,
    ) -> bool:
        """Offer a fibre, load (bank, chunk, live), read a column; check; return whether taken."""
        where = read or (int(self.rng.integers(2)), int(self.rng.integers(self.columns)))
        shown = offer or self.offer(random_word(self.rng, self.chunk), column=0, bank=0, sums=0)
        found = shown.matches(self.live[shown.bank], self.chunk, self.joined)
        blocked = bool(found) and self.model.full
        take = offer is not None and not blocked
        bank, chunk, live = load or (0, self.spikes(self.full), self.full)
        self.drive(
            load_valid=load is not None,
            load_bank=bank,
            load_mask=chunk.mask,
            load_live=live,
            load_words=pack(chunk.values, self.steps),
            release_bank=release,
            take=take,
            fibre_mask=shown.fibre.mask,
            fibre_values=pack(shown.fibre.values, self.weight_w),
            fibre_group=shown.group,
            fibre_bank=shown.bank,
            fibre_sums=shown.sums,
            read_bank=where[0],
            read_column=where[1],
            clear=clear,
        )
        await self.edge()
        assert self.out("blocked") == blocked, "blocked"
        assert self.out("load_ready") == (self.now >= self.busy_until), "load_ready"
        self.check(where)
        self.seen["blocked"] += blocked
        self.note(found if take else [], clear)
        for b in self.banks:
            if release >> b & 1:
                self.live[b] = 0
        if load is not None:
            self.words[bank] = dict(zip(ones(chunk.mask), chunk.values, strict=True))
            self.live[bank] = live
            self.busy_until = self.ready_from[bank] = self.now + 1 + self.blocks
        return take

    def check(self, where: tuple[int, int]) -> None:
        """Compare sums, idle banks and events with the prediction."""
        bank, column = where
        pseudo, fixes = self.pseudo[bank][column], self.corrections[bank][column]
        got = unpack(self.out("read_sums"), self.acc_w, self.steps, signed=True)
        assert got == [pseudo - fix for fix in fixes], f"sums of bank and column {where}"
        for name, busy, banks in (
            ("idle_bank", self.chunks_busy, self.banks),
            ("idle_sums", self.sums_busy, range(2)),
        ):
            assert self.out(name) == pack([int(not busy[b]) for b in banks], 1), name
        silent = self.fix is not None and self.fix_word != (1 << self.steps) - 1
        events = {
            "matched": self.model.matched is not None,
            "corrected": silent,
            "fifo_full": self.model.stalls,
        }
        for name, expected in events.items():
            assert self.out(name) == expected, name
        self.seen.update(name for name, happened in events.items() if happened)

    def note(self, taken: list[Match], clear: int) -> None:
        """Go to the next cycle."""
        match = self.model.matched
        if match is not None:
            self.pseudo[match.sums][match.column] += self.signed(match.weight)
        if self.fix is not None:
            fixes = self.corrections[self.fix.sums][self.fix.column]
            for t in range(self.steps):
                if not self.fix_word >> t & 1:
                    fixes[t] += self.signed(self.fix.weight)
            if self.fix.last:
                self.chunks_busy[self.fix.bank] -= 1
                self.sums_busy[self.fix.sums] -= 1
        if taken:
            self.chunks_busy[taken[0].bank] += 1
            self.sums_busy[taken[0].sums] += 1
        head = self.model.head
        pop = head is not None and self.now >= self.ready_from[head.bank]
        self.seen["late"] += head is not None and not pop
        self.fix = head if pop else None
        if head is not None and pop:
            self.fix_word = self.words[head.bank][head.position]
        self.model.step(taken, pop=pop)
        for b in (0, 1):
            if clear >> b & 1:
                self.pseudo[b] = [0] * self.columns
                self.corrections[b] = [[0] * self.steps for _ in range(self.columns)]

    async def load(self, bank: int, chunk: Fibre, live: int | None = None) -> None:
        """Load a chunk as soon as that can be."""
        while self.loading:
            await self.cycle()
        await self.cycle(load=(bank, chunk, chunk.mask if live is None else live))

    async def join(self, offers: Sequence[Offer]) -> None:
        """Offer fibres until they are taken."""
        for offer in offers:
            while not await self.cycle(offer):
                pass

    async def settle(self) -> None:
        """Wait until nothing is under way."""
        while self.chunks_busy.total() or self.model.matched:
            await self.cycle()

    async def read_all(self) -> None:
        """Read every column of both banks."""
        for bank in (0, 1):
            for column in range(self.columns):
                await self.cycle(read=(bank, column))


@cocotb.test(timeout_time=300, timeout_unit="us")
async def every_word(dut: Any) -> None:
    """Each word alone makes the sums of its steps; all ones need no correction."""
    tb = TB(dut)
    await tb.start()
    for word in range(1, 1 << tb.steps):
        bank, sums = word % len(tb.banks), word % 2
        await tb.load(bank, tb.spikes(0b111, word))
        column = word % tb.columns
        await tb.join([tb.offer(0b101, column=column, bank=bank, sums=sums)])
        await tb.settle()
        await tb.cycle(read=(sums, column))
    assert tb.seen["matched"] == 2 * ((1 << tb.steps) - 1)
    assert tb.seen["corrected"] == tb.seen["matched"] - 2
    await tb.read_all()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def latencies_of_a_match(dut: Any) -> None:
    """Matched in c, pseudo sum in c + 2, correction in c + 4, when the laggy sums are there."""
    tb = TB(dut)
    await tb.start()
    await tb.load(0, tb.spikes(tb.full, 1))
    while tb.loading:
        await tb.cycle()
    weight = Fibre(1, (1,))
    # taken in t, matched in t + 1
    await tb.cycle(Offer(weight, 1, 0, 0))
    sums = []
    for _ in range(5):
        await tb.cycle(read=(0, tb.joined))
        sums.append(tuple(unpack(tb.out("read_sums"), tb.acc_w, 2)))
    assert sums == [(0, 0), (0, 0), (1, 1), (1, 1), (1, 0)]


@cocotb.test(timeout_time=300, timeout_unit="us")
async def matches_before_the_laggy_sums(dut: Any) -> None:
    """Fibres right behind their chunk: matches go ahead, corrections wait, FIFOs fill."""
    tb = TB(dut)
    await tb.start()
    uses = (*tb.banks, 0)
    for bank in uses:
        await tb.load(bank, tb.spikes(tb.full))
        columns = range(tb.columns)
        await tb.join([tb.offer(tb.full, column=c, bank=bank, sums=bank % 2) for c in columns])
        await tb.settle()
    assert tb.seen["late"] > 0
    assert tb.seen["matched"] == len(uses) * tb.columns * tb.chunk
    await tb.read_all()


@cocotb.test(timeout_time=300, timeout_unit="us")
async def chunks_follow_without_a_gap(dut: Any) -> None:
    """Another bank is loaded and used while this one's matches are under way."""
    tb = TB(dut)
    await tb.start()
    for k in range(6):
        bank = k % len(tb.banks)
        while tb.loading or tb.chunks_busy[bank]:
            await tb.cycle()
        await tb.cycle(release=1 << bank)
        await tb.load(bank, tb.spikes(tb.full))
        columns = range(tb.columns)
        await tb.join([tb.offer(0b11, column=c, bank=bank, sums=k // 3) for c in columns])
    await tb.settle()
    await tb.read_all()
    # sums handed back are empty; the other bank keeps its own
    await tb.cycle(clear=1)
    await tb.read_all()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def live_decides_not_the_mask(dut: Any) -> None:
    """Words that may not match count for the pointers only; a released bank matches nothing."""
    tb = TB(dut)
    await tb.start()
    live = tb.full // 3
    for bank in tb.banks:
        await tb.load(bank, tb.spikes(tb.full), live)
        await tb.join([tb.offer(tb.full, column=0, bank=bank, sums=0)])
        await tb.join([tb.offer(tb.full ^ live, column=1, bank=bank, sums=0)])
        await tb.settle()
    assert tb.seen["matched"] == len(tb.banks) * live.bit_count()
    for bank in tb.banks:
        await tb.cycle(release=1 << bank)
        silent = tb.offer(tb.full, column=1, bank=bank, sums=0)
        await tb.join([silent] * (tb.model.queue_depth + 2))
        assert tb.chunks_busy.total() == 0
    await tb.read_all()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def as_many_under_way_as_there_are_places(dut: Any) -> None:
    """Fibres of one match, from a chunk whose sums are late: every place is taken and counted."""
    tb = TB(dut)
    await tb.start()
    places = tb.model.queue_depth + tb.model.fifo_depth
    for bank in tb.banks:
        most = 0
        for _ in range(3):
            await tb.load(bank, tb.spikes(tb.full))
            for _ in range(tb.blocks + 8):
                last = tb.offer(tb.full >> tb.chunk - 1, column=1, bank=bank, sums=bank % 2)
                await tb.cycle(last)
                most = max(most, tb.chunks_busy[bank])
            await tb.settle()
        # as many as come before the laggy sums are there
        assert most >= min(places, tb.blocks)
    await tb.read_all()


@cocotb.test(timeout_time=400, timeout_unit="us")
async def random_tiles(dut: Any) -> None:
    """Random chunks and fibres; banks are used as the scheduler uses them."""
    tb = TB(dut)
    await tb.start()
    rng, sums = tb.rng, 0
    wanted = ("matched", "corrected", "blocked", "late")
    for k in rounds(24, lambda: min(tb.seen[name] for name in wanted) > 3):
        bank = k % len(tb.banks)
        while tb.loading or tb.chunks_busy[bank]:
            await tb.cycle()
        mask = random_mask(rng, tb.chunk, rng.choice([0.0, 0.1, 0.5, 1.0]))
        live = mask & random_word(rng, tb.chunk) if rng.random() < 0.5 else mask
        if k % 4 == 0:
            sums = 1 - sums
            while tb.sums_busy[sums]:
                await tb.cycle()
            await tb.cycle(clear=1 << sums)
        await tb.cycle(load=(bank, tb.spikes(mask), live))
        for first in range(0, tb.columns, tb.joined):
            if rng.random() < 0.3:
                await tb.cycle()
            masks = {
                column: random_mask(rng, tb.chunk, rng.choice([0.02, 0.2, 0.8]))
                for column in range(first, first + tb.joined)
                if rng.random() < 0.8
            }
            # Together where they fit, as the reader gives them.
            if sum(mask.bit_count() for mask in masks.values()) <= tb.chunk:
                parts = [masks] if masks else []
            else:
                parts = [{column: mask} for column, mask in masks.items()]
            await tb.join([tb.joined_offer(part, bank=bank, sums=sums) for part in parts])
    await tb.settle()
    await tb.read_all()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def reset_drops_everything(dut: Any) -> None:
    """A reset at any time: nothing is under way, all sums are 0, the next chunk is right."""
    tb = TB(dut)
    await tb.start()
    for cycles in range(0, 14, 2):
        await tb.load(0, tb.spikes(tb.full))
        for c in range(cycles):
            offer = tb.offer(0b111, column=c % tb.columns, bank=0, sums=c % 2)
            await tb.cycle(offer)
        await reset_at_once(tb)
        tb.forget()
        await tb.cycle(tb.offer(tb.full, column=0, bank=0, sums=0))
        await tb.load(1, tb.spikes(tb.full))
        await tb.join([tb.offer(0b11, column=1, bank=1, sums=1)])
        await tb.settle()
        await tb.read_all()


@cases(
    small={
        "CHUNK": 32,
        "TIME_STEPS": 4,
        "COLUMNS": 8,
        "WEIGHT_W": 8,
        "ACC_W": 20,
        "LAGGY_ADDERS": 2,
        "QUEUE_DEPTH": 2,
        "FIFO_DEPTH": 4,
        "JOINED": 1,
        "CHUNK_BANKS": 2,
    },
    pairs={
        "CHUNK": 32,
        "TIME_STEPS": 4,
        "COLUMNS": 6,
        "WEIGHT_W": 8,
        "ACC_W": 20,
        "LAGGY_ADDERS": 2,
        "QUEUE_DEPTH": 4,
        "FIFO_DEPTH": 4,
        "JOINED": 2,
        "CHUNK_BANKS": 3,
    },
    odd={
        "CHUNK": 32,
        "TIME_STEPS": 2,
        "COLUMNS": 5,
        "WEIGHT_W": 3,
        "ACC_W": 11,
        "LAGGY_ADDERS": 1,
        "QUEUE_DEPTH": 3,
        "FIFO_DEPTH": 2,
        "JOINED": 1,
        "CHUNK_BANKS": 2,
    },
    paper={
        "CHUNK": 128,
        "TIME_STEPS": 4,
        "COLUMNS": 32,
        "WEIGHT_W": 8,
        "ACC_W": 24,
        "LAGGY_ADDERS": 16,
        "QUEUE_DEPTH": 4,
        "FIFO_DEPTH": 8,
        "JOINED": 1,
        "CHUNK_BANKS": 2,
    },
)
def test_tppe(
    request: pytest.FixtureRequest, simulator: str, case: str, sizes: dict[str, int]
) -> None:
    """All of the above."""
    run_case(request, simulator, case, sizes)
