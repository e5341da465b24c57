"""Tests of snn_lif_cell: single steps at the extremes, and whole neurons against both models."""

from __future__ import annotations

from itertools import product
from typing import Any

import cocotb
import numpy as np
import pytest
from cocotb.triggers import Timer

from snn_rtl.models.lif import MAX_LEAK_SHIFT, LifConfig, lif
from snn_rtl.models.oracle.dense import naive_lif
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.unit import both_simulators, parameters, run_unit


def limits(width: int) -> tuple[int, int]:
    """Return the smallest and the largest signed number of a width."""
    return -(1 << width - 1), (1 << width - 1) - 1


class TB:
    """Applies one step at a time."""

    def __init__(self, dut: Any) -> None:
        self.dut = dut
        sizes = parameters()
        self.sum_w, self.bias_w, self.u_w = (sizes[n] for n in ("SUM_W", "BIAS_W", "U_W"))
        self.seen: set[tuple[str, str, bool, bool]] = set()

    def configure(self, config: LifConfig) -> None:
        """Apply the settings."""
        self.config = config
        self.dut.leak_shift.value = config.leak_shift
        self.dut.soft_reset.value = config.reset == "soft"
        self.dut.fire_ge.value = config.fire == ">="

    async def apply(self, *, first: bool, total: int, bias: int, threshold: int, u: int) -> None:
        """Apply the inputs of a step; wait for the outputs."""
        dut = self.dut
        dut.first.value = int(first)
        dut.sum.value = total & (1 << self.sum_w) - 1
        dut.bias.value = bias & (1 << self.bias_w) - 1
        dut.threshold.value = threshold & (1 << self.bias_w) - 1
        dut.u.value = u & (1 << self.u_w) - 1
        await Timer(1, "ns")

    def result(self) -> tuple[bool, int]:
        """Return spike and next potential."""
        return bool(self.dut.spike.value), self.dut.u_next.value.to_signed()

    async def check(self, *, first: bool, total: int, bias: int, threshold: int, u: int) -> bool:
        """Check one step by the definition; return False where the potential does not fit."""
        config = self.config
        kept = u - (u >> config.leak_shift) if config.leak_shift else u
        x = (0 if first else kept) + total + bias
        spike = x >= threshold if config.fire == ">=" else x > threshold
        after = x if not spike else x - threshold if config.reset == "soft" else 0
        low, high = limits(self.u_w)
        if not (low <= x <= high and low <= after <= high):
            return False
        await self.apply(first=first, total=total, bias=bias, threshold=threshold, u=u)
        step = f"{config} {first=} {total=} {bias=} {threshold=} {u=}"
        assert self.result() == (spike, after), step
        self.seen.add((config.fire, config.reset, spike, x == threshold))
        return True


def every_behaviour(leak_shifts: list[int]) -> list[LifConfig]:
    """Return both resets and both comparisons for each leak."""
    return [
        LifConfig(leak_shift=shift, reset=reset, fire=fire)
        for shift in leak_shifts
        for reset in ("hard", "soft")
        for fire in (">", ">=")
    ]


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def extreme_steps(dut: Any) -> None:
    """All combinations of extreme sums, biases, thresholds and potentials that fit."""
    tb = TB(dut)
    sums = [*limits(tb.sum_w), -1, 0]
    biases = [*limits(tb.bias_w), 1]
    low, high = limits(tb.u_w)
    checked = 0
    for config in every_behaviour([0, 1]):
        tb.configure(config)
        for total, bias, threshold in product(sums, biases, biases):
            for first, u in [(True, low), (True, high), (False, low // 2), (False, high // 2)]:
                inputs = {"total": total, "bias": bias, "threshold": threshold, "u": u}
                checked += await tb.check(first=first, **inputs)
    assert checked > 800
    assert len(tb.seen) >= 8


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def threshold_met_exactly(dut: Any) -> None:
    """X one below, at and one above the threshold, for positive, zero and negative ones."""
    tb = TB(dut)
    low, high = limits(tb.bias_w)
    thresholds = [low, low + 1, -1, 0, 1, 2, high - 1, high]
    for config in every_behaviour([0]):
        tb.configure(config)
        for threshold, above in product(thresholds, (-1, 0, 1)):
            # by the potential and, where it fits, by the bias
            assert await tb.check(
                first=False, total=0, bias=0, threshold=threshold, u=threshold + above
            )
            if low <= threshold + above <= high:
                assert await tb.check(
                    first=True, total=0, bias=threshold + above, threshold=threshold, u=high
                )
    met = {(fire, reset, fire == ">=", True) for fire in (">", ">=") for reset in ("hard", "soft")}
    assert tb.seen >= met


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def every_leak(dut: Any) -> None:
    """Leak shifts 0 to 31 on potentials of both signs around every power of two."""
    tb = TB(dut)
    low, high = limits(tb.u_w)
    powers = [1 << bit for bit in range(tb.u_w - 1)]
    values = {sign * power + near for power in powers for sign in (-1, 1) for near in (-1, 0, 1)}
    potentials = sorted(u for u in values | {low, high} if low <= u <= high)
    largest = limits(tb.bias_w)[1]
    for shift in range(MAX_LEAK_SHIFT + 1):
        tb.configure(LifConfig(leak_shift=shift))
        for u in potentials[:: 1 if tb.u_w < 20 else 3]:
            assert await tb.check(first=False, total=0, bias=0, threshold=largest, u=u)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def wide_steps_beside_the_threshold(dut: Any) -> None:
    """Numbers of every width that meet the threshold: a carry lost moves them across it."""
    tb = TB(dut)
    rng = generator("wide steps")
    low, high = limits(tb.bias_w)

    def number(most: int) -> int:
        bits = int(rng.integers(1, most))
        return int(rng.integers(*limits(bits), endpoint=True))

    checked = 0
    for config in every_behaviour([0, 1, 2, 5]):
        tb.configure(config)
        for _ in range(150):
            total, bias, u = number(tb.sum_w), number(tb.bias_w), number(tb.bias_w + 2)
            kept = u - (u >> config.leak_shift) if config.leak_shift else u
            threshold = kept + total + bias + int(rng.integers(-1, 2))
            if low <= threshold <= high:
                inputs = {"total": total, "bias": bias, "threshold": threshold, "u": u}
                checked += await tb.check(first=False, **inputs)
    assert checked > 800


@cocotb.test(timeout_time=2, timeout_unit="ms")
async def neurons_as_the_models(dut: Any) -> None:
    """Neurons over as many steps as U_W allows for; both models agree with the cell."""
    tb = TB(dut)
    spare = tb.u_w - max(tb.sum_w, tb.bias_w) - 2
    steps = 1 << min(spare, 5)
    rng = generator("neurons")
    fired = silent = 0
    for trial, config in enumerate(every_behaviour([0, 1, 2, 3, 7, 31]) * 4):
        tb.configure(config)
        sums = rng.integers(*limits(tb.sum_w), size=(steps, 1), endpoint=True)
        bias, threshold = rng.integers(*limits(tb.bias_w), size=(2, 1), endpoint=True)
        if trial % 4 == 0:
            # the worst case of the limit: everything at an end of its range, each step
            sums[:] = limits(tb.sum_w)[trial // 4 % 2]
            bias[:], threshold[:] = limits(tb.bias_w)[trial // 4 % 2], limits(tb.bias_w)[0]
        elif trial % 4 == 1:
            # small numbers: spikes now and then
            sums = rng.integers(-8, 9, size=(steps, 1))
            bias[:], threshold[:] = 1, rng.integers(4, 9)
        expected = lif(sums, steps, bias, threshold, config)
        second = naive_lif(
            sums,
            steps,
            bias,
            threshold,
            leak_shift=config.leak_shift,
            reset=config.reset,
            fire=config.fire,
        )
        assert np.array_equal(expected, second)
        u = int(rng.integers(*limits(tb.u_w)))
        for step in range(steps):
            values = {"bias": int(bias[0]), "threshold": int(threshold[0]), "u": u}
            await tb.apply(first=step == 0, total=int(sums[step, 0]), **values)
            spike, u = tb.result()
            assert spike == expected[step, 0], f"{config} step {step}"
            fired += spike
            silent += not spike
    assert fired > 20
    assert silent > 20


@both_simulators
@pytest.mark.parametrize(("sum_w", "bias_w", "u_w"), [(24, 32, 42), (7, 5, 9), (5, 11, 18)])
def test_lif_cell(
    request: pytest.FixtureRequest, simulator: str, sum_w: int, bias_w: int, u_w: int
) -> None:
    """All of the above."""
    run_unit(request, simulator, {"SUM_W": sum_w, "BIAS_W": bias_w, "U_W": u_w})
