"""Tests of prosperity_lif_array: the potentials of all segments, each apart, against the model."""

from __future__ import annotations

from typing import Any, Final

import cocotb
import pytest

from snn_rtl.models.lif import LifConfig, lif
from snn_rtl.tb.common.clock_reset import start_clock
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.unit import both_simulators, run_unit
from snn_rtl.tb.unit.bench import Bench, pack, rounds

STEPS: Final = 16
"""Time steps of a position; U_W is chosen for them."""

BEHAVIOURS: Final = [
    LifConfig(),
    LifConfig(leak_shift=3, reset="soft"),
    LifConfig(leak_shift=1, fire=">="),
    LifConfig(leak_shift=31, reset="soft", fire=">="),
]


class TB(Bench):
    """Drives one segment a cycle; every lane is a neuron with its own bias and threshold."""

    def __init__(self, dut: Any) -> None:
        names = ["leak_shift", "soft_reset", "fire_ge", "step", "first", "segment"]
        super().__init__(dut, **dict.fromkeys([*names, "sums", "biases", "thresholds"], 0))
        self.lanes, self.cells = self.sizes["LANES"], self.sizes["LIF_CELLS"]
        self.acc_w, self.bias_w = self.sizes["ACC_W"], self.sizes["BIAS_W"]
        self.segments = self.lanes // self.cells
        self.rng = generator("neurons")
        self.spikes = 0
        self.silences = 0

    async def start(self) -> None:
        """Start the clock; there is no reset."""
        self.drive()
        start_clock(self.dut)
        await self.edge()

    def layer(self, config: LifConfig, positions: int) -> None:
        """Draw biases, thresholds and the sums of all rows; compute the spikes."""
        self.idle |= {
            "leak_shift": config.leak_shift,
            "soft_reset": config.reset == "soft",
            "fire_ge": config.fire == ">=",
        }
        half, rng = 1 << self.bias_w - 1, self.rng
        self.bias = rng.integers(-half, half, self.lanes) // 8
        self.threshold = rng.integers(-half, half, self.lanes)
        self.threshold[::2] = abs(self.threshold[::2]) // 2
        half = 1 << self.acc_w - 1
        self.sums = rng.integers(-half, half, (positions * STEPS, self.lanes))
        # some neurons stay near their threshold and meet it exactly, now and then: others in every
        # layer, or one cell would see nothing else
        near = rng.permutation(self.lanes)[: self.lanes // 2]
        self.bias[near] = rng.integers(-6, 7, near.size)
        self.threshold[near] = rng.integers(1, 16, near.size)
        self.sums[:, near] = self.sums[:, near] % 8 - 2
        self.expected = lif(self.sums, STEPS, self.bias, self.threshold, config)

    async def row(self, segment: int, row: int, *, step: bool = True) -> None:
        """Drive one segment of a row for one cycle; check its spikes."""
        lanes = slice(segment * self.cells, (segment + 1) * self.cells)
        self.drive(
            step=step,
            first=row % STEPS == 0,
            segment=segment,
            sums=pack(self.sums[row, lanes].tolist(), self.acc_w),
            biases=pack(self.bias[lanes].tolist(), self.bias_w),
            thresholds=pack(self.threshold[lanes].tolist(), self.bias_w),
        )
        await self.edge()
        expected = self.expected[row, lanes].tolist()
        assert self.out("spikes") == pack(expected, 1), f"{segment=} {row=}"
        self.spikes += sum(expected)
        self.silences += len(expected) - sum(expected)

    async def noise(self) -> None:
        """Drive anything at all, but no step."""
        self.drive(
            first=int(self.rng.integers(2)),
            segment=int(self.rng.integers(self.segments)),
            sums=pack(self.rng.integers(1 << self.acc_w, size=self.cells).tolist(), self.acc_w),
        )
        await self.edge()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def rows_in_order(dut: Any) -> None:
    """Segment after segment, row after row, as the output unit does it, with every behaviour."""
    tb = TB(dut)
    await tb.start()
    for _ in rounds(1, lambda: min(tb.spikes, tb.silences) > 50):
        for config in BEHAVIOURS:
            tb.layer(config, positions=2)
            for row in range(2 * STEPS):
                for segment in range(tb.segments):
                    await tb.row(segment, row)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def only_a_step_changes_potentials(dut: Any) -> None:
    """Spikes show without a step too, as often as one looks; noise between steps does nothing."""
    tb = TB(dut)
    await tb.start()
    for _ in rounds(1, lambda: min(tb.spikes, tb.silences) > 10):
        tb.layer(BEHAVIOURS[1], positions=1)
        for row in range(STEPS):
            for segment in range(tb.segments):
                await tb.row(segment, row, step=False)
                await tb.noise()
                await tb.row(segment, row, step=False)
                await tb.row(segment, row)
                await tb.noise()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def first_restarts_a_segment(dut: Any) -> None:
    """A position that is left in its middle leaves nothing behind, the other segments go on."""
    tb = TB(dut)
    await tb.start()
    last = tb.segments - 1
    for _ in rounds(1, lambda: min(tb.spikes, tb.silences) > 10):
        tb.layer(BEHAVIOURS[0], positions=1)
        for row in range(STEPS // 2):
            for segment in range(tb.segments):
                await tb.row(segment, row)
        for row in range(STEPS // 2):
            await tb.row(last, row)
        for row in range(STEPS // 2, STEPS):
            for segment in range(tb.segments):
                await tb.row(segment, row)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def random_order(dut: Any) -> None:
    """Each segment walks its rows at its own pace, with pauses."""
    tb = TB(dut)
    await tb.start()
    for _ in rounds(1, lambda: min(tb.spikes, tb.silences) > 200):
        tb.layer(BEHAVIOURS[1], positions=16)
        rows = dict.fromkeys(range(tb.segments), 0)
        while rows:
            if tb.rng.random() < 0.3:
                await tb.noise()
            segment = int(tb.rng.choice(list(rows)))
            await tb.row(segment, rows[segment])
            rows[segment] += 1
            if rows[segment] == len(tb.sums):
                del rows[segment]


@both_simulators
@pytest.mark.parametrize(("lanes", "cells"), [(9, 3), (8, 2), (5, 5)])
def test_lif_array(request: pytest.FixtureRequest, simulator: str, lanes: int, cells: int) -> None:
    """All of the above."""
    widths = {"ACC_W": 12, "BIAS_W": 10, "U_W": 12 + 2 + 4}
    run_unit(request, simulator, {"LANES": lanes, "LIF_CELLS": cells, **widths})
