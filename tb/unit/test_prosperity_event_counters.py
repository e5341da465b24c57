"""Tests of prosperity_event_counters: every counter at its number, counting its own event."""

from __future__ import annotations

import inspect
from collections import Counter, deque
from collections.abc import Iterator
from typing import Any

import cocotb
import numpy as np
import pytest

from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.register_map import register_map
from snn_rtl.tb.common.unit import both_simulators, run_unit
from snn_rtl.tb.unit.bench import Bench, bit_width, random_tile
from snn_rtl.tb.unit.counting import CycleReasons, RowEvent, layer_events, row_events

NAMES = list(register_map("prosperity").counters)

ONE_EVENT = {
    "queue_full": "QUEUE_FULL",
    "weight_done": "TILES",
    "spike_taken": "SPIKE_BEATS",
    "weight_taken": "WEIGHT_BEATS",
    "output_taken": "OUTPUT_BEATS",
}


class TB(Bench):
    """Drives events, counts them, and reads one counter a cycle."""

    def __init__(self, dut: Any) -> None:
        super().__init__(
            dut,
            core_rst=0,
            start=0,
            layer_done=0,
            spike_taken=0,
            weight_taken=0,
            output_taken=0,
            step=0,
            active=0,
            desc_valid=0,
            weight_valid=0,
            wait_room=0,
            weight_done=0,
            detecting=0,
            queue_full=0,
            load_done=0,
            load_bank=0,
            load_first_n=0,
            load_tile_rows=0,
            pruned_valid=0,
            pruned_last=0,
            pruned_bank=0,
            pruned_reuse=0,
            pruned_ones=0,
            pruned_pattern=0,
            pruned_none=0,
            pruned_twins=0,
            sel=0,
        )
        self.tile_m, self.tile_k = self.sizes["TILE_M"], self.sizes["TILE_K"]
        self.sel_count = 1 << self.sizes["SEL_W"]
        self.rng = generator("selection")
        # draws which of the equal rows are dropped
        self.merge = generator("merge") if self.sizes.get("MERGE_ROWS") else None
        self.noise = generator("noise")
        # inputs that mean nothing without pruned_valid or load_done, and their widths
        self.beside_valid = {
            "pruned_last": 1,
            "pruned_bank": 1,
            "pruned_reuse": 1,
            "pruned_ones": bit_width(self.tile_k),
            "pruned_pattern": self.tile_k,
            "load_bank": 1,
            "load_first_n": 1,
            "load_tile_rows": bit_width(self.tile_m),
        }
        self.counts: Counter[str] = Counter()
        self.reasons = CycleReasons()

    async def start(self) -> None:
        """Start with both resets, as the machine has them."""
        self.idle["core_rst"] = 1
        await super().start()
        self.idle["core_rst"] = 0

    async def cycle(
        self,
        *,
        row: RowEvent | None = None,
        load: tuple[int, int, int] | None = None,
        sel: int | None = None,
        **events: int,
    ) -> None:
        """Drive one cycle's events; check a counter, which does not have them yet."""
        if sel is None:
            sel = int(self.rng.integers(self.sel_count))
        noise = {n: int(self.noise.integers(1 << w)) for n, w in self.beside_valid.items()}
        pins = noise | dict(events, sel=sel)
        if row is not None:
            pins |= {"pruned_valid": 1} | {f"pruned_{n}": v for n, v in row.pins.items()}
        if load is not None:
            names = ("load_bank", "load_first_n", "load_tile_rows")
            pins |= {"load_done": 1} | dict(zip(names, load, strict=True))
        self.drive(**pins)
        await self.edge()
        expected = self.counts[NAMES[sel]] if sel < len(NAMES) else 0
        name = NAMES[sel] if sel < len(NAMES) else f"counter {sel}"
        assert self.out("value") == expected, name
        self.note(events, row)

    def note(self, events: dict[str, int], row: RowEvent | None) -> None:
        """Count the events of a cycle."""
        taken = events.get("spike_taken", 0) or events.get("weight_taken", 0)
        shared = events.keys() & inspect.signature(self.reasons.cycle).parameters.keys()
        reason = self.reasons.cycle(input_taken=taken, **{name: events[name] for name in shared})
        if reason:
            self.counts.update(["CYCLES", reason])
        self.counts.update(name for pin, name in ONE_EVENT.items() if events.get(pin))
        if row:
            self.counts.update(row.counts)
        if events.get("start"):
            self.counts.clear()
        if events.get("core_rst"):
            self.reasons = CycleReasons()

    async def read_all(self) -> None:
        """Read every counter number, existing or not."""
        for sel in range(self.sel_count):
            await self.cycle(sel=sel)


def machine_events(rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    """Yield the events of a random layer, those of the streams and of the tiles among them."""
    for events in layer_events(rng):
        taken = int(rng.integers(1, 4)) if events.pop("input_taken", 0) else 0
        yield events | {
            "spike_taken": taken & 1,
            "weight_taken": taken >> 1,
            "output_taken": int(events.get("layer_done", 0) or rng.random() < 0.2),
            "weight_done": int(events.get("step", 0) and rng.random() < 0.5),
            "queue_full": int(rng.random() < 0.3),
        }


@cocotb.test(timeout_time=100, timeout_unit="us")
async def each_event_has_its_counter(dut: Any) -> None:
    """One event at a time, another number of times each; then all counters are read."""
    tb = TB(dut)
    await tb.start()
    await tb.cycle(start=1)
    await tb.read_all()
    pins = ["output_taken", "queue_full", "weight_done", "spike_taken", "weight_taken"]
    for times, pin in enumerate(pins, start=2):
        for _ in range(times):
            event: dict[str, Any] = {pin: 1}
            await tb.cycle(**event)
    counters = [tb.counts[ONE_EVENT[pin]] for pin in pins]
    assert counters == [2, 3, 4, 5, 6]
    await tb.cycle(step=1, active=1, desc_valid=1, weight_valid=1)
    waits: list[dict[str, Any]] = [
        {"desc_valid": 1, "weight_valid": 1},
        {"desc_valid": 1},
        {"detecting": 1},
        {},
        {"desc_valid": 1, "weight_valid": 1, "wait_room": 1},
    ]
    for times, wait in enumerate(waits, start=2):
        for _ in range(times):
            await tb.cycle(active=1, **wait)
    await tb.cycle(layer_done=1)
    await tb.read_all()
    names = ["WAIT_OUTPUT", "WAIT_WEIGHTS", "WAIT_DETECT", "WAIT_SPIKES", "WAIT_RESULTS"]
    assert [tb.counts[name] for name in [*names, "DRAIN", "PROCESS"]] == [2, 3, 4, 5, 6, 1, 1]
    await tb.cycle(start=1)
    await tb.read_all()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def rows_of_all_kinds(dut: Any) -> None:
    """Rows with another number of times each: ones, residual ones, matches, zero rows."""
    tb = TB(dut)
    await tb.start()
    await tb.cycle(start=1)
    # three zero rows, two exact matches, one partial match
    rows = [0, 0b11, 0b11, 0, 0b11, 0b10111, 0]
    await tb.cycle(load=(0, 1, len(rows)))
    for event in row_events(rows, "product", 0, counted=True, merge=tb.merge):
        await tb.cycle(row=event)
    assert [tb.counts[n] for n in ("EXACT_ROWS", "PARTIAL_ROWS", "ZERO_ROWS")] == [2, 1, 3]
    assert [tb.counts[n] for n in ("BIT_NNZ", "RESIDUAL_NNZ")] == [10, 4]
    await tb.read_all()


@cocotb.test(timeout_time=200, timeout_unit="us")
async def random_layers(dut: Any) -> None:
    """Whole layers of random events; a start clears, a soft reset keeps what was counted."""
    tb = TB(dut)
    await tb.start()
    rng = generator("events")
    waiting: deque[RowEvent] = deque()
    seen: Counter[str] = Counter()
    bank = 0
    while any(seen[name] < 20 for name in NAMES):
        for events in machine_events(rng):
            load = None
            row = waiting.popleft() if waiting and rng.random() < 0.7 else None
            if not waiting and row is None:
                tile = random_tile(rng, tb.tile_m, tb.tile_k)
                first_n = int(rng.random() < 0.7)
                load = (bank, first_n, len(tile))
                counted = bool(first_n)
                events_of_rows = row_events(tile, "product", bank, counted=counted, merge=tb.merge)
                waiting.extend(events_of_rows)
                bank ^= 1
            await tb.cycle(row=row, load=load, **events)
        seen.update(tb.counts)
    await tb.read_all()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def resets(dut: Any) -> None:
    """A soft reset ends the layer and keeps the counters; a hard one clears them."""
    tb = TB(dut)
    await tb.start()
    await tb.cycle(start=1)
    await tb.cycle(active=1, spike_taken=1)
    for _ in range(5):
        await tb.cycle(active=1)
    # the first row of a tile that will not end
    await tb.cycle(load=(0, 1, 3))
    await tb.cycle(row=row_events([0b1, 0b11, 0], "product", 0, counted=True)[0])
    await tb.cycle(core_rst=1)
    counted = tb.counts["CYCLES"]
    await tb.read_all()
    assert tb.counts["CYCLES"] == counted >= 6
    await tb.cycle(load=(0, 1, 3))
    for row in row_events([0b1, 0, 0], "product", 0, counted=True, merge=tb.merge):
        await tb.cycle(row=row)
    assert tb.counts["ZERO_ROWS"] == 2
    await tb.read_all()
    tb.idle["core_rst"] = 1
    await tb.restart()
    tb.idle["core_rst"] = 0
    tb.counts.clear()
    await tb.read_all()


@both_simulators
@pytest.mark.parametrize(
    "sizes",
    [
        {"TILE_M": 16, "TILE_K": 8, "SEL_W": 5},
        {"TILE_M": 8, "TILE_K": 33, "SEL_W": 5},
        {"TILE_M": 8, "TILE_K": 33, "SEL_W": 5, "MERGE_ROWS": 1},
    ],
    ids=["small", "more_columns_than_rows", "merge"],
)
def test_event_counters(
    request: pytest.FixtureRequest, simulator: str, sizes: dict[str, int]
) -> None:
    """All of the above."""
    run_unit(request, simulator, sizes)
