"""Layers to test with: spikes and weights of every density and structure, random machines."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.errors import InputError
from snn_rtl.models.loas.config import LoasConfig
from snn_rtl.tb.common.machine.stimulus import Rng, random_lif, random_size, random_weights
from snn_rtl.tb.loas.job import LayerJob

Spikes = NDArray[np.bool_]
"""Positions, time steps, K."""

DENSITIES: Final = (0.0, 0.02, 0.1, 0.3, 0.7, 1.0)

LARGEST: Final = (16, 32, 64, 128)
"""Most rows and columns of the machines of a wide range, which take turns."""


def random_rows(rng: Rng, shape: tuple[int, int, int], chunk: int) -> Spikes:
    """Return spikes of one random density, some of the neurons silent."""
    fires = rng.random((shape[0], 1, shape[2])) < rng.choice([0.1, 0.5, 1.0])
    return (rng.random(shape) < rng.choice(DENSITIES)) & fires


def zero_rows(rng: Rng, shape: tuple[int, int, int], chunk: int) -> Spikes:
    """Return no spike at all."""
    return np.zeros(shape, np.bool_)


def full_rows(rng: Rng, shape: tuple[int, int, int], chunk: int) -> Spikes:
    """Return words that are all ones: speculation always hits."""
    return np.ones(shape, np.bool_)


def broken_rows(rng: Rng, shape: tuple[int, int, int], chunk: int) -> Spikes:
    """Return words that are neither silent nor all ones: speculation always misses."""
    spikes = np.ones(shape, np.bool_)
    missing = rng.integers(shape[1], size=(shape[0], 1, shape[2]))
    np.put_along_axis(spikes, missing, values=False, axis=1)
    # Two steps at most are missing, one spike is left.
    other = (missing + 1) % shape[1]
    if shape[1] > 2:
        np.put_along_axis(spikes, other, values=False, axis=1)
    return spikes


def single_rows(rng: Rng, shape: tuple[int, int, int], chunk: int) -> Spikes:
    """Return words of one spike: FT drops all of them."""
    spikes = np.zeros(shape, np.bool_)
    fired = rng.integers(shape[1], size=(shape[0], 1, shape[2]))
    np.put_along_axis(spikes, fired, values=True, axis=1)
    return spikes


def alternating_chunks(rng: Rng, shape: tuple[int, int, int], chunk: int) -> Spikes:
    """Return full chunks and empty ones by turns, the first one empty."""
    spikes = np.ones(shape, np.bool_)
    spikes[:, :, np.arange(shape[2]) // chunk % 2 == 0] = False
    return spikes


def lone_rows(rng: Rng, shape: tuple[int, int, int], chunk: int) -> Spikes:
    """Return one word for each chunk, of whichever row."""
    spikes = np.zeros(shape, np.bool_)
    for start in range(0, shape[2], chunk):
        spikes[rng.integers(shape[0]), :, rng.integers(start, min(start + chunk, shape[2]))] = True
    return spikes


def lone_row(rng: Rng, shape: tuple[int, int, int], chunk: int) -> Spikes:
    """Return spikes in one row only: the other rows of its tile have nothing to do."""
    spikes = np.zeros(shape, np.bool_)
    spikes[rng.integers(shape[0])] = True
    return spikes


STRUCTURES: Final[dict[str, Callable[[Rng, tuple[int, int, int], int], Spikes]]] = {
    f.__name__: f
    for f in (
        random_rows,
        zero_rows,
        full_rows,
        broken_rows,
        single_rows,
        alternating_chunks,
        lone_rows,
        lone_row,
    )
}


def sparse_columns(rng: Rng, k: int, n: int, chunk: int) -> NDArray[np.int8]:
    """Return weights of one random density over the whole range."""
    return random_weights(rng, k, n) * (rng.random((k, n)) < rng.choice(DENSITIES))


def full_columns(rng: Rng, k: int, n: int, chunk: int) -> NDArray[np.int8]:
    """Return weights without a zero."""
    weights = random_weights(rng, k, n)
    return np.where(weights == 0, np.int8(1), weights)


def zero_columns(rng: Rng, k: int, n: int, chunk: int) -> NDArray[np.int8]:
    """Return no weight at all."""
    return np.zeros((k, n), np.int8)


def empty_chunks(rng: Rng, k: int, n: int, chunk: int) -> NDArray[np.int8]:
    """Return full and empty chunks by turns, the first one full."""
    weights = full_columns(rng, k, n, chunk)
    weights[np.arange(k) // chunk % 2 == 1] = 0
    return weights


def few_columns(rng: Rng, k: int, n: int, chunk: int) -> NDArray[np.int8]:
    """Return columns with about a weight in six: too few to hide the laggy sum of their chunk."""
    weights = full_columns(rng, k, n, chunk)
    return np.where((np.arange(k) % 6 == 0)[:, np.newaxis], weights, np.int8(0))


def lone_columns(rng: Rng, k: int, n: int, chunk: int) -> NDArray[np.int8]:
    """Return one weight for each chunk and column: fibres come as fast as TPPEs match them."""
    weights = np.zeros((k, n), np.int8)
    columns = np.arange(n)
    for start in range(0, k, chunk):
        rows = rng.integers(start, min(start + chunk, k), n)
        weights[rows, columns] = rng.integers(1, 128, n)
    return weights


def ragged_columns(rng: Rng, k: int, n: int, chunk: int) -> NDArray[np.int8]:
    """Return columns of very different densities: empty, full, one weight."""
    density = rng.choice([0.0, 0.05, 0.5, 1.0], (1, n))
    return full_columns(rng, k, n, chunk) * (rng.random((k, n)) < density)


WEIGHTS: Final[dict[str, Callable[[Rng, int, int, int], NDArray[np.int8]]]] = {
    f.__name__: f
    for f in (
        sparse_columns,
        full_columns,
        zero_columns,
        empty_chunks,
        few_columns,
        lone_columns,
        ragged_columns,
    )
}


def make_job(
    rng: Rng,
    config: LoasConfig,
    shape: tuple[int, int, int],
    *,
    structure: str = "random_rows",
    weights: str | None = None,
    ft: bool = False,
    lif: bool = False,
    time_steps: int | None = None,
) -> LayerJob:
    """Return a layer.

    Args:
        rng: for its data.
        config: the machine it is for.
        shape: positions, K, N.
        structure: of the spikes, a key of STRUCTURES.
        weights: their structure, a key of WEIGHTS; full with full rows, else sparse by default.
        ft: neurons that fire once are dropped.
        lif: spikes come out.
        time_steps: T; all of the machine by default.
    """
    positions, k, n = shape
    steps = time_steps or config.time_steps
    columns = weights or ("full_columns" if structure == "full_rows" else "sparse_columns")
    spikes = STRUCTURES[structure](rng, (positions, steps, k), config.chunk)
    mode = " ft" * ft + " lif" * lif
    return LayerJob(
        name=f"{structure} x {columns} {positions}x{k}x{n} T={steps}{mode}",
        spikes=spikes.reshape(-1, k),
        weights=WEIGHTS[columns](rng, k, n, config.chunk).astype(np.int8),
        lif=random_lif(rng, n) if lif else None,
        time_steps=steps,
        ft=ft,
    )


def random_job(rng: Rng, config: LoasConfig, tiles: tuple[int, int, int]) -> LayerJob:
    """Return a random layer of up to so many m, k and n tiles."""
    positions, k, n = (
        random_size(rng, tile, most) for tile, most in zip(config.tile, tiles, strict=True)
    )
    plain = rng.random() < 0.5
    return make_job(
        rng,
        config,
        (positions, k, n),
        structure="random_rows" if plain else str(rng.choice(list(STRUCTURES))),
        weights="sparse_columns" if plain else str(rng.choice(list(WEIGHTS))),
        ft=bool(rng.random() < 0.4),
        lif=bool(rng.random() < 0.5),
        time_steps=None if rng.random() < 0.8 else int(rng.integers(1, config.time_steps + 1)),
    )


def random_config(rng: Rng, largest: int) -> LoasConfig:
    """Return random legal parameters with at most so many rows and columns."""
    while True:
        config = _draw_config(rng, largest)
        if config is not None:
            return config


def _draw_config(rng: Rng, largest: int) -> LoasConfig | None:
    """Return random parameters, None if they turn out to be illegal."""
    chunk = int(rng.choice([32, 32, 64, 128]))
    laggy_adders = 1 << int(rng.integers(0, 6))
    columns = laggy_adders * int(rng.integers(1, max(2, largest // laggy_adders + 1)))
    steps = int(rng.choice([2, 4, 8]))
    tppes = int(rng.integers(1, max(2, largest // 3)))
    weight_w = int(rng.choice([8, 8, 9, 12, 16]))
    bias_w = int(rng.choice([32, 64, 128]))
    # Both the parts of a beat and the beats of a tile's parameters are whole numbers.
    unit = math.lcm(chunk, columns, weight_w, steps)
    total = columns * bias_w
    parts = [part for part in range(1, total // unit + 1) if total % (part * unit) == 0]
    if not parts:
        return None
    beat_w = unit * int(rng.choice(parts))
    mask_beats = -(-max(tppes, columns) * chunk // beat_w)
    try:
        return LoasConfig(
            time_steps=steps,
            chunk=chunk,
            tppes=tppes,
            columns=columns,
            laggy_adders=laggy_adders,
            fifo_depth=int(rng.integers(2, 10)),
            queue_depth=int(rng.integers(2, 6)),
            weight_w=weight_w,
            acc_w=weight_w + (chunk - 1).bit_length() + int(rng.integers(4, 10)),
            bias_w=bias_w,
            beat_w=beat_w,
            mask_beats=max(2, mask_beats) + int(rng.integers(0, 3)),
            value_beats=int(rng.integers(2, 9)),
            dim_w=int(rng.integers(12, 25)),
            joined_columns=1 << int(rng.integers(0, 3)),
            chunk_banks=int(rng.integers(2, 5)),
        )
    except InputError:
        return None


def wide_config(rng: Rng, turn: int) -> LoasConfig:
    """Return random legal parameters of a wide range; turn is the number of the machine."""
    return random_config(rng, LARGEST[turn % len(LARGEST)])
