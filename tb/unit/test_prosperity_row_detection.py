"""Tests of prosperity_row_detection: descriptors against the model, in issue order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

import cocotb
import pytest
from cocotb.triggers import FallingEdge

from snn_rtl.models.prosperity.product_sparsity import decompose
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.unit import both_simulators, run_unit
from snn_rtl.tb.unit.bench import (
    Bench,
    as_words,
    directed_tiles,
    issue_order,
    load_beats,
    pack,
    present_mask,
    random_tile,
    rounds,
)

MODES = ("product", "bit", "dense")
LATENCY = 7


class Descriptor(NamedTuple):
    """A row descriptor and what goes beside it into the queue; prefix -1: none."""

    row: int
    prefix: int
    pattern: int
    last: bool
    ones: int
    bank: int
    # all rows that share it, where equal rows leave as one
    rows: frozenset[int] = frozenset()


def merged_descriptors(rows: list[int], mode: str, bank: int, stride: int) -> list[Descriptor]:
    """Return what a tile must give where equal rows leave as one, row by row by the definition."""
    order = issue_order(rows, dense=mode == "dense")
    order.sort(key=lambda row: (rows[row].bit_count(), row % stride, row // stride))
    found: list[Descriptor] = []
    for row in order:
        word = rows[row]
        twins = frozenset([row])
        prefix = -1
        if mode == "product":
            if any(row in other.rows for other in found):
                continue
            twins = frozenset(i for i, other in enumerate(rows) if other == word)
            inside = [d.row for d in found if rows[d.row] & ~word == 0]
            if inside and word.bit_count() > 1:
                prefix = max(inside, key=lambda i: (rows[i].bit_count(), -i))
        pattern = word if prefix < 0 else word ^ rows[prefix]
        found.append(Descriptor(row, prefix, pattern, False, word.bit_count(), bank, twins))
    if not found:
        return [Descriptor(-1, -1, 0, True, 0, bank)]
    return [*found[:-1], found[-1]._replace(last=True)]


def descriptors(rows: list[int], mode: str, bank: int) -> list[Descriptor]:
    """Return what a tile must give, by the model."""
    dec = decompose(as_words(rows), mode)
    order = issue_order(rows, dense=mode == "dense")
    if not order:
        return [Descriptor(-1, -1, 0, True, 0, bank)]
    return [
        Descriptor(
            row,
            int(dec.prefix[row]),
            int(dec.pattern[row]),
            row == order[-1],
            int(dec.ones[row]),
            bank,
        )
        for row in order
    ]


class TB(Bench):
    """Loads tiles whenever a bank is free and takes descriptors; both with pauses."""

    def __init__(self, dut: Any) -> None:
        super().__init__(
            dut,
            reuse=1,
            dense=0,
            load_valid=0,
            load_bank=0,
            load_beat=0,
            load_rows=0,
            load_present=0,
            load_last=0,
            desc_ready=0,
        )
        self.tile_m = self.sizes["TILE_M"]
        self.tile_k = self.sizes["TILE_K"]
        self.beat_rows = self.sizes["BEAT_ROWS"]
        self.depth = self.sizes["QUEUE_DEPTH"]
        self.merges = bool(self.sizes.get("MERGE_ROWS"))
        self.stride = self.sizes.get("ROW_STRIDE", 1)
        self.twins = 0
        self.rng = generator("row_detection")
        self.taken = 0
        self.forget()

    def forget(self) -> None:
        """Expect the state after a reset."""
        self.bank = 0
        self.beats: deque[dict[str, int]] = deque()
        self.entering: deque[Descriptor] = deque()
        self.leaving: deque[Descriptor] = deque()
        self.queued = 0
        # the merger holds a descriptor back; it is its tile's last one
        self.held = self.ended = False
        self.pruned = 0
        self.full_cycles = 0
        self.last_load = 0
        # in the middle of a tile at the pruner's end; its last descriptor was shown
        self.inside = self.closed = False

    def set_mode(self, mode: str) -> None:
        """Choose the mode of the tiles to come."""
        self.mode = mode
        self.idle |= {"reuse": int(mode == "product"), "dense": int(mode == "dense")}

    def add(self, rows: list[int]) -> None:
        """Plan a tile; rows beyond it are zeros and ones, which must not matter."""
        if self.merges:
            expected = merged_descriptors(rows, self.mode, self.bank, self.stride)
            if self.stride == 1:
                plain = {d.row: d for d in descriptors(rows, self.mode, self.bank)}
                for desc in expected:
                    same = plain[desc.row]._replace(last=desc.last, rows=desc.rows)
                    assert same == desc, "the test's own search"
        else:
            expected = descriptors(rows, self.mode, self.bank)
        self.entering.extend(expected)
        self.leaving.extend(expected)
        beats = load_beats(rows, self.beat_rows, [0, (1 << self.tile_k) - 1])
        for beat, words in enumerate(beats):
            self.beats.append(
                {
                    "load_valid": 1,
                    "load_bank": self.bank,
                    "load_beat": beat,
                    "load_rows": pack(words, self.tile_k),
                    "load_present": present_mask(len(rows), beat, self.beat_rows),
                    "load_last": int(beat == len(beats) - 1),
                }
            )
        self.bank ^= 1

    async def cycle(self, *, ready: bool = True, load: bool = True) -> None:
        """Load the next beat if its bank is free, be ready or not; check what comes."""
        await FallingEdge(self.dut.clk)
        busy = self.out("bank_busy")
        beat = {}
        if load and self.beats and not busy >> self.beats[0]["load_bank"] & 1:
            beat = self.beats.popleft()
            self.last_load = self.now
        self.drive(desc_ready=ready, **beat)
        await self.edge()
        detecting = self.out("bank_busy") != 0 or self.held
        assert self.out("detecting") == detecting, "detecting"
        entered = self.check_entering()
        assert self.out("desc_valid") == (self.queued > 0), "desc_valid"
        if self.queued:
            self.check_offered(self.leaving[0])
            if ready:
                self.leaving.popleft()
                self.queued -= 1
                self.taken += 1
        self.queued += entered
        self.full_cycles += self.out("queue_full")

    def check_entering(self) -> int:
        """Check the row that leaves the pruner, if any; return how many enter the queue."""
        if not self.entering and not self.beats and not (self.merges and self.out("bank_busy")):
            assert self.out("pruned_valid") == 0, "a row too many"
        if not self.merges:
            valid = self.out("pruned_valid")
            assert self.outs("pruned_none", "pruned_twins") == (0, 0)
            if valid:
                self.check_pruned(self.entering.popleft())
            return valid
        # a descriptor enters with the next one of its tile, or with its end
        entered = self.held and self.ended
        if entered:
            self.held = self.ended = False
        if self.out("pruned_valid"):
            last = bool(self.out("pruned_last"))
            ended = not self.inside and self.entering[0].row < 0
            if self.out("pruned_none") and not ended:
                self.twins += 1
                assert self.out("pruned_twins") == 0, "pruned_twins"
                # its tile is not through before all of its rows are shown
                assert self.inside, "a tile that begins without a row"
                assert last <= self.closed, "pruned_last"
                entered = entered or (last and self.held)
                self.held = self.held and not last
            else:
                expected = self.entering.popleft()
                twins = max(0, len(expected.rows) - 1)
                assert self.out("pruned_twins") == twins, "pruned_twins"
                assert last <= expected.last, "pruned_last"
                self.check_pruned(expected._replace(last=last))
                self.closed = expected.last
                entered = entered or self.held
                self.held, self.ended = True, last
            self.inside = not last
        return int(entered)

    def check_pruned(self, expected: Descriptor) -> None:
        """Check the ports for the counters."""
        self.pruned += 1
        assert self.queued < self.depth, "no place in the queue"
        reuse, bank, last, ones, pattern = self.outs(
            *(f"pruned_{name}" for name in ("reuse", "bank", "last", "ones", "pattern"))
        )
        assert reuse == (expected.prefix >= 0), "pruned_reuse"
        assert bank == expected.bank, "pruned_bank"
        assert last == expected.last, "pruned_last"
        assert ones == expected.ones, "pruned_ones"
        assert pattern == expected.pattern, "pruned_pattern"

    def check_offered(self, expected: Descriptor) -> None:
        """Check the head of the queue."""
        row, prefix, reuse, pattern, last = self.outs(
            *(f"desc_{name}" for name in ("row", "prefix", "reuse", "pattern", "last"))
        )
        # an empty tile's descriptor names no row
        got = expected._replace(
            row=row if expected.row >= 0 else -1,
            prefix=prefix if reuse else -1,
            pattern=pattern,
            last=bool(last),
        )
        assert got == expected, f"{got} instead of {expected}"
        if self.merges:
            rows = sum(1 << row for row in expected.rows)
            assert self.out("desc_rows") == rows, "desc_rows"

    async def drain(self, ready: Callable[[], bool] = lambda: True) -> None:
        """Run until all descriptors are taken, and see that no more come."""
        while self.leaving:
            await self.cycle(ready=ready())
        for _ in range(LATENCY + 2):
            await self.cycle()
        assert self.out("bank_busy") == 0


@cocotb.test(timeout_time=200, timeout_unit="us")
async def directed_tiles_back_to_back(dut: Any) -> None:
    """All directed tiles in all modes, without a reset between."""
    tb = TB(dut)
    await tb.start()
    for mode in MODES:
        tb.set_mode(mode)
        tiles = list(directed_tiles(tb.tile_m, tb.tile_k).values())
        # an odd number of tiles: each meets both banks
        for rows in [*tiles, [1], *tiles]:
            tb.add(rows)
        await tb.drain()
    assert tb.taken > 200
    assert (tb.twins > 0) == tb.merges


@cocotb.test(timeout_time=100, timeout_unit="us")
async def the_papers_figure(dut: Any) -> None:
    """The paper's example, by hand, with the smallest index of equally good prefixes."""
    tb = TB(dut)
    await tb.start()
    tb.set_mode("product")
    figure = [
        (3, -1, 0b0100),
        (0, 3, 0b0001),
        (1, -1, 0b1001),
        (2, 0, 0b1000),
        (4, 2, 0b0000),
        (5, 1, 0b0010),
    ]
    tb.add([0b0101, 0b1001, 0b1101, 0b0100, 0b1101, 0b1011])
    if tb.merges:
        # rows 2 and 4 are one
        del figure[4]
    if tb.stride == 1:
        assert [tuple(d[:3]) for d in tb.leaving] == figure
    await tb.drain()
    assert tb.taken == len(figure)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def equal_rows(dut: Any) -> None:
    """A tile of equal rows, of two kinds, and of one row more: how many descriptors leave."""
    tb = TB(dut)
    await tb.start()
    tb.set_mode("product")
    m = tb.tile_m
    for rows, groups in (
        ([1] * m, 1),
        ([7] * m, 1),
        ([1, 3] * (m // 2), 2),
        ([7] * (m - 1) + [15], 2),
        ([7, 0] * (m // 2), 1),
    ):
        tb.add(rows)
        before = tb.taken
        await tb.drain()
        assert tb.taken - before == (groups if tb.merges else sum(r > 0 for r in rows))


@cocotb.test(timeout_time=100, timeout_unit="us")
async def latency(dut: Any) -> None:
    """The first row, also an empty tile's, is offered 7 cycles after the last load (merged: 8)."""
    tb = TB(dut)
    await tb.start()
    tb.set_mode("product")
    for rows in ([3], [0], [1, 2, 3], [5]):
        tb.add(rows)
        while not tb.queued:
            await tb.cycle(ready=False)
        # it is queued at the end of a cycle, offered in the next one
        assert tb.now - tb.last_load == LATENCY + tb.merges, "latency"
        await tb.drain()
    assert tb.taken == 6


@cocotb.test(timeout_time=100, timeout_unit="us")
async def a_row_every_cycle(dut: Any) -> None:
    """Full tiles come without a gap, also from one tile to the next."""
    tb = TB(dut)
    await tb.start()
    tb.set_mode("product")
    tiles = 5
    for _ in range(tiles):
        tb.add(list(range(1, tb.tile_m + 1)))
    while not tb.queued:
        await tb.cycle()
    begin = tb.now
    while tb.leaving:
        await tb.cycle()
    assert tb.taken == tiles * tb.tile_m
    assert tb.now - begin == tb.taken, "a gap"


@cocotb.test(timeout_time=100, timeout_unit="us")
async def queue_full(dut: Any) -> None:
    """With nobody taking them QUEUE_DEPTH rows are queued and the rest waits; none is lost."""
    tb = TB(dut)
    await tb.start()
    tb.set_mode("product")
    for _ in range(3):
        for _ in range(2 + tb.depth // tb.tile_m):
            tb.add(list(range(1, tb.tile_m + 1)))
        tb.full_cycles = 0
        for _ in range(2 * tb.depth + 3 * tb.tile_m):
            await tb.cycle(ready=False)
        assert tb.queued + tb.held == tb.depth
        assert tb.out("queue_full") == 1
        before = tb.pruned
        await tb.cycle(ready=True)
        for _ in range(LATENCY + 1):
            await tb.cycle(ready=False)
        assert tb.pruned == before + 1
        assert tb.full_cycles > tb.tile_m
        await tb.drain()
        tb.full_cycles = 0
        await tb.cycle()
        assert tb.full_cycles == 0, "full, and nothing there"


@cocotb.test(timeout_time=200, timeout_unit="us")
async def random_traffic(dut: Any) -> None:
    """Random tiles in all modes, with pauses on both sides."""
    tb = TB(dut)
    await tb.start()
    rng = generator("tiles")
    for _ in rounds(1, lambda: tb.taken > 300 and tb.full_cycles > 0):
        for mode in MODES:
            tb.set_mode(mode)
            for loads, takes in ((1.0, 0.9), (0.3, 1.0), (0.9, 0.3)):
                for _ in range(12):
                    tb.add(random_tile(rng, tb.tile_m, tb.tile_k))
                while tb.leaving:
                    load, ready = tb.rng.random(2) < (loads, takes)
                    await tb.cycle(load=bool(load), ready=bool(ready))
                await tb.drain()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def reset_forgets_the_layer(dut: Any) -> None:
    """A reset with rows in every stage and in the queue leaves nothing behind."""
    tb = TB(dut)
    await tb.start()
    tb.set_mode("product")
    for pause in range(1, LATENCY + 4):
        for _ in range(3):
            tb.add(list(range(1, tb.tile_m + 1)))
        for _ in range(pause):
            await tb.cycle(ready=False)
        await tb.restart()
        tb.forget()
        for _ in range(LATENCY + 2):
            await tb.cycle()
    tb.add([1, 3, 7])
    await tb.drain()
    assert tb.taken == 3


@both_simulators
@pytest.mark.parametrize(
    "sizes",
    [
        {"TILE_M": 16, "TILE_K": 8, "BEAT_ROWS": 8, "QUEUE_DEPTH": 8},
        {"TILE_M": 8, "TILE_K": 5, "BEAT_ROWS": 8, "QUEUE_DEPTH": 11},
        {"TILE_M": 16, "TILE_K": 8, "BEAT_ROWS": 8, "QUEUE_DEPTH": 8, "MERGE_ROWS": 1},
        {
            "TILE_M": 8,
            "TILE_K": 5,
            "BEAT_ROWS": 8,
            "QUEUE_DEPTH": 11,
            "MERGE_ROWS": 1,
            "ROW_STRIDE": 4,
        },
    ],
    ids=["two_beats", "one_beat", "merge", "merge_stride"],
)
def test_row_detection(
    request: pytest.FixtureRequest, simulator: str, sizes: dict[str, int]
) -> None:
    """All of the above."""
    run_unit(request, simulator, sizes)
