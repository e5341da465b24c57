"""Tests of snn_find_first: none, one, two and many requests."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import cocotb
import pytest
from cocotb.triggers import Timer

from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.unit import both_simulators, parameters, run_unit


async def check(dut: Any, req: int) -> None:
    """Apply a vector of requests and check all three answers."""
    dut.req.value = req
    await Timer(1, "ns")
    found = [i for i in range(parameters()["W"]) if req >> i & 1]
    assert int(dut.any.value) == bool(found), f"any of {req:#x}"
    assert int(dut.many.value) == (len(found) >= 2), f"many of {req:#x}"
    assert int(dut.idx.value) == (found[0] if found else 0), f"idx of {req:#x}"


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def directed_vectors(dut: Any) -> None:
    """None, all, each alone, each with all above it, all below each, every pair."""
    width = parameters()["W"]
    ones = (1 << width) - 1
    await check(dut, 0)
    for bit in range(width):
        for req in (1 << bit, ones >> bit << bit, ones >> bit):
            await check(dut, req)
    for low, high in combinations(range(width), 2):
        await check(dut, 1 << low | 1 << high)
    await check(dut, 0)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def random_vectors(dut: Any) -> None:
    """Random vectors, sparse ones and dense ones: every index is seen with others above it."""
    width = parameters()["W"]
    rng = generator("vectors")
    seen = set()
    for _ in range(-(-600 // width)):
        for lowest in range(width):
            bits = rng.random(width) < rng.choice([0.02, 0.3, 0.9])
            req = sum(1 << i for i in range(lowest + 1, width) if bits[i]) | 1 << lowest
            await check(dut, req)
            seen.add((lowest, req.bit_count() > 1))
    assert seen >= {(i, True) for i in range(width - 1)} | {(width - 1, False)}


@both_simulators
@pytest.mark.parametrize("width", [2, 11, 64])
def test_find_first(request: pytest.FixtureRequest, simulator: str, width: int) -> None:
    """All of the above."""
    run_unit(request, simulator, {"W": width})
