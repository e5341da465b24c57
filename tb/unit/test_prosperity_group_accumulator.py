"""Tests of prosperity_group_accumulator: results for many rows, slots, banks, held to the cycle."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import cocotb
import pytest

from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.unit import both_simulators, run_unit
from snn_rtl.tb.unit.bench import Bench, pack, rounds, unpack

MOST_ADDS = 8
"""Results a row may get before its bank is cleared: the sum stays inside ACC_W bits."""


@dataclass
class Result:
    """A result and the rows it belongs to; its values are known a cycle after its request."""

    bank: int
    rows: list[int]
    last: bool = False
    values: list[int] = field(default_factory=list)


class TB(Bench):
    """Stands for the processor and the output; predicts every cycle."""

    def __init__(self, dut: Any) -> None:
        super().__init__(
            dut,
            reserve=0,
            req_valid=0,
            req_last=0,
            req_bank=0,
            req_rows=0,
            result=0,
            read_en=0,
            read_bank=0,
            read_row=0,
            clear=0,
        )
        self.tile_m, self.lanes, self.psum_w, self.acc_w, self.banks, self.places = (
            self.sizes[name]
            for name in ("TILE_M", "LANES", "PSUM_W", "ACC_W", "SUM_BANKS", "RESULT_SLOTS")
        )
        self.limit = min(1 << self.psum_w - 1, (1 << self.acc_w - 1) // MOST_ADDS)
        self.rng = generator("results")
        self.adds = self.reads = self.fills = self.full_cycles = self.ahead = self.retired = 0
        self.extreme: int | None = None
        self.forget()

    def forget(self) -> None:
        """Expect the state after a reset."""
        self.sums: list[dict[int, list[int]]] = [{}, {}]
        self.counts: list[dict[int, int]] = [{}, {}]
        # reserved in the last cycle; requested in the last cycle
        self.reserved: Result | None = None
        self.requested: Result | None = None
        # results with what is left of their rows, the oldest first, and places taken in all
        self.waiting: deque[tuple[Result, set[int]]] = deque()
        self.used = 0
        self.done = 0
        # what the read port shows, and of which bank
        self.shown: list[int] | None = None
        self.shown_bank = 0

    @property
    def room(self) -> bool:
        """A result can be reserved in this cycle."""
        return self.used < self.places

    @property
    def busy(self) -> bool:
        """Something is not added yet."""
        return bool(self.used or self.done)

    async def cycle(
        self,
        reserve: Result | None = None,
        *,
        read: tuple[int, int] | None = None,
        clear: int = 0,
    ) -> None:
        """Reserve a place for a result, which follows; read (bank, row), clear; check."""
        request, arrival = self.reserved, self.requested
        values = self.rng.integers(-self.limit, self.limit, self.lanes).tolist()
        if self.extreme is not None:
            values = [self.extreme] * self.lanes
        if arrival is not None:
            arrival.values = values
        # without a request the other inputs must not matter
        asked = request or Result(int(self.rng.integers(2)), list(range(self.tile_m)), last=True)
        self.drive(
            reserve=reserve is not None,
            req_valid=request is not None,
            req_last=asked.last,
            req_bank=asked.bank,
            req_rows=sum(1 << row for row in asked.rows),
            result=pack(values, self.psum_w),
            read_en=read is not None,
            read_bank=read[0] if read else 0,
            read_row=read[1] if read else 0,
            clear=clear,
        )
        await self.edge()
        assert self.out("room") == self.room, "room"
        self.full_cycles += not self.room
        assert self.out("fill_done") == self.done, "fill_done"
        self.fills += self.done > 0
        if self.shown is not None:
            got = unpack(self.out("read_sum"), self.acc_w, self.lanes, signed=True)
            assert got == self.shown, f"read {got} instead of {self.shown}"
        if read is not None:
            self.shown = self.sums[read[0]].get(read[1], [0] * self.lanes)
            self.shown_bank = read[0]
            self.reads += 1
        for b in (0, 1):
            if clear >> b & 1:
                self.sums[b], self.counts[b] = {}, {}
        self.advance()
        if reserve is not None:
            self.used += 1
            for row in reserve.rows:
                counts = self.counts[reserve.bank]
                counts[row] = counts.get(row, 0) + 1
        if request is not None:
            self.waiting.append((request, set(request.rows)))
        self.reserved, self.requested = reserve, request

    def advance(self) -> None:
        """Add a row in each accumulator, then let the oldest result go if it has no row left."""
        for accumulator in range(self.banks):
            for place, (result, rows) in enumerate(self.waiting):
                mine = [row for row in rows if row % self.banks == accumulator]
                if mine:
                    row = min(mine)
                    rows.remove(row)
                    old = self.sums[result.bank].get(row, [0] * self.lanes)
                    self.sums[result.bank][row] = [
                        a + b for a, b in zip(old, result.values, strict=True)
                    ]
                    self.adds += 1
                    self.ahead += place > 0
                    if result.bank == self.shown_bank:
                        # the bank is in use again: its last read says nothing any more
                        self.shown = None
                    break
        self.done = 0
        if self.waiting and not self.waiting[0][1]:
            result, _ = self.waiting.popleft()
            self.used -= 1
            self.retired += 1
            self.done = int(result.last) << result.bank

    async def put(self, result: Result) -> None:
        """Reserve a place for a result as soon as there is one."""
        while not self.room:
            await self.cycle()
        await self.cycle(result)

    async def settle(self) -> None:
        """Wait until all results are added and written."""
        while self.busy:
            await self.cycle()
        await self.cycle()

    async def read_all(self, bank: int) -> None:
        """Read a bank row by row, clear it after the last read, and see the last data hold."""
        for row in range(self.tile_m):
            await self.cycle(read=(bank, row))
        await self.cycle(clear=1 << bank)
        for _ in range(3):
            await self.cycle()

    def random_rows(self, bank: int, share: float) -> list[int]:
        """Return random rows that may still get a result."""
        counts = self.counts[bank]
        return [
            row
            for row in range(self.tile_m)
            if self.rng.random() < share and counts.get(row, 0) < MOST_ADDS
        ]


@cocotb.test(timeout_time=200, timeout_unit="us")
async def one_result_at_a_time(dut: Any) -> None:
    """For each row alone, the first rows, every other one, and all: added, done and read."""
    tb = TB(dut)
    await tb.start()
    rows = list(range(tb.tile_m))
    groups = [[row] for row in rows] + [rows[:n] for n in range(2, tb.tile_m + 1)]
    groups += [rows[::2], rows[1::2], rows[tb.tile_m // 2 :]]
    for number, group in enumerate(groups):
        bank = number % 2
        await tb.put(Result(bank, group, last=True))
        await tb.settle()
        await tb.read_all(bank)
    assert tb.fills == len(groups)
    assert tb.adds == sum(map(len, groups))


@cocotb.test(timeout_time=100, timeout_unit="us")
async def latency(dut: Any) -> None:
    """Requested in c, added from c + 1 on, a row a cycle in each accumulator; done one later."""
    tb = TB(dut)
    await tb.start()
    rows = list(range(tb.tile_m))
    for group in ([0], rows[: tb.banks], rows, []):
        await tb.cycle(Result(0, group, last=True))
        requested = tb.now
        while not tb.out("fill_done"):
            await tb.cycle()
        cycles = max(1, -(-len(group) // tb.banks))
        # the request's cycle, those of the additions, and the one of fill_done
        assert tb.now - requested == 1 + cycles + 1
        await tb.settle()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def a_result_every_cycle(dut: Any) -> None:
    """Results of a row each come without a gap if there are three slots, two in three with two."""
    tb = TB(dut)
    await tb.start()
    count = 6 * tb.tile_m
    begin = tb.now
    for i in range(count):
        await tb.put(Result(0, [i % tb.tile_m]))
    gaps = tb.now - begin - count
    assert gaps == (0 if tb.places > 2 else (count - 1) // 2)
    await tb.settle()
    await tb.read_all(0)
    assert tb.adds == count


@cocotb.test(timeout_time=100, timeout_unit="us")
async def same_row_in_consecutive_results(dut: Any) -> None:
    """Eight results for one row, and for all rows, in both banks."""
    tb = TB(dut)
    await tb.start()
    rows = list(range(tb.tile_m))
    for bank in (0, 1):
        for group in ([0], [tb.tile_m - 1], rows):
            for i in range(MOST_ADDS):
                await tb.put(Result(bank, group, last=i == MOST_ADDS - 1))
            await tb.settle()
            await tb.read_all(bank)
    assert tb.adds == 2 * MOST_ADDS * (2 + tb.tile_m)
    assert tb.full_cycles > 0


@cocotb.test(timeout_time=100, timeout_unit="us")
async def slots_fill_and_wrap(dut: Any) -> None:
    """Results for all rows take every slot; each that is empty makes room for one more."""
    tb = TB(dut)
    await tb.start()
    rows = list(range(tb.tile_m))
    for count in range(1, 2 * tb.places + 2):
        for i in range(count):
            await tb.put(Result(i % 2, rows[i % 2 :]))
        await tb.settle()
        for bank in (0, 1):
            await tb.read_all(bank)
    assert tb.full_cycles > tb.places


@cocotb.test(timeout_time=100, timeout_unit="us")
async def accumulators_go_ahead(dut: Any) -> None:
    """An accumulator with nothing in the oldest result adds the next one; they leave in order."""
    tb = TB(dut)
    await tb.start()
    for own in range(tb.banks):
        crowd = list(range(own, tb.tile_m, tb.banks))
        others = [row for row in range(tb.tile_m) if row % tb.banks != own]
        await tb.put(Result(0, crowd))
        for row in others[: 2 * tb.places]:
            await tb.put(Result(1, [row]))
        await tb.put(Result(0, crowd[-1:], last=True))
        await tb.settle()
        for bank in (0, 1):
            await tb.read_all(bank)
    assert (tb.ahead > 0) == (tb.banks > 1)
    assert tb.fills == tb.banks


@cocotb.test(timeout_time=100, timeout_unit="us")
async def results_without_rows(dut: Any) -> None:
    """An empty tile's result adds nothing, behind others too, and can complete the bank."""
    tb = TB(dut)
    await tb.start()
    rows = list(range(tb.tile_m))
    for bank in (0, 1):
        await tb.put(Result(bank, [], last=True))
        await tb.settle()
        await tb.read_all(bank)
        for group in (rows, [], [1], []):
            await tb.put(Result(bank, group, last=not group))
        await tb.settle()
        await tb.read_all(bank)
    assert tb.fills == 2 * 3
    assert tb.adds == 2 * (tb.tile_m + 1)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def extreme_results(dut: Any) -> None:
    """The smallest and the largest results that the sum can hold."""
    tb = TB(dut)
    await tb.start()
    rows = list(range(tb.tile_m))
    for extreme in (-tb.limit, tb.limit - 1, -1):
        tb.extreme = extreme
        for i in range(MOST_ADDS):
            await tb.put(Result(0, rows, last=i == MOST_ADDS - 1))
        await tb.settle()
        assert tb.sums[0][1] == [extreme * MOST_ADDS] * tb.lanes
        await tb.read_all(0)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def bank_switch(dut: Any) -> None:
    """Fills one bank while the other one is read and cleared, many times."""
    tb = TB(dut)
    await tb.start()
    rounds = 6
    rows = list(range(tb.tile_m))
    for turn in range(rounds):
        bank = turn % 2
        await tb.put(Result(bank, rows[turn % 3 :]))
        for row in range(tb.tile_m):
            read = (1 - bank, row) if turn else None
            await tb.cycle(Result(bank, [row]) if tb.room else None, read=read)
        await tb.cycle(clear=2 >> bank)
        await tb.put(Result(bank, rows[:1], last=True))
        # the other bank may begin while this one ends
        if turn % 2:
            await tb.settle()
        else:
            while not tb.out("fill_done"):
                await tb.cycle()
    await tb.settle()
    await tb.read_all((rounds - 1) % 2)
    assert tb.fills == rounds


@cocotb.test(timeout_time=400, timeout_unit="us")
async def random_traffic(dut: Any) -> None:
    """One bank filled, the other one read, random groups and gaps."""
    tb = TB(dut)
    await tb.start()
    rng = generator("traffic")
    for turn in rounds(24, lambda: min(tb.adds, tb.reads) > 200 and tb.full_cycles > 20):
        bank = turn % 2
        share, offers = rng.choice([0.1, 0.5, 1.0]), rng.choice([0.3, 1.0])
        share = max(share, 1.5 / tb.tile_m)
        for _ in range(40):
            result = None
            if tb.room and rng.random() < offers:
                size = share if rng.random() < 0.5 else 1 / tb.tile_m
                result = Result(bank, tb.random_rows(bank, size))
            read = (1 - bank, int(rng.integers(tb.tile_m))) if rng.random() < 0.5 else None
            await tb.cycle(result, read=read)
        # the last result has rows of the bank, or none
        while not tb.room:
            await tb.cycle()
        last = Result(bank, tb.random_rows(bank, share) if rng.random() < 0.7 else [], last=True)
        await tb.cycle(last, clear=2 >> bank)
        # the bank is read as soon as it is complete, with the other one's results behind it
        while not tb.done:
            await tb.cycle()
        await tb.cycle()
    await tb.settle()


async def fill_some(tb: TB, groups: Sequence[list[int]]) -> None:
    """Bring a result a cycle where there is room."""
    for i, group in enumerate(groups):
        await tb.cycle(Result(0, group, last=i % 2 == 0) if tb.room else None)


@cocotb.test(timeout_time=200, timeout_unit="us")
async def reset_at_any_time(dut: Any) -> None:
    """After a reset, with results in all states, rows read zero and all slots are free."""
    tb = TB(dut)
    await tb.start()
    rows = list(range(tb.tile_m))
    for cycles in range(1, 3 * tb.places + 3):
        await fill_some(tb, [rows, rows[:1], rows[1:], []] * cycles)
        for _ in range(cycles):
            await tb.cycle()
        await fill_some(tb, [rows] * cycles)
        await tb.restart()
        tb.forget()
        for _ in range(3):
            await tb.cycle()
        await tb.read_all(0)
        await tb.put(Result(1, rows[:2], last=True))
        await tb.settle()
        await tb.read_all(1)


@both_simulators
@pytest.mark.parametrize(
    "sizes",
    [
        {"TILE_M": 16, "SUM_BANKS": 4, "RESULT_SLOTS": 4, "LANES": 2, "PSUM_W": 11, "ACC_W": 14},
        {"TILE_M": 16, "SUM_BANKS": 8, "RESULT_SLOTS": 2, "LANES": 1, "PSUM_W": 5, "ACC_W": 9},
        {"TILE_M": 8, "SUM_BANKS": 2, "RESULT_SLOTS": 3, "LANES": 3, "PSUM_W": 7, "ACC_W": 7},
        {"TILE_M": 2, "SUM_BANKS": 1, "RESULT_SLOTS": 3, "LANES": 1, "PSUM_W": 4, "ACC_W": 8},
    ],
    ids=["small", "half", "odd", "two_rows"],
)
def test_group_accumulator(
    request: pytest.FixtureRequest, simulator: str, sizes: dict[str, int]
) -> None:
    """All of the above."""
    run_unit(request, simulator, sizes)
