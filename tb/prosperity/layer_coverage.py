"""Samples the covergroups of a complete layer from what was observed of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.prosperity.product_sparsity import Decomposition, decompose, pack_rows
from snn_rtl.models.prosperity.prosperity import Mode
from snn_rtl.models.prosperity.timing import predict_layer
from snn_rtl.tb.common.coverage import CoverGroup
from snn_rtl.tb.common.machine.samples import few, never_paused, output, ranges, sample_lif, waits
from snn_rtl.tb.prosperity.covergroups import WAITS
from snn_rtl.tb.prosperity.layer_data import LayerData

_NEVER: Final = 1 << 62


def _depths(dec: Decomposition) -> NDArray[np.int64]:
    """Return how many prefixes lie below each row."""
    depth = np.zeros(len(dec.rows), dtype=np.int64)
    for row in dec.order():
        if dec.prefix[row] >= 0:
            depth[row] = depth[dec.prefix[row]] + 1
    return depth


def _several_best(dec: Decomposition) -> Iterable[str]:
    """Yield, for each row with a prefix, whether other rows would do as well."""
    for row in np.flatnonzero((dec.prefix >= 0) & ~dec.exact):
        prefix = dec.prefix[row]
        equal = dec.ones == dec.ones[prefix]
        subsets = equal & (dec.rows & ~dec.rows[row] == 0)
        yield "several" if np.unique(dec.rows[subsets]).size > 1 else "one"


def _distances(dec: Decomposition) -> set[str]:
    """Return how many rows after its prefix a row is issued."""
    order = dec.order()
    place = np.zeros(len(dec.rows), dtype=np.int64)
    place[order] = np.arange(len(order))
    reused = np.flatnonzero(dec.prefix >= 0)
    return {few(int(d)) for d in place[reused] - place[dec.prefix[reused]]}


def _kinds(dec: Decomposition) -> set[str]:
    lone = (dec.ones > 1) & (dec.prefix < 0)
    found = {
        "zero": dec.ones == 0,
        "one hot": dec.ones == 1,
        "no prefix": lone,
        "exact match": dec.exact,
        "partial match": (dec.prefix >= 0) & ~dec.exact,
    }
    return {name for name, rows in found.items() if rows.any()}


def _density(ones: int, places: int) -> str:
    if ones in (0, places):
        return "full" if ones else "empty"
    return "sparse" if 4 * ones < places else "dense" if 4 * ones > 3 * places else "middle"


def _equal(rows: NDArray[np.uint64]) -> str:
    words = rows[rows != 0]
    most = int(np.unique(words, return_counts=True)[1].max(initial=1))
    if most > 1 and most == len(rows):
        return "all rows"
    return "none" if most < 2 else "2" if most == 2 else "3 or more"


def _place(index: int, count: int) -> str:
    """Return where among the k tiles one lies."""
    if count == 1:
        return "only"
    return "last" if index == count - 1 else "first" if index == 0 else "middle"


def _issued(issued: int, rows: int) -> str:
    """Return how many of a tile's rows are issued."""
    if issued <= 1:
        return ("none", "one")[issued]
    return "all" if issued == rows else "some"


def sample_rows(group: CoverGroup, data: LayerData) -> None:
    """Sample prosperity_rows_cg for each spike tile that differs from those before."""
    setup, sizes = data.setup, data.sizes
    mode = setup.mode
    m_starts, k_starts, _ = data.layer.starts
    seen: set[tuple[bytes, str | None]] = set()
    for m in m_starts:
        for index, k in enumerate(k_starts):
            tile = data.spikes[m : m + sizes.tile_m, k : k + sizes.tile_k]
            place = None if tile.any() else _place(index, len(k_starts))
            if (key := (pack_rows(tile).tobytes(), place)) in seen:
                continue
            seen.add(key)
            dec = decompose(pack_rows(tile), str(mode))
            issued = len(tile) if mode is Mode.DENSE else int((dec.ones > 0).sum())
            distinct = np.unique(dec.rows).size == len(tile) > 1
            antichain = bool(distinct and (dec.ones > 1).all() and (dec.prefix < 0).all())
            depth = int(_depths(dec).max())
            chain = str(depth) if depth < 3 else "3 to 5" if depth < 6 else "6 or more"
            group.sample(
                mode=str(mode),
                kind=_kinds(dec),
                distance=_distances(dec),
                chain=chain,
                best=set(_several_best(dec)),
                issued=_issued(issued, len(tile)),
                equal=_equal(dec.rows),
                density=_density(int(tile.sum()), tile.size),
                antichain="yes" if antichain and mode is Mode.PRODUCT else "no",
                empty_tile=place,
            )


def sample_weights(group: CoverGroup, data: LayerData) -> None:
    """Sample prosperity_weights_cg."""
    k = data.setup.k
    # A sum is extreme when every weight and every spike of more than one k tile is.
    ends = (-128 * k, 127 * k) if k > data.sizes.tile_k else (_NEVER, _NEVER)
    group.sample(
        value=np.unique(ranges(data.weights, -128, 127)).tolist(),
        sum=np.unique(ranges(data.sums, *ends)).tolist(),
        output=output(data.setup),
    )


def sample_neurons(group: CoverGroup, data: LayerData) -> None:
    """Sample prosperity_lif_cg."""
    setup = data.setup
    if not setup.spikes_out:
        return
    steps = setup.time_steps
    some = str(steps) if steps <= 2 else "between"
    sample_lif(
        group,
        setup,
        steps="TILE_M" if steps == data.sizes.tile_m else some,
        threshold=data.threshold,
        bias=data.bias,
        sums=data.sums.reshape(-1, steps, setup.n),
    )


def sample_flow(group: CoverGroup, data: LayerData) -> None:
    """Sample prosperity_flow_cg from the counters that the bus read."""
    layer, setup, sizes = data.layer, data.setup, data.sizes
    counters = layer.counters
    timing = predict_layer(data.spikes, setup.n, sizes, setup.mode, spikes_out=setup.spikes_out)
    exact = never_paused(layer) and counters["CYCLES"] == timing.cycles
    group.sample(
        mode=str(setup.mode),
        output=output(setup),
        wait=waits(counters, WAITS),
        # A full queue of tiles that fill it twice at most holds two whole tiles.
        ahead="2 tiles or more"
        if counters["QUEUE_FULL"] and 2 * min(sizes.tile_m, setup.m) <= sizes.queue_depth
        else None,
        exact_k_tiles=few(len(layer.starts[1])) if exact else None,
    )
