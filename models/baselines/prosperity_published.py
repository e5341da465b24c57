"""The published cycle model of Prosperity, its variants and its sweeps of the tile size.

Source: HPCA 2025, arXiv:2503.03379, and the simulator published with it. A row of a tile takes a
cycle for every one its pattern has left, at least one unless it is all zeros; the detector
searches one row with two or more ones a cycle, after their ones were counted, 8 rows a cycle.

By the artifact's rules a layer takes the longer of all its compute and all its searches; memory
stalls it by its first tile and by what exceeds the compute of the whole layer; only the neurons of
the last tile are seen. Tiles of other sizes keep that last tile at 256 x 128.

By the honest rules load, search and process are a pipeline of tiles (two steps of fill), a tile is
at least one cycle, ones are counted for every tile, and the neurons of an m x n tile run while the
next one is computed. This still has no hazards and no latencies: the RTL's own model,
`snn_rtl.models.prosperity.timing`, has those.

The artifact leaves these open, without effect on VGG9, whose layers all are bound by compute:
one of its two code paths counts searches once for all n tiles, and drops the first spike tile's
load where the layer before left its spikes on chip; the other rounds traffic a tile at a time. Here
searches count for every n tile, every first tile is loaded, and traffic is rounded once a layer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from snn_rtl.models.baselines.common import (
    MEMORY_BITS,
    WEIGHT_BITS,
    BaselineResult,
    Cycles,
    LayerCycles,
    LayerWork,
    Rules,
    ceil_div,
    extents,
    lockstep,
)
from snn_rtl.models.baselines.tile_table import TileTable, tile_table
from snn_rtl.models.errors import InputError
from snn_rtl.models.prosperity.prosperity import Mode

LIF_CYCLES: Final = 2
"""Cycles of a neuron's time step: one to add, one to multiply by the leak."""
_LAST_TILE: Final = 256 * 128
_DEPTH_CYCLES: Final = 4
"""Levels of the forest of prefixes that the costly dispatcher covers in one pass over the rows."""

SWEEP_M: Final = (32, 64, 128, 256, 512, 1024, 2048)
SWEEP_K: Final = (4, 8, 16, 32, 64, 128)


@dataclass(frozen=True, kw_only=True)
class PublishedMachine:
    """Sizes and variant of the machine.

    Attributes:
        tile_m: rows of a spike tile.
        tile_k: columns of a spike tile.
        lanes: adders.
        lif_cells: neurons updated at a time.
        popcounts: rows whose ones are counted in a cycle.
        mode: product sparsity, bit sparsity or none.
        costly_dispatch: rows are ordered by walking the forest of prefixes: a tile takes at least
            depth // 4 passes over its rows (the ablation's first dispatcher).

    Raises:
        InputError: when made: a size below 1, or costly dispatch without product sparsity.
    """

    tile_m: int = 256
    tile_k: int = 16
    lanes: int = 128
    lif_cells: int = 32
    popcounts: int = 8
    mode: Mode = Mode.PRODUCT
    costly_dispatch: bool = False

    def __post_init__(self) -> None:
        """Refuse what no machine can be."""
        for name in ("tile_m", "tile_k", "lanes", "lif_cells", "popcounts"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} must be at least 1, not {getattr(self, name)}")
        if self.costly_dispatch and self.mode is not Mode.PRODUCT:
            raise InputError(f"costly dispatch needs mode product, not {self.mode}")


PRODUCT: Final = PublishedMachine()
COSTLY: Final = replace(PRODUCT, costly_dispatch=True)
BIT: Final = replace(PRODUCT, mode=Mode.BIT)
DENSE: Final = replace(PRODUCT, mode=Mode.DENSE)


def tile_cycles(table: TileTable, machine: PublishedMachine) -> Cycles:
    """Return the processor's cycles of every tile: int64, (m tiles, k tiles)."""
    if machine.mode is Mode.DENSE:
        return np.outer(table.rows, table.columns)
    if machine.mode is Mode.BIT:
        return table.ones
    cycles: Cycles = table.pattern_ones + table.exact_rows
    if machine.costly_dispatch:
        passes = table.depth // _DEPTH_CYCLES
        cycles = np.maximum(passes * table.rows[:, np.newaxis], cycles)
    return cycles


def layer_cycles(
    work: LayerWork, rules: Rules = Rules.ARTIFACT, machine: PublishedMachine = PRODUCT
) -> LayerCycles:
    """Return the cycles of a layer.

    Args:
        work: the layer.
        rules: which rules to follow.
        machine: sizes and variant.
    """
    table = tile_table(work, machine.tile_m, machine.tile_k)
    if rules is Rules.ARTIFACT:
        return _artifact(work, machine, table)
    return _honest(work, machine, table)


def dram_bits(
    *, m: int, k: int, n: int, kernel_size: int = 1, machine: PublishedMachine = PRODUCT
) -> int:
    """Return the bits a layer reads: its weights for every m tile, its spikes for every n tile."""
    weights = k * n * WEIGHT_BITS * ceil_div(m, machine.tile_m)
    return weights + m * k * ceil_div(n, machine.lanes) // kernel_size**2


def _artifact(work: LayerWork, machine: PublishedMachine, table: TileTable) -> LayerCycles:
    n_tiles = ceil_div(work.n, machine.lanes)
    compute = int(tile_cycles(table, machine).sum()) * n_tiles
    if machine.mode is Mode.PRODUCT:
        counting = work.m // machine.popcounts
        compute = max(compute, (int(table.searches.sum()) + counting) * n_tiles)

    tile_k = min(machine.tile_k, work.k)
    first = tile_k * min(machine.lanes, work.n) * WEIGHT_BITS + tile_k * min(machine.tile_m, work.m)
    total = dram_bits(m=work.m, k=work.k, n=work.n, kernel_size=work.kernel_size, machine=machine)
    rest = (total - first) // MEMORY_BITS
    stalls = first // MEMORY_BITS + max(0, rest - compute)

    rounds = ceil_div(work.lif_neurons(Rules.ARTIFACT), machine.lif_cells)
    last = ceil_div(_LAST_TILE // work.time_steps, machine.lif_cells)
    lif = min(last, rounds) * work.time_steps * LIF_CYCLES
    return LayerCycles(work.name, compute, stalls, lif)


def _honest(work: LayerWork, machine: PublishedMachine, table: TileTable) -> LayerCycles:
    lanes = extents(work.n, machine.lanes)
    process = table.for_each_n(np.maximum(tile_cycles(table, machine), 1), len(lanes)).ravel()
    stages = [table.load_cycles(work, machine.lanes).ravel()]
    if machine.mode is Mode.PRODUCT:
        counting = -(-table.rows // machine.popcounts)
        detect = table.searches + counting[:, np.newaxis]
        stages.append(table.for_each_n(detect, len(lanes)).ravel())
    fill = len(stages)
    steps = lockstep([*stages, process])
    compute = int(process.sum())

    lif = 0
    if work.neurons:
        positions = -(-table.rows // work.time_steps)
        rounds = -(-np.outer(positions, lanes).ravel() // machine.lif_cells)
        neurons = rounds * work.time_steps * LIF_CYCLES
        # steps of the processor, summed over the k tiles of each m x n tile
        cover = steps[fill:].reshape(len(neurons), -1).sum(axis=1)
        lif = int(np.maximum(neurons[:-1] - cover[1:], 0).sum() + neurons[-1])
    return LayerCycles(work.name, compute, int(steps.sum()) - compute, lif)


@dataclass(frozen=True)
class SweepPoint:
    """One tile size of a sweep.

    Attributes:
        tile_m: rows of a tile.
        tile_k: columns of a tile.
        cycles: of the network.
        relative: cycles over those of bit sparsity on the machine of the paper (256 x 16).
    """

    tile_m: int
    tile_k: int
    cycles: int
    relative: float


def network_cycles(
    network: Iterable[LayerWork],
    rules: Rules = Rules.ARTIFACT,
    machine: PublishedMachine = PRODUCT,
) -> BaselineResult:
    """Return the cycles of a network on one machine."""
    layers = tuple(layer_cycles(work, rules, machine) for work in network)
    return BaselineResult("prosperity", rules, layers)


def sweep(
    network: Sequence[LayerWork],
    sizes: Iterable[tuple[int, int]],
    rules: Rules = Rules.ARTIFACT,
) -> list[SweepPoint]:
    """Return the cycles of a network for several tile sizes (the paper's design space).

    Args:
        network: the layers.
        sizes: pairs (tile_m, tile_k).
        rules: which rules to follow.

    Returns:
        A point for every size.
    """
    bit = network_cycles(network, rules, BIT).cycles
    points = []
    for tile_m, tile_k in sizes:
        machine = replace(PRODUCT, tile_m=tile_m, tile_k=tile_k)
        cycles = network_cycles(network, rules, machine).cycles
        points.append(SweepPoint(tile_m, tile_k, cycles, cycles / bit))
    return points
