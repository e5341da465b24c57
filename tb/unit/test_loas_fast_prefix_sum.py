"""Tests of loas_fast_prefix_sum: the ones below every position."""

from __future__ import annotations

from typing import Any

import cocotb
import pytest
from cocotb.triggers import Timer

from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.unit import parameters
from snn_rtl.tb.unit.fibres import cases, random_mask, run_case


async def check(dut: Any, mask: int, position: int) -> None:
    """Look one position up."""
    dut.mask.value = mask
    dut.position.value = position
    await Timer(1, "ns")
    expected = (mask & (1 << position) - 1).bit_count()
    assert int(dut.sum.value) == expected, f"ones of {mask:#x} below {position}"


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def directed_masks(dut: Any) -> None:
    """None, all, one alone and all but one, at every position."""
    width = parameters()["W"]
    full = (1 << width) - 1
    for position in range(width):
        masks = [0, full, 1 << position, full ^ 1 << position, full >> 1, 1, 1 << width - 1]
        for mask in masks:
            await check(dut, mask, position)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def random_masks(dut: Any) -> None:
    """Masks of every density, every position of each."""
    width = parameters()["W"]
    rng = generator("masks")
    for density in (0.02, 0.3, 0.7, 0.98):
        mask = random_mask(rng, width, density)
        for position in range(width):
            await check(dut, mask, position)


@cases(two={"W": 2}, odd={"W": 5}, small={"W": 32}, paper={"W": 128})
def test_fast_prefix_sum(
    request: pytest.FixtureRequest, simulator: str, case: str, sizes: dict[str, int]
) -> None:
    """All of the above."""
    run_case(request, simulator, case, sizes)
