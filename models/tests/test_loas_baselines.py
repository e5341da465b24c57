"""SparTen-, GoSPA- and Gamma-SNN and LoAS's published model: by hand, by definition, captured."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from snn_rtl.models.baselines import (
    DUAL_SPARSE,
    DualSparseWork,
    evaluate_dual_sparse,
    gamma_snn,
    gospa_snn,
    loas_cited,
    loas_published,
    sparten_snn,
)
from snn_rtl.models.baselines.cited import PAPER as PROSPERITY_PAPER
from snn_rtl.models.baselines.cited import Cited
from snn_rtl.models.baselines.dual_sparse import TileShape, slowest_pe_cycles
from snn_rtl.models.errors import InputError
from snn_rtl.models.loas.loas import count_layer
from snn_rtl.models.loas.pruning import seeded_sparse_weights, target_sparsity
from snn_rtl.models.tests.helpers import captured
from snn_rtl.models.tests.loas_helpers import Drawn, hand_layer, layers
from snn_rtl.models.workload.layer import Layer


def work_of(layer: Drawn) -> DualSparseWork:
    return DualSparseWork(
        name="drawn", spikes=layer.spikes, weights=layer.weights, time_steps=layer.time_steps
    )


def blocks(positions: int, k: int, n: int, time_steps: int = 1) -> DualSparseWork:
    """Make a layer in which everything fires and no weight is zero."""
    return DualSparseWork(
        name="full",
        spikes=np.ones((positions * time_steps, k), np.bool_),
        weights=np.ones((k, n), np.int8),
        time_steps=time_steps,
    )


def test_tile_shapes_are_the_published_ones() -> None:
    assert TileShape(32, 128, 16, "column") == sparten_snn.SHAPE
    assert TileShape(64, 256, 16, "column") == gospa_snn.SHAPE
    assert TileShape(16, 64, 64, "row") == gamma_snn.SHAPE
    assert TileShape(16, 128, 32, "row") == loas_published.SHAPE


def test_machines_by_hand() -> None:
    # words: p = 0 has k 0 (twice) and 1 (step 0), p = 1 has 1 (step 1), p = 2 has 32 (twice);
    # weights: k 0 has columns 0 and 2, k 1 has column 1, k 32 has column 0; one tile
    work = work_of(hand_layer())
    found = {name: model.layer_cycles(work).cycles for name, model in DUAL_SPARSE.items()}
    assert found == {
        # column 0: k 0 and 32 in each of two steps
        "sparten_snn": 4,
        "gospa_snn": 4,
        # p = 0: three matches at step 0, two at step 1
        "gamma_snn": 5,
        # p = 0: k 0 twice and k 1 once
        "loas": 3,
        "loas_ft": 2,
    }


@pytest.mark.parametrize(
    ("name", "cycles"),
    [
        # m, k, n = 70, 300, 40: each PE of a tile has as many matches as the tile has per PE
        # columns a PE: rows x positions over all tiles, for 3 n tiles, in 2 steps
        ("sparten_snn", 70 * 300 * 3 * 2),
        ("gospa_snn", 70 * 300 * 3 * 2),
        # rows a PE: positions x columns over all tiles, for 5 m tiles; t serial, or not
        ("gamma_snn", 300 * 40 * 5 * 2),
        ("loas", 300 * 40 * 5),
        ("loas_ft", 300 * 40 * 5),
    ],
)
def test_full_matrices(name: str, cycles: int) -> None:
    work = blocks(70, 300, 40, 2)
    layer = DUAL_SPARSE[name].layer_cycles(work)
    assert (layer.name, layer.compute, layer.stalls, layer.lif) == ("full", cycles, 0, 0)
    assert layer.cycles == cycles


def test_a_tile_costs_its_slowest_pe() -> None:
    # 2 rows x 4 positions; row 0 has positions 0, 1, row 1 has 2; weights: position 2 has both
    # columns, the others column 0
    rows = np.array([[1, 1, 0, 0], [0, 0, 1, 0]], np.bool_)
    weights = np.array([[1, 0], [1, 0], [1, 1], [9, 0]])
    # matches: row 0 two in column 0, row 1 one in each column
    assert slowest_pe_cycles(rows, weights, TileShape(2, 4, 2, "row")) == 2
    assert slowest_pe_cycles(rows, weights, TileShape(2, 4, 2, "column")) == 3
    # tiles of two positions: 2 + 2 by rows; 2 + 1 by columns; of one row: 2 + 2; 2 + 1
    assert slowest_pe_cycles(rows, weights, TileShape(2, 2, 2, "row")) == 4
    assert slowest_pe_cycles(rows, weights, TileShape(2, 2, 2, "column")) == 3
    assert slowest_pe_cycles(rows, weights, TileShape(1, 4, 2, "row")) == 4
    assert slowest_pe_cycles(rows, weights, TileShape(1, 4, 2, "column")) == 3
    # tiles of one column: 2 in the first, 1 in the second
    assert slowest_pe_cycles(rows, weights, TileShape(2, 4, 1, "row")) == 3
    assert slowest_pe_cycles(rows, weights, TileShape(2, 4, 1, "column")) == 4


def naive_slowest(rows: NDArray[np.bool_], weights: NDArray[np.int8], shape: TileShape) -> int:
    cycles = 0
    for m0 in range(0, len(rows), shape.m):
        for k0 in range(0, len(weights), shape.k):
            for n0 in range(0, weights.shape[1], shape.n):
                a = rows[m0 : m0 + shape.m, k0 : k0 + shape.k].tolist()
                b = weights[k0 : k0 + shape.k, n0 : n0 + shape.n].T.tolist()
                matches = [
                    [sum(x and y != 0 for x, y in zip(row, column, strict=True)) for column in b]
                    for row in a
                ]
                pes = matches if shape.pe == "row" else zip(*matches, strict=True)
                cycles += max(map(sum, pes))
    return cycles


@given(
    layers(positions=9, k=40),
    st.tuples(*[st.integers(1, 45)] * 3),
    st.sampled_from(["row", "column"]),
)
def test_slowest_pe_follows_the_definition(
    layer: Drawn, sizes: tuple[int, int, int], pe: Literal["row", "column"]
) -> None:
    shape = TileShape(*sizes, pe)
    rows = layer.spikes[:: layer.time_steps]
    assert slowest_pe_cycles(rows, layer.weights, shape) == naive_slowest(
        rows, layer.weights, shape
    )


@given(layers())
def test_bounds_of_the_machines(layer: Drawn) -> None:
    work = work_of(layer)
    cycles = {name: model.layer_cycles(work).cycles for name, model in DUAL_SPARSE.items()}
    matches = count_layer(layer.spikes, layer.weights, layer.time_steps, layer.config).matches
    serial = int(np.count_nonzero(layer.spikes, axis=0) @ np.count_nonzero(layer.weights, axis=1))
    assert cycles["loas_ft"] <= cycles["loas"]
    # 16 elements, a match a cycle, one of them always at work
    assert matches / 16 <= cycles["loas"] <= matches
    for name in ("sparten_snn", "gospa_snn", "gamma_snn"):
        assert serial / 16 <= cycles[name] <= serial


def test_work_of_a_layer() -> None:
    spikes = np.eye(4, 5, dtype=np.bool_)
    layer = Layer(name="fc", kind="linear", input_shape=(4, 5), out_features=2, spikes=spikes)
    with pytest.raises(InputError, match="layer 'fc' has no weights"):
        DualSparseWork.from_layer(layer)
    work = DualSparseWork.from_layer(layer, np.ones((5, 2), np.int8))
    assert work.spike_counts().tolist() == [[1, 1, 1, 1, 0]]
    assert [step.tolist() for step in work.steps()] == spikes[:, np.newaxis].tolist()


@pytest.mark.parametrize(
    ("spikes", "weights", "message"),
    [
        ((4, 3), (2, 3), "are no product"),
        ((0, 3), (3, 3), "are no product"),
        ((4, 3), (3, 0), "are no product"),
        ((3, 3), (3, 3), "3 rows are no multiple of 2 steps"),
    ],
)
def test_work_refuses_bad_sizes(
    spikes: tuple[int, int], weights: tuple[int, int], message: str
) -> None:
    with pytest.raises(InputError, match=f"layer 'x': .*{message}"):
        DualSparseWork(
            name="x",
            spikes=np.zeros(spikes, np.bool_),
            weights=np.zeros(weights, np.int8),
            time_steps=2,
        )


def test_captured_alexnet() -> None:
    workload = captured("alexnet")
    rng = np.random.default_rng(1)
    sparsity = target_sparsity(workload.name)
    network = [
        DualSparseWork.from_layer(layer, seeded_sparse_weights(layer, sparsity, rng))
        for layer in workload.layers
    ]
    found = evaluate_dual_sparse(network)
    cycles = {name: sum(layer.cycles for layer in own) for name, own in found.items()}
    assert cycles == {
        "sparten_snn": 313761,
        "gospa_snn": 236460,
        "gamma_snn": 181681,
        "loas": 54853,
        "loas_ft": 54837,
    }
    # Rows of the spikes, which are a trained network's, are as uneven as published; columns of
    # weights pruned at random are not: the machines with a column a PE fare better.
    ours = {name: cycles[name] / cycles["loas"] for name in cycles}
    assert ours["gamma_snn"] == pytest.approx(loas_cited.speedup("alexnet", "gamma_snn"), rel=0.02)
    assert 5 < ours["sparten_snn"] < loas_cited.speedup("alexnet", "sparten_snn")
    assert 4 < ours["gospa_snn"] < loas_cited.speedup("alexnet", "gospa_snn")


def test_cited_numbers() -> None:
    found = list(vars(loas_cited).values()) + list(loas_cited.CYCLES.values())
    tables = [value for value in found if isinstance(value, dict)]
    entries = [value for value in found if isinstance(value, Cited)]
    entries += [value for table in tables for value in table.values() if isinstance(value, Cited)]
    assert len(entries) > 25
    for entry in entries:
        assert entry.value > 0
        assert entry.source in (loas_cited.PAPER, PROSPERITY_PAPER)
        assert entry.note
    for network, cycles in loas_cited.CYCLES.items():
        assert cycles.keys() == DUAL_SPARSE.keys(), network
    rounded = [
        round(loas_cited.speedup("alexnet", name), 2)
        for name in ("sparten_snn", "gospa_snn", "gamma_snn")
    ]
    assert rounded == [7.80, 6.21, 3.32]
    best = max(loas_cited.speedup(network, "sparten_snn") for network in loas_cited.CYCLES)
    assert round(best, 2) == loas_cited.BEST_SPEEDUP.value
    for machine, mean in loas_cited.MEAN_SPEEDUP.items():
        speeds = [loas_cited.speedup(network, machine) for network in loas_cited.CYCLES]
        assert sum(speeds) / 3 == pytest.approx(mean.value, rel=0.02)
