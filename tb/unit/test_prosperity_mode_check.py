"""Tests of prosperity_mode_check: every mode, time steps legal and not, which error is named."""

from __future__ import annotations

from itertools import product
from typing import Any, Final

import cocotb
import pytest
from cocotb.triggers import Timer

from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.register_map import register_map
from snn_rtl.tb.common.unit import both_simulators, parameters, run_unit
from snn_rtl.tb.unit.bench import rounds

MAP: Final = register_map("prosperity")
MODES: Final = {value for name, value in MAP.constants.items() if name.startswith("MODE_")}
POWERS: Final = {1 << bit for bit in range(32)}
WORD: Final = (1 << 32) - 1


class TB:
    """Sets configurations, predicts errors by the words of the register map, and counts them."""

    def __init__(self, dut: Any) -> None:
        self.dut = dut
        self.max_t = parameters()["TILE_M"]
        self.seen = dict.fromkeys(("NONE", "MODE", "TIME_STEPS"), 0)

    def expected(self, dim_m: int, time_steps: int, sparsity: int, spikes_out: int) -> str:
        """Return the name of the error."""
        if sparsity not in MODES:
            return "MODE"
        legal = time_steps in POWERS and time_steps <= self.max_t and dim_m % time_steps == 0
        return "NONE" if legal or not spikes_out else "TIME_STEPS"

    async def check(
        self, dim_m: int, time_steps: int, sparsity: int = 0, spikes_out: int = 1
    ) -> None:
        """Set a configuration and compare."""
        self.dut.dim_m.value = dim_m
        self.dut.time_steps.value = time_steps
        self.dut.sparsity.value = sparsity
        self.dut.spikes_out.value = spikes_out
        await Timer(1, unit="ns")
        name = self.expected(dim_m, time_steps, sparsity, spikes_out)
        got = MAP.error_name(int(self.dut.mode_error.value))
        assert got == name, (dim_m, time_steps, sparsity, spikes_out)
        self.seen[name] += 1


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def modes(dut: Any) -> None:
    """All values of the mode, with raw sums and with spikes, with a legal and an illegal T."""
    tb = TB(dut)
    for sparsity, spikes_out, steps in product(range(4), range(2), (1, 2, 3)):
        await tb.check(8, steps, sparsity, spikes_out)
    assert tb.seen == {"NONE": 15, "MODE": 6, "TIME_STEPS": 3}


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def time_steps(dut: Any) -> None:
    """Powers of two and their neighbours, dividing M or not; with raw sums nothing is asked."""
    tb = TB(dut)
    steps = {power + near for power in POWERS for near in (-1, 0, 1)} | {0xC000, WORD, tb.max_t}
    for t in sorted(steps):
        sizes = {t, t // 2, 3 * t, 3 * t + 1, 6 * t + 6, WORD & ~(t - 1), 1 << 31}
        for dim_m, spikes_out in product(sorted(m for m in sizes if m <= WORD), range(2)):
            await tb.check(dim_m, t, spikes_out=spikes_out)
    assert tb.seen["TIME_STEPS"] > 400
    assert tb.seen["NONE"] > 500


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def single_bits(dut: Any) -> None:
    """T with two bits, and a power of two that one bit of M alone makes no divisor."""
    tb = TB(dut)
    for low, high in product(range(32), repeat=2):
        await tb.check(0, 1 << high | 1 << low)
        await tb.check(1 << low, 1 << high)
    legal = tb.max_t.bit_length()
    assert tb.seen["NONE"] == legal + sum(32 - t for t in range(legal))


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def random_settings(dut: Any) -> None:
    """Random settings, most of them near to a legal one."""
    tb = TB(dut)
    rng = generator("settings")
    for _ in rounds(2000, lambda: min(tb.seen.values()) > 100):
        t = 1 << int(rng.integers(tb.max_t.bit_length() + 1))
        dim_m = t * int(rng.integers(1, 1 << 12)) + int(rng.random() < 0.2)
        t ^= int(rng.random() < 0.2) << int(rng.integers(32))
        await tb.check(dim_m, t, int(rng.integers(4)), int(rng.integers(2)))


@both_simulators
@pytest.mark.parametrize("tile_m", [256, 2, 32768])
def test_mode_check(request: pytest.FixtureRequest, simulator: str, tile_m: int) -> None:
    """All of the above."""
    run_unit(request, simulator, {"TILE_M": tile_m})
