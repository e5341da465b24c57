"""Tests of prosperity_row_processing: sums of whole layers from descriptors and weights."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any, NamedTuple

import cocotb
import numpy as np
import pytest
from numpy.typing import NDArray

from snn_rtl.models.prosperity.product_sparsity import decompose, unpack_rows
from snn_rtl.models.prosperity.prosperity import layer_sums
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.unit import both_simulators, run_unit
from snn_rtl.tb.unit.bench import (
    Bench,
    as_words,
    directed_tiles,
    issue_order,
    pack,
    random_tile,
    unpack,
    walk,
)

SMALL = {"TILE_M": 16, "TILE_K": 8, "LANES": 4, "WEIGHT_W": 8, "ACC_W": 16, "DIM_W": 12}
ODD = {"TILE_M": 8, "TILE_K": 5, "LANES": 3, "WEIGHT_W": 4, "ACC_W": 12, "DIM_W": 10}


class Row(NamedTuple):
    """A row descriptor and what processing it costs."""

    pins: dict[str, int]
    steps: int
    tile_last: bool
    fill: bool


class TB(Bench):
    """Stands for the detection, the weight buffer and the output."""

    def __init__(self, dut: Any) -> None:
        super().__init__(
            dut,
            start=0,
            dim_m=0,
            dim_k=0,
            dim_n=0,
            dense=0,
            desc_valid=0,
            desc_last=0,
            desc_row=0,
            desc_prefix=0,
            desc_reuse=0,
            desc_pattern=0,
            desc_rows=0,
            weight_valid=0,
            weight_rows=0,
            read_en=0,
            read_bank=0,
            read_row=0,
            bank_done=0,
        )
        self.tile_m, self.tile_k, self.lanes = (
            self.sizes[name] for name in ("TILE_M", "TILE_K", "LANES")
        )
        self.weight_w, self.acc_w = self.sizes["WEIGHT_W"], self.sizes["ACC_W"]
        self.ports = self.sizes.get("WEIGHT_PORTS", 1)
        self.merges = bool(self.sizes.get("MERGE_ROWS"))
        self.rng = generator("processing")
        self.values_read = self.room_waits = 0
        self.forget()

    def forget(self) -> None:
        """Expect the state after a reset."""
        self.rows: deque[Row] = deque()
        self.weight_tiles: deque[NDArray[np.int8]] = deque()
        # finished m x n tiles: their sums, in the order of the banks
        self.filling: deque[NDArray[np.int64]] = deque()
        self.full: deque[NDArray[np.int64]] = deque()
        self.fill_bank = self.read_bank = 0
        # fill_done of the cycles to come; where rows merge, of the banks to come
        self.fill_done = deque([] if self.merges else [0, 0])
        self.filled_at: deque[int] = deque()
        self.weight_word = 0
        self.steps = self.planned = 0
        self.waits = 0

    async def begin(
        self,
        dims: tuple[int, int, int],
        tiles: Sequence[list[int]] = (),
        *,
        extreme: bool = False,
        alone: bool = False,
    ) -> None:
        """Start a layer whose m x k tiles are those given, then random ones.

        With `alone` every row has its own descriptor, also where equal rows could share one.
        """
        m, k, n = dims
        self.alone = alone or not self.merges or bool(self.idle["dense"])
        self.idle |= {"dim_m": m, "dim_k": k, "dim_n": n}
        self.drive(start=1)
        await self.edge()
        spikes = self._spikes(m, k, deque(tiles))
        limit = 1 << self.weight_w - 1
        weights = self.rng.integers(-limit, -limit + 1 if extreme else limit, (k, n), np.int8)
        sums = layer_sums(spikes, weights)
        at = [0, 0, 0]
        for tile in walk(dims, (self.tile_m, self.tile_k, self.lanes)):
            i, c, j = at
            block = weights[c : c + tile.cols, j : j + tile.lanes]
            self.weight_tiles.append(np.pad(block, ((0, 0), (0, self.lanes - tile.lanes))))
            self._add_rows(spikes[i : i + tile.rows, c : c + tile.cols], fill=tile.last_k)
            if tile.last_k:
                block = sums[i : i + tile.rows, j : j + tile.lanes]
                self.filling.append(np.pad(block, ((0, 0), (0, self.lanes - tile.lanes))))
            at[1] = 0 if tile.last_k else c + self.tile_k
            if tile.last_k:
                at[2] = 0 if j + self.lanes >= n else j + self.lanes
                at[0] = i + self.tile_m if at[2] == 0 else i

    def _spikes(self, m: int, k: int, tiles: deque[list[int]]) -> NDArray[np.bool_]:
        """Make the layer's spikes out of tiles."""
        spikes = np.zeros((m, k), np.bool_)
        for i in range(0, m, self.tile_m):
            for c in range(0, k, self.tile_k):
                rows = tiles.popleft() if tiles else random_tile(self.rng, self.tile_m, self.tile_k)
                bits = unpack_rows(as_words(rows), self.tile_k)[: m - i, : k - c]
                spikes[i : i + len(bits), c : c + bits.shape[1]] = bits
        return spikes

    def _add_rows(self, bits: NDArray[np.bool_], *, fill: bool) -> None:
        """Plan the descriptors of a tile as the detection makes them."""
        dense = bool(self.idle["dense"])
        words = [sum(1 << c for c in np.flatnonzero(row).tolist()) for row in bits]
        dec = decompose(as_words(words), "dense" if dense else "product")
        order = issue_order(words, dense=dense)
        if not self.alone:
            # the first of equal rows stands for them all
            order = [row for row in order if words.index(words[row]) == row]
        for row in order or [0]:
            last = not order or row == order[-1]
            shared = [i for i in order if i == row]
            if not self.alone:
                shared = [i for i, word in enumerate(words) if order and word == words[row]]
            pins = {
                "desc_row": row,
                "desc_prefix": max(0, int(dec.prefix[row])),
                "desc_reuse": int(dec.prefix[row] >= 0),
                "desc_pattern": int(dec.pattern[row]),
                "desc_last": int(last),
                "desc_rows": sum(1 << i for i in shared) if self.merges else 0,
            }
            cost = bits.shape[1] if dense else int(dec.pattern_ones[row])
            steps = max(1, -(-cost // self.ports))
            self.rows.append(Row(pins, steps, last, last and fill))
            self.planned += steps

    async def cycle(self, *, offer: bool = True, weights: bool = True, **read: int) -> None:
        """Offer a descriptor and the weight tile, or not; keep the handshakes; check fill_done."""
        offer = offer and bool(self.rows)
        pins = self.rows[0].pins if offer else {}
        self.drive(
            desc_valid=offer,
            weight_valid=weights and bool(self.weight_tiles),
            weight_rows=self.weight_word,
            **pins,
            **read,
        )
        await self.edge()
        assert self.out("active") == bool(self.rows), "active"
        self.check_fill_done()
        step = self.out("step")
        self.steps += step
        self.waits += offer and weights and not step
        full = self.out("wait_room")
        assert full <= int(self.merges and offer and not step), "wait_room"
        self.room_waits += full
        self.weight_word = pack([1] * self.lanes * self.ports, self.weight_w)
        if step and self.weight_tiles:
            tile = self.weight_tiles[0]
            cols = unpack(self.out("weight_cols"), (self.tile_k - 1).bit_length(), self.ports)
            # a port without a weight may name any column
            rows = [tile[min(col, len(tile) - 1)].tolist() for col in cols]
            self.weight_word = pack([w for row in rows for w in row], self.weight_w)
        fill = 0
        ready, done = self.outs("desc_ready", "weight_done")
        assert ready <= offer, "desc_ready without a descriptor"
        assert done == (ready and self.rows[0].tile_last), "weight_done"
        if ready:
            row = self.rows.popleft()
            if done:
                self.weight_tiles.popleft()
            if row.fill:
                fill = 1 << self.fill_bank
                self.fill_bank ^= 1
                self.full.append(self.filling.popleft())
        if not self.merges:
            self.fill_done.append(fill)
        elif fill:
            self.fill_done.append(fill)
            self.filled_at.append(self.now)

    def check_fill_done(self) -> None:
        """Check that a bank is done when it should be: two cycles after its last step, or later."""
        done = self.out("fill_done")
        if not self.merges:
            assert done == self.fill_done.popleft(), "fill_done"
        elif done:
            assert self.fill_done, "fill_done without a full bank"
            assert done == self.fill_done.popleft(), "fill_done"
            assert self.now - self.filled_at.popleft() >= 3, "fill_done too early"

    async def read_tile(self, **traffic: bool) -> None:
        """Read the oldest full bank row by row, free it, and check its sums."""
        sums, bank = self.full.popleft(), self.read_bank
        assert not any(self.fill_done), "the last sum is not written yet"
        for row in range(len(sums) + 1):
            if row < len(sums):
                await self.cycle(read_en=1, read_bank=bank, read_row=row, **traffic)
            else:
                await self.cycle(bank_done=1 << bank, **traffic)
            if row:
                got = unpack(self.out("read_sum"), self.acc_w, self.lanes, signed=True)
                assert got == sums[row - 1].tolist(), f"row {row - 1}"
                self.values_read += self.lanes
        self.read_bank ^= 1

    async def run(self) -> None:
        """Process the layer; read banks as they fill."""
        while self.rows or self.full or any(self.fill_done):
            if self.full and not any(self.fill_done):
                await self.read_tile()
            else:
                await self.cycle()
        for _ in range(2):
            await self.cycle()
        assert self.steps == self.planned, "steps"


def layers(tb: TB) -> list[tuple[int, int, int]]:
    """Return dimensions at, below and above the edges of a tile."""
    m, k, n = tb.tile_m, tb.tile_k, tb.lanes
    return [
        (1, 1, 1),
        (m, k, n),
        (m - 1, k - 1, n),
        (m + 1, k + 1, n + 1),
        (2 * m, 3 * k - 2, n),
    ]


@cocotb.test(timeout_time=200, timeout_unit="us")
async def directed_tiles_as_layers(dut: Any) -> None:
    """Every directed tile, alone and as the k tiles of one layer, in both modes."""
    tb = TB(dut)
    await tb.start()
    tiles = list(directed_tiles(tb.tile_m, tb.tile_k).values())
    for dense in (0, 1):
        tb.idle["dense"] = dense
        for tile in tiles:
            await tb.begin((len(tile), tb.tile_k, tb.lanes), [tile])
            await tb.run()
        await tb.begin((tb.tile_m, tb.tile_k * len(tiles), tb.lanes), tiles)
        await tb.run()
    assert tb.values_read > 100 * tb.lanes
    assert (tb.room_waits > 0) == tb.merges


@cocotb.test(timeout_time=100, timeout_unit="us")
async def edges_of_a_layer(dut: Any) -> None:
    """Ragged layers back to back, in both modes."""
    tb = TB(dut)
    await tb.start()
    for dense in (0, 1):
        tb.idle["dense"] = dense
        for dims in layers(tb):
            await tb.begin(dims)
            await tb.run()
    assert tb.values_read > 10 * tb.tile_m * tb.lanes


@cocotb.test(timeout_time=100, timeout_unit="us")
async def a_step_every_cycle(dut: Any) -> None:
    """Takes as many cycles as its rows cost, from tile to tile and bank to bank."""
    tb = TB(dut)
    await tb.start()
    tiles = list(directed_tiles(tb.tile_m, tb.tile_k).values())
    for dense in (0, 1):
        tb.idle["dense"] = dense
        await tb.begin((tb.tile_m, len(tiles) * tb.tile_k, 2 * tb.lanes), tiles, alone=True)
        begin, left = tb.now, tb.planned - tb.steps
        while tb.rows:
            await tb.cycle()
        # two slots for results hold the processor up (prosperity_group_accumulator): its own test
        assert tb.now - begin == left or (tb.merges and tb.sizes["RESULT_SLOTS"] < 3)
        await tb.run()
    assert tb.values_read >= 2 * 2 * tb.lanes * tb.tile_m


@cocotb.test(timeout_time=100, timeout_unit="us")
async def waits_for_a_bank(dut: Any) -> None:
    """Two banks fill; the third tile starts when the first one is freed, not before."""
    tb = TB(dut)
    await tb.start()
    await tb.begin((tb.tile_m, tb.tile_k, 5 * tb.lanes), [[1] * tb.tile_m])
    cost = 1 if tb.merges else tb.tile_m
    for done in (2, 3, 4):
        for _ in range(4 * tb.tile_m):
            await tb.cycle()
        assert tb.steps == done * cost
        assert tb.waits > tb.tile_m
        assert len(tb.full) == 2
        # while it is read out nothing moves
        await tb.read_tile()
        assert tb.steps == done * cost
    await tb.run()
    assert tb.values_read == 5 * tb.tile_m * tb.lanes


@cocotb.test(timeout_time=100, timeout_unit="us")
async def largest_sums(dut: Any) -> None:
    """K as large as ACC_W admits, all spikes and all weights at their extremes."""
    tb = TB(dut)
    await tb.start()
    k = 1 << tb.acc_w - tb.weight_w
    full = [(1 << tb.tile_k) - 1] * 2
    await tb.begin((2, k, tb.lanes), [full] * -(-k // tb.tile_k), extreme=True)
    assert tb.filling[0].min() == -(1 << tb.acc_w - 1)
    await tb.run()
    assert tb.values_read == 2 * tb.lanes


@cocotb.test(timeout_time=200, timeout_unit="us")
async def random_traffic(dut: Any) -> None:
    """Random layers in both modes; descriptors, weights and read-out come when they like."""
    tb = TB(dut)
    await tb.start()
    rng = generator("traffic")
    most = (3 * tb.tile_m, min(3 * tb.tile_k, 1 << tb.acc_w - tb.weight_w), 3 * tb.lanes)
    while tb.values_read < 100 * tb.tile_m:
        tb.idle["dense"] = int(rng.random() < 0.2)
        m, k, n = (int(rng.integers(1, size + 1)) for size in most)
        await tb.begin((m, k, n))
        offers, waits = rng.choice([0.5, 1.0]), int(rng.choice([0, 40]))
        inside = False
        while tb.rows or tb.full or any(tb.fill_done):
            left = len(tb.rows)
            # a queue does not take a descriptor back
            offer = inside or bool(rng.random() < offers)
            if tb.full and not any(tb.fill_done) and rng.random() * waits < 1:
                await tb.read_tile(offer=offer)
                inside = bool(tb.rows)
                continue
            await tb.cycle(offer=offer, weights=bool(rng.random() < 0.8))
            inside = offer and left == len(tb.rows)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def reset_forgets_the_layer(dut: Any) -> None:
    """A reset in the middle of a row and with full banks; the next layer is right."""
    tb = TB(dut)
    await tb.start()
    for cycles in (3, 2 * tb.tile_m, 8 * tb.tile_m):
        await tb.begin((tb.tile_m, tb.tile_k, 3 * tb.lanes), [[7] * tb.tile_m])
        for _ in range(cycles):
            await tb.cycle()
        await tb.restart()
        tb.forget()
    await tb.begin((tb.tile_m, 2 * tb.tile_k, 2 * tb.lanes))
    await tb.run()
    assert tb.values_read == 2 * tb.tile_m * tb.lanes


@both_simulators
@pytest.mark.parametrize(
    "sizes",
    [
        SMALL,
        ODD,
        SMALL | {"WEIGHT_PORTS": 2, "MERGE_ROWS": 1, "SUM_BANKS": 4, "RESULT_SLOTS": 3},
        ODD | {"WEIGHT_PORTS": 3, "MERGE_ROWS": 1, "SUM_BANKS": 1, "RESULT_SLOTS": 2},
        ODD | {"WEIGHT_PORTS": 5, "MERGE_ROWS": 1, "SUM_BANKS": 4, "RESULT_SLOTS": 4},
    ],
    ids=["small", "odd", "merge", "merge_odd", "merge_half"],
)
def test_row_processing(
    request: pytest.FixtureRequest, simulator: str, sizes: dict[str, int]
) -> None:
    """All of the above."""
    run_unit(request, simulator, sizes)
