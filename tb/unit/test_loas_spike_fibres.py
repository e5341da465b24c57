"""Tests of loas_spike_fibres: chunks, their sums and words, held to the cycle."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import cocotb
import pytest

from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.unit.bench import Bench, pack, rounds
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


@dataclass
class Chunk:
    """A bank: its words by position, what may match, and when its sums are complete."""

    words: dict[int, int] = field(default_factory=dict)
    live: int = 0
    ready_from: int | None = None


class TB(Bench):
    """Loads chunks and looks words up; predicts every cycle."""

    def __init__(self, dut: Any) -> None:
        super().__init__(
            dut,
            load_valid=0,
            load_bank=0,
            load_mask=0,
            load_live=0,
            load_words=0,
            release_bank=0,
            use_bank=0,
            word_bank=0,
            word_position=0,
        )
        self.chunk, self.steps = self.sizes["CHUNK"], self.sizes["TIME_STEPS"]
        self.blocks = self.chunk // self.sizes["ADDERS"]
        self.full = (1 << self.chunk) - 1
        self.rng = generator("chunks")
        self.looked_up = 0
        self.forget()

    def forget(self) -> None:
        """Expect the state after a reset."""
        self.banks = [Chunk() for _ in range(self.sizes["BANKS"])]
        self.busy_until = -1

    @property
    def busy(self) -> bool:
        """The next cycle still sums."""
        return self.now + 1 < self.busy_until

    def any_bank(self) -> int:
        """Return a random bank."""
        return int(self.rng.integers(len(self.banks)))

    def random_fibre(self) -> Fibre:
        """Return a chunk of any density."""
        density = self.rng.choice([0.0, 0.1, 0.5, 0.9, 1.0])
        return make_fibre(self.rng, random_mask(self.rng, self.chunk, density), self.steps)

    async def cycle(
        self,
        load: tuple[int, Fibre, int] | None = None,
        *,
        look: tuple[int, int] | None = None,
        release: int = 0,
    ) -> None:
        """Load (bank, fibre, live) or not, look a word up if its sum is there; check."""
        bank, fibre, live = load or (self.any_bank(), self.random_fibre(), 0)
        use = self.any_bank()
        where = look or (self.any_bank(), int(self.rng.integers(self.chunk)))
        rest = [random_word(self.rng, self.steps) for _ in range(self.chunk - len(fibre.values))]
        self.drive(
            load_valid=load is not None,
            load_bank=bank,
            load_mask=fibre.mask,
            load_live=live,
            load_words=pack([*fibre.values, *rest], self.steps),
            release_bank=release,
            use_bank=use,
            word_bank=where[0],
            word_position=where[1],
        )
        await self.edge()
        assert self.out("load_ready") == (self.now >= self.busy_until), "load_ready"
        assert self.out("live") == self.banks[use].live, "live"
        ready = [b.ready_from is not None and self.now >= b.ready_from for b in self.banks]
        assert self.out("ready") == pack(ready, 1), "ready"
        words = self.banks[where[0]].words
        if ready[where[0]] and where[1] in words:
            assert self.out("word") == words[where[1]], f"word at {where}"
            self.looked_up += 1
        for b, chunk in enumerate(self.banks):
            if release >> b & 1:
                chunk.live = 0
        if load is not None:
            self.busy_until = self.now + 1 + self.blocks
            words = dict(zip(ones(fibre.mask), fibre.values, strict=True))
            self.banks[bank] = Chunk(words, live, self.busy_until)

    async def load(self, bank: int, fibre: Fibre, live: int | None = None) -> None:
        """Load a chunk as soon as no sum is under way."""
        while self.busy:
            await self.cycle()
        await self.cycle((bank, fibre, fibre.mask if live is None else live))

    async def look_up(self, bank: int) -> None:
        """Wait for the sums of a bank; look all its words up, last position first."""
        while self.busy:
            await self.cycle()
        for position in reversed(self.banks[bank].words):
            await self.cycle(look=(bank, position))


@cocotb.test(timeout_time=100, timeout_unit="us")
async def directed_chunks(dut: Any) -> None:
    """Full, one word first or last, all but one, every other; every word of every bank."""
    tb = TB(dut)
    await tb.start()
    last = 1 << tb.chunk - 1
    every_other = sum(1 << i for i in range(0, tb.chunk, 2))
    masks = [tb.full, 1, last, tb.full ^ 1, tb.full ^ last, every_other, every_other << 1, 0]
    for number, mask in enumerate([*masks, *masks[1:]]):
        bank = number % len(tb.banks)
        await tb.load(bank, make_fibre(tb.rng, mask & tb.full, tb.steps))
        await tb.look_up(bank)
    assert tb.looked_up > 6 * tb.chunk


@cocotb.test(timeout_time=100, timeout_unit="us")
async def sums_take_their_cycles(dut: Any) -> None:
    """Sums and ready are there CHUNK / ADDERS + 1 cycles after the load, and so is the next one."""
    tb = TB(dut)
    await tb.start()
    begin = tb.now
    for i in range(6):
        await tb.load(i % len(tb.banks), tb.random_fibre())
    assert tb.now - begin == 1 + 5 * (tb.blocks + 1)
    # the first cycle with ready may look up the last position
    fibre = make_fibre(tb.rng, tb.full, tb.steps)
    await tb.load(0, fibre)
    while tb.busy:
        await tb.cycle()
    looked_up = tb.looked_up
    await tb.cycle(look=(0, tb.chunk - 1))
    assert tb.looked_up == looked_up + 1


@cocotb.test(timeout_time=100, timeout_unit="us")
async def a_bank_is_used_while_another_loads(dut: Any) -> None:
    """Words of one bank are looked up in every cycle of another one's load and sum."""
    tb = TB(dut)
    await tb.start()
    for bank in (*range(len(tb.banks)), 0):
        await tb.load(bank, make_fibre(tb.rng, tb.full, tb.steps))
        await tb.look_up(bank)
        other = (bank + 1) % len(tb.banks)
        await tb.cycle((other, tb.random_fibre(), 3), look=(bank, 0))
        for i in range(tb.blocks + 3):
            await tb.cycle(look=(bank, (7 * i + 1) % tb.chunk))


@cocotb.test(timeout_time=100, timeout_unit="us")
async def release_takes_live_away(dut: Any) -> None:
    """A released bank matches nothing; the others, and the words, stay."""
    tb = TB(dut)
    await tb.start()
    banks = range(len(tb.banks))
    for release in range(1, 1 << len(banks)):
        for bank in banks:
            # what may match is less than what is there
            live = random_word(tb.rng, tb.chunk)
            fibre = make_fibre(tb.rng, tb.full, tb.steps)
            await tb.load(bank, fibre, live & live >> 1)
        await tb.look_up(1)
        await tb.cycle(release=release)
        for bank in banks:
            await tb.look_up(bank)
    # released in the cycle of another one's load
    await tb.load(0, make_fibre(tb.rng, tb.full, tb.steps))
    while tb.busy:
        await tb.cycle()
    await tb.cycle((1, tb.random_fibre(), tb.full), release=1)
    for _ in range(6):
        await tb.cycle()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def random_traffic(dut: Any) -> None:
    """Random loads, releases and look-ups."""
    tb = TB(dut)
    await tb.start()
    for _ in rounds(600, lambda: tb.looked_up > 100):
        load = None
        if not tb.busy and tb.rng.random() < 0.3:
            fibre = tb.random_fibre()
            live = fibre.mask & random_word(tb.rng, tb.chunk)
            load = (tb.any_bank(), fibre, live)
        look = None
        bank = tb.any_bank()
        if tb.banks[bank].words:
            look = (bank, int(tb.rng.choice(list(tb.banks[bank].words))))
        some = int(tb.rng.integers(1, 1 << len(tb.banks)))
        release = some if tb.rng.random() < 0.05 else 0
        if load is not None:
            release &= ~(1 << load[0])
        await tb.cycle(load, look=look, release=release)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def reset_in_every_cycle_of_a_sum(dut: Any) -> None:
    """A reset at any time empties all banks; the next sums start afresh."""
    tb = TB(dut)
    await tb.start()
    for age in range(min(tb.blocks + 2, 12)):
        await tb.load(age % len(tb.banks), make_fibre(tb.rng, tb.full, tb.steps))
        for _ in range(age):
            await tb.cycle()
        await reset_at_once(tb)
        tb.forget()
        await tb.cycle()
        await tb.load(0, make_fibre(tb.rng, tb.full, tb.steps))
        await tb.look_up(0)


@cases(
    small={"CHUNK": 32, "TIME_STEPS": 4, "ADDERS": 8, "BANKS": 2},
    three={"CHUNK": 32, "TIME_STEPS": 4, "ADDERS": 4, "BANKS": 3},
    one_adder={"CHUNK": 32, "TIME_STEPS": 2, "ADDERS": 1, "BANKS": 2},
    one_block={"CHUNK": 64, "TIME_STEPS": 8, "ADDERS": 64, "BANKS": 4},
    paper={"CHUNK": 128, "TIME_STEPS": 4, "ADDERS": 16, "BANKS": 2},
)
def test_spike_fibres(
    request: pytest.FixtureRequest, simulator: str, case: str, sizes: dict[str, int]
) -> None:
    """All of the above."""
    run_case(request, simulator, case, sizes)
