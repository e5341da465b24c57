"""Timing of LoAS: hand-worked layers and what holds for all; tb/loas holds the RTL against it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snn_rtl.models.baselines import loas_published
from snn_rtl.models.baselines.dual_sparse import DualSparseWork
from snn_rtl.models.loas.config import PAPER, SMALL, TURBO, LoasConfig
from snn_rtl.models.loas.formats import Words, pack_words
from snn_rtl.models.loas.loas import count_layer
from snn_rtl.models.loas.timing import LayerTiming, predict_layer

FOUR_BLOCKS = replace(SMALL, laggy_adders=8)
"""The laggy sum of a chunk takes four cycles, a row of spikes one."""

PARTS = (
    *("broadcast", "skip", "wait_spikes", "wait_weights", "wait_tppe", "wait_output"),
    *("fill", "drain"),
)


def parts_of(timing: LayerTiming) -> dict[str, int]:
    """Return the parts that are not zero."""
    return {name: getattr(timing, name) for name in PARTS if getattr(timing, name)}


def one(value: int, weight: int) -> tuple[Words, np.ndarray]:
    """Return a layer of one word and one weight."""
    return np.array([[value]], np.uint8), np.array([[weight]], np.int8)


def test_one_match() -> None:
    """Bitmasks in 0, values in 1; row and fibre stand ready in 3; the row is loaded then.

    The fibre is broadcast in 4 and matches in 5. Its weight could be popped in 7, but the laggy
    sum, of four blocks, is there from 8 on; nothing is under way from 10 on. The column is read
    then, and its beat leaves in 11.
    """
    timing = predict_layer(*one(15, 1), FOUR_BLOCKS)
    assert timing.cycles == 12
    assert parts_of(timing) == {"broadcast": 1, "fill": 4, "drain": 7}


def test_one_match_with_neurons() -> None:
    """Two beats of parameters lead: the fibre is broadcast in 5; the laggy sum still ends in 8.

    The column, read in 10, is in the store from 12 on; the compressor takes the row then and, one
    block later, has its beat, which leaves in 14.
    """
    timing = predict_layer(*one(15, 1), FOUR_BLOCKS, spikes_out=True)
    assert timing.cycles == 15
    assert parts_of(timing) == {"broadcast": 1, "fill": 5, "drain": 9}


def test_a_silent_tile_is_dropped() -> None:
    """Without values the row is ready in 2 and loaded; the weight's item, in 3, is thrown away.

    The empty tile has nothing under way: its column is read in 4 and leaves in 5.
    """
    timing = predict_layer(*one(0, 1), SMALL)
    assert timing.cycles == 6
    assert parts_of(timing) == {"skip": 1, "fill": 3, "drain": 2}


def test_the_first_row_waits_for_no_other() -> None:
    """Four beats of parameters; the bitmask, in 4, leaves in 5, and its item is dropped in 6.

    The column is read in 7, the row compressed from 9 on, in 16 cycles: longer than all before.
    Its beat is offered in 26. A second row does wait: it is taken in 25.
    """
    slow = replace(SMALL, laggy_adders=1, columns=16)
    timing = predict_layer(*one(0, 0), slow, spikes_out=True)
    assert timing.cycles == 27
    assert parts_of(timing) == {"skip": 1, "fill": 6, "drain": 20}
    two = predict_layer(
        np.zeros((2, 1), np.uint8), np.zeros((1, 1), np.int8), slow, spikes_out=True
    )
    assert two.cycles == 43


def test_an_empty_fibre_ends_its_tile_all_the_same() -> None:
    timing = predict_layer(*one(15, 0), SMALL)
    assert parts_of(timing) == {"skip": 1, "fill": 4, "drain": 2}


def test_matches_wait_for_fifos_while_the_laggy_sum_is_made() -> None:
    """One adder: the sum takes 32 cycles; two places hold two of the 32 matches meanwhile."""
    slow = replace(SMALL, laggy_adders=1, fifo_depth=2)
    words, weights = np.full((1, 32), 15, np.uint8), np.ones((32, 1), np.int8)
    waiting = predict_layer(words, weights, slow)
    fluent = predict_layer(words, weights, replace(slow, fifo_depth=40))
    assert waiting.fifo_full > fluent.fifo_full == 0
    assert waiting.cycles > fluent.cycles


def layer(rng: np.random.Generator, config: LoasConfig) -> tuple[Words, np.ndarray]:
    """Return a random layer of some tiles."""
    positions, k, n = (int(rng.integers(1, 3 * size)) for size in (4, 32, 8))
    spikes = rng.random((positions * config.time_steps, k)) < rng.choice([0.02, 0.3, 1.0])
    weights = rng.integers(-128, 128, (k, n)) * (rng.random((k, n)) < rng.choice([0.02, 0.3, 1.0]))
    return pack_words(spikes, config.time_steps, config.time_steps), weights.astype(np.int8)


@given(seed=st.integers(0, 10_000), spikes_out=st.booleans(), ft=st.booleans())
def test_parts_make_the_whole(seed: int, spikes_out: bool, ft: bool) -> None:
    words, weights = layer(np.random.default_rng(seed), SMALL)
    timing = predict_layer(words, weights, SMALL, spikes_out=spikes_out, ft=ft)
    assert sum(getattr(timing, part) for part in PARTS) == timing.cycles
    assert min(getattr(timing, part) for part in PARTS) >= 0


@pytest.mark.parametrize("joined", [1, 2, 4])
@given(seed=st.integers(0, 10_000))
def test_every_item_takes_a_cycle_and_every_match_one_of_its_tppe(joined: int, seed: int) -> None:
    config = replace(SMALL, joined_columns=joined)
    words, weights = layer(np.random.default_rng(seed), config)
    timing = predict_layer(words, weights, config)
    spikes = np.unpackbits(words[:, np.newaxis], axis=1, count=4, bitorder="little")
    counts = count_layer(spikes.reshape(-1, words.shape[1]).astype(bool), weights, 4, config)
    assert timing.broadcast == counts.broadcasts
    assert counts.fibres / joined <= counts.broadcasts <= counts.fibres
    assert joined > 1 or counts.broadcasts == counts.fibres
    # The queues let TPPEs drift apart, but each of them does all its matches.
    busiest = ((words != 0).astype(np.int64) @ (weights != 0)).sum(axis=1).max()
    assert timing.cycles >= busiest


@pytest.mark.parametrize("config", [PAPER, replace(PAPER, queue_depth=64, value_beats=64)])
def test_dense_layers_come_near_the_published_model(config: LoasConfig) -> None:
    rng = np.random.default_rng(1)
    spikes = np.ones((64, 256), np.bool_)
    weights = rng.integers(1, 128, (256, 64)).astype(np.int8)
    published = loas_published.layer_cycles(
        DualSparseWork(name="dense", spikes=spikes, weights=weights, time_steps=4)
    ).cycles
    cycles = predict_layer(pack_words(spikes, 4, 4), weights, config).cycles
    assert published <= cycles < 1.02 * published


def item_counts(config: LoasConfig, weights: list[int]) -> tuple[int, int]:
    """Return broadcasts and cycles of a tile whose columns have so many weights."""
    dense = np.zeros((config.chunk, config.columns), np.int8)
    for column, count in enumerate(weights):
        dense[:count, column] = 1
    timing = predict_layer(np.full((4, config.chunk), 15, np.uint8), dense, config)
    return timing.broadcast, timing.cycles


@pytest.mark.parametrize(
    ("joined", "weights", "broadcasts"),
    [
        (1, [1] * 8, 8),
        (2, [1] * 8, 4),
        (4, [1] * 8, 2),
        (2, [0, 1] * 4, 4),
        (2, [1, 1, 0, 0] * 2, 2),
        (2, [16] * 8, 4),
        (2, [16, 17] * 4, 8),
        (2, [32, 0] * 4, 4),
        (2, [32, 1] * 4, 8),
        (4, [32, 8, 8, 16] * 2, 4),  # the first one alone, then three that fit
        (4, [20, 20, 6, 6] * 2, 4),
        (4, [20, 20, 20, 20], 4),
        (4, [17, 0, 0, 17], 2),
    ],
)
def test_joined_columns_by_hand(joined: int, weights: list[int], broadcasts: int) -> None:
    assert item_counts(replace(SMALL, joined_columns=joined), weights)[0] == broadcasts


def test_each_parameter_of_turbo_saves_cycles() -> None:
    """Sparse weights: the broadcast decides, then the busiest TPPE of a tile."""
    rng = np.random.default_rng(3)
    spikes = rng.random((128, 1024)) < 0.3
    words = (rng.integers(1, 16, spikes.shape) * spikes).astype(np.uint8)
    weights = (rng.random((1024, 64)) < 0.02).astype(np.int8)
    cycles = [
        predict_layer(words, weights, config).cycles
        for config in (
            PAPER,
            replace(PAPER, joined_columns=2),
            replace(PAPER, joined_columns=2, queue_depth=8),
            TURBO,
        )
    ]
    assert cycles == sorted(cycles, reverse=True)
    assert len(set(cycles)) == len(cycles)
