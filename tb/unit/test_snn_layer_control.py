"""Tests of snn_layer_control: the life of a layer, every refusal, the first error, halt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Final

import cocotb
import numpy as np
import pytest

from snn_rtl.machines.register_source import SHARED, load, source_of
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.unit import both_simulators, run_unit
from snn_rtl.tb.unit.bench import Bench, rounds

ORDER: Final = [
    "SPIKE_TLAST",
    "WEIGHT_TLAST",
    "CONFIG_BUSY",
    "START_BUSY",
    "DIM_ZERO",
    "DIM_LARGE",
    "MODE_ERROR",
]
"""Which cause is kept of several in one cycle; MODE_ERROR: the code at `mode_error`."""

FATAL: Final = {"SPIKE_TLAST", "WEIGHT_TLAST"}
CODES: Final = {entry["name"]: int(entry["code"]) for entry in load(source_of(SHARED))["errors"]}


@dataclass(frozen=True)
class Layer:
    """A configuration."""

    dim_m: int = 1
    dim_k: int = 1
    dim_n: int = 1
    mode_error: int = 0


@dataclass(frozen=True)
class Events:
    """What happens in one cycle."""

    start_request: bool = False
    config_busy: bool = False
    spike_tlast_error: bool = False
    weight_tlast_error: bool = False
    layer_done: bool = False


IDLE: Final = Events()
START: Final = Events(start_request=True)
DONE: Final = Events(layer_done=True)
SPIKE_TLAST: Final = Events(spike_tlast_error=True)
WEIGHT_TLAST: Final = Events(weight_tlast_error=True)
CONFIG_BUSY: Final = Events(config_busy=True)


class TB(Bench):
    """Drives events, and follows the state by the words of header and reference."""

    def __init__(self, dut: Any) -> None:
        names = [*Layer.__dataclass_fields__, *Events.__dataclass_fields__]
        super().__init__(dut, **dict.fromkeys(names, 0))
        sizes = self.sizes
        self.max_dim = (1 << sizes["DIM_W"]) - 1
        self.max_k = min(self.max_dim, 1 << sizes["ACC_W"] - sizes["WEIGHT_W"])
        self.layer = Layer()
        self._forget()
        self.starts = 0
        self.completed = 0
        self.errors: dict[str, int] = dict.fromkeys(ORDER, 0)

    def _forget(self) -> None:
        self.starting = self.busy = self.done = self.halt = False
        # of the first error: its name, and its code
        self.error = "NONE"
        self.code = 0

    async def start(self) -> None:
        """Start from idle."""
        await super().start()
        self._forget()

    async def restart(self) -> None:
        """Reset."""
        await super().restart()
        self._forget()

    def faults(self, layer: Layer) -> set[str]:
        """Return why a configuration cannot run."""
        dims = (layer.dim_m, layer.dim_k, layer.dim_n)
        found = set()
        if 0 in dims:
            found.add("DIM_ZERO")
        limits = (self.max_dim, self.max_k, self.max_dim)
        if any(size > limit for size, limit in zip(dims, limits, strict=True)):
            found.add("DIM_LARGE")
        if layer.mode_error:
            found.add("MODE_ERROR")
        return found

    def _causes(self, events: Events) -> set[str]:
        found = set()
        if events.start_request:
            running = self.busy or self.starting
            found |= {"START_BUSY"} if running else self.faults(self.layer)
        found |= {"CONFIG_BUSY"} if events.config_busy else set()
        found |= {"SPIKE_TLAST"} if events.spike_tlast_error else set()
        found |= {"WEIGHT_TLAST"} if events.weight_tlast_error else set()
        return found

    async def cycle(self, events: Events = IDLE) -> None:
        """Drive events for one cycle; check the state in it."""
        self.drive(**vars(self.layer), **vars(events))
        await self.edge()
        causes = self._causes(events)
        cause = next((name for name in ORDER if name in causes), "NONE")
        # An error that abandons the layer replaces one that let it go on.
        kept = self.error != "NONE" and (self.halt or cause not in FATAL)
        raised = cause != "NONE" and not kept
        assert self.out("error") == self.code, "error"
        told = raised or (events.start_request and self.error != "NONE")
        assert self.out("error_event") == told, "error_event"
        assert self.outs("start", "busy", "halt") == (self.starting, self.busy, self.halt), events
        assert self.out("done") == self.done, "done"
        completes = self.busy and events.layer_done
        assert self.out("done_event") == completes, "done_event"
        # the next cycle's state
        self.completed += completes
        if self.starting:
            self.busy = True
        elif completes:
            self.busy, self.done = False, True
        if events.spike_tlast_error or events.weight_tlast_error:
            self.busy, self.halt = False, True
        self.starting = events.start_request and not causes and self.error == "NONE"
        self.starts += self.starting
        self.done = self.done and not self.starting
        if raised:
            self.error = cause
            self.code = CODES.get(cause, self.layer.mode_error)
            self.errors[cause] += 1

    async def run(self, layer: Layer, cycles: int = 3) -> None:
        """Run a layer that can run."""
        self.layer = layer
        await self.cycle(START)
        for _ in range(cycles):
            await self.cycle()
        await self.cycle(DONE)
        await self.cycle()
        assert (self.done, self.busy) == (True, False)

    async def refuse(self, layer: Layer) -> None:
        """Ask for a layer that cannot run; see that it does not, and reset."""
        before = self.starts
        self.layer = layer
        await self.cycle(START)
        await self.cycle()
        self.layer = Layer()
        await self.cycle(START)
        await self.cycle()
        assert self.starts == before, f"{layer} has started"
        await self.restart()

    async def attempt(self, layer: Layer) -> bool:
        """Run or refuse a layer; return whether it can run."""
        if self.faults(layer):
            await self.refuse(layer)
            return False
        await self.run(layer, cycles=1)
        return True


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def life_of_a_layer(dut: Any) -> None:
    """Start one cycle after the request, busy until layer_done, done until the next start."""
    tb = TB(dut)
    await tb.start()
    await tb.cycle()
    await tb.run(Layer())
    for _ in range(4):
        await tb.cycle()
    await tb.run(Layer(2, 2, 2), cycles=10)
    # a request in the cycle after layer_done
    await tb.cycle(START)
    await tb.cycle()
    await tb.cycle()
    await tb.cycle(DONE)
    await tb.run(Layer())
    assert (tb.starts, tb.completed) == (4, 4)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def dimensions(dut: Any) -> None:
    """Each dimension at zero, one, its limit and beyond, also by any one bit alone."""
    tb = TB(dut)
    await tb.start()
    ran = refused = 0
    for name, limit in [("dim_m", tb.max_dim), ("dim_k", tb.max_k), ("dim_n", tb.max_dim)]:
        values = {0, limit - 1, limit, limit + 1, (1 << 32) - 1, *(1 << bit for bit in range(32))}
        for value in sorted(v for v in values if v < 1 << 32):
            if await tb.attempt(replace(Layer(), **{name: value})):
                ran += 1
            else:
                refused += 1
    assert tb.errors["DIM_ZERO"] == 3
    assert ran >= 9
    assert refused >= 3


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def mode_errors(dut: Any) -> None:
    """Every code of the machine's own is kept as it is; the checks of dimensions come before it."""
    tb = TB(dut)
    await tb.start()
    codes = range(1, 16)
    for code in codes:
        await tb.attempt(Layer(mode_error=code))
        await tb.attempt(Layer(dim_k=0, mode_error=code))
        await tb.attempt(Layer(dim_m=tb.max_dim + 1, mode_error=code))
    assert (tb.starts, tb.errors["MODE_ERROR"]) == (0, len(codes))
    assert tb.errors["DIM_ZERO"] == tb.errors["DIM_LARGE"] == len(codes)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def mode_error_without_a_request(dut: Any) -> None:
    """It is looked at with a start request alone: idle, busy, and as the layer completes."""
    tb = TB(dut)
    await tb.start()
    for code in (1, 8, 15):
        tb.layer = Layer(mode_error=code)
        await tb.cycle()
        await tb.cycle()
        tb.layer = Layer()
        await tb.cycle(START)
        tb.layer = Layer(mode_error=code)
        for events in (IDLE, IDLE, DONE, IDLE):
            await tb.cycle(events)
    assert (tb.starts, tb.completed, sum(tb.errors.values())) == (3, 3, 0)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def running_layer_goes_on(dut: Any) -> None:
    """A start or a write while busy is an error; the layer completes, and no other one starts."""
    tb = TB(dut)
    await tb.start()
    for fault, wait in product((START, CONFIG_BUSY), (0, 1, 3)):
        await tb.cycle(START)
        for _ in range(wait):
            await tb.cycle()
        await tb.cycle(fault)
        for _ in range(3):
            await tb.cycle()
        await tb.cycle(DONE)
        await tb.cycle(START)
        for _ in range(3):
            await tb.cycle()
        await tb.restart()
    # a request in the very cycle of layer_done is still one while busy
    await tb.cycle(START)
    await tb.cycle()
    await tb.cycle()
    await tb.cycle(replace(START, layer_done=True))
    for _ in range(3):
        await tb.cycle()
    assert (tb.starts, tb.completed) == (7, 7)
    assert (tb.errors["START_BUSY"], tb.errors["CONFIG_BUSY"]) == (4, 3)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def wrong_tlast_halts(dut: Any) -> None:
    """The layer is abandoned: halt until reset, not busy, not done, whatever comes after."""
    tb = TB(dut)
    await tb.start()
    for fault, wait in product((SPIKE_TLAST, WEIGHT_TLAST), (0, 1, 4)):
        await tb.cycle(START)
        await tb.cycle()
        for _ in range(wait):
            await tb.cycle()
        await tb.cycle(fault)
        for events in (IDLE, DONE, START, IDLE, CONFIG_BUSY, IDLE):
            await tb.cycle(events)
        assert tb.halt
        await tb.restart()
        await tb.run(Layer())
    assert (tb.starts, tb.completed) == (12, 6)
    assert (tb.errors["SPIKE_TLAST"], tb.errors["WEIGHT_TLAST"]) == (3, 3)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def first_error_stays(dut: Any) -> None:
    """Every error before every other one, in two cycles and in one; a fatal one replaces others."""
    tb = TB(dut)
    await tb.start()
    faulty = {
        "DIM_ZERO": Layer(dim_n=0),
        "DIM_LARGE": Layer(dim_m=tb.max_dim + 1),
        "MODE_ERROR": Layer(mode_error=6),
    }
    assert all(tb.faults(layer) == {name} for name, layer in faulty.items())
    for one, two in product(faulty.values(), repeat=2):
        for layer in (one, two):
            tb.layer = layer
            await tb.cycle(START)
        await tb.cycle()
        await tb.restart()
    while_busy = [START, CONFIG_BUSY, SPIKE_TLAST, WEIGHT_TLAST]
    tb.layer = Layer()
    for first, second in product(while_busy, repeat=2):
        both = Events(**{name: vars(first)[name] or vars(second)[name] for name in vars(first)})
        for faults in ([first, second], [both]):
            await tb.cycle(START)
            await tb.cycle()
            await tb.cycle()
            for fault in faults:
                await tb.cycle(fault)
            await tb.cycle()
            await tb.cycle(SPIKE_TLAST)
            await tb.cycle()
            await tb.restart()
    seen = {name for name, count in tb.errors.items() if count}
    assert seen == set(ORDER)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def reset_at_any_time(dut: Any) -> None:
    """A reset before, in and after each cycle of a layer leaves nothing."""
    tb = TB(dut)
    await tb.start()
    life = [START, IDLE, IDLE, DONE, IDLE]
    for end in range(len(life) + 1):
        for events in life[:end]:
            await tb.cycle(events)
        await tb.restart()
        await tb.cycle()
        await tb.cycle()
    assert tb.completed == 2


def random_layer(rng: np.random.Generator, tb: TB) -> Layer:
    """Return a layer, legal or not in one or several ways."""
    bad = rng.random(2) < 0.15
    dims = [int(rng.integers(1, limit + 1)) for limit in (tb.max_dim, tb.max_k, tb.max_dim)]
    if bad[0]:
        dims[int(rng.integers(3))] = int(rng.choice([0, (1 << 32) - 1]))
    m, k, n = dims
    return Layer(m, k, n, mode_error=int(rng.integers(1, 16)) if bad[1] else 0)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def random_events(dut: Any) -> None:
    """Random layers, requests, faults and resets."""
    tb = TB(dut)
    await tb.start()
    rng = generator("events")
    halts = 0
    wanted = ("DIM_ZERO", "DIM_LARGE", "MODE_ERROR", "START_BUSY")

    def enough() -> bool:
        return tb.completed > 50 and halts > 20 and min(tb.errors[name] for name in wanted) > 3

    for _ in rounds(2500, enough):
        if not (tb.busy or tb.starting):
            tb.layer = random_layer(rng, tb)
        chance = rng.random(5)
        running = tb.busy and not tb.halt
        events = Events(
            start_request=bool(chance[0] < (0.02 if running else 0.4)),
            config_busy=bool(running and chance[1] < 0.02),
            spike_tlast_error=bool(running and chance[2] < 0.02),
            weight_tlast_error=bool(running and chance[3] < 0.02),
        )
        # A layer cannot complete in the cycle of a wrong tlast: its output is still to come.
        if running and not (events.spike_tlast_error or events.weight_tlast_error):
            events = replace(events, layer_done=bool(chance[4] < 0.2))
        await tb.cycle(events)
        halts += tb.halt
        if tb.error != "NONE" and rng.random() < 0.2:
            await tb.restart()


@both_simulators
@pytest.mark.parametrize(
    ("weight_w", "acc_w", "dim_w"),
    # K bound by the sums, and by DIM_W, a narrow and a wide one
    [(8, 20, 16), (3, 30, 9), (8, 48, 31)],
)
def test_layer_control(
    request: pytest.FixtureRequest, simulator: str, weight_w: int, acc_w: int, dim_w: int
) -> None:
    """All of the above."""
    run_unit(request, simulator, {"WEIGHT_W": weight_w, "ACC_W": acc_w, "DIM_W": dim_w})
