"""Tests of prosperity_accumulator: sums of results, banks, read-out, clear, held to the cycle."""

from __future__ import annotations

from typing import Any

import cocotb
import pytest

from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.unit import both_simulators, run_unit
from snn_rtl.tb.unit.bench import Bench, pack, rounds, unpack

MOST_ADDS = 8
"""Results a row may get before its bank is cleared: the sum stays inside ACC_W bits."""


class TB(Bench):
    """Adds, reads and clears; keeps the sums of both banks and predicts every output."""

    def __init__(self, dut: Any) -> None:
        super().__init__(
            dut,
            req_valid=0,
            req_empty=0,
            req_last=0,
            req_bank=0,
            req_row=0,
            result=0,
            read_en=0,
            read_bank=0,
            read_row=0,
            clear=0,
        )
        self.tile_m, self.lanes, self.psum_w, self.acc_w = (
            self.sizes[name] for name in ("TILE_M", "LANES", "PSUM_W", "ACC_W")
        )
        self.limit = min(1 << self.psum_w - 1, (1 << self.acc_w - 1) // MOST_ADDS)
        self.rng = generator("results")
        self.adds = self.reads = self.fills = 0
        self.forget()

    def forget(self) -> None:
        """Expect empty banks."""
        self.sums: list[dict[int, list[int]]] = [{}, {}]
        self.counts: list[dict[int, int]] = [{}, {}]
        # what the request of the last cycle asks for: bank, row (None: nothing), fill_done
        self.adding: tuple[int, int | None, bool] = (0, None, False)
        # what the read port shows, and of which bank
        self.shown: list[int] | None = None
        self.shown_bank = 0

    async def cycle(
        self,
        *,
        add: tuple[int, int] | None = None,
        empty: bool = False,
        last: bool = False,
        read: tuple[int, int] | None = None,
        clear: int = 0,
        result: int | None = None,
    ) -> None:
        """Request an add (bank, row), bring the result of the last one, read, clear; check."""
        bank, row, fill = self.adding
        results = self.rng.integers(-self.limit, self.limit, self.lanes).tolist()
        if result is not None:
            results = [result] * self.lanes
        # without a request the other inputs must not matter
        asked = add or (0, 0)
        self.drive(
            req_valid=add is not None,
            req_empty=empty,
            req_last=last or add is None,
            req_bank=asked[0],
            req_row=asked[1],
            result=pack(results, self.psum_w),
            read_en=read is not None,
            read_bank=read[0] if read else 0,
            read_row=read[1] if read else 0,
            clear=clear,
        )
        await self.edge()
        assert self.out("fill_done") == int(fill) << bank, "fill_done"
        self.fills += fill
        if self.shown is not None:
            got = unpack(self.out("read_sum"), self.acc_w, self.lanes, signed=True)
            assert got == self.shown, f"read {got} instead of {self.shown}"
        if read is not None:
            self.shown = self.sums[read[0]].get(read[1], [0] * self.lanes)
            self.shown_bank = read[0]
            self.reads += 1
        if row is not None:
            old = self.sums[bank].get(row, [0] * self.lanes)
            self.sums[bank][row] = [a + b for a, b in zip(old, results, strict=True)]
            self.adds += 1
        for b in (0, 1):
            if clear >> b & 1:
                self.sums[b], self.counts[b] = {}, {}
        self.adding = (asked[0], None, False)
        if add is not None:
            self.adding = (asked[0], None if empty else asked[1], last)
            if asked[0] == self.shown_bank:
                # the bank is in use again: its last read says nothing any more
                self.shown = None
            self.counts[asked[0]][asked[1]] = self.counts[asked[0]].get(asked[1], 0) + 1

    async def add_rows(self, bank: int, rows: list[int]) -> None:
        """Add to rows, one a cycle, the last one completing the bank."""
        for i, row in enumerate(rows):
            await self.cycle(add=(bank, row), last=i == len(rows) - 1)

    async def read_all(self, bank: int) -> None:
        """Read a bank row by row, clear it after the last read, and see the last data hold."""
        await self.cycle()
        for row in range(self.tile_m):
            await self.cycle(read=(bank, row))
        await self.cycle(clear=1 << bank)
        for _ in range(3):
            await self.cycle()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def same_row_in_consecutive_cycles(dut: Any) -> None:
    """Eight results for one row, one a cycle, and with gaps; then for the row of the other bank."""
    tb = TB(dut)
    await tb.start()
    for gap in (0, 1, 2):
        for bank in (0, 1):
            for row in (0, tb.tile_m - 1):
                for i in range(MOST_ADDS):
                    await tb.cycle(add=(bank, row), last=i == MOST_ADDS - 1)
                    for _ in range(gap):
                        await tb.cycle()
        for bank in (0, 1):
            await tb.read_all(bank)
    assert tb.adds == 3 * 4 * MOST_ADDS


@cocotb.test(timeout_time=100, timeout_unit="us")
async def banks_do_not_mix(dut: Any) -> None:
    """The same row of both banks in turn, from the first result on, and two rows in turn."""
    tb = TB(dut)
    await tb.start()
    for i in range(MOST_ADDS):
        await tb.cycle(add=(i % 2, 1))
    for i in range(MOST_ADDS):
        await tb.cycle(add=(1, 2 + i % 2))
    for bank in (0, 1):
        await tb.read_all(bank)
    assert tb.adds == 2 * MOST_ADDS


@cocotb.test(timeout_time=100, timeout_unit="us")
async def bank_switch(dut: Any) -> None:
    """Fills one bank while the other one is read and cleared, many times."""
    tb = TB(dut)
    await tb.start()
    rounds = 6
    for turn in range(rounds):
        bank = turn % 2
        for row in range(tb.tile_m):
            read = (1 - bank, row) if turn else None
            await tb.cycle(add=(bank, row), last=row == tb.tile_m - 1, read=read)
        # the last row leaves the port while its bank is cleared
        await tb.cycle(clear=2 >> bank)
    await tb.read_all((rounds - 1) % 2)
    assert tb.reads == rounds * tb.tile_m
    assert tb.fills == rounds


@cocotb.test(timeout_time=100, timeout_unit="us")
async def rows_without_results(dut: Any) -> None:
    """Read as zero, before and after a bank's use; an empty request adds nothing but can end."""
    tb = TB(dut)
    await tb.start()
    for _ in range(2):
        for bank in (0, 1):
            await tb.cycle(add=(bank, 0), empty=True, last=True)
            await tb.read_all(bank)
            await tb.add_rows(bank, [1, 3])
            await tb.cycle(add=(bank, 1), empty=True)
            await tb.cycle(add=(bank, 2), empty=True, last=True)
            await tb.read_all(bank)
    assert tb.adds == 8
    assert tb.fills == 4 * 3


@cocotb.test(timeout_time=100, timeout_unit="us")
async def extreme_results(dut: Any) -> None:
    """The smallest and the largest results that the sum can hold."""
    tb = TB(dut)
    await tb.start()
    for result in (-tb.limit, tb.limit - 1, -1):
        for i in range(MOST_ADDS):
            await tb.cycle(add=(0, 2), last=i == MOST_ADDS - 1, result=result)
        await tb.cycle(result=result)
        assert tb.sums[0][2] == [result * MOST_ADDS] * tb.lanes
        await tb.read_all(0)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def read_holds_while_the_other_bank_fills(dut: Any) -> None:
    """A row that was read stays on the port until the next read, whatever the other bank does."""
    tb = TB(dut)
    await tb.start()
    for bank in (0, 1):
        await tb.add_rows(bank, [0, 1, 2])
        await tb.cycle()
        for row in (1, 3):
            await tb.cycle(read=(bank, row))
            for other in (1, 1, 0, 2):
                await tb.cycle(add=(1 - bank, other))
        await tb.cycle(clear=0b11)
    assert tb.reads == 4


@cocotb.test(timeout_time=200, timeout_unit="us")
async def random_traffic(dut: Any) -> None:
    """One bank filled, the other one read, random rows and gaps."""
    tb = TB(dut)
    await tb.start()
    rng = generator("traffic")
    for turn in rounds(20, lambda: min(tb.adds, tb.reads) > 200):
        bank = turn % 2
        for _ in range(40):
            row = int(rng.integers(tb.tile_m))
            room = tb.counts[bank].get(row, 0) < MOST_ADDS
            await tb.cycle(
                add=(bank, row) if room and rng.random() < 0.8 else None,
                empty=bool(rng.random() < 0.1),
                read=(1 - bank, int(rng.integers(tb.tile_m))) if rng.random() < 0.5 else None,
            )
        # the banks change sides with a request in flight
        await tb.cycle(add=(bank, 0), empty=True, last=True, clear=2 >> bank)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def reset_marks_all_rows_empty(dut: Any) -> None:
    """After a reset, with a result under way, all rows read zero and nothing is filled."""
    tb = TB(dut)
    await tb.start()
    for bank in (0, 1):
        await tb.add_rows(bank, list(range(tb.tile_m)))
        await tb.restart()
        tb.forget()
        for b in (0, 1):
            await tb.read_all(b)
    assert tb.reads == 4 * tb.tile_m


@both_simulators
@pytest.mark.parametrize(
    "sizes",
    [
        {"TILE_M": 16, "LANES": 4, "PSUM_W": 11, "ACC_W": 14},
        {"TILE_M": 4, "LANES": 3, "PSUM_W": 7, "ACC_W": 7},
    ],
    ids=["small", "odd"],
)
def test_accumulator(request: pytest.FixtureRequest, simulator: str, sizes: dict[str, int]) -> None:
    """All of the above."""
    run_unit(request, simulator, sizes)
