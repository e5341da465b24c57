"""Tests of loas_column_output: tiles as columns of sums, as rows of spikes, held to the cycle."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any, NamedTuple

import cocotb
import numpy as np
import pytest
from cocotb.triggers import FallingEdge
from numpy.typing import NDArray

from snn_rtl.models.lif import LifConfig
from snn_rtl.models.oracle.dense import naive_lif
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.unit.bench import Bench, Tile, pack, rounds, walk
from snn_rtl.tb.unit.fibres import (
    cases,
    random_word,
    reset_at_once,
    run_case,
)


class Beat(NamedTuple):
    """What an output beat must be."""

    data: int
    last: bool
    end: bool


class Column(NamedTuple):
    """A column that was read: its place, and whether it ends a tile."""

    place: int
    last: bool


@dataclass(frozen=True)
class Sums:
    """One m x n tile: packed sums by column, thresholds and biases, and its beats."""

    tile: Tile
    columns: list[int]
    thresholds: list[int]
    biases: list[int]
    beats: list[Beat]


class TB(Bench):
    """Stands for the TPPEs, the parameter store and the receiver; predicts every cycle."""

    def __init__(self, dut: Any) -> None:
        super().__init__(
            dut,
            start=0,
            dim_m=0,
            dim_n=0,
            spikes_out=0,
            leak_shift=0,
            soft_reset=0,
            fire_ge=0,
            sums_full=0,
            m_axis_out_tready=1,
        )
        self.tppes, self.steps = self.sizes["TPPES"], self.sizes["TIME_STEPS"]
        self.columns, self.acc_w = self.sizes["COLUMNS"], self.sizes["ACC_W"]
        self.bias_w = self.sizes["BIAS_W"]
        self.blocks = self.columns // self.sizes["LAGGY_ADDERS"]
        self.rng = generator("sums")
        self.beats_taken = self.tiles_read = self.released = self.spikes_seen = 0
        self.forget()

    def forget(self) -> None:
        """Expect the state after a reset."""
        # tiles to be filled, filled, with parameters in use, and those whose beats are to come
        self.coming: deque[Sums] = deque()
        self.full: list[Sums | None] = [None, None]
        self.params: deque[Sums] = deque()
        self.beats: deque[Beat] = deque()
        self.fill_bank = self.read_bank = self.read_column = 0
        self.column: Column | None = None
        # spikes: tiles read and not yet sent, of these the filled ones; rows left to compress
        self.stores = 0
        self.rows: deque[int] = deque()
        self.row_age: int | None = None
        self.offered = False
        self.first_beat = -1

    async def start(self) -> None:
        """Start, and answer reads of sums and parameters within their cycle from then on."""
        for name in ("read_sums", "param_threshold", "param_bias"):
            getattr(self.dut, name).value = 0
        await super().start()
        cocotb.start_soon(self._answer())

    async def _answer(self) -> None:
        width = self.tppes * self.steps * self.acc_w
        while True:
            await FallingEdge(self.dut.clk)
            sums = self.full[self.out("read_bank")]
            column, place = self.out("read_column"), self.out("param_column")
            known = sums is not None and column < sums.tile.lanes
            shown = sums.columns[column] if sums is not None and known else None
            self.dut.read_sums.value = random_word(self.rng, width) if shown is None else shown
            # a set that was given back is lost
            params = self.params[0] if self.params else None
            threshold = params.thresholds[place] if params else random_word(self.rng, self.bias_w)
            bias = params.biases[place] if params else random_word(self.rng, self.bias_w)
            self.dut.param_threshold.value = pack([threshold], self.bias_w)
            self.dut.param_bias.value = pack([bias], self.bias_w)

    async def begin(self, m: int, n: int, lif: LifConfig | None = None) -> None:
        """Start a layer of random sums."""
        self.idle |= {"dim_m": m, "dim_n": n, "spikes_out": int(lif is not None)}
        if lif is not None:
            self.idle |= {
                "leak_shift": lif.leak_shift,
                "soft_reset": int(lif.reset == "soft"),
                "fire_ge": int(lif.fire == ">="),
            }
        for tile in walk((m, 1, n), (self.tppes, 1, self.columns)):
            sums = self.tile(tile, lif)
            self.coming.append(sums)
            self.beats.extend(sums.beats)
            if lif is not None:
                self.params.append(sums)
        await self.cycle(start=1, ready=False)

    def tile(self, tile: Tile, lif: LifConfig | None) -> Sums:
        """Draw the sums (rows, steps, columns) of a tile and what becomes of them."""
        rng = self.rng
        # of half the tiles the sums are so small that their lowest bits decide over spikes
        size = int(rng.choice([8, 1 << min(self.acc_w, self.bias_w) - 1]))
        sums = rng.integers(-size, size, (tile.rows, self.steps, tile.lanes))
        thresholds = rng.integers(0, size // 2, self.columns)
        biases = rng.integers(-size // 4, size // 4, self.columns)
        # rows beyond M got nothing, and must not matter with spikes
        shape = (self.tppes - tile.rows, self.steps, tile.lanes)
        others = rng.integers(-size, size, shape) if lif else np.zeros(shape, np.int64)
        whole = np.concatenate((sums, others))
        packed = [pack(whole[:, :, c].ravel().tolist(), self.acc_w) for c in range(tile.lanes)]
        data = packed if lif is None else self.fibres(sums, thresholds, biases, lif)
        last = len(data) - 1
        beats = [Beat(d, i == last, i == last and tile.last) for i, d in enumerate(data)]
        return Sums(tile, packed, thresholds.tolist(), biases.tolist(), beats)

    def fibres(
        self,
        sums: NDArray[np.int64],
        thresholds: NDArray[np.int64],
        biases: NDArray[np.int64],
        lif: LifConfig,
    ) -> list[int]:
        """Return the rows of a tile as bitmask and packed words."""
        rows, steps, lanes = sums.shape
        flat = sums.reshape(rows * steps, lanes)
        numbers = biases[:lanes], thresholds[:lanes]
        spikes = naive_lif(flat, steps, *numbers, **vars(lif)).reshape(rows, steps, lanes)
        self.spikes_seen += int(spikes.sum())
        weights = 1 << np.arange(steps)
        words = (spikes * weights[:, np.newaxis]).sum(axis=1).tolist()
        return [
            pack([int(w != 0) for w in row], 1)
            | pack([w for w in row if w], self.steps) << self.columns
            for row in words
        ]

    async def cycle(self, *, fill: bool = False, ready: bool = True, start: int = 0) -> None:
        """Fill the next bank, or not, before the cycle; be ready or not; check everything."""
        if fill:
            self.full[self.fill_bank] = self.coming.popleft()
            self.fill_bank ^= 1
        full = [int(sums is not None) for sums in self.full]
        spikes_out = bool(self.idle["spikes_out"])
        # the mode counts with the start only
        mode = spikes_out if start else int(self.rng.integers(2))
        self.drive(start=start, spikes_out=mode, sums_full=pack(full, 1), m_axis_out_tready=ready)
        await self.edge()
        self.check_beat(ready=ready)
        room = self.stores < 2 if spikes_out else self.column is None or ready
        read = self.check_read(room=room)
        assert not self.column or self.out("param_column") == self.column.place, "param_column"
        release = spikes_out and self.column is not None and self.column.last
        assert self.out("param_release") == release, "param_release"
        if spikes_out:
            self.note_spikes(ready=ready, filled=release)
            self.column = read
        elif room:
            self.column = read
            self.offered = read is not None
        if read is not None and read.last and spikes_out:
            self.stores += 1
        if release:
            self.params.popleft()
            self.released += 1

    def check_read(self, *, room: bool) -> Column | None:
        """Check what is read of the banks; return the column, if any."""
        where = self.outs("read_bank", "read_column")
        assert where == (self.read_bank, self.read_column), "read_bank, read_column"
        sums = self.full[self.read_bank]
        if sums is None or not room:
            assert self.out("sums_done") == 0, "sums_done"
            return None
        column = Column(self.read_column, self.read_column == sums.tile.lanes - 1)
        assert self.out("sums_done") == column.last << self.read_bank, "sums_done"
        self.read_column += 1
        if column.last:
            self.full[self.read_bank] = None
            self.read_bank ^= 1
            self.read_column = 0
            self.tiles_read += 1
        return column

    def check_beat(self, *, ready: bool) -> None:
        """Check the stream; a beat that was offered stays until it is taken."""
        assert self.out("m_axis_out_tvalid") == self.offered, "tvalid"
        done = False
        if self.offered:
            if self.first_beat < 0:
                self.first_beat = self.now
            beat = self.beats[0]
            assert self.out("m_axis_out_tdata") == beat.data, "tdata"
            assert self.out("m_axis_out_tlast") == beat.last, "tlast"
            done = ready and beat.end
            if ready:
                self.beats.popleft()
                self.beats_taken += 1
        assert self.out("layer_done") == done, "layer_done"

    def note_spikes(self, *, ready: bool, filled: bool) -> None:
        """Go to the next cycle: rows through the compressor into the beat register."""
        if self.row_age is not None:
            self.row_age += 1
        free = not self.offered or ready
        packed = self.row_age is not None and self.row_age >= self.blocks
        takes = bool(self.rows) and (self.row_age is None or (packed and free))
        if free:
            self.offered = packed
            if packed:
                self.row_age = None
        if takes:
            self.row_age = 0
            self.rows[0] -= 1
            if not self.rows[0]:
                self.rows.popleft()
                self.stores -= 1
        if filled:
            self.rows.append(self.params[0].tile.rows)

    @property
    def can_fill(self) -> bool:
        """The next bank is there to be filled."""
        return bool(self.coming) and self.full[self.fill_bank] is None

    async def finish(self) -> None:
        """Fill and take what is left; then nothing comes."""
        while self.beats:
            await self.cycle(fill=self.can_fill)
        for _ in range(self.blocks + 3):
            await self.cycle()
        assert self.full == [None, None]
        assert not self.params


@cocotb.test(timeout_time=200, timeout_unit="us")
async def raw_columns(dut: Any) -> None:
    """The first beat one cycle after its bank is full, then one a cycle, over both banks."""
    tb = TB(dut)
    await tb.start()
    for _ in range(2):
        await tb.begin(tb.tppes, 4 * tb.columns)
        await tb.cycle()
        filled = tb.now + 1
        tb.first_beat = -1
        while tb.beats:
            await tb.cycle(fill=tb.can_fill)
        assert tb.first_beat - filled == 1
        assert tb.now - filled == 4 * tb.columns, "a gap"
        await tb.finish()


@cocotb.test(timeout_time=200, timeout_unit="us")
async def spike_rows(dut: Any) -> None:
    """The first row so many cycles after its bank is full, then one every BLOCKS cycles."""
    tb = TB(dut)
    await tb.start()
    for _ in range(2):
        await tb.begin(tb.tppes, tb.columns, LifConfig())
        await tb.cycle()
        filled = tb.now + 1
        tb.first_beat = -1
        while tb.beats:
            await tb.cycle(fill=tb.can_fill)
        # columns, the last one into the store, the row into the compressor, through it, the beat
        assert tb.first_beat - filled == tb.columns + 1 + tb.blocks + 1
        assert tb.now - tb.first_beat == (tb.tppes - 1) * tb.blocks, "a gap"
        await tb.finish()


@cocotb.test(timeout_time=200, timeout_unit="us")
async def columns_and_rows_at_the_same_time(dut: Any) -> None:
    """Tiles are read while the ones before are sent: the slower of the two sets the pace."""
    tb = TB(dut)
    await tb.start()
    tiles = 5
    await tb.begin(tb.tppes, tiles * tb.columns, LifConfig())
    begin = tb.now
    while tb.beats:
        await tb.cycle(fill=tb.can_fill)
    pace = max(tb.columns, tb.tppes * tb.blocks)
    spent = tb.now - begin
    assert spent <= (tiles - 1) * pace + tb.columns + tb.tppes * tb.blocks + 4 + tiles
    await tb.finish()


@cocotb.test(timeout_time=400, timeout_unit="us")
async def ragged_layers(dut: Any) -> None:
    """Rows and columns at, below and above the edges of a tile, raw and as spikes."""
    tb = TB(dut)
    await tb.start()
    m, n = tb.tppes, tb.columns
    layers = [(1, 1), (m, n), (m + 1, n + 1), (2 * m, n - 1), (max(1, m - 1), 2 * n - 1)]
    for lif in (None, LifConfig(fire=">="), None):
        for rows, columns in layers:
            await tb.begin(rows, columns, lif)
            await tb.finish()
    assert tb.tiles_read == 3 * (1 + 1 + 4 + 2 + 2)
    assert tb.released == 10


@cocotb.test(timeout_time=400, timeout_unit="us")
async def every_neuron(dut: Any) -> None:
    """Leaks, both resets and both comparisons, against the oracle."""
    tb = TB(dut)
    await tb.start()
    for _ in rounds(1, lambda: tb.spikes_seen > 4 * tb.columns):
        for leak in (0, 1, 31):
            for fire in (">", ">="):
                lif = LifConfig(leak_shift=leak, reset="soft" if leak else "hard", fire=fire)
                await tb.begin(tb.tppes, 2 * tb.columns, lif)
                await tb.finish()


@cocotb.test(timeout_time=400, timeout_unit="us")
async def beats_wait(dut: Any) -> None:
    """A beat that is not taken holds; columns wait for it, raw, or for a store, with spikes."""
    tb = TB(dut)
    await tb.start()
    for lif in (None, LifConfig()):
        await tb.begin(tb.tppes, 4 * tb.columns, lif)
        read = tb.tiles_read
        for _ in range(4 * tb.columns + 4):
            await tb.cycle(fill=tb.can_fill, ready=False)
        # spikes: two tiles in the stores, and what two rows are, in compressor and beat register
        assert tb.tiles_read - read == (0 if lif is None else 2 + 2 // tb.tppes)
        while tb.beats:
            for _ in range(3):
                await tb.cycle(fill=tb.can_fill, ready=False)
            await tb.cycle(fill=tb.can_fill)
        await tb.finish()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def banks_are_read_in_order(dut: Any) -> None:
    """A bank that is full before the one whose turn it is waits."""
    tb = TB(dut)
    await tb.start()
    for lif in (None, LifConfig()):
        await tb.begin(tb.tppes, 2 * tb.columns, lif)
        first, second = tb.coming.popleft(), tb.coming.popleft()
        tb.full[1 - tb.read_bank] = second
        for _ in range(3):
            await tb.cycle()
        tb.full[tb.read_bank] = first
        await tb.finish()
    assert tb.tiles_read == 4


@cocotb.test(timeout_time=400, timeout_unit="us")
async def random_traffic(dut: Any) -> None:
    """Random layers, neurons, late banks and receivers."""
    tb = TB(dut)
    await tb.start()
    rng = generator("traffic")
    while tb.tiles_read < 40 or tb.beats_taken < 60:
        lif = None
        if rng.random() < 0.7:
            lif = LifConfig(
                leak_shift=int(rng.integers(4)),
                reset="soft" if rng.random() < 0.5 else "hard",
                fire=">=" if rng.random() < 0.5 else ">",
            )
        m, n = (int(rng.integers(1, 3 * size + 1)) for size in (tb.tppes, tb.columns))
        await tb.begin(m, n, lif)
        fills, readies = rng.choice([0.1, 1.0]), rng.choice([0.2, 0.7, 1.0])
        while tb.beats:
            fill = tb.can_fill and bool(rng.random() < fills)
            await tb.cycle(fill=fill, ready=bool(rng.random() < readies))
        await tb.finish()


@cocotb.test(timeout_time=400, timeout_unit="us")
async def reset_withdraws_the_beat(dut: Any) -> None:
    """A reset at any time of a tile: nothing is offered, the next layer is right."""
    tb = TB(dut)
    await tb.start()
    for cycles in range(1, 3 * tb.columns, 3):
        for lif, tiles in ((LifConfig(), 3), (None, 3), (LifConfig(), 1)):
            await tb.begin(tb.tppes, tiles * tb.columns, lif)
            for i in range(cycles):
                await tb.cycle(fill=tb.can_fill, ready=tiles > 1 and i % 3 == 0)
            await reset_at_once(tb, m_axis_out_tready=0)
            tb.forget()
            await tb.cycle(ready=False)
            # nothing is read without a layer
            tb.drive(sums_full=3, m_axis_out_tready=0)
            await tb.edge()
            assert tb.outs("sums_done", "read_bank", "read_column") == (0, 0, 0)
        await tb.begin(1, 2 * tb.columns + 1, LifConfig())
        await tb.finish()


@cases(
    small={
        "TPPES": 3,
        "TIME_STEPS": 4,
        "COLUMNS": 8,
        "LAGGY_ADDERS": 4,
        "ACC_W": 12,
        "BIAS_W": 10,
        "DIM_W": 8,
    },
    one={
        "TPPES": 1,
        "TIME_STEPS": 2,
        "COLUMNS": 12,
        "LAGGY_ADDERS": 2,
        "ACC_W": 9,
        "BIAS_W": 16,
        "DIM_W": 6,
    },
    paper={
        "TPPES": 16,
        "TIME_STEPS": 4,
        "COLUMNS": 32,
        "LAGGY_ADDERS": 16,
        "ACC_W": 24,
        "BIAS_W": 32,
        "DIM_W": 24,
    },
)
def test_column_output(
    request: pytest.FixtureRequest, simulator: str, case: str, sizes: dict[str, int]
) -> None:
    """All of the above."""
    run_case(request, simulator, case, sizes)
