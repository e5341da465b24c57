"""Tests of loas_inner_join: matches, speculation and FIFOs, held to the cycle."""

from __future__ import annotations

from typing import Any

import cocotb
import pytest

from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.unit.bench import Bench, pack, rounds
from snn_rtl.tb.unit.fibres import (
    cases,
    make_fibre,
    ones,
    random_mask,
    random_word,
    reset_at_once,
    run_case,
)
from snn_rtl.tb.unit.joining import JoinModel, Offer


class TB(Bench):
    """Offers weight fibres, pops matches; predicts every cycle."""

    def __init__(self, dut: Any) -> None:
        super().__init__(
            dut,
            take=0,
            live=0,
            fibre_mask=0,
            fibre_values=0,
            fibre_group=0,
            fibre_bank=0,
            fibre_sums=0,
            pop_ready=0,
        )
        self.chunk, self.weight_w = self.sizes["CHUNK"], self.sizes["WEIGHT_W"]
        self.joined = self.sizes["JOINED"]
        self.groups = self.sizes["COLUMNS"] // self.joined
        self.full = (1 << self.chunk) - 1
        self.banks = self.sizes["CHUNK_BANKS"]
        self.rng = generator("fibres")
        self.matches = self.popped = self.blocked = self.stalls = 0
        self.forget()

    def forget(self) -> None:
        """Expect the state after a reset."""
        self.model = JoinModel(self.sizes["QUEUE_DEPTH"], self.sizes["FIFO_DEPTH"])

    def offer(self, mask: int) -> Offer:
        """Return a fibre with that bitmask, everything else random.

        Where columns are joined each position is that of any of them.
        """
        places = [int(self.rng.integers(self.joined)) * self.chunk + p for p in ones(mask)]
        return self.spread(sum(1 << place for place in places))

    def spread(self, mask: int) -> Offer:
        """Return joined fibres with these bitmasks side by side."""
        fibre = make_fibre(self.rng, mask, self.weight_w)
        group, bank = int(self.rng.integers(self.groups)), int(self.rng.integers(self.banks))
        return Offer(fibre, group, bank, int(self.rng.integers(2)))

    def random_offer(self) -> Offer:
        """Return a fibre of any density."""
        density = self.rng.choice([0.02, 0.2, 0.9])
        if self.rng.random() < 0.5:
            return self.offer(random_mask(self.rng, self.chunk, density))
        # The same position in several columns; together no more weights than a chunk has places.
        wide = random_mask(self.rng, self.joined * self.chunk, density / self.joined)
        most = self.rng.permutation(ones(wide))[: self.chunk]
        return self.spread(sum(1 << int(place) for place in most))

    async def cycle(
        self,
        offer: Offer | None = None,
        live: int = 0,
        *,
        ready: bool = False,
        hold_back: bool = False,
    ) -> bool:
        """Offer a fibre to what is live, be ready or not; check; return whether it was taken.

        A fibre that is held back is on offer, but another element has no place for it.
        """
        shown = offer or self.random_offer()
        rest = [random_word(self.rng, self.weight_w) for _ in range(self.chunk)]
        values = [*shown.fibre.values, *rest][: self.chunk]
        found = shown.matches(live, self.chunk, self.joined)
        blocked = bool(found) and self.model.full
        take = offer is not None and not blocked and not hold_back
        self.drive(
            take=take,
            live=live,
            fibre_mask=shown.fibre.mask,
            fibre_values=pack(values, self.weight_w),
            fibre_group=shown.group,
            fibre_bank=shown.bank,
            fibre_sums=shown.sums,
            pop_ready=ready,
        )
        await self.edge()
        assert self.outs("meets", "blocked") == (bool(found), blocked), "meets, blocked"
        self.blocked += blocked
        pop = self.check() and ready
        self.popped += pop
        self.matches += self.model.matched is not None
        self.model.step(found if take else [], pop=pop)
        return take

    def check(self) -> bool:
        """Check what does not depend on the offer; return whether there is something to pop."""
        model = self.model
        assert self.out("fifo_full") == model.stalls, "fifo_full"
        self.stalls += model.stalls
        match = model.matched
        assert self.out("match_valid") == (match is not None), "match_valid"
        if match is not None:
            got = self.outs("match_weight", "match_column", "match_sums")
            assert got == (match.weight, match.column, match.sums), f"match {got}, not {match}"
        head = model.head
        assert self.out("pop_valid") == (head is not None), "pop_valid"
        if head is not None:
            names = ("position", "weight", "column", "bank", "sums", "last")
            got = self.outs(*(f"pop_{name}" for name in names))
            assert got == tuple(head), f"pop {got}, not {head}"
        return head is not None

    async def join(self, offer: Offer, live: int, *, ready: bool = True) -> None:
        """Offer a fibre until it is taken."""
        while not await self.cycle(offer, live, ready=ready):
            pass

    async def finish(self) -> None:
        """Pop what is left."""
        while not self.model.empty or self.model.matched:
            await self.cycle(ready=True)
        for _ in range(3):
            await self.cycle(ready=True)


@cocotb.test(timeout_time=200, timeout_unit="us")
async def directed_fibres(dut: Any) -> None:
    """Full and single masks and live sets: first, last, all, none, every weight by its place."""
    tb = TB(dut)
    await tb.start()
    last = 1 << tb.chunk - 1
    halves = random_word(tb.rng, tb.chunk)
    masks = [tb.full, 1, last, last | 1, halves, tb.full ^ halves, 0]
    expected = 0
    for mask in masks:
        for live in masks:
            await tb.join(tb.offer(mask), live)
            expected += (mask & live).bit_count()
    await tb.finish()
    assert tb.matches == tb.popped == expected


@cocotb.test(timeout_time=200, timeout_unit="us")
async def every_column_of_a_group(dut: Any) -> None:
    """A fibre of each joined column alone, and the same position in all of them."""
    tb = TB(dut)
    await tb.start()
    last = 1 << tb.chunk - 1
    for column in range(tb.joined):
        for mask in (1, last, tb.full):
            await tb.join(tb.spread(mask << column * tb.chunk), tb.full)
    for mask in (1, last, last | 1):
        wide = sum(mask << column * tb.chunk for column in range(tb.joined))
        await tb.join(tb.spread(wide), tb.full)
        await tb.join(tb.spread(wide), last)
    await tb.finish()
    assert tb.popped == tb.joined * (tb.chunk + 2 + 4 + 2)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def first_match_and_pop(dut: Any) -> None:
    """Taken in c, matched in c + 1, speculated on in c + 2, popped in c + 3."""
    tb = TB(dut)
    await tb.start()
    assert await tb.cycle(tb.offer(tb.full), 1, ready=True)
    seen = []
    for _ in range(4):
        await tb.cycle(ready=True)
        seen.append((tb.out("match_valid"), tb.out("pop_valid")))
    assert seen == [(0, 0), (1, 0), (0, 1), (0, 0)]


@cocotb.test(timeout_time=100, timeout_unit="us")
async def a_match_every_cycle(dut: Any) -> None:
    """No gap within a fibre, nor to the next one, nor among fibres of one match.

    Two places in the FIFOs are too few: a match leaves two cycles after it came, and its place
    is offered again one later.
    """
    tb = TB(dut)
    await tb.start()
    offers = [tb.offer(tb.full) for _ in range(3)] + [tb.offer(1) for _ in range(6)]
    for offer in offers[:1]:
        await tb.join(offer, tb.full)
    await tb.cycle(ready=True)
    begin, coming = tb.now, offers[1:]
    while coming or tb.model.queue:
        if coming:
            taken = await tb.cycle(coming[0], tb.full, ready=True)
            coming = coming[taken:]
        else:
            await tb.cycle(ready=True)
    last = 3 * tb.chunk + 6 - 1
    if tb.sizes["FIFO_DEPTH"] == 2:
        last = last // 2 * 3 + last % 2
    assert tb.now - begin == last
    await tb.finish()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def matches_wait_for_their_words(dut: Any) -> None:
    """FIFO_DEPTH matches go ahead, then one for each that is popped; none is lost."""
    tb = TB(dut)
    await tb.start()
    depth = tb.sizes["FIFO_DEPTH"]
    for _ in range(2):
        tb.matches = tb.popped = tb.stalls = 0
        await tb.join(tb.offer(tb.full), tb.full, ready=False)
        for _ in range(depth + 6):
            await tb.cycle()
        assert tb.matches == depth
        assert tb.stalls == 6
        for _ in range(3):
            await tb.cycle(ready=True)
            for _ in range(4):
                await tb.cycle()
        assert tb.matches == depth + 3
        await tb.finish()
        assert tb.matches == tb.popped == tb.chunk


@cocotb.test(timeout_time=100, timeout_unit="us")
async def only_fibres_that_match_are_queued(dut: Any) -> None:
    """QUEUE_DEPTH fibres wait; a full queue blocks fibres that match, and no other ones."""
    tb = TB(dut)
    await tb.start()
    depth, half = tb.sizes["QUEUE_DEPTH"], tb.full >> tb.chunk // 2
    # the first one fills the FIFOs and stays the head
    for _ in range(depth):
        await tb.join(tb.offer(tb.full), tb.full, ready=False)
        # one that is held back elsewhere does not come in
        await tb.cycle(tb.offer(tb.full), half, hold_back=True)
        await tb.cycle(tb.offer(half), tb.full ^ half)
    tb.blocked = 0
    for _ in range(tb.sizes["FIFO_DEPTH"] + 3):
        assert not await tb.cycle(tb.offer(tb.full), half)
        assert await tb.cycle(tb.offer(tb.full ^ half), half)
        assert await tb.cycle(tb.offer(0), tb.full)
    assert tb.blocked == tb.sizes["FIFO_DEPTH"] + 3
    assert len(tb.model.queue) == depth
    await tb.finish()
    assert tb.popped == depth * tb.chunk


@cocotb.test(timeout_time=300, timeout_unit="us")
async def random_traffic(dut: Any) -> None:
    """Random fibres, live sets, offers, holds and pops."""
    tb = TB(dut)
    await tb.start()
    for _ in rounds(8, lambda: tb.matches > 200 and min(tb.blocked, tb.stalls) > 20):
        offers, readies = tb.rng.choice([0.3, 1.0]), tb.rng.choice([0.2, 0.6, 1.0])
        live = random_mask(tb.rng, tb.chunk, tb.rng.choice([0.05, 0.5, 1.0]))
        for _ in range(100):
            offer = tb.random_offer() if tb.rng.random() < offers else None
            ready, hold = tb.rng.random() < readies, tb.rng.random() < 0.2
            await tb.cycle(offer, live, ready=bool(ready), hold_back=bool(hold))
    await tb.finish()
    assert tb.matches == tb.popped


@cocotb.test(timeout_time=100, timeout_unit="us")
async def reset_empties_queue_and_fifos(dut: Any) -> None:
    """A reset at any time of a fibre; the next one begins with its lowest match."""
    tb = TB(dut)
    await tb.start()
    for cycles in range(8):
        await tb.join(tb.offer(tb.full), tb.full, ready=False)
        for _ in range(cycles):
            await tb.cycle(tb.offer(tb.full), tb.full)
        await reset_at_once(tb)
        tb.forget()
        tb.popped = 0
        await tb.join(tb.offer(tb.full ^ 1), 0b110)
        await tb.finish()
        assert tb.popped == 2


_ALONE = {"JOINED": 1, "CHUNK_BANKS": 2}


@cases(
    small=_ALONE | {"CHUNK": 32, "WEIGHT_W": 8, "COLUMNS": 8, "QUEUE_DEPTH": 2, "FIFO_DEPTH": 4},
    odd=_ALONE | {"CHUNK": 64, "WEIGHT_W": 3, "COLUMNS": 12, "QUEUE_DEPTH": 3, "FIFO_DEPTH": 2},
    paper=_ALONE | {"CHUNK": 128, "WEIGHT_W": 8, "COLUMNS": 32, "QUEUE_DEPTH": 4, "FIFO_DEPTH": 8},
    pairs={
        "CHUNK": 32,
        "WEIGHT_W": 5,
        "COLUMNS": 6,
        "JOINED": 2,
        "CHUNK_BANKS": 3,
        "QUEUE_DEPTH": 2,
        "FIFO_DEPTH": 4,
    },
    fours={
        "CHUNK": 32,
        "WEIGHT_W": 4,
        "COLUMNS": 8,
        "JOINED": 4,
        "CHUNK_BANKS": 5,
        "QUEUE_DEPTH": 3,
        "FIFO_DEPTH": 3,
    },
)
def test_inner_join(
    request: pytest.FixtureRequest, simulator: str, case: str, sizes: dict[str, int]
) -> None:
    """All of the above."""
    run_case(request, simulator, case, sizes)
