"""Tests of loas_ft_filter: which positions are left, pointers into the packed words."""

from __future__ import annotations

from typing import Any

import cocotb
import numpy as np
import pytest
from cocotb.triggers import Timer

from snn_rtl.models.loas.formats import drop_single
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.unit import parameters
from snn_rtl.tb.unit.bench import pack
from snn_rtl.tb.unit.fibres import Fibre, cases, ones, random_mask, random_word, run_case


class TB:
    """Shows fibres, with and without the filter."""

    def __init__(self, dut: Any) -> None:
        self.dut = dut
        self.chunk, self.steps = parameters()["CHUNK"], parameters()["TIME_STEPS"]
        self.full = (1 << self.chunk) - 1
        self.rng = generator("fibres")
        self.dropped = self.kept = 0

    async def check(self, fibre: Fibre) -> None:
        """Show a fibre with random words behind its own; check what is left of it."""
        free = self.chunk - len(fibre.values)
        rest = [random_word(self.rng, self.steps) for _ in range(free)]
        self.dut.mask.value = fibre.mask
        self.dut.words.value = pack([*fibre.values, *rest], self.steps)
        words = np.array(fibre.values, np.uint8)
        # a word without a spike, which no fibre has, is none with one
        kept = (drop_single(words) != 0) | (words == 0)
        places = ones(fibre.mask)
        left = sum(1 << place for place, keep in zip(places, kept, strict=True) if keep)
        for drop, live in ((0, fibre.mask), (1, left), (0, fibre.mask)):
            self.dut.drop_single.value = drop
            await Timer(1, "ns")
            assert int(self.dut.live.value) == live, f"live of {fibre}"
            expected = (fibre.mask ^ live).bit_count()
            assert int(self.dut.dropped.value) == expected, f"dropped of {fibre}"
        self.kept += left.bit_count()
        self.dropped += (fibre.mask ^ left).bit_count()

    def fibre(self, mask: int, words: list[int]) -> Fibre:
        """Return a fibre whose words are drawn from those given."""
        drawn = self.rng.choice(words, mask.bit_count())
        return Fibre(mask, tuple(int(word) for word in drawn))


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def every_word(dut: Any) -> None:
    """Each word at the first, at the last and at every position."""
    tb = TB(dut)
    for word in range(1, 1 << tb.steps):
        for mask in (1, 1 << tb.chunk - 1, tb.full):
            await tb.check(tb.fibre(mask, [word]))
    assert min(tb.dropped, tb.kept) >= tb.chunk


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def a_single_word_among_others(dut: Any) -> None:
    """A full fibre with one word of one spike at each position, and the other way round."""
    tb = TB(dut)
    single, several = 1 << tb.steps - 1, (1 << tb.steps) - 1
    await tb.check(Fibre(0, ()))
    for one, others in ((single, several), (several, single)):
        for place in range(tb.chunk):
            words = [others] * tb.chunk
            words[place] = one
            await tb.check(Fibre(tb.full, tuple(words)))


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def random_fibres(dut: Any) -> None:
    """Masks and words of every density: dropped words count for the pointers behind them."""
    tb = TB(dut)
    singles = [1 << t for t in range(tb.steps)]
    for words in ([*range(1 << tb.steps)], singles, [*singles, (1 << tb.steps) - 1]):
        for density in (0.05, 0.3, 0.6, 0.95):
            for _ in range(32):
                await tb.check(tb.fibre(random_mask(tb.rng, tb.chunk, density), words))
    assert min(tb.dropped, tb.kept) > 100


@cases(
    small={"CHUNK": 32, "TIME_STEPS": 4},
    two_steps={"CHUNK": 32, "TIME_STEPS": 2},
    eight_steps={"CHUNK": 64, "TIME_STEPS": 8},
    paper={"CHUNK": 128, "TIME_STEPS": 4},
)
def test_ft_filter(
    request: pytest.FixtureRequest, simulator: str, case: str, sizes: dict[str, int]
) -> None:
    """All of the above."""
    run_case(request, simulator, case, sizes)
