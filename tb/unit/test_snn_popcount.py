"""Tests of snn_popcount: directed words and random ones of every density."""

from __future__ import annotations

from typing import Any

import cocotb
import pytest
from cocotb.triggers import Timer

from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.unit import both_simulators, parameters, run_unit


async def check(dut: Any, word: int) -> None:
    """Apply a word and check its count."""
    dut.word.value = word
    await Timer(1, "ns")
    assert int(dut.count.value) == word.bit_count(), f"count of {word:#x}"


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def directed_words(dut: Any) -> None:
    """None, all, each one alone, all but each one, all below each one."""
    width = parameters()["W"]
    ones = (1 << width) - 1
    await check(dut, 0)
    await check(dut, ones)
    for bit in range(width):
        for word in (1 << bit, ones ^ 1 << bit, ones >> bit, ones >> bit << bit):
            await check(dut, word)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def random_words(dut: Any) -> None:
    """Every count is seen."""
    width = parameters()["W"]
    rng = generator("words")
    seen = set()
    for trial in range(40 * (width + 1)):
        bits = rng.permutation(width)[: trial % (width + 1)]
        word = sum(1 << int(bit) for bit in bits)
        await check(dut, word)
        seen.add(word.bit_count())
    assert seen == set(range(width + 1))


@both_simulators
@pytest.mark.parametrize("width", [1, 16, 67])
def test_popcount(request: pytest.FixtureRequest, simulator: str, width: int) -> None:
    """All of the above."""
    run_unit(request, simulator, {"W": width})
