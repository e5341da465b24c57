"""Layers to test with: row structures that stress detection, and random layers."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from itertools import combinations, islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.prosperity.config import ProsperityConfig
from snn_rtl.models.prosperity.prosperity import Mode
from snn_rtl.tb.common.machine.stimulus import Rng, random_lif, random_size, random_weights
from snn_rtl.tb.prosperity.job import LayerJob

Matrix = NDArray[np.bool_]

TILE_MS: Final = (16, 32, 64, 128, 256, 512)
SMALLEST_TILE_K: Final = 4
"""Sizes of the machines of a wide range."""


def random_rows(rng: Rng, m: int, k: int) -> Matrix:
    """Return rows of one random density."""
    density = rng.choice([0.02, 0.1, 0.2, 0.4, 0.7, 0.95])
    return rng.random((m, k)) < density


def zero_rows(rng: Rng, m: int, k: int) -> Matrix:
    """Return no ones at all."""
    return np.zeros((m, k), dtype=np.bool_)


def full_rows(rng: Rng, m: int, k: int) -> Matrix:
    """Return ones everywhere."""
    return np.ones((m, k), dtype=np.bool_)


def equal_rows(rng: Rng, m: int, k: int) -> Matrix:
    """Return copies of one row."""
    return np.tile(rng.random(k) < 0.5, (m, 1))


def one_bit_rows(rng: Rng, m: int, k: int) -> Matrix:
    """Return rows with a single one."""
    return np.eye(k, dtype=np.bool_)[rng.integers(k, size=m)]


def chain_rows(rng: Rng, m: int, k: int) -> Matrix:
    """Return nested rows: each one is a prefix of the next, in random order."""
    place = rng.permutation(k)
    ones = 1 + np.arange(m) % k
    rows = place[None, :] < ones[:, None]
    return rows[rng.permutation(m)]


def rising_rows(rng: Rng, m: int, k: int) -> Matrix:
    """Return nested rows in order: a prefix is written the cycle before it is read."""
    return np.arange(k)[None, :] < (1 + np.arange(m) % k)[:, None]


def tie_rows(rng: Rng, m: int, k: int) -> Matrix:
    """Return rows that all have half of the columns set: ties in popcount, few subsets."""
    order = np.argsort(rng.random((m, k)), axis=1)
    return order < max(1, k // 2)


def duplicate_rows(rng: Rng, m: int, k: int) -> Matrix:
    """Return a few different rows, many times."""
    pool = rng.random((4, k)) < 0.4
    return pool[rng.integers(4, size=m)]


def antichain_rows(rng: Rng, m: int, k: int) -> Matrix:
    """Return rows with half of the columns set, all different as long as there are enough.

    None of them holds another one: no prefix, however dense.
    """
    chosen = rng.permutation(np.array(list(islice(combinations(range(k), max(1, k // 2)), 4 * m))))
    rows = np.zeros((m, k), dtype=np.bool_)
    np.put_along_axis(rows, chosen[np.arange(m) % len(chosen)], values=True, axis=1)
    return rows


def sparse_tail(rng: Rng, m: int, k: int) -> Matrix:
    """Return rows whose last column tiles are empty."""
    rows = rng.random((m, k)) < 0.3
    rows[:, k // 2 :] = False
    return rows


STRUCTURES: Final[dict[str, Callable[[Rng, int, int], Matrix]]] = {
    f.__name__: f
    for f in (
        random_rows,
        zero_rows,
        full_rows,
        equal_rows,
        one_bit_rows,
        chain_rows,
        rising_rows,
        tie_rows,
        antichain_rows,
        duplicate_rows,
        sparse_tail,
    )
}


def make_job(
    rng: Rng,
    shape: tuple[int, int, int],
    *,
    structure: str = "random_rows",
    mode: Mode = Mode.PRODUCT,
    time_steps: int = 1,
    lif: bool = False,
) -> LayerJob:
    """Return a layer of a shape (M, K, N)."""
    m, k, n = shape
    return LayerJob(
        name=f"{structure} {m}x{k}x{n} {mode}" + (f" lif T={time_steps}" if lif else ""),
        spikes=STRUCTURES[structure](rng, m, k),
        weights=random_weights(rng, k, n),
        mode=mode,
        lif=random_lif(rng, n) if lif else None,
        time_steps=time_steps,
    )


def blank_tiles(job: LayerJob, config: ProsperityConfig, empty: Iterable[int]) -> LayerJob:
    """Return a layer without a one in some of its k tiles."""
    spikes = job.spikes.copy()
    for tile in empty:
        spikes[:, tile * config.tile_k : (tile + 1) * config.tile_k] = False
    return dataclasses.replace(job, spikes=spikes)


def random_job(rng: Rng, config: ProsperityConfig, tiles: tuple[int, int, int]) -> LayerJob:
    """Return a random layer of up to so many m, k and n tiles."""
    lif = bool(rng.random() < 0.5)
    m = random_size(rng, config.tile_m, tiles[0])
    time_steps = 1
    if lif:
        time_steps = 1 << int(rng.integers(0, config.tile_m.bit_length()))
        m = max(m - m % time_steps, time_steps)
    shape = (
        m,
        random_size(rng, config.tile_k, tiles[1]),
        random_size(rng, config.lanes, tiles[2]),
    )
    return make_job(
        rng,
        shape,
        structure=str(rng.choice(list(STRUCTURES))),
        mode=Mode(rng.choice(list(Mode), p=[0.7, 0.2, 0.1])),
        time_steps=time_steps,
        lif=lif,
    )


def random_config(rng: Rng, largest: int) -> ProsperityConfig:
    """Return random legal parameters with at most so many rows and lanes."""
    tile_m = 1 << int(rng.integers(1, largest.bit_length()))
    tile_k = int(rng.integers(2, 65)) if rng.random() < 0.3 else int(rng.integers(2, 17))
    beat_rows = 1 << int(rng.integers(0, tile_m.bit_length()))
    lif_cells = int(rng.integers(1, 5))
    lanes = lif_cells * int(rng.integers(1, max(2, largest // lif_cells // 2)))
    weight_w = 8
    merges = bool(rng.random() < 0.5)
    return ProsperityConfig(
        tile_m=tile_m,
        tile_k=tile_k,
        lanes=lanes,
        weight_w=weight_w,
        acc_w=weight_w + (tile_k - 1).bit_length() + int(rng.integers(6, 12)),
        bias_w=32,
        lif_cells=lif_cells,
        spike_beat_w=beat_rows * tile_k,
        spike_beats=int(rng.integers(2, 9)),
        weight_tiles=int(rng.integers(2, 6)),
        queue_depth=int(rng.integers(2, 2 * tile_m + 8)),
        dim_w=int(rng.integers(12, 25)),
        weight_ports=int(rng.integers(1, min(4, tile_k) + 1)),
        merge_rows=int(merges),
        row_stride=1 << int(rng.integers(0, tile_m.bit_length() - 1)) * merges,
        sum_banks=1 << int(rng.integers(0, tile_m.bit_length() - 1)) * merges,
        result_slots=int(rng.integers(2, 7)),
    )


def _log_uniform(rng: Rng, low: int, high: int) -> int:
    """Return a number from low to high, small ones as often as large ones."""
    return min(high, int(low * (1 + high / low) ** rng.random()))


def wide_config(rng: Rng, turn: int) -> ProsperityConfig:
    """Return random legal parameters of a wide range: 4 to 64 columns, 1 to 256 lanes.

    Args:
        rng: draws them.
        turn: number of the machine; sizes of TILE_M take turns.
    """
    tile_m = TILE_MS[turn % len(TILE_MS)]
    while True:
        config = random_config(rng, largest=max(TILE_MS))
        if config.tile_m == tile_m and config.tile_k >= SMALLEST_TILE_K:
            break
    lif_cells = _log_uniform(rng, 1, 32)
    return dataclasses.replace(
        config,
        lif_cells=lif_cells,
        lanes=lif_cells * _log_uniform(rng, 1, 256 // lif_cells),
        queue_depth=_log_uniform(rng, 2, 4 * tile_m),
        bias_w=32 if rng.random() < 0.7 else 8 * int(rng.integers(4, 9)),
    )
