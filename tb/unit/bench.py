"""What several unit tests share: pins driven a cycle at a time, packed words, tiles."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from cocotb.triggers import RisingEdge
from numpy.typing import NDArray

from snn_rtl.models.prosperity.product_sparsity import decompose, pack_rows
from snn_rtl.tb.common.clock_reset import reset, start_clock
from snn_rtl.tb.common.unit import parameters


class Bench:
    """Drives a module a cycle at a time.

    A cycle lasts from one rising edge to the next: inputs are set at its beginning, outputs are
    read at its end, when combinational ones have settled and registers still hold. An input that a
    cycle does not name takes its idle value, so that a pulse lasts one cycle.

    Attributes:
        dut: the module.
        sizes: its parameters.
        idle: every input but clk and rst, with its idle value.
        now: cycles so far.
    """

    def __init__(self, dut: Any, **idle: int) -> None:
        self.dut = dut
        self.sizes = parameters()
        self.idle = idle
        self.now = 0
        self._driven: dict[str, int] = {}

    def drive(self, **inputs: int) -> None:
        """Set all inputs: those given, the others to their idle values."""
        assert inputs.keys() <= self.idle.keys(), f"no such inputs: {inputs.keys()}"
        for name, value in (self.idle | inputs).items():
            if self._driven.get(name) != value:
                getattr(self.dut, name).value = int(value)
                self._driven[name] = value

    async def edge(self) -> None:
        """Wait for the end of the cycle."""
        await RisingEdge(self.dut.clk)
        self.now += 1

    def out(self, name: str) -> int:
        """Return an output as an unsigned number; an X in it ends the test."""
        return int(getattr(self.dut, name).value)

    def outs(self, *names: str) -> tuple[int, ...]:
        """Return several outputs."""
        return tuple(self.out(name) for name in names)

    async def start(self) -> None:
        """Start the clock and reset the module, inputs idle."""
        start_clock(self.dut)
        await self.restart()

    async def restart(self) -> None:
        """Reset the module, inputs idle."""
        self.drive()
        await reset(self.dut)


def rounds(least: int, enough: Callable[[], bool]) -> Iterator[int]:
    """Yield the numbers of a random test's rounds, until the test has met what it is for.

    How much that takes depends on the seed: a fixed number of rounds would fail by luck with one
    seed in so many.

    Args:
        least: rounds in any case.
        enough: returns whether enough was met.

    Raises:
        AssertionError: it was not after twenty times as many rounds.
    """
    for number in range(20 * least):
        if number >= least and enough():
            return
        yield number
    assert enough(), f"not met in {20 * least} rounds what the test is for"


def pack(words: Sequence[int], width: int) -> int:
    """Return words side by side, the first one lowest; negative ones in two's complement."""
    mask = (1 << width) - 1
    packed = 0
    for word in reversed(words):
        packed = packed << width | int(word) & mask
    return packed


def unpack(value: int, width: int, count: int, *, signed: bool = False) -> list[int]:
    """Undo `pack`."""
    words = [value >> i * width & (1 << width) - 1 for i in range(count)]
    if signed:
        words = [w - (1 << width) if w >> width - 1 else w for w in words]
    return words


def bit_width(largest: int) -> int:
    """Return the bits that hold 0 to `largest`: $clog2(largest + 1)."""
    return largest.bit_length()


@dataclass(frozen=True)
class Tile:
    """One step of the walk over a layer: its edges and its place."""

    rows: int
    cols: int
    lanes: int
    first_n: bool
    first_k: bool
    last_k: bool
    last: bool


def walk(dims: tuple[int, int, int], sizes: tuple[int, int, int]) -> Iterator[Tile]:
    """Yield the tiles of a layer in the machine's order: m, n, k, k innermost.

    Args:
        dims: M, K, N.
        sizes: TILE_M, TILE_K, LANES.
    """
    (m, k, n), (tile_m, tile_k, lanes) = dims, sizes
    starts = [range(0, m, tile_m), range(0, n, lanes), range(0, k, tile_k)]
    for i in starts[0]:
        for j in starts[1]:
            for c in starts[2]:
                yield Tile(
                    rows=min(tile_m, m - i),
                    cols=min(tile_k, k - c),
                    lanes=min(lanes, n - j),
                    first_n=j == 0,
                    first_k=c == 0,
                    last_k=c + tile_k >= k,
                    last=i + tile_m >= m and j + lanes >= n and c + tile_k >= k,
                )


def directed_tiles(rows: int, cols: int) -> dict[str, list[int]]:
    """Return the tiles that every order, search and sum must master, as packed rows, by name."""
    full = (1 << cols) - 1
    chain = [full >> cols - min(i, cols) for i in range(1, rows + 1)]
    tiles = {
        # one row depends on the next: each prefix is the row issued just before
        "chain": chain,
        "chain_upside_down": chain[::-1],
        "zeros": [0] * rows,
        "ones": [full] * rows,
        "equal": [full & 0b101] * rows,
        "single_ones": [1 << i % cols for i in range(rows)],
        # equal numbers of ones, none inside another
        "strangers": [full ^ 1 << i % cols for i in range(rows)],
        "one_row": [full >> 1],
        "one_zero_row": [0],
        "last_row_only": [0] * (rows - 1) + [full],
        "ragged": chain[: max(1, rows - 3)],
        # a tie: the prefix of the last rows is the first of two equally good ones
        "tie": [0b10, 0b01, 0b11, 0b11],
    }
    if cols >= 4:
        # the paper's figure, column 0 lowest
        tiles["figure"] = [0b0101, 0b1001, 0b1101, 0b0100, 0b1101, 0b1011]
    return {name: words[:rows] for name, words in tiles.items()}


def random_tile(rng: np.random.Generator, rows: int, cols: int) -> list[int]:
    """Return a tile of up to that many rows, of a random density, with equal and nested rows."""
    count = rows if rng.random() < 0.5 else int(rng.integers(1, rows + 1))
    bits = rng.random((count, cols)) < rng.choice([0.05, 0.3, 0.6, 0.9])
    for row in range(1, count):
        if rng.random() < 0.4:
            bits[row] = bits[rng.integers(row)] & (rng.random(cols) < rng.choice([0.7, 1.0]))
    return [int(word) for word in pack_rows(rng.permutation(bits))]


def as_words(rows: Sequence[int]) -> NDArray[np.uint64]:
    """Return packed rows as the models take them."""
    return np.array(rows, dtype=np.uint64)


def issue_order(rows: Sequence[int], *, dense: bool) -> list[int]:
    """Return the indices of a tile's rows in the order of their issue; zero rows only if dense."""
    words = as_words(rows)
    if dense:
        return [int(i) for i in np.argsort(np.bitwise_count(words), kind="stable")]
    return [int(i) for i in decompose(words).order()]


def load_beats(rows: Sequence[int], beat_rows: int, filler: Sequence[int]) -> list[list[int]]:
    """Return a tile as load beats; rows beyond it take their values from `filler`."""
    full = -(-len(rows) // beat_rows) * beat_rows
    padded = [*rows, *(filler[i % len(filler)] for i in range(full - len(rows)))]
    return [padded[i : i + beat_rows] for i in range(0, full, beat_rows)]


def present_mask(rows: int, beat: int, beat_rows: int) -> int:
    """Return which rows of a load beat belong to a tile of that many rows."""
    return (1 << max(0, min(beat_rows, rows - beat * beat_rows))) - 1
