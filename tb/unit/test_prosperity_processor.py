"""Tests of prosperity_processor: patterns, WEIGHT_PORTS rows a cycle, held to the cycle."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from itertools import product, repeat
from typing import Any, NamedTuple

import cocotb
import numpy as np
import pytest

from snn_rtl.models.prosperity.product_sparsity import decompose
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.unit import both_simulators, run_unit
from snn_rtl.tb.unit.bench import (
    Bench,
    Tile,
    as_words,
    directed_tiles,
    issue_order,
    random_tile,
    unpack,
    walk,
)


class Descriptor(NamedTuple):
    """A row descriptor; prefix -1: none."""

    row: int
    prefix: int
    pattern: int
    last: bool


class Step(NamedTuple):
    """One step of the processor: its weight rows, none when the row has nothing to add."""

    desc: Descriptor
    cols: tuple[int, ...]
    first: bool
    last: bool
    tile_last: bool
    fill: bool


def descriptors(rows: list[int], *, dense: bool) -> list[Descriptor]:
    """Return the descriptors of a tile as the detection makes them."""
    dec = decompose(as_words(rows), "dense" if dense else "product")
    order = issue_order(rows, dense=dense)
    if not order:
        return [Descriptor(0, -1, 0, True)]
    return [Descriptor(i, int(dec.prefix[i]), int(dec.pattern[i]), i == order[-1]) for i in order]


def steps(rows: list[int], tile: Tile, ports: int, *, dense: bool) -> list[Step]:
    """Return the steps that a tile takes with that many weight ports."""
    plan = []
    for desc in descriptors(rows, dense=dense):
        scan = (1 << tile.cols) - 1 if dense else desc.pattern
        cols = [c for c in range(scan.bit_length()) if scan >> c & 1]
        places = range(0, max(1, len(cols)), ports)
        for i in places:
            taken = tuple(cols[i : i + ports])
            last = i == places[-1]
            tile_last = last and desc.last
            plan.append(Step(desc, taken, i == 0, last, tile_last, tile_last and tile.last_k))
    return plan


class TB(Bench):
    """Offers descriptors, weight tiles and banks; predicts every cycle."""

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
            weight_valid=0,
            sum_full=0,
            sum_room=1,
        )
        self.tile_m, self.tile_k, self.lanes = (
            self.sizes[name] for name in ("TILE_M", "TILE_K", "LANES")
        )
        self.ports = self.sizes.get("WEIGHT_PORTS", 1)
        self.col_w = (self.tile_k - 1).bit_length()
        self.done = self.forwards = self.fills = 0
        self.forget()

    def forget(self) -> None:
        """Expect the state after a reset."""
        self.plan: deque[Step] = deque()
        self.bank = 0
        self.before: Step | None = None
        self.add: dict[str, int] = {}

    async def begin(
        self, dims: tuple[int, int, int], rng: np.random.Generator, tiles: Iterable[list[int]] = ()
    ) -> None:
        """Start a layer of random tiles, or of those given (with columns cut to the tile's)."""
        self.idle |= {"dim_m": dims[0], "dim_k": dims[1], "dim_n": dims[2]}
        await self.cycle(offer=False, start=1)
        given = iter(tiles)
        for tile in walk(dims, (self.tile_m, self.tile_k, self.lanes)):
            rows = next(given, None)
            if rows is None:
                rows = random_tile(rng, tile.rows, tile.cols)
            else:
                rows = [row & (1 << tile.cols) - 1 for row in rows[: tile.rows]]
            self.plan.extend(steps(rows, tile, self.ports, dense=bool(self.idle["dense"])))

    async def cycle(
        self,
        *,
        offer: bool = True,
        weights: bool = True,
        full: int = 0,
        room: bool = True,
        start: int = 0,
    ) -> None:
        """Offer the next descriptor, weights, banks and room, or not; check all outputs."""
        now = self.plan[0] if self.plan else None
        offer = offer and now is not None
        # without desc_valid the other inputs must not matter: they look like the next row's prefix
        desc = Descriptor(max(now.desc.prefix, 0) if now else 0, 0, 1, True)
        if now and offer:
            desc = now.desc
        self.drive(
            start=start,
            desc_valid=offer,
            desc_last=desc.last,
            desc_row=desc.row,
            desc_prefix=max(desc.prefix, 0),
            desc_reuse=desc.prefix >= 0,
            desc_pattern=desc.pattern,
            weight_valid=weights,
            sum_full=full,
            sum_room=room,
        )
        await self.edge()
        self.check_add()
        assert self.out("active") == bool(self.plan), "active"
        assert self.out("sum_bank") == self.bank, "sum_bank"
        # room for its result is what the last step of a row needs besides
        ends = now is not None and now.last
        step = offer and weights and not full >> self.bank & 1 and (room or not ends)
        assert self.out("step") == step, "step"
        waits = offer and weights and not full >> self.bank & 1 and not step
        assert self.out("wait_room") == waits, "wait_room"
        names = ("desc_ready", "weight_done", "sum_fill")
        if not step or now is None:
            assert self.outs(*names) == (0, 0, 0), names
            self.add, self.before = {"valid": 0}, None
            return
        assert self.outs(*names) == (now.last, now.tile_last, now.fill), names
        if now.cols:
            got = unpack(self.out("weight_cols"), self.col_w, len(now.cols))
            assert got == list(now.cols), "weight_cols"
        if now.first and desc.prefix >= 0:
            assert self.out("step_prefix") == desc.prefix, "step_prefix"
        self.add = self.expected_add(now)
        self.before = now
        self.plan.popleft()
        self.bank ^= now.fill
        self.fills += now.fill
        self.done += 1

    def expected_add(self, now: Step) -> dict[str, int]:
        """Return what the next cycle's add outputs must be; absent: they say nothing."""
        desc = now.desc
        add = {
            "valid": 1,
            "first": int(now.first),
            "weight": sum((desc.pattern >> c & 1) << p for p, c in enumerate(now.cols)),
            "last": int(now.last),
            "row": desc.row,
            "bank": self.bank,
        }
        if now.first:
            add["reuse"] = int(desc.prefix >= 0)
        if now.first and desc.prefix >= 0:
            # the prefix's sum is written while this row reads it
            before = self.before
            add["forward"] = int(
                before is not None and before.last and before.desc.row == desc.prefix
            )
            self.forwards += add["forward"]
        if now.last:
            add |= {"store": int(bool(now.cols)), "sum_last": int(now.fill)}
            add["empty"] = int(not now.cols and desc.prefix < 0)
        return add

    def check_add(self) -> None:
        """Compare the add outputs with what the last cycle's step asks for."""
        got = {name: self.out(f"add_{name}") for name in self.add}
        assert got == self.add, f"add {got} instead of {self.add}"

    async def finish(self) -> None:
        """Process what is left without a pause; then nothing moves."""
        begin, left = self.now, len(self.plan)
        while self.plan:
            await self.cycle()
        assert self.now - begin == left, "a gap"
        for _ in range(3):
            await self.cycle()


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


@cocotb.test(timeout_time=100, timeout_unit="us")
async def directed_tiles_without_a_gap(dut: Any) -> None:
    """Every directed tile, one step a cycle: chains forward, exact matches take one cycle."""
    tb = TB(dut)
    await tb.start()
    rng = generator("tiles")
    tiles = list(directed_tiles(tb.tile_m, tb.tile_k).values())
    for dense in (0, 1):
        tb.idle["dense"] = dense
        await tb.begin((tb.tile_m, tb.tile_k * len(tiles), 1), rng, tiles)
        await tb.finish()
        await tb.begin((tb.tile_m, tb.tile_k, tb.lanes * len(tiles)), rng, tiles)
        await tb.finish()
    assert tb.forwards >= 2 * (tb.tile_k - 1)
    assert tb.fills == 2 * (1 + len(tiles))


@cocotb.test(timeout_time=100, timeout_unit="us")
async def edges_of_a_layer(dut: Any) -> None:
    """Ragged layers back to back; in dense mode every column of the tile and none beyond it."""
    tb = TB(dut)
    await tb.start()
    rng = generator("tiles")
    for dense in (1, 0):
        tb.idle["dense"] = dense
        for dims in layers(tb):
            await tb.begin(dims, rng)
            await tb.finish()
    assert tb.fills == 2 * (1 + 1 + 1 + 4 + 2)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def every_bit_of_the_dimensions(dut: Any) -> None:
    """Layers that are long in one dimension, of each power of two, and end where they should."""
    tb = TB(dut)
    await tb.start()
    rng = generator("tiles")
    tb.idle["dense"] = 0
    # tiles without a spike: a step each
    empty = repeat([0] * tb.tile_m)
    for bit, place in product(range(tb.sizes["DIM_W"]), range(3)):
        dims = [1, 1, 1]
        dims[place] = 1 << bit
        await tb.begin((dims[0], dims[1], dims[2]), rng, empty)
        await tb.finish()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def forward_needs_consecutive_steps(dut: Any) -> None:
    """A prefix read one cycle after its last step is forwarded; with a pause between it is not."""
    tb = TB(dut)
    await tb.start()
    rng = generator("tiles")
    chain = directed_tiles(tb.tile_m, tb.tile_k)["chain"][: tb.tile_k]
    for pauses, forwards in ((0, tb.tile_k - 1), (1, 0), (2, 0)):
        tb.forwards = 0
        await tb.begin((tb.tile_k, tb.tile_k, 1), rng, [chain])
        while tb.plan:
            await tb.cycle()
            for _ in range(pauses):
                await tb.cycle(offer=False)
        assert tb.forwards == forwards
        await tb.finish()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def waits_for_what_it_needs(dut: Any) -> None:
    """No step without weights or with its bank full; the other bank does not matter."""
    tb = TB(dut)
    await tb.start()
    rng = generator("tiles")
    await tb.begin((tb.tile_m, 2 * tb.tile_k, 3 * tb.lanes), rng)
    while tb.plan:
        done = tb.done
        for _ in range(2):
            await tb.cycle(weights=False)
            await tb.cycle(full=1 << tb.bank)
            await tb.cycle(full=0b11)
        assert tb.done == done
        await tb.cycle(full=2 >> tb.bank)
        assert tb.done == done + 1
    await tb.finish()
    assert tb.fills == 3


@cocotb.test(timeout_time=100, timeout_unit="us")
async def last_step_waits_for_room(dut: Any) -> None:
    """Without room for a result all steps of a row but the last one are taken."""
    tb = TB(dut)
    await tb.start()
    rng = generator("tiles")
    for dense in (0, 1):
        tb.idle["dense"] = dense
        await tb.begin((tb.tile_m, 2 * tb.tile_k, tb.lanes), rng)
        while tb.plan:
            before, ends = tb.done, next(i for i, step in enumerate(tb.plan) if step.last)
            for _ in range(ends + 3):
                await tb.cycle(room=False)
            assert tb.done == before + ends
            await tb.cycle()
            assert tb.done == before + ends + 1
        await tb.finish()


@cocotb.test(timeout_time=200, timeout_unit="us")
async def random_traffic(dut: Any) -> None:
    """Random layers in both modes with everything missing now and then."""
    tb = TB(dut)
    await tb.start()
    rng = generator("traffic")
    most = (3 * tb.tile_m, 4 * tb.tile_k, 2 * tb.lanes)
    while tb.done < 1000 or not tb.forwards:
        tb.idle["dense"] = int(rng.random() < 0.2)
        m, k, n = (int(rng.integers(1, size + 1)) for size in most)
        await tb.begin((m, k, n), rng)
        while tb.plan:
            # a queue does not take a descriptor back, so it comes and goes with its first step only
            offer = not tb.plan[0].first or rng.random() < 0.8
            full = int(rng.integers(4)) if rng.random() < 0.2 else 0
            weights, room = rng.random(2) < 0.8
            await tb.cycle(offer=bool(offer), weights=bool(weights), full=full, room=bool(room))
        await tb.finish()


@cocotb.test(timeout_time=100, timeout_unit="us")
async def reset_forgets_the_layer(dut: Any) -> None:
    """A reset in the middle of a row and with bank 1 in use: the next layer starts in bank 0."""
    tb = TB(dut)
    await tb.start()
    rng = generator("tiles")
    full = (1 << tb.tile_k) - 1
    cost = -(-tb.tile_k // tb.ports)
    for steps_before in (max(1, cost // 2), cost + 1):
        await tb.begin((1, tb.tile_k, 3), rng, [[full]] * 3)
        for _ in range(steps_before):
            await tb.cycle()
        await tb.restart()
        tb.forget()
        for _ in range(3):
            await tb.cycle()
    await tb.begin((1, tb.tile_k, 1), rng, [[full]])
    await tb.finish()


@both_simulators
@pytest.mark.parametrize(
    "sizes",
    [
        {"TILE_M": 16, "TILE_K": 8, "LANES": 4, "DIM_W": 12},
        {"TILE_M": 8, "TILE_K": 5, "LANES": 1, "DIM_W": 8},
        {"TILE_M": 16, "TILE_K": 8, "LANES": 3, "DIM_W": 12, "WEIGHT_PORTS": 3},
        {"TILE_M": 8, "TILE_K": 5, "LANES": 2, "DIM_W": 8, "WEIGHT_PORTS": 5},
    ],
    ids=["small", "odd", "three_ports", "all_ports"],
)
def test_processor(request: pytest.FixtureRequest, simulator: str, sizes: dict[str, int]) -> None:
    """All of the above."""
    run_unit(request, simulator, sizes)
