"""How fast the product sparsity model is, beside a straightforward program for the same thing.

``python -m snn_rtl.models.benchmark [WORKLOAD]`` decomposes every 256 x 16 tile of a workload
(each m and k tile once) and prints the time a tile takes, the time a loop over the rows takes for
the same tiles in the same run, their ratio, and the time of the whole workload. All times are
processor time, which other programs on the machine disturb least. Both are checked to find the
same.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Final

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.baselines.common import LayerWork, network_work
from snn_rtl.models.errors import InputError
from snn_rtl.models.prosperity.config import PAPER
from snn_rtl.models.prosperity.product_sparsity import decompose, pack_rows, unpack_rows
from snn_rtl.models.workload.gemm import tiles
from snn_rtl.models.workload.workload import load

BUNDLED: Final = Path(__file__).resolve().parents[1] / "examples" / "digits" / "digits.npz"


@dataclass(frozen=True)
class Timing:
    """What a benchmark found.

    Attributes:
        tiles: tiles of the workload.
        sampled: of them, tiles that the row loop did.
        tile_s: seconds a tile, over the whole workload.
        sample_s: seconds a tile, over the sampled tiles.
        row_loop_s: seconds a tile, over the sampled tiles, by the row loop.
        workload_s: seconds for the whole workload, from its spike matrices on, packing included.
    """

    tiles: int
    sampled: int
    tile_s: float
    sample_s: float
    row_loop_s: float
    workload_s: float

    @property
    def ratio(self) -> float:
        """How many times faster than the row loop, on the same tiles."""
        return self.row_loop_s / self.sample_s


def row_loop(tile: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Find prefixes and patterns as a simple simulator does: row by row, by the definition.

    Args:
        tile: bool, (rows, columns).

    Returns:
        int64 (rows,), the prefixes, -1 for none, and bool (rows, columns), the patterns.
    """
    rows = len(tile)
    index = np.arange(rows)
    prefix = np.full(rows, -1, np.int64)
    pattern = tile.copy()
    for i in range(rows):
        row = tile[i]
        if np.count_nonzero(row) < 2:
            continue
        subset = np.all(np.logical_and(row, tile) == tile, axis=1)
        equal = np.all(tile == row, axis=1)
        candidates = np.flatnonzero(subset & ~(equal & (index >= i)))
        if not candidates.size:
            continue
        sizes = np.count_nonzero(tile[candidates], axis=1)
        best = int(np.argmax(sizes))
        if sizes[best]:
            prefix[i] = candidates[best]
            pattern[i] = np.logical_xor(row, tile[prefix[i]])
    return prefix, pattern


def _cut(network: Sequence[LayerWork]) -> list[NDArray[np.uint64]]:
    return [
        words for work in network for _, _, words in tiles(work.spikes, PAPER.tile_m, PAPER.tile_k)
    ]


def _seconds(found: Sequence[NDArray[np.uint64]], repeats: int) -> float:
    """Return the mean time a tile takes over some passes."""
    start = process_time()
    for _ in range(repeats):
        for words in found:
            decompose(words)
    return (process_time() - start) / (repeats * len(found))


def measure(network: Sequence[LayerWork], samples: int | None = None, repeats: int = 3) -> Timing:
    """Measure on a network.

    Args:
        network: the layers.
        samples: tiles for the row loop, drawn at random from a fixed seed; None for all.
        repeats: passes of the model over the tiles. The row loop has one.

    Raises:
        InputError: no samples or no repeats.
        RuntimeError: the two ways do not find the same.
    """
    if repeats < 1 or (samples is not None and samples < 1):
        raise InputError("a benchmark needs at least one sample and one repeat")
    start = process_time()
    found = _cut(network)
    cutting = process_time() - start
    count = len(found) if samples is None else min(samples, len(found))
    picks = np.sort(np.random.default_rng(1).choice(len(found), count, replace=False))
    chosen = [found[pick] for pick in picks]
    bits = [unpack_rows(words, PAPER.tile_k) for words in chosen]
    start = process_time()
    expected = [row_loop(tile) for tile in bits]
    row_loop_s = (process_time() - start) / len(chosen)
    for words, (prefix, pattern) in zip(chosen, expected, strict=True):
        dec = decompose(words)
        if (dec.prefix != prefix).any() or (dec.pattern != pack_rows(pattern)).any():
            raise RuntimeError("the row loop and the model find different prefixes")
    tile_s = _seconds(found, repeats)
    return Timing(
        tiles=len(found),
        sampled=len(chosen),
        tile_s=tile_s,
        sample_s=tile_s if count == len(found) else _seconds(chosen, repeats),
        row_loop_s=row_loop_s,
        workload_s=cutting + tile_s * len(found),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status: 0, or 2 for bad input."""
    parser = argparse.ArgumentParser(prog="python -m snn_rtl.models.benchmark", description=__doc__)
    parser.add_argument("workload", nargs="?", default=BUNDLED, help="a file; default: bundled")
    parser.add_argument("--image", type=int, default=0, help="of a workload with images")
    parser.add_argument("--samples", type=int, help="tiles for the row loop; default: all")
    options = parser.parse_args(arguments)
    try:
        workload = load(options.workload)
        timing = measure(network_work(workload, options.image), options.samples)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"{workload.name}: {timing.tiles} tiles of {PAPER.tile_m} x {PAPER.tile_k}")
    print(f"model, all tiles        {timing.tile_s * 1e3:9.3f} ms a tile")
    if timing.sampled < timing.tiles:
        print(f"model, {timing.sampled:5d} tiles      {timing.sample_s * 1e3:9.3f} ms a tile")
    print(f"row loop, {timing.sampled:5d} tiles   {timing.row_loop_s * 1e3:9.3f} ms a tile")
    print(f"ratio                   {timing.ratio:9.1f} x")
    print(f"model, whole workload   {timing.workload_s:9.3f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
