"""Tests of loas_events: every counter at its number, counting its own event."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import cocotb
import numpy as np
import pytest

from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.register_map import register_map
from snn_rtl.tb.unit.bench import Bench
from snn_rtl.tb.unit.fibres import cases, random_mask, random_word, run_case

NAMES: Final = list(register_map("loas").counters)

ONE_EVENT: Final = {
    "spike_taken": "SPIKE_BEATS",
    "weight_taken": "WEIGHT_BEATS",
    "output_taken": "OUTPUT_BEATS",
    "tile_done": "TILES",
    "tile_dropped": "EMPTY_TILES",
}
ONE_A_TPPE: Final = {
    "matched": "MATCHES",
    "corrected": "CORRECTIONS",
    "fifo_full": "FIFO_FULL",
}
REASONS: Final = {
    "take": "BROADCAST",
    "skip": "SKIP",
    "wait_spikes": "WAIT_SPIKES",
    "wait_weights": "WAIT_WEIGHTS",
    "wait_tppe": "WAIT_TPPE",
    "wait_output": "WAIT_OUTPUT",
}
PARTS: Final = (*REASONS.values(), "FILL", "DRAIN")
"""What CYCLES is made of."""


class TB(Bench):
    """Drives events, counts them, and reads one counter a cycle."""

    def __init__(self, dut: Any) -> None:
        names = ["core_rst", "start", "layer_done", "active", "step", "fibres_skipped", "sel"]
        names += ["row_counts", "row_mask", "row_words", "row_dropped"]
        super().__init__(dut, **dict.fromkeys([*names, *ONE_EVENT, *ONE_A_TPPE, *REASONS], 0))
        self.tppes, self.chunk = self.sizes["TPPES"], self.sizes["CHUNK"]
        self.columns = self.sizes["COLUMNS"]
        self.words_w = self.chunk * self.sizes["TIME_STEPS"]
        self.rng = generator("selection")
        self.counts: Counter[str] = Counter()
        # what the row of the cycle before holds
        self.row_counts: Counter[str] = Counter()
        self.counting = self.stepped = False

    async def start(self) -> None:
        """Start with both resets, as the machine has them."""
        self.idle["core_rst"] = 1
        await super().start()
        self.idle["core_rst"] = 0

    async def cycle(self, *, sel: int | None = None, **events: int) -> None:
        """Drive one cycle's events; check a counter, which does not have them yet."""
        sel = int(self.rng.integers(32)) if sel is None else sel
        self.drive(sel=sel, **events)
        await self.edge()
        name = NAMES[sel] if sel < len(NAMES) else f"counter {sel}"
        assert self.out("value") == self.counts[name], name
        self.note(Counter(events))

    def note(self, events: Counter[str]) -> None:
        """Count the events of a cycle."""
        self.counts.update(self.row_counts)
        self.row_counts.clear()
        counts = self.counting or events["spike_taken"] or events["weight_taken"]
        stepped = self.stepped or events["step"]
        if counts:
            reason = "DRAIN" if stepped else "FILL"
            if stepped and events["active"]:
                reason = next(name for pin, name in REASONS.items() if events[pin])
            self.counts.update(["CYCLES", reason])
        self.counts.update(name for pin, name in ONE_EVENT.items() if events[pin])
        for pin, name in ONE_A_TPPE.items():
            self.counts[name] += events[pin].bit_count()
        self.counts["FIBRES_SKIPPED"] += events["fibres_skipped"]
        if events["row_counts"]:
            self.row_counts["WORDS"] = events["row_mask"].bit_count()
            self.row_counts["BIT_NNZ"] = events["row_words"].bit_count()
            self.row_counts["SINGLE_WORDS"] = events["row_dropped"]
        ends = events["start"] or events["core_rst"]
        self.counting = bool(counts) and not events["layer_done"] and not ends
        self.stepped = bool(stepped) and not ends
        if events["start"]:
            self.counts.clear()
            self.row_counts.clear()

    async def read_all(self) -> None:
        """Read every counter number, existing or not."""
        for sel in range(32):
            await self.cycle(sel=sel)

    def row(self) -> dict[str, int]:
        """Return a row of any density, counted or not."""
        rng = self.rng
        density = rng.choice([0.1, 0.6, 1.0])
        return {
            "row_counts": int(rng.random() < 0.7),
            "row_mask": random_mask(rng, self.chunk, density),
            "row_words": random_mask(rng, self.words_w, density),
            "row_dropped": int(rng.integers(self.chunk + 1)),
        }

    def full_row(self) -> dict[str, int]:
        """Return the row that holds most, of which all words are dropped."""
        return {
            "row_mask": (1 << self.chunk) - 1,
            "row_words": (1 << self.words_w) - 1,
            "row_dropped": self.chunk,
        }

    def tppe_events(self) -> dict[str, int]:
        """Return what any TPPEs do."""
        return {pin: random_word(self.rng, self.tppes) for pin in ONE_A_TPPE}

    def layer(self, rng: np.random.Generator) -> Iterator[dict[str, int]]:
        """Yield the events of a layer, cycle by cycle, in an order that can happen."""

        def pause() -> range:
            return range(rng.integers(5))

        def beats() -> dict[str, int]:
            pins = ("spike_taken", "weight_taken", "output_taken")
            return {pin: int(rng.integers(2)) for pin in pins}

        waits = list(REASONS)[2:]
        yield {"start": 1}
        yield from ({"active": 1, "wait_spikes": 1} for _ in pause())
        yield {"active": 1, "wait_spikes": 1, str(rng.choice(["spike_taken", "weight_taken"])): 1}
        for _ in range(1 + rng.integers(10)):
            for _ in pause():
                yield {"active": 1, str(rng.choice(waits)): 1} | beats() | self.tppe_events()
            step = {"active": 1, "step": 1, str(rng.choice(["take", "skip"])): 1}
            if rng.random() < 0.5:
                skipped = int(rng.integers(self.columns + 1))
                step |= {"tile_done": 1, "fibres_skipped": skipped}
                step["tile_dropped"] = int(rng.integers(2))
            yield step | beats() | self.row()
            # a tile that is dropped, without a step
            yield {"active": 1, "skip": 1}
        yield from (self.tppe_events() for _ in pause())
        yield {"layer_done": 1, "output_taken": 1}
        yield from ({} for _ in pause())

    def check_parts(self) -> None:
        """See that the parts of CYCLES are all of it."""
        assert sum(self.counts[name] for name in PARTS) == self.counts["CYCLES"]


@cocotb.test(timeout_time=100, timeout_unit="us")
async def each_event_has_its_counter(dut: Any) -> None:
    """One event at a time, another number of times each; then all counters are read."""
    tb = TB(dut)
    await tb.start()
    await tb.cycle(start=1)
    await tb.read_all()
    await tb.cycle(weight_taken=1)
    await tb.cycle(step=1, take=1, active=1)
    for times, pin in enumerate([*ONE_EVENT, *REASONS], start=2):
        for _ in range(times):
            reason = {pin: 1} if pin in REASONS else {pin: 1, "skip": 1}
            await tb.cycle(active=1, **reason)
    # behind the last tile there is one reason only
    for pin in list(REASONS)[:3]:
        event: dict[str, int] = {pin: 1}
        await tb.cycle(**event)
    await tb.cycle(layer_done=1)
    await tb.read_all()
    expected = {"FILL": 1, "SPIKE_BEATS": 2, "WEIGHT_BEATS": 4, "TILES": 5, "EMPTY_TILES": 6}
    expected |= {"BROADCAST": 8, "WAIT_SPIKES": 9, "WAIT_OUTPUT": 12, "DRAIN": 4}
    assert {name: tb.counts[name] for name in expected} == expected
    tb.check_parts()
    await tb.cycle(start=1)
    await tb.read_all()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def tppes_and_rows(dut: Any) -> None:
    """Each TPPE counts, alone and all together; rows count their words and ones, or nothing."""
    tb = TB(dut)
    await tb.start()
    await tb.cycle(start=1)
    for times, pin in enumerate(ONE_A_TPPE, start=1):
        event: dict[str, int] = {}
        for i in range(tb.tppes):
            event = {pin: 1 << i}
            await tb.cycle(**event)
        for _ in range(times):
            event = {pin: (1 << tb.tppes) - 1}
            await tb.cycle(**event)
    assert [tb.counts[name] for name in ONE_A_TPPE.values()] == [
        tb.tppes * times for times in (2, 3, 4)
    ]
    for counts in (1, 0):
        await tb.cycle(row_counts=counts, **tb.full_row())
    for skipped in (tb.columns, 0, 1):
        await tb.cycle(fibres_skipped=skipped)
    await tb.read_all()
    names = ("WORDS", "SINGLE_WORDS", "BIT_NNZ", "FIBRES_SKIPPED", "CYCLES")
    sums = [tb.chunk, tb.chunk, tb.words_w, tb.columns + 1, 0]
    assert [tb.counts[name] for name in names] == sums


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def rows_of_every_size(dut: Any) -> None:
    """Rows with 1, 2, 4, ... words and ones, each number dropped once."""
    tb = TB(dut)
    await tb.start()
    for bit in range(tb.words_w.bit_length()):
        words = min(1 << bit, tb.chunk)
        row = {"row_mask": (1 << words) - 1, "row_dropped": words}
        await tb.cycle(row_counts=1, row_words=(1 << (1 << bit)) - 1, **row)
        await tb.read_all()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def rows_beside_the_ends_of_a_layer(dut: Any) -> None:
    """A row before a start, or with it, is not of the new layer; beside a soft reset it counts."""
    tb = TB(dut)
    await tb.start()
    row = tb.full_row() | {"row_counts": 1}
    for before, beside in ((row, {}), ({}, row)):
        await tb.cycle(**before)
        await tb.cycle(start=1, **beside)
        await tb.read_all()
        assert not tb.counts.total()
    await tb.cycle(**row)
    await tb.cycle(core_rst=1, **row)
    await tb.read_all()
    assert [tb.counts[name] for name in ("WORDS", "SINGLE_WORDS")] == [2 * tb.chunk] * 2


@cocotb.test(timeout_time=100, timeout_unit="us")
async def first_and_last_cycle(dut: Any) -> None:
    """CYCLES begins with the first beat of either stream and ends with the layer, both included."""
    tb = TB(dut)
    await tb.start()
    for first in ("spike_taken", "weight_taken"):
        beat: dict[str, int] = {first: 1}
        await tb.cycle(start=1)
        for _ in range(3):
            await tb.cycle(active=1, wait_spikes=1)
        await tb.cycle(active=1, wait_spikes=1, **beat)
        await tb.cycle(active=1, wait_spikes=1)
        await tb.cycle(active=1, step=1, skip=1, tile_done=1)
        await tb.cycle(layer_done=1, output_taken=1)
        for _ in range(3):
            await tb.cycle()
        await tb.read_all()
        assert [tb.counts[name] for name in ("CYCLES", "FILL", "SKIP", "DRAIN")] == [4, 2, 1, 1]


@cocotb.test(timeout_time=200, timeout_unit="us")
async def random_layers(dut: Any) -> None:
    """Whole layers of random events; a start clears, the parts make CYCLES."""
    tb = TB(dut)
    await tb.start()
    rng = generator("events")
    seen: Counter[str] = Counter()
    while any(seen[name] < 20 for name in NAMES):
        for events in tb.layer(rng):
            await tb.cycle(**events)
        tb.check_parts()
        seen.update(tb.counts)
    await tb.read_all()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def resets(dut: Any) -> None:
    """A soft reset ends the layer and keeps the counters; a hard one clears them."""
    tb = TB(dut)
    await tb.start()
    await tb.cycle(start=1)
    await tb.cycle(active=1, spike_taken=1, wait_spikes=1)
    for _ in range(5):
        await tb.cycle(active=1, step=1, take=1, matched=1)
    await tb.cycle(core_rst=1)
    counted = tb.counts["CYCLES"]
    await tb.read_all()
    assert tb.counts["CYCLES"] == counted >= 6
    # steps of the layer that was left are no steps of the next one
    await tb.cycle(spike_taken=1)
    await tb.cycle(active=1, wait_spikes=1)
    assert tb.counts["FILL"] == 3
    await tb.read_all()
    tb.idle["core_rst"] = 1
    await tb.restart()
    tb.idle["core_rst"] = 0
    tb.counts.clear()
    tb.counting = tb.stepped = False
    await tb.read_all()


@cases(
    small={"TPPES": 3, "CHUNK": 32, "COLUMNS": 8, "TIME_STEPS": 4, "SEL_W": 5},
    odd={"TPPES": 1, "CHUNK": 32, "COLUMNS": 300, "TIME_STEPS": 2, "SEL_W": 5},
    paper={"TPPES": 16, "CHUNK": 128, "COLUMNS": 32, "TIME_STEPS": 4, "SEL_W": 5},
)
def test_loas_events(
    request: pytest.FixtureRequest, simulator: str, case: str, sizes: dict[str, int]
) -> None:
    """All of the above."""
    run_case(request, simulator, case, sizes)
