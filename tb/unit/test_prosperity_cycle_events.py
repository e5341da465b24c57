"""Tests of prosperity_cycle_events: each cycle of a layer has exactly one reason, the right one."""

from __future__ import annotations

from collections import Counter
from typing import Any

import cocotb
import pytest

from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.unit import both_simulators, run_unit
from snn_rtl.tb.unit.bench import Bench
from snn_rtl.tb.unit.counting import REASONS, CycleReasons, layer_events


class TB(Bench):
    """Drives events and counts the reasons."""

    def __init__(self, dut: Any) -> None:
        super().__init__(
            dut,
            start=0,
            input_taken=0,
            layer_done=0,
            step=0,
            active=0,
            desc_valid=0,
            weight_valid=0,
            wait_room=0,
            detecting=0,
        )
        self.reasons = CycleReasons()
        self.seen: Counter[str | None] = Counter()

    async def cycle(self, **events: int) -> str | None:
        """Drive one cycle; check and return its reason."""
        self.drive(**events)
        await self.edge()
        expected = self.reasons.cycle(**events)
        assert self.out("inc_cycles") == (expected is not None), "inc_cycles"
        high = [name for name in REASONS if self.out(f"inc_{name.lower()}")]
        assert high == ([expected] if expected else []), f"{high} instead of {expected}"
        self.seen[expected] += 1
        return expected


@cocotb.test(timeout_time=100, timeout_unit="us")
async def one_layer(dut: Any) -> None:
    """A layer by hand: every reason once, from the first input to the last output, twice."""
    tb = TB(dut)
    await tb.start()
    ready = {"desc_valid": 1, "weight_valid": 1}
    script: list[tuple[dict[str, int], str | None]] = [
        ({"start": 1}, None),
        ({"active": 1}, None),
        ({"active": 1, "input_taken": 1}, "FILL"),
        ({"active": 1, "detecting": 1}, "FILL"),
        ({"active": 1, "desc_valid": 1}, "FILL"),
        ({"active": 1, "step": 1, **ready}, "PROCESS"),
        ({"active": 1, "weight_valid": 1}, "WAIT_SPIKES"),
        ({"active": 1, "detecting": 1}, "WAIT_DETECT"),
        ({"active": 1, "desc_valid": 1, "detecting": 1}, "WAIT_WEIGHTS"),
        ({"active": 1, **ready}, "WAIT_OUTPUT"),
        ({"active": 1, "wait_room": 1, **ready}, "WAIT_RESULTS"),
        ({"active": 1, "step": 1, "input_taken": 1, **ready}, "PROCESS"),
        ({}, "DRAIN"),
        ({"layer_done": 1}, "DRAIN"),
        ({}, None),
        ({}, None),
    ]
    for _ in range(2):
        for events, reason in script:
            assert await tb.cycle(**events) == reason
    assert tb.seen["PROCESS"] == 4


@cocotb.test(timeout_time=100, timeout_unit="us")
async def step_with_the_first_input(dut: Any) -> None:
    """The shortest layers: a step right after the first input, the end right after the step."""
    tb = TB(dut)
    await tb.start()
    for _ in range(3):
        await tb.cycle(start=1)
        await tb.cycle(active=1, input_taken=1)
        await tb.cycle(active=1, step=1, desc_valid=1, weight_valid=1)
        await tb.cycle(layer_done=1)
        await tb.cycle()
    assert tb.seen == {None: 6, "FILL": 3, "PROCESS": 3, "DRAIN": 3}


@cocotb.test(timeout_time=100, timeout_unit="us")
async def random_layers(dut: Any) -> None:
    """Random layers: all reasons, each cycle one."""
    tb = TB(dut)
    await tb.start()
    rng = generator("events")
    while any(tb.seen[reason] < 50 for reason in REASONS):
        for events in layer_events(rng):
            await tb.cycle(**events)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def reset_ends_the_layer(dut: Any) -> None:
    """After a reset in the middle of a layer nothing counts until the next one."""
    tb = TB(dut)
    await tb.start()
    for _ in range(2):
        await tb.cycle(start=1)
        await tb.cycle(active=1, input_taken=1)
        await tb.cycle(active=1, step=1, desc_valid=1, weight_valid=1)
        await tb.restart()
        tb.reasons = CycleReasons()
        for _ in range(3):
            assert await tb.cycle() is None


@both_simulators
def test_cycle_events(request: pytest.FixtureRequest, simulator: str) -> None:
    """All of the above."""
    run_unit(request, simulator)
