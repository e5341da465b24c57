"""Tests of snn_param_store: where each lane's numbers are, order and life of the two sets."""

from __future__ import annotations

from collections import deque
from typing import Any

import cocotb
import pytest

from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.unit import both_simulators, run_unit
from snn_rtl.tb.unit.bench import Bench, pack, unpack


class TB(Bench):
    """Loads sets and reads a segment of the one in use every cycle."""

    def __init__(self, dut: Any) -> None:
        names = ["load_valid", "load_idx", "load_data", "load_last", "release_set", "segment"]
        super().__init__(dut, **dict.fromkeys(names, 0))
        self.lanes, self.cells = self.sizes["LANES"], self.sizes["LIF_CELLS"]
        self.bias_w, self.beat_w = self.sizes["BIAS_W"], self.lanes * self.sizes["WEIGHT_W"]
        self.segments = self.lanes // self.cells
        self.beats = 2 * self.bias_w // self.sizes["WEIGHT_W"]
        self.rng = generator("numbers")
        # sets held: thresholds, then biases, a number a lane
        self.held: deque[list[int]] = deque()
        self.reads = 0

    async def start(self) -> None:
        """Start without a set."""
        await super().start()
        self.held.clear()

    def draw(self) -> list[int]:
        """Return a random set."""
        return [int(n) for n in self.rng.integers(1 << self.bias_w, size=2 * self.lanes)]

    async def cycle(
        self,
        beat: tuple[list[int], int] | None = None,
        *,
        release: bool = False,
        segment: int | None = None,
    ) -> None:
        """Load a beat (set, number), or noise that is not valid; check what is read."""
        if segment is None:
            segment = int(self.rng.integers(self.segments))
        numbers, idx = beat or (self.draw(), int(self.rng.integers(self.beats)))
        last = beat is not None and idx == self.beats - 1
        self.drive(
            load_valid=beat is not None,
            load_idx=idx,
            load_data=unpack(pack(numbers, self.bias_w), self.beat_w, self.beats)[idx],
            load_last=last,
            release_set=release,
            segment=segment,
        )
        await self.edge()
        assert self.out("room") == (len(self.held) < 2), "room"
        if self.held:
            lanes = slice(segment * self.cells, (segment + 1) * self.cells)
            thresholds, biases = self.held[0][: self.lanes], self.held[0][self.lanes :]
            assert self.out("thresholds") == pack(thresholds[lanes], self.bias_w), "thresholds"
            assert self.out("biases") == pack(biases[lanes], self.bias_w), "biases"
            self.reads += 1
        if release:
            self.held.popleft()
        if last:
            self.held.append(numbers)

    async def load(self, numbers: list[int], *, release_last: bool = False) -> None:
        """Load a set without pauses."""
        for idx in range(self.beats):
            release = release_last and idx == self.beats - 1
            await self.cycle((numbers, idx), release=release)

    async def read_all(self) -> None:
        """Read every segment of the set in use."""
        for segment in range(self.segments):
            await self.cycle(segment=segment)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def place_of_each_lane(dut: Any) -> None:
    """Each lane's threshold and bias alone is all ones, then alone all zeros, in both halves."""
    tb = TB(dut)
    await tb.start()
    ones = (1 << tb.bias_w) - 1
    for lane in range(2 * tb.lanes):
        for background in (0, ones):
            numbers = [background] * 2 * tb.lanes
            numbers[lane] = ones - background
            await tb.load(numbers)
            await tb.read_all()
            await tb.cycle(release=True)
    assert tb.reads == 4 * tb.lanes * (tb.segments + 1)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def two_sets_in_order(dut: Any) -> None:
    """A second set leaves the first one alone; room ends with it; both are used in order."""
    tb = TB(dut)
    await tb.start()
    for _ in range(3):
        await tb.load(tb.draw())
        await tb.read_all()
        await tb.load(tb.draw())
        await tb.read_all()
        assert len(tb.held) == 2
        await tb.cycle(release=True)
        await tb.read_all()
        await tb.cycle(release=True)
        await tb.cycle()
    assert not tb.held


@cocotb.test(timeout_time=100, timeout_unit="us")
async def release_beside_the_last_beat(dut: Any) -> None:
    """One set leaves in the cycle in which the next one is complete: it is read in the next."""
    tb = TB(dut)
    await tb.start()
    await tb.load(tb.draw())
    for _ in range(4):
        await tb.load(tb.draw(), release_last=True)
        await tb.read_all()
        assert len(tb.held) == 1


@cocotb.test(timeout_time=100, timeout_unit="us")
async def reset_forgets(dut: Any) -> None:
    """A reset forgets sets and half sets: the next set is the first one."""
    tb = TB(dut)
    await tb.start()
    for complete in range(3):
        for _ in range(complete):
            await tb.load(tb.draw())
        if complete < 2:
            half = tb.draw()
            for idx in range(tb.beats // 2):
                await tb.cycle((half, idx))
        await tb.restart()
        tb.held.clear()
        await tb.load(tb.draw())
        await tb.read_all()
        await tb.load(tb.draw())
        await tb.cycle(release=True)
        await tb.read_all()
        await tb.cycle(release=True)
        await tb.restart()
    assert tb.reads > 0


@cocotb.test(timeout_time=100, timeout_unit="us")
async def random_loads(dut: Any) -> None:
    """Loads with pauses while there is room, releases at any time."""
    tb = TB(dut)
    await tb.start()
    released = full = idx = 0
    numbers = tb.draw()
    while released < 80 or full <= 20:
        load = (idx or len(tb.held) < 2) and tb.rng.random() < 0.7
        release = bool(tb.held) and tb.rng.random() < (0.05 if released % 20 < 10 else 0.4)
        full += len(tb.held) == 2
        released += release
        await tb.cycle((numbers, idx) if load else None, release=release)
        if load:
            idx = (idx + 1) % tb.beats
            numbers = numbers if idx else tb.draw()


@both_simulators
@pytest.mark.parametrize(
    ("lanes", "weight_w", "bias_w", "cells"),
    [
        (4, 8, 32, 2),
        (6, 3, 9, 2),
        # a beat holds all thresholds; read at once, one lane at a time, and the only one
        (3, 4, 4, 3),
        (5, 16, 16, 1),
        (16, 32, 32, 1),
        (1, 8, 8, 1),
        # several beats, a lane at a time
        (8, 8, 24, 1),
    ],
)
def test_param_store(
    request: pytest.FixtureRequest,
    simulator: str,
    lanes: int,
    weight_w: int,
    bias_w: int,
    cells: int,
) -> None:
    """All of the above."""
    values = {"LANES": lanes, "WEIGHT_W": weight_w, "BIAS_W": bias_w, "LIF_CELLS": cells}
    run_unit(request, simulator, values)
