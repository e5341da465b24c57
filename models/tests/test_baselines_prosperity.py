"""The published cycle model of Prosperity: worked by hand, and its tile counts against the oracle.

The example is the figure of the paper, T = 2, so three positions. With the smallest index:

    row  spikes  prefix  pattern      chain of prefixes
    0    1010    3       1000  1      0-3
    1    1001    -       1001  2
    2    1011    0       0001  1      2-0-3
    3    0010    -       0010  1
    4    1011    2       0000  EM     4-2-0-3: three edges
    5    1101    1       0100  1      5-1

14 ones, 6 left, one exact match, five rows to search.
"""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from snn_rtl.models.baselines.common import LayerWork, Rules
from snn_rtl.models.baselines.prosperity_published import (
    BIT,
    COSTLY,
    DENSE,
    PRODUCT,
    PublishedMachine,
    dram_bits,
    layer_cycles,
    sweep,
    tile_cycles,
)
from snn_rtl.models.baselines.tile_table import chain_depth, count_tiles, tile_table
from snn_rtl.models.errors import InputError
from snn_rtl.models.oracle.dense import naive_decompose
from snn_rtl.models.prosperity.prosperity import Mode
from snn_rtl.models.tests.helpers import FIGURE, spike_matrices


def figure(n: int) -> LayerWork:
    return LayerWork(name="figure", spikes=FIGURE, n=n, time_steps=2, neurons=3 * n)


def climb(prefixes: list[int], row: int) -> int:
    """Count the edges from a row to the end of its chain."""
    return 0 if prefixes[row] < 0 else 1 + climb(prefixes, prefixes[row])


def test_tile_table_of_the_figure() -> None:
    table = count_tiles(FIGURE, 256, 16)
    assert (table.rows.tolist(), table.columns.tolist()) == ([6], [4])
    found = (table.ones, table.pattern_ones, table.exact_rows, table.searches, table.depth)
    assert [counts.tolist() for counts in found] == [[[14]], [[6]], [[1]], [[5]], [[3]]]


def test_tile_table_is_kept_with_its_layer() -> None:
    work = figure(1)
    assert tile_table(work, 4, 2) is tile_table(work, 4, 2)
    assert tile_table(work, 4, 2) is not tile_table(figure(1), 4, 2)


def test_chain_depth() -> None:
    assert chain_depth(np.array([-1, -1, -1])) == 0
    assert chain_depth(np.array([-1, 0, 0, 2, 1])) == 2
    assert chain_depth(np.array([3, -1, 0, -1, 2, 1])) == 3


@given(spike_matrices(20, 90), st.sampled_from([3, 16, 64, 70, 128]))
def test_tile_table_follows_the_definition(matrix: NDArray[np.bool_], tile_k: int) -> None:
    table = count_tiles(matrix, 8, tile_k)
    for i in range(len(table.rows)):
        for j in range(len(table.columns)):
            tile = matrix[8 * i : 8 * i + 8, tile_k * j : tile_k * (j + 1)]
            prefixes, patterns = naive_decompose(tile)
            pairs = list(zip(prefixes, patterns, strict=True))
            assert tile.shape == (table.rows[i], table.columns[j])
            assert table.ones[i, j] == tile.sum()
            assert table.pattern_ones[i, j] == sum(len(left) for _, left in pairs)
            assert table.exact_rows[i, j] == sum(p >= 0 and not left for p, left in pairs)
            assert table.searches[i, j] == (tile.sum(axis=1) > 1).sum()
            assert table.depth[i, j] == max(climb(prefixes, row) for row in range(len(tile)))


@given(spike_matrices(40, 30))
def test_a_tile_never_gains_from_skipping_less(matrix: NDArray[np.bool_]) -> None:
    table = count_tiles(matrix, 16, 8)
    dense, bit, product, costly = (
        tile_cycles(table, machine) for machine in (DENSE, BIT, PRODUCT, COSTLY)
    )
    assert (dense >= bit).all()
    assert (bit >= product).all()
    assert (costly >= product).all()


@given(spike_matrices(40, 30), st.integers(0, 2**32 - 1))
def test_bit_sparsity_never_gains_from_more_spikes(matrix: NDArray[np.bool_], seed: int) -> None:
    more = matrix | (np.random.default_rng(seed).random(matrix.shape) < 0.2)
    few, many = (tile_cycles(count_tiles(spikes, 16, 8), BIT) for spikes in (matrix, more))
    assert (few <= many).all()


@pytest.mark.parametrize(
    ("machine", "compute"),
    [
        (PRODUCT, 14),  # (6 + 1 EM) x 2 n tiles, more than the 5 searches x 2
        (COSTLY, 14),  # depth 3 // 4 = 0 passes
        (BIT, 28),  # 14 ones x 2
        (DENSE, 48),  # 6 x 4 x 2
    ],
)
def test_artifact_cycles_of_the_figure(machine: PublishedMachine, compute: int) -> None:
    # First tile: 4 x 128 weights and 6 x 4 spikes, 4096 + 24 = 4120 bits: 4 whole cycles of 1024.
    # Everything: 4 x 130 weights and 2 x 24 spikes, 4208 bits; the other 88 are no whole cycle.
    # Neurons: 3 x 130 = 390 in 13 rounds of 32, less than the 512 of a last tile; x T x 2.
    assert astuple(layer_cycles(figure(130), Rules.ARTIFACT, machine)) == (
        "figure",
        compute,
        4,
        13 * 2 * 2,
    )


def test_artifact_memory_beyond_the_compute_stalls() -> None:
    # No spikes, one position of 3 steps. 64 x 512 weights are 262144 bits, the 3 x 64 spikes of
    # 4 n tiles 768; the first tile has 16 x 128 x 8 + 16 x 3 = 16432 bits, 16 cycles; then follow
    # (262912 - 16432) // 1024 = 240. Neurons: 16 rounds x 3 x 2.
    empty = LayerWork(
        name="empty", spikes=np.zeros((3, 64), np.bool_), n=512, time_steps=3, neurons=512
    )
    assert astuple(layer_cycles(empty)) == ("empty", 0, 256, 96)


def test_artifact_spikes_of_a_convolution_are_unfolded_on_chip() -> None:
    # 16 rows of 18 columns, 2 n tiles: weights 18 x 200 x 8, spikes 16 x 18 x 2 // 9
    assert dram_bits(m=16, k=18, n=200, kernel_size=3) == 28800 + 64
    # 257 rows are two m tiles
    assert dram_bits(m=257, k=18, n=200) == 2 * 28800 + 257 * 36


def test_artifact_counting_ones_can_take_longest() -> None:
    # 16 equal rows 11: 2 + 15 exact matches to compute, 16 searches + 16 // 8 to count
    work = LayerWork(
        name="equal", spikes=np.ones((16, 2), np.bool_), n=8, time_steps=1, neurons=16 * 8
    )
    assert layer_cycles(work).compute == 18


def test_artifact_neurons_beyond_the_last_tile_are_hidden() -> None:
    # 8192 neurons of a 256 x 128 tile at T = 4: 256 rounds x 4 x 2, of 32768 neurons in all
    work = LayerWork(
        name="many", spikes=np.zeros((1024, 2), np.bool_), n=128, time_steps=4, neurons=32768
    )
    assert layer_cycles(work).lif == 2048


def test_costly_dispatch_walks_the_forest() -> None:
    # 1, 11, 111, 1111, 11111 and three empty rows: a chain of four edges, one pass over 8 rows;
    # each row has one 1 left
    chain = np.tril(np.ones((8, 5), np.bool_))
    chain[5:] = False
    work = LayerWork(name="chain", spikes=chain, n=1, time_steps=1, neurons=8)
    assert layer_cycles(work, Rules.ARTIFACT, PRODUCT).compute == 5
    assert layer_cycles(work, Rules.ARTIFACT, COSTLY).compute == 8


def test_honest_cycles_of_the_figure() -> None:
    # Tiles of 4 x 2 and 8 lanes, N = 12; two rows counted a cycle, four LIF cells.
    #   m k  rows             left  search  count ones
    #   0 0  10 10 10 00      3     0       2
    #   0 1  10 01 11 10      4     1       2
    #   1 0  10 11            2     1       1
    #   1 1  11 01            2     1       1
    # In the order m, n, k:
    #   load     1 1 1 1 1 1 1 1        (at most 136 bits)
    #   detect   2 3 2 3 2 2 2 2
    #   process  3 4 3 4 2 2 2 2        22 in all
    #   steps    1 2 3 4 3 4 2 2 2 2    25 in all
    # Neurons of the four m x n tiles: 2 x 8, 2 x 4, 1 x 8, 1 x 4, in rounds of 4, x T x 2:
    # 16, 8, 8, 4, hidden by the next tile's 7, 4, 4 cycles: 9 + 4 + 4 + 4.
    machine = PublishedMachine(tile_m=4, tile_k=2, lanes=8, lif_cells=4, popcounts=2)
    assert astuple(layer_cycles(figure(12), Rules.HONEST, machine)) == ("figure", 22, 3, 21)


def test_honest_cycles_of_the_figure_without_product_sparsity() -> None:
    # As above; ones 3 5 3 5 3 3 3 3, no search: one cycle to load the first tile
    machine = PublishedMachine(tile_m=4, tile_k=2, lanes=8, mode=Mode.BIT)
    cycles = layer_cycles(figure(12), Rules.HONEST, machine)
    assert (cycles.compute, cycles.stalls) == (28, 1)


def test_honest_tiles_take_at_least_a_cycle() -> None:
    # 4 empty k tiles; each needs 16 x 128 weights and 16 spikes, 16400 bits, 17 cycles; counting
    # the row takes 1; the last tile is counted and stepped over after its load
    empty = LayerWork(
        name="empty", spikes=np.zeros((1, 64), np.bool_), n=128, time_steps=1, neurons=0
    )
    assert astuple(layer_cycles(empty, Rules.HONEST)) == ("empty", 4, 4 * 17 + 2 - 4, 0)


def test_sweep_is_relative_to_bit_sparsity() -> None:
    network = [figure(130)]
    points = sweep(network, [(256, 16), (4, 2)])
    bit = layer_cycles(network[0], Rules.ARTIFACT, BIT).cycles
    assert [(p.tile_m, p.tile_k) for p in points] == [(256, 16), (4, 2)]
    # 14 + 4 + 52 of 28 + 4 + 52 cycles
    assert (points[0].cycles, bit, points[0].relative) == (70, 84, 70 / 84)


def test_machines_that_cannot_be_are_refused() -> None:
    with pytest.raises(InputError, match="lif_cells must be at least 1, not 0"):
        PublishedMachine(lif_cells=0)
    with pytest.raises(InputError, match="costly dispatch needs mode product, not bit"):
        PublishedMachine(mode=Mode.BIT, costly_dispatch=True)
