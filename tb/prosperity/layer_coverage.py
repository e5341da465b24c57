"""Samples the covergroups of a complete layer from what was observed of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.product_sparsity import Decomposition, decompose, pack_rows
from models.prosperity import Mode
from models.timing import predict_layer
from tb.common.agents.axis.bus import Beat
from tb.common.coverage import CoverGroup
from tb.prosperity.covergroups import CYCLES, FEW, WAITS
from tb.prosperity.layer_data import LayerData

_STARVED_PAUSE: Final = 4
_INT32: Final = (-(1 << 31), (1 << 31) - 1)
_NEVER: Final = 1 << 62


def _few(count: int) -> str:
    return FEW[min(count, 3) - 1]


def _edge(size: int, tile: int) -> str:
    if size % tile == 0:
        return "whole tiles"
    return "part of a tile" if size < tile else "tiles and a part"


def _ranges(values: NDArray[np.int64], lowest: int, highest: int) -> NDArray[np.str_]:
    """Return the bin of each value."""
    return np.select(
        [values == lowest, values == highest, values < 0, values > 0],
        ["lowest", "highest", "negative", "positive"],
        "zero",
    )


def _cycles(count: int) -> str:
    return CYCLES[0 if count == 0 else 1 if count < 4 else 2 if count < 16 else 3]


def sample_layer(group: CoverGroup, data: LayerData, follows: str) -> None:
    """Sample prosperity_layer_cg."""
    setup, sizes = data.setup, data.sizes
    m, k, n = data.layer.starts
    group.sample(
        mode=str(setup.mode),
        output=_output(data),
        m_edge=_edge(setup.m, sizes.tile_m),
        k_edge=_edge(setup.k, sizes.tile_k),
        n_edge=_edge(setup.n, sizes.lanes),
        m_tiles=_few(len(m)),
        k_tiles=_few(len(k)),
        n_tiles=_few(len(n)),
        follows=follows,
    )


def _output(data: LayerData) -> str:
    return "spikes" if data.setup.spikes_out else "sums"


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
    return {_few(int(d)) for d in place[reused] - place[dec.prefix[reused]]}


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
        value=np.unique(_ranges(data.weights, -128, 127)).tolist(),
        sum=np.unique(_ranges(data.sums, *ends)).tolist(),
        output=_output(data),
    )


def sample_lif(group: CoverGroup, data: LayerData) -> None:
    """Sample prosperity_lif_cg: settings once, parameters and potentials by what occurs."""
    setup = data.setup
    if not setup.spikes_out:
        return
    steps, leak = setup.time_steps, setup.leak_shift
    settings = {
        "leak": "2 to 7" if 2 <= leak <= 7 else "8 to 30" if 8 <= leak <= 30 else str(leak),
        "reset": "soft" if setup.soft_reset else "hard",
        "fire": ">=" if setup.fire_ge else ">",
    }
    top = steps == data.sizes.tile_m
    group.sample(
        **settings,
        time_steps="TILE_M" if top else str(steps) if steps <= 2 else "between",
    )
    parameters = np.stack([_ranges(data.threshold, *_INT32), _ranges(data.bias, *_INT32)])
    for threshold, bias in np.unique(parameters, axis=1).T.tolist():
        group.sample(threshold=threshold, bias=bias)
    for fired, negative, place in _potentials(data):
        group.sample(
            event="spike" if fired else "no spike",
            potential="negative" if negative else "zero or more",
            at_threshold=("below", "equal", "above")[place + 1],
            reset=settings["reset"],
            fire=settings["fire"],
        )


def _potentials(data: LayerData) -> set[tuple[bool, bool, int]]:
    """Return what occurs: (spike, potential negative, its side of the threshold)."""
    setup = data.setup
    currents = data.sums.reshape(-1, setup.time_steps, setup.n) + data.bias
    potential = np.zeros((len(currents), setup.n), dtype=np.int64)
    seen: set[tuple[bool, bool, int]] = set()
    for step in range(setup.time_steps):
        leak = potential >> setup.leak_shift if setup.leak_shift else np.int64(0)
        charged = potential - leak + currents[:, step]
        side = np.sign(charged - data.threshold)
        fired = side >= 0 if setup.fire_ge else side > 0
        code = np.unique(np.stack([fired, charged < 0, side]).reshape(3, -1), axis=1)
        seen |= {(bool(f), bool(n), int(s)) for f, n, s in code.T.tolist()}
        after = charged - data.threshold if setup.soft_reset else np.int64(0)
        potential = np.where(fired, after, charged)
    return seen


def _pauses(beats: Mapping[str, list[Beat]]) -> dict[str, float]:
    """Return the mean pause of a beat that whoever is outside the machine made."""
    return {
        name: float(np.mean([b.waited if name == "outputs" else b.idle for b in taken[1:]] or [0]))
        for name, taken in beats.items()
    }


def sample_streams(group: CoverGroup, data: LayerData) -> None:
    """Sample prosperity_streams_cg: every length that occurs, and who starved the machine."""
    beats = data.layer.beats
    for name, taken in beats.items():
        # The first beat's pause is the time between two layers.
        for idle in sorted({_cycles(beat.idle) for beat in taken[1:]}):
            group.sample(port=name, idle=idle)
        for waited in sorted({_cycles(beat.waited) for beat in taken[1:]}):
            group.sample(port=name, waited=waited)
    starved = [name for name, pause in _pauses(beats).items() if pause >= _STARVED_PAUSE]
    who = "none" if not starved else starved[0] if len(starved) == 1 else "several"
    group.sample(starved=who, output=_output(data))


def sample_flow(group: CoverGroup, data: LayerData) -> None:
    """Sample prosperity_flow_cg from the counters that the bus read."""
    layer, setup, sizes = data.layer, data.setup, data.sizes
    counters = layer.counters
    waits = {name for name in WAITS if counters[name]}
    free = all(
        (beat.waited if name == "outputs" else beat.idle) == 0
        for name, taken in layer.beats.items()
        for beat in taken[1:]
    )
    timing = predict_layer(data.spikes, setup.n, sizes, setup.mode, spikes_out=setup.spikes_out)
    exact = free and counters["CYCLES"] == timing.cycles
    group.sample(
        mode=str(setup.mode),
        output=_output(data),
        wait=waits or "none",
        # A full queue of tiles that fill it twice at most holds two whole tiles.
        ahead="2 tiles or more"
        if counters["QUEUE_FULL"] and 2 * min(sizes.tile_m, setup.m) <= sizes.queue_depth
        else None,
        exact_k_tiles=_few(len(layer.starts[1])) if exact else None,
    )
