"""Tests of parallel_lif: all rows and time steps of a column at once, against the oracle."""

from __future__ import annotations

from typing import Any, Final

import cocotb
import numpy as np
import pytest
from cocotb.triggers import Timer
from numpy.typing import NDArray

from models.lif import LifConfig
from models.oracle import naive_lif
from tb.common.randomness import generator
from tb.common.unit import parameters
from tb.unit.bench import pack, rounds
from tb.unit.fibres import cases, run_case

BEHAVIOURS: Final = [
    LifConfig(leak_shift=leak, reset=reset, fire=fire)
    for leak in (0, 1, 3, 31)
    for reset in ("hard", "soft")
    for fire in (">", ">=")
]


class TB:
    """Shows columns of sums."""

    def __init__(self, dut: Any) -> None:
        self.dut = dut
        sizes = parameters()
        self.rows, self.steps = sizes["ROWS"], sizes["TIME_STEPS"]
        self.acc_w, self.bias_w = sizes["ACC_W"], sizes["BIAS_W"]
        self.most = (1 << self.acc_w - 1) - 1
        self.limit = (1 << self.bias_w - 1) - 1
        self.rng = generator("sums")
        self.spikes = self.silences = 0

    def both(self) -> bool:
        """Return whether there were enough spikes, and enough steps without one."""
        return min(self.spikes, self.silences) > 50

    async def check(
        self, sums: NDArray[np.int64], bias: int, threshold: int, config: LifConfig
    ) -> None:
        """Show the sums (rows, steps) of a column; check its words."""
        self.dut.leak_shift.value = config.leak_shift
        self.dut.soft_reset.value = int(config.reset == "soft")
        self.dut.fire_ge.value = int(config.fire == ">=")
        self.dut.bias.value = pack([bias], self.bias_w)
        self.dut.threshold.value = pack([threshold], self.bias_w)
        self.dut.sums.value = pack(sums.ravel().tolist(), self.acc_w)
        await Timer(1, "ns")
        column = sums.reshape(-1, 1)
        numbers = np.array([bias]), np.array([threshold])
        expected = naive_lif(column, self.steps, *numbers, **vars(config)).ravel().tolist()
        assert int(self.dut.words.value) == pack(expected, 1), f"{sums.tolist()} {bias=} {config}"
        self.spikes += sum(expected)
        self.silences += len(expected) - sum(expected)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def every_behaviour(dut: Any) -> None:
    """Leaks, both resets, both comparisons; sums about as large as the threshold."""
    tb = TB(dut)
    size = min(tb.most, tb.limit)
    for _ in rounds(6, tb.both):
        for config in BEHAVIOURS:
            sums = tb.rng.integers(-size, size, (tb.rows, tb.steps))
            bias = int(tb.rng.integers(-size // 4, size // 4))
            threshold = int(tb.rng.integers(0, size // 2))
            await tb.check(sums, bias, threshold, config)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def exactly_at_the_threshold(dut: Any) -> None:
    """Small sums and thresholds, so that potentials often meet the threshold."""
    tb = TB(dut)
    for _ in rounds(1, tb.both):
        for config in BEHAVIOURS:
            for threshold in (-1, 0, 1, 2):
                sums = tb.rng.integers(-1, 3, (tb.rows, tb.steps))
                await tb.check(sums, 0, threshold, config)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def every_leak(dut: Any) -> None:
    """The lowest sum leaks by each shift; the next sum brings the potential to zero exactly."""
    tb = TB(dut)
    low = -tb.most - 1
    for leak in range(32):
        kept = low - (low >> leak) if leak else low
        sums = np.zeros((tb.rows, tb.steps), np.int64)
        sums[:, :2] = [low, min(tb.most, -kept)]
        for threshold in (-1, 0):
            await tb.check(sums, 0, threshold, LifConfig(leak_shift=leak))
    assert min(tb.spikes, tb.silences) > 30


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def extreme_values(dut: Any) -> None:
    """Potentials go up and down as far as they can."""
    tb = TB(dut)
    for config in BEHAVIOURS:
        for total in (tb.most, -tb.most - 1):
            for bias in (tb.limit, -tb.limit - 1):
                for threshold in (tb.limit, -tb.limit - 1, 0):
                    sums = np.full((tb.rows, tb.steps), total)
                    await tb.check(sums, bias, threshold, config)
    assert min(tb.spikes, tb.silences) > 50


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def rows_and_steps_are_apart(dut: Any) -> None:
    """One large sum: only its row fires, from its step on or in it alone."""
    tb = TB(dut)
    for config in (LifConfig(), LifConfig(reset="soft")):
        for row in range(tb.rows):
            for step in range(tb.steps):
                sums = np.zeros((tb.rows, tb.steps), np.int64)
                sums[row, step] = tb.most
                threshold = min(tb.most // tb.steps, tb.limit) - 1
                await tb.check(sums, 0, threshold, config)
    assert tb.spikes > tb.rows * tb.steps


@cases(
    small={"ROWS": 4, "TIME_STEPS": 4, "ACC_W": 18, "BIAS_W": 16},
    one_row={"ROWS": 1, "TIME_STEPS": 2, "ACC_W": 12, "BIAS_W": 8},
    eight_steps={"ROWS": 3, "TIME_STEPS": 8, "ACC_W": 10, "BIAS_W": 10},
    paper={"ROWS": 16, "TIME_STEPS": 4, "ACC_W": 24, "BIAS_W": 32},
)
def test_parallel_lif(
    request: pytest.FixtureRequest, simulator: str, case: str, sizes: dict[str, int]
) -> None:
    """All of the above."""
    run_case(request, simulator, case, sizes)
