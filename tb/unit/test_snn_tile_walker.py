"""Tests of snn_tile_walker: the tiles of three plain loops, at any pace."""

from __future__ import annotations

from itertools import product
from typing import Any

import cocotb
import pytest

from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.unit import both_simulators, run_unit
from snn_rtl.tb.unit.bench import Bench, Tile, rounds, walk

Dims = tuple[int, int, int]


class TB(Bench):
    """Walks layers of M, K, N and checks each described tile, while it is held too."""

    def __init__(self, dut: Any) -> None:
        super().__init__(dut, start=0, advance=0, dim_m=0, dim_k=0, dim_n=0)
        self.tile: Dims = (self.sizes["TILE_M"], self.sizes["TILE_K"], self.sizes["LANES"])
        self.largest = (1 << self.sizes["DIM_W"]) - 1
        self.tiles = 0
        self.ragged = 0

    async def cycle(self, expected: Tile | None, **inputs: int) -> None:
        """Drive one cycle; check the tile described in it (None: there is none)."""
        self.drive(**inputs)
        await self.edge()
        assert self.out("active") == (expected is not None), f"active, {expected}"
        if expected is not None:
            names = ("rows", "cols", "used_lanes", "first_n", "first_k", "last_k", "last")
            seen = Tile(*self.outs(*names))  # type: ignore[arg-type]
            assert seen == expected, f"{seen}, not {expected}"

    async def walk(self, dims: Dims, *, stop: int | None = None, wait: float = 0.0) -> None:
        """Start and walk a layer; abandon it before tile `stop`; `wait`: chance of a pause."""
        held = dict(zip(("dim_m", "dim_k", "dim_n"), dims, strict=True))
        rng = generator(f"pauses {dims}")
        self.idle |= held
        if self.now == 0 or self.out("active") == 0:
            await self.cycle(None, start=1)
        else:
            self.drive(start=1)
            await self.edge()
        for number, tile in enumerate(walk(dims, self.tile)):
            while rng.random() < wait:
                await self.cycle(tile)
            if number == stop:
                await self.cycle(tile)
                return
            await self.cycle(tile, advance=1)
            self.tiles += 1
            self.ragged += (tile.rows, tile.cols, tile.lanes) != self.tile
        await self.cycle(None)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def one_tile(dut: Any) -> None:
    """Nothing before the start; 1 x 1 x 1, a full tile, one short of it in every dimension."""
    tb = TB(dut)
    await tb.start()
    await tb.cycle(None)
    await tb.walk((1, 1, 1))
    await tb.walk(tb.tile)
    for which in range(3):
        dims = [max(1, size - (i == which)) for i, size in enumerate(tb.tile)]
        await tb.walk((dims[0], dims[1], dims[2]))
    assert tb.tiles == 5


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def around_the_edges(dut: Any) -> None:
    """One below, at and one above one and two tiles, in all combinations of the dimensions."""
    tb = TB(dut)
    await tb.start()
    sizes = [{1, *(max(1, t * size + d) for t in (1, 2) for d in (-1, 0, 1))} for size in tb.tile]
    limit = tb.largest
    for m, k, n in product(*(sorted(s for s in edge if s <= limit) for edge in sizes)):
        await tb.walk((m, k, n))
    assert tb.tiles > 100 or tb.largest < 16
    assert tb.ragged > 10


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def largest_dimensions(dut: Any) -> None:
    """Each dimension at the largest value of its register, the others ragged."""
    tb = TB(dut)
    await tb.start()
    small = [min(size + 1, tb.largest) for size in tb.tile]
    for which in range(3):
        dims = [tb.largest if i == which else size for i, size in enumerate(small)]
        await tb.walk((dims[0], dims[1], dims[2]))
    assert tb.tiles >= 3


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def pauses(dut: Any) -> None:
    """A tile stays described, unchanged, until it is advanced."""
    tb = TB(dut)
    await tb.start()
    m, k, n = (min(2 * size + 1, tb.largest) for size in tb.tile)
    await tb.walk((m, k, n), wait=0.6)
    await tb.walk((m, k, n), wait=0.2)
    assert tb.ragged > 1


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def start_again(dut: Any) -> None:
    """A start in the middle of a walk begins the new layer at its first tile."""
    tb = TB(dut)
    await tb.start()
    m, k, n = (min(2 * size + 1, tb.largest) for size in tb.tile)
    total = sum(1 for _ in walk((m, k, n), tb.tile))
    for stop in range(total):
        await tb.walk((m, k, n), stop=stop)
        await tb.walk((1, k, 1), stop=0)
    await tb.walk((m, k, n))
    assert tb.tiles == total * (total - 1) // 2 + total


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def reset_ends_the_walk(dut: Any) -> None:
    """No tile is described after a reset; the next start begins anew."""
    tb = TB(dut)
    await tb.start()
    dims = (min(tb.tile[0] + 1, tb.largest), 1, 1)
    await tb.walk(dims, stop=0)
    await tb.restart()
    await tb.cycle(None)
    await tb.cycle(None)
    await tb.walk(dims)
    assert tb.tiles > 0


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def random_layers(dut: Any) -> None:
    """Random dimensions up to four tiles, random pauses, one layer after the other."""
    tb = TB(dut)
    await tb.start()
    rng = generator("layers")
    for _ in rounds(60, lambda: tb.ragged > 20):
        m, k, n = (int(rng.integers(1, min(4 * size, tb.largest) + 1)) for size in tb.tile)
        await tb.walk((m, k, n), wait=float(rng.choice([0.0, 0.4])))
    assert tb.tiles >= 60


@both_simulators
@pytest.mark.parametrize(
    ("tile_m", "tile_k", "lanes", "dim_w"), [(4, 3, 2, 6), (6, 1, 5, 8), (14, 2, 7, 4)]
)
def test_tile_walker(
    request: pytest.FixtureRequest,
    simulator: str,
    tile_m: int,
    tile_k: int,
    lanes: int,
    dim_w: int,
) -> None:
    """All of the above."""
    values = {"TILE_M": tile_m, "TILE_K": tile_k, "LANES": lanes, "DIM_W": dim_w}
    run_unit(request, simulator, values)
