"""Tests of prosperity_output_unit: rows as raw sums and as spikes, held to the cycle."""

from __future__ import annotations

from collections import deque
from typing import Any, NamedTuple

import cocotb
import numpy as np
import pytest
from cocotb.triggers import FallingEdge
from numpy.typing import NDArray

from snn_rtl.models.lif import LifConfig
from snn_rtl.models.oracle.dense import naive_lif
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.unit import both_simulators, run_unit
from snn_rtl.tb.unit.bench import Bench, pack, walk


class Beat(NamedTuple):
    """What an output beat must be."""

    data: int
    last: bool
    end: bool


class Bank(NamedTuple):
    """One m x n tile: its sums as the accumulator holds them, thresholds and biases."""

    sums: list[list[int]]
    thresholds: list[int]
    biases: list[int]


class TB(Bench):
    """Stands for the accumulator, the parameter store and the receiver."""

    def __init__(self, dut: Any) -> None:
        super().__init__(
            dut,
            start=0,
            dim_m=0,
            dim_n=0,
            time_steps=1,
            spikes_out=0,
            leak_shift=0,
            soft_reset=0,
            fire_ge=0,
            fill_done=0,
            read_sum=0,
            m_axis_out_tready=1,
        )
        self.tile_m, self.lanes, self.cells = (
            self.sizes[name] for name in ("TILE_M", "LANES", "LIF_CELLS")
        )
        self.acc_w, self.bias_w = self.sizes["ACC_W"], self.sizes["BIAS_W"]
        self.segments = self.lanes // self.cells
        self.rng = generator("sums")
        self.taken = self.spikes_seen = 0
        self.forget()

    def forget(self) -> None:
        """Expect the state after a reset."""
        # tiles of the layer: not yet filled, filled and not yet read, their parameters in use
        self.coming: deque[Bank] = deque()
        self.full: deque[Bank] = deque()
        self.params: deque[Bank] = deque()
        self.beats: deque[Beat] = deque()
        self.busy = [False, False]
        self.fill_bank = self.read_bank = 0
        self.read_row = 0
        self.read_word = 0
        # the bank and its life: rows read, bank_done and param_release seen
        self.done_bank = 0
        self.released = 0
        self.waiting: tuple[int, int] | None = None
        self.first_read = self.first_beat = -1

    async def start(self) -> None:
        """Start, and answer reads of thresholds and biases within their cycle from then on."""
        self.dut.param_thresholds.value = 0
        self.dut.param_biases.value = 0
        await super().start()
        cocotb.start_soon(self._answer())

    async def _answer(self) -> None:
        while True:
            await FallingEdge(self.dut.clk)
            # a set that was given back is lost
            bank = self.params[0] if self.params else Bank([], [-1] * self.lanes, [1] * self.lanes)
            first = self.out("param_segment") * self.cells
            used = slice(first, first + self.cells)
            self.dut.param_thresholds.value = pack(bank.thresholds[used], self.bias_w)
            self.dut.param_biases.value = pack(bank.biases[used], self.bias_w)

    async def begin(
        self,
        m: int,
        n: int,
        *,
        time_steps: int = 1,
        lif: LifConfig | None = None,
        extreme: bool = False,
    ) -> None:
        """Start a layer of random sums, or of extreme ones."""
        self.idle |= {"dim_m": m, "dim_n": n, "time_steps": time_steps, "spikes_out": 0}
        if lif is not None:
            self.idle |= {
                "spikes_out": 1,
                "leak_shift": lif.leak_shift,
                "soft_reset": int(lif.reset == "soft"),
                "fire_ge": int(lif.fire == ">="),
            }
        for tile in walk((m, 1, n), (self.tile_m, 1, self.lanes)):
            # sums and parameters beyond N are there, and must not matter
            sums, thresholds, biases = self._numbers(tile.rows, extreme=extreme)
            self.coming.append(Bank(sums.tolist(), thresholds.tolist(), biases.tolist()))
            values, width = sums, self.acc_w
            if lif is not None:
                values, width = naive_lif(sums, time_steps, biases, thresholds, **vars(lif)), 1
                self.spikes_seen += int(values[:, : tile.lanes].sum())
            for i, row in enumerate(values[:, : tile.lanes].tolist()):
                last = i == tile.rows - 1
                self.beats.append(Beat(pack(row, width), last, last and tile.last))
        self.params = deque(self.coming) if lif is not None else deque()
        await self.cycle(start=1)

    def _numbers(self, rows: int, *, extreme: bool) -> tuple[NDArray[np.int64], ...]:
        """Make sums (rows, LANES), thresholds and biases (LANES,) of a tile.

        Extreme ones drive the potentials of even lanes up and of odd ones down as far as they go.
        """
        most, limit = 1 << self.acc_w - 1, 1 << self.bias_w - 1
        if extreme:
            up = np.arange(self.lanes) % 2 == 0
            sums = np.broadcast_to(np.where(up, most - 1, -most), (rows, self.lanes))
            return sums, np.where(up, -limit, limit - 1), np.where(up, limit - 1, -limit)
        # sums about as large as thresholds, so that spikes come and do not come
        sums = self.rng.integers(-min(most, limit), min(most, limit), (rows, self.lanes))
        thresholds = self.rng.integers(0, limit // 2, self.lanes)
        return sums, thresholds, self.rng.integers(-limit // 4, limit // 4, self.lanes)

    async def cycle(self, *, fill: bool = False, ready: bool = True, start: int = 0) -> None:
        """Fill the next bank or not, be ready or not; check the reads and the stream."""
        self.drive(
            start=start,
            fill_done=int(fill) << self.fill_bank,
            read_sum=self.read_word,
            m_axis_out_tready=ready,
        )
        await self.edge()
        self.check_stream(ready)
        self.check_reads()
        if fill:
            self.full.append(self.coming.popleft())
            self.busy[self.fill_bank] = True
            self.fill_bank ^= 1

    def check_reads(self) -> None:
        """See banks given back, serve a read, see parameters given back."""
        done = self.out("bank_done")
        if done:
            assert done == 1 << self.done_bank, "bank_done of the wrong bank"
            assert self.busy[self.done_bank], "bank_done twice"
            assert self.read_bank != self.done_bank, "bank_done before the last row is read"
            self.busy[self.done_bank] = False
            self.done_bank ^= 1
            # the bank is written to from now on, and its read register with it
            self.read_word = pack([0x55] * self.lanes, self.acc_w)
        if self.out("read_en"):
            assert self.full, "read of a bank that is not full"
            assert self.outs("read_bank", "read_row") == (self.read_bank, self.read_row), "read"
            bank = self.full[0]
            self.read_word = pack(bank.sums[self.read_row], self.acc_w)
            if self.first_read < 0:
                self.first_read = self.now
            self.read_row += 1
            if self.read_row == len(bank.sums):
                self.full.popleft()
                self.read_bank ^= 1
                self.read_row = 0
        if self.out("param_release"):
            assert self.params, "param_release without parameters"
            self.params.popleft()
            self.released += 1

    def check_stream(self, ready: bool) -> None:
        """Check the beat offered, that it stays until it is taken, and the end of the layer."""
        valid, data, last = self.outs(
            *(f"m_axis_out_t{name}" for name in ("valid", "data", "last"))
        )
        if self.waiting is not None:
            assert valid, "a beat was withdrawn"
            assert (data, last) == self.waiting, "a waiting beat changed"
        self.waiting = (data, last) if valid and not ready else None
        end = False
        if valid:
            if self.first_beat < 0:
                self.first_beat = self.now
            assert self.beats, "a beat too many"
            expected = self.beats[0]
            assert data == expected.data, f"data {data:x} instead of {expected.data:x}"
            assert last == expected.last, "tlast"
            end = ready and expected.end
            if ready:
                self.beats.popleft()
                self.taken += 1
        assert self.out("layer_done") == end, "layer_done"

    @property
    def can_fill(self) -> bool:
        """The next bank is there to be filled."""
        return bool(self.coming) and not self.busy[self.fill_bank]

    async def finish(self) -> None:
        """Fill and take what is left; then nothing comes, and all is given back."""
        while self.beats:
            await self.cycle(fill=self.can_fill)
        for _ in range(self.segments + 3):
            await self.cycle()
        assert not self.full
        assert self.busy == [False, False]
        assert not self.params


async def first_tile(tb: TB, **layer: Any) -> int:
    """Run a layer of one full tile at full speed; return the cycle of its fill_done."""
    tb.first_read = tb.first_beat = -1
    await tb.begin(tb.tile_m, tb.lanes, **layer)
    await tb.cycle()
    await tb.cycle(fill=True)
    filled, taken = tb.now, tb.taken
    while tb.beats:
        await tb.cycle()
    assert tb.taken - taken == tb.tile_m
    return filled


@cocotb.test(timeout_time=100, timeout_unit="us")
async def raw_latency_and_throughput(dut: Any) -> None:
    """First read one cycle after fill_done, first beat three, then a beat every cycle."""
    tb = TB(dut)
    await tb.start()
    for _ in range(2):
        filled = await first_tile(tb)
        assert tb.first_read - filled == 1, "first read"
        assert tb.first_beat - filled == 3, "first beat"
        assert tb.now - filled == 3 + tb.tile_m - 1, "a gap"
        await tb.finish()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def spikes_latency_and_throughput(dut: Any) -> None:
    """The first beat is 2 + SEGMENTS cycles after fill_done, then one every SEGMENTS cycles."""
    tb = TB(dut)
    await tb.start()
    for _ in range(2):
        filled = await first_tile(tb, lif=LifConfig(), time_steps=2)
        assert tb.first_read - filled == 1, "first read"
        assert tb.first_beat - filled == 2 + tb.segments, "first beat"
        assert tb.now - filled == 2 + tb.tile_m * tb.segments, "a gap"
        await tb.finish()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def no_gap_between_banks(dut: Any) -> None:
    """Two full banks leave as one stream, raw and as spikes."""
    tb = TB(dut)
    await tb.start()
    for lif in (None, LifConfig()):
        await tb.begin(tb.tile_m, 2 * tb.lanes, lif=lif)
        await tb.cycle(fill=True)
        await tb.cycle(fill=True)
        while tb.taken == 0:
            await tb.cycle()
        begin, tb.taken = tb.now, 0
        while tb.beats:
            await tb.cycle()
        assert tb.taken == 2 * tb.tile_m - 1
        assert tb.now - begin == tb.taken * (tb.segments if lif else 1), "a gap"
        await tb.finish()
        tb.taken = 0


@cocotb.test(timeout_time=200, timeout_unit="us")
async def ragged_layers(dut: Any) -> None:
    """Rows and lanes at, below and above the edges of a tile, raw and as spikes.

    Raw sums have no time: rows that are no whole number of steps leave nothing to the next layer.
    """
    tb = TB(dut)
    await tb.start()
    m, n = tb.tile_m, tb.lanes
    layers = [(1, 1), (m, n), (m - 1, n - 1), (m + 1, n + 1), (2 * m, 2 * n + 1)]
    for lif in (None, LifConfig(fire=">="), None):
        for rows, cols in layers:
            await tb.begin(rows, cols, lif=lif, time_steps=1 if lif else m)
            await tb.finish()
    assert tb.taken == 3 * (1 + m + (m - 1) + 2 * (m + 1) + 3 * 2 * m)
    assert tb.released == 1 + 1 + 1 + 4 + 6


@cocotb.test(timeout_time=200, timeout_unit="us")
async def every_neuron(dut: Any) -> None:
    """Leaks, both resets, both comparisons and 1 to TILE_M time steps, against the oracle."""
    tb = TB(dut)
    await tb.start()
    steps, numbers = 1, 0
    while steps <= tb.tile_m:
        for reset in ("hard", "soft"):
            for fire in (">", ">="):
                leak = (0, 1, 3, 31)[numbers % 4]
                numbers += 1
                lif = LifConfig(leak_shift=leak, reset=reset, fire=fire)
                await tb.begin(2 * tb.tile_m, tb.lanes, time_steps=steps, lif=lif)
                await tb.finish()
        steps *= 2
    assert tb.spikes_seen > 4 * tb.tile_m
    assert tb.spikes_seen < tb.taken * tb.lanes * 3 // 4


@cocotb.test(timeout_time=100, timeout_unit="us")
async def extreme_values(dut: Any) -> None:
    """Largest and smallest sums, thresholds and biases over as many steps as there are."""
    tb = TB(dut)
    await tb.start()
    for reset in ("hard", "soft"):
        for leak in (0, 31):
            lif = LifConfig(leak_shift=leak, reset=reset)
            await tb.begin(tb.tile_m, 2 * tb.lanes, time_steps=tb.tile_m, lif=lif, extreme=True)
            await tb.finish()
    await tb.begin(tb.tile_m, tb.lanes, extreme=True)
    await tb.finish()
    assert tb.spikes_seen > tb.tile_m


@cocotb.test(timeout_time=100, timeout_unit="us")
async def equal_to_the_threshold(dut: Any) -> None:
    """A potential equal to the threshold fires with >= and does not with >."""
    tb = TB(dut)
    await tb.start()
    for fire, spikes in ((">", 0), (">=", 1)):
        tb.idle |= {"dim_m": 1, "dim_n": tb.lanes, "time_steps": 1, "spikes_out": 1}
        tb.idle["fire_ge"] = int(fire == ">=")
        await tb.cycle(start=1)
        # threshold 5 = sum 7 + bias -2
        bank = Bank([[7] * tb.lanes], [5] * tb.lanes, [-2] * tb.lanes)
        tb.coming.append(bank)
        tb.params.append(bank)
        tb.beats.append(Beat(pack([spikes] * tb.lanes, 1), True, True))
        await tb.finish()
    assert tb.taken == 2


@cocotb.test(timeout_time=100, timeout_unit="us")
async def backpressure(dut: Any) -> None:
    """A beat waits unchanged as long as it must, and the row behind it is not lost."""
    tb = TB(dut)
    await tb.start()
    for lif in (None, LifConfig()):
        await tb.begin(tb.tile_m, 2 * tb.lanes + 1, time_steps=2, lif=lif)
        while tb.beats:
            left = len(tb.beats)
            for _ in range(2 * tb.segments + 3):
                await tb.cycle(fill=tb.can_fill, ready=False)
            assert len(tb.beats) == left
            assert tb.waiting is not None
            await tb.cycle()
            assert len(tb.beats) == left - 1
        await tb.finish()
    assert tb.taken == 2 * 3 * tb.tile_m


@cocotb.test(timeout_time=100, timeout_unit="us")
async def bank_is_kept_until_its_last_row_has_left(dut: Any) -> None:
    """The last row waits in the accumulator's read register: its bank is not given back before."""
    tb = TB(dut)
    await tb.start()
    for lif in (None, LifConfig()):
        await tb.begin(2, tb.lanes, lif=lif)
        await tb.cycle(fill=True)
        for _ in range(2 * tb.segments + 4):
            await tb.cycle(ready=False)
        assert not tb.full, "both rows are read"
        assert any(tb.busy), "the second row waits for the first one's place"
        await tb.cycle()
        assert not any(tb.busy)
        await tb.finish()


@cocotb.test(timeout_time=200, timeout_unit="us")
async def random_traffic(dut: Any) -> None:
    """Random layers, neurons, late banks and receivers."""
    tb = TB(dut)
    await tb.start()
    rng = generator("traffic")
    while tb.taken < 400 or tb.released <= 4:
        steps = 1 << int(rng.integers(tb.tile_m.bit_length()))
        lif = None
        if rng.random() < 0.6:
            lif = LifConfig(
                leak_shift=int(rng.integers(4)),
                reset="soft" if rng.random() < 0.5 else "hard",
                fire=">=" if rng.random() < 0.5 else ">",
            )
        m = int(rng.integers(1, 2 * tb.tile_m + 1))
        if lif is not None:
            m = steps * -(-m // steps)
        await tb.begin(m, int(rng.integers(1, 3 * tb.lanes + 1)), time_steps=steps, lif=lif)
        fills, readies = rng.choice([0.2, 1.0]), rng.choice([0.2, 0.7, 1.0])
        while tb.beats:
            fill = tb.can_fill and bool(rng.random() < fills)
            await tb.cycle(fill=fill, ready=bool(rng.random() < readies))
        await tb.finish()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def reset_withdraws_the_beat(dut: Any) -> None:
    """A reset with a beat waiting and banks full: nothing is offered, the next layer is right."""
    tb = TB(dut)
    await tb.start()
    for cycles in range(2, 8):
        await tb.begin(tb.tile_m, 3 * tb.lanes, time_steps=2, lif=LifConfig())
        for _ in range(cycles):
            await tb.cycle(fill=tb.can_fill, ready=False)
        await tb.restart()
        tb.forget()
        await tb.cycle()
    await tb.begin(tb.tile_m - 1, 2 * tb.lanes)
    await tb.finish()
    assert tb.taken == 2 * (tb.tile_m - 1)


@both_simulators
@pytest.mark.parametrize(
    "sizes",
    [
        {"TILE_M": 16, "LANES": 8, "ACC_W": 12, "BIAS_W": 12, "LIF_CELLS": 2, "DIM_W": 12},
        {"TILE_M": 4, "LANES": 3, "ACC_W": 9, "BIAS_W": 8, "LIF_CELLS": 3, "DIM_W": 8},
    ],
    ids=["four_segments", "one_segment"],
)
def test_output_unit(request: pytest.FixtureRequest, simulator: str, sizes: dict[str, int]) -> None:
    """All of the above."""
    run_unit(request, simulator, sizes)
