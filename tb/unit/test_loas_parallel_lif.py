"""Tests of loas_parallel_lif: all rows and steps of a column at once, a column a cycle."""

from __future__ import annotations

from typing import Any, Final

import cocotb
import numpy as np
import pytest
from numpy.typing import NDArray

from snn_rtl.models.lif import LifConfig
from snn_rtl.models.oracle.dense import naive_lif
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.unit.bench import Bench, pack, rounds
from snn_rtl.tb.unit.fibres import cases, random_word, run_case

BEHAVIOURS: Final = [
    LifConfig(leak_shift=leak, reset=reset, fire=fire)
    for leak in (0, 1, 3, 31)
    for reset in ("hard", "soft")
    for fire in (">", ">=")
]


class TB(Bench):
    """Shows columns of sums, back to back or with pauses, and checks the words of each."""

    def __init__(self, dut: Any) -> None:
        pins = ("leak_shift", "soft_reset", "fire_ge", "valid", "bias", "threshold", "sums")
        super().__init__(dut, **dict.fromkeys(pins, 0))
        self.rows, self.steps = self.sizes["ROWS"], self.sizes["TIME_STEPS"]
        self.acc_w, self.bias_w = self.sizes["ACC_W"], self.sizes["BIAS_W"]
        self.most = (1 << self.acc_w - 1) - 1
        self.limit = (1 << self.bias_w - 1) - 1
        self.rng = generator("sums")
        self.spikes = self.silences = 0
        self.config = LifConfig()
        # the words of the column before, and what it was, for the message
        self.shown: tuple[int, str] | None = None

    async def restart(self) -> None:
        """Let a cycle pass: there is nothing to reset."""
        self.drive()
        await self.edge()

    def both(self) -> bool:
        """Return whether there were enough spikes, and enough steps without one."""
        return min(self.spikes, self.silences) > 50

    async def cycle(self, **column: int) -> None:
        """Drive a cycle; check the words of the column before it."""
        config = self.config
        self.drive(
            leak_shift=config.leak_shift,
            soft_reset=config.reset == "soft",
            fire_ge=config.fire == ">=",
            **column,
        )
        await self.edge()
        if self.shown is not None:
            expected, what = self.shown
            assert self.out("words") == expected, what

    async def pause(self) -> None:
        """Show a column that is not valid: the words stay."""
        sums = random_word(self.rng, self.rows * self.steps * self.acc_w)
        numbers = {pin: random_word(self.rng, self.bias_w) for pin in ("bias", "threshold")}
        await self.cycle(valid=0, sums=sums, **numbers)

    async def check(
        self, sums: NDArray[np.int64], bias: int, threshold: int, config: LifConfig
    ) -> None:
        """Show the sums (rows, steps) of a column; its words are checked in the next cycle."""
        if config != self.config:
            # a column in flight still needs its settings
            await self.pause()
            self.config, self.shown = config, None
        elif self.rng.random() < 0.2:
            await self.pause()
        await self.cycle(
            valid=1,
            bias=pack([bias], self.bias_w),
            threshold=pack([threshold], self.bias_w),
            sums=pack(sums.ravel().tolist(), self.acc_w),
        )
        numbers = np.array([bias]), np.array([threshold])
        column = sums.reshape(-1, 1)
        expected = naive_lif(column, self.steps, *numbers, **vars(config)).ravel().tolist()
        self.shown = pack(expected, 1), f"{sums.tolist()} {bias=} {config}"
        self.spikes += sum(expected)
        self.silences += len(expected) - sum(expected)

    async def finish(self) -> None:
        """Check the last column's words, and that they stay."""
        await self.pause()
        await self.pause()


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def every_behaviour(dut: Any) -> None:
    """Leaks, both resets, both comparisons; sums about as large as the threshold."""
    tb = TB(dut)
    await tb.start()
    size = min(tb.most, tb.limit)
    for _ in rounds(6, tb.both):
        for config in BEHAVIOURS:
            sums = tb.rng.integers(-size, size, (tb.rows, tb.steps))
            bias = int(tb.rng.integers(-size // 4, size // 4))
            threshold = int(tb.rng.integers(0, size // 2))
            await tb.check(sums, bias, threshold, config)
    await tb.finish()


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def exactly_at_the_threshold(dut: Any) -> None:
    """Small sums and thresholds, so that potentials often meet the threshold."""
    tb = TB(dut)
    await tb.start()
    for _ in rounds(1, tb.both):
        for config in BEHAVIOURS:
            for threshold in (-1, 0, 1, 2):
                sums = tb.rng.integers(-1, 3, (tb.rows, tb.steps))
                await tb.check(sums, 0, threshold, config)
    await tb.finish()


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def wide_numbers_beside_the_threshold(dut: Any) -> None:
    """Wide sums and biases; the potential of a row meets the threshold in a step, early or late."""
    tb = TB(dut)
    await tb.start()
    size = min(tb.most, tb.limit) // (2 * tb.steps)
    for _ in rounds(4, tb.both):
        for config in BEHAVIOURS:
            sums = tb.rng.integers(-size, size, (tb.rows, tb.steps))
            bias = int(tb.rng.integers(-size, size))
            # of a neuron that has not fired yet
            u = 0
            row, steps = tb.rng.integers(tb.rows), int(tb.rng.integers(1, tb.steps + 1))
            for total in sums[row, :steps].tolist():
                u += total + bias - (u >> config.leak_shift if config.leak_shift else 0)
            await tb.check(sums, bias, u + int(tb.rng.integers(-1, 2)), config)
    await tb.finish()


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def every_leak(dut: Any) -> None:
    """The lowest sum leaks by each shift; the next sum brings the potential to zero exactly."""
    tb = TB(dut)
    await tb.start()
    low = -tb.most - 1
    for leak in range(32):
        kept = low - (low >> leak) if leak else low
        sums = np.zeros((tb.rows, tb.steps), np.int64)
        sums[:, :2] = [low, min(tb.most, -kept)]
        for threshold in (-1, 0):
            await tb.check(sums, 0, threshold, LifConfig(leak_shift=leak))
    await tb.finish()
    assert min(tb.spikes, tb.silences) > 30


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def extreme_values(dut: Any) -> None:
    """Potentials go up and down as far as they can."""
    tb = TB(dut)
    await tb.start()
    for config in BEHAVIOURS:
        for total in (tb.most, -tb.most - 1):
            for bias in (tb.limit, -tb.limit - 1):
                for threshold in (tb.limit, -tb.limit - 1, 0):
                    sums = np.full((tb.rows, tb.steps), total)
                    await tb.check(sums, bias, threshold, config)
    await tb.finish()
    assert min(tb.spikes, tb.silences) > 50


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def rows_and_steps_are_apart(dut: Any) -> None:
    """One large sum: only its row fires, from its step on or in it alone."""
    tb = TB(dut)
    await tb.start()
    for config in (LifConfig(), LifConfig(reset="soft")):
        for row in range(tb.rows):
            for step in range(tb.steps):
                sums = np.zeros((tb.rows, tb.steps), np.int64)
                sums[row, step] = tb.most
                threshold = min(tb.most // tb.steps, tb.limit) - 1
                await tb.check(sums, 0, threshold, config)
    await tb.finish()
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
