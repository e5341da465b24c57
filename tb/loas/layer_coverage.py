"""Samples the covergroups of a complete layer from what was observed of it."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.loas.config import LoasConfig
from snn_rtl.tb.common.coverage import CoverGroup
from snn_rtl.tb.common.machine.samples import few, never_paused, output, ranges, sample_lif, waits
from snn_rtl.tb.loas.covergroups import FILLS, WAITS
from snn_rtl.tb.loas.layer_data import LayerData

_NEVER: Final = 1 << 62


def _fill(count: int, most: int) -> str:
    """Return the bin of a count of elements against how many there may be."""
    return FILLS[0] if not count else FILLS[3] if count == most else FILLS[min(count, 2)]


def _share(count: int, most: int) -> str:
    """Return the bin of how many of some rows or fibres there are."""
    return "none" if not count else "all" if count == most else "one" if count == 1 else "some"


def _place(index: int, count: int) -> str:
    """Return where among the k tiles one lies."""
    if count == 1:
        return "only"
    return "last" if index == count - 1 else "first" if index == 0 else "middle"


def sample_words(group: CoverGroup, data: LayerData) -> None:
    """Sample loas_words_cg for each spike tile."""
    setup, sizes = data.layer.setup, data.layer.sizes
    m_starts, k_starts, _ = data.layer.starts
    for m in m_starts:
        before: str | None = None
        for index, k in enumerate(k_starts):
            own = (slice(m, m + sizes.tppes), slice(k, k + sizes.chunk))
            words, live = data.words[own], data.live[own]
            ones = np.bitwise_count(words)
            there = np.count_nonzero(live, axis=1)
            kinds = {
                "silent": ones == 0,
                "one spike": ones == 1,
                "some": (ones > 1) & (ones < sizes.time_steps),
                "all ones": ones == sizes.time_steps,
            }
            now = "live" if live.any() else "dead"
            group.sample(
                mode=setup.mode,
                word=[name for name, found in kinds.items() if found.any()],
                row={_fill(int(count), words.shape[1]) for count in there},
                rows=_share(int(np.count_nonzero(there)), len(there)),
                tile="live" if live.any() else "dropped" if words.any() else "empty",
                dead_tile=_place(index, len(k_starts)) if now == "dead" else None,
                turn=f"{before}, {now}" if before else None,
            )
            before = now


def sample_weights(group: CoverGroup, data: LayerData) -> None:
    """Sample loas_weights_cg: the values, and each weight tile."""
    setup, sizes = data.layer.setup, data.layer.sizes
    _, k_starts, n_starts = data.layer.starts
    # A sum is extreme when every weight and every spike of more than one k tile is.
    ends = (-128 * setup.k, 127 * setup.k) if setup.k > sizes.chunk else (_NEVER, _NEVER)
    group.sample(
        value=np.unique(ranges(data.weights, -128, 127)).tolist(),
        sum=np.unique(ranges(data.sums, *ends)).tolist(),
        output=output(setup),
    )
    for n in n_starts:
        for k in k_starts:
            tile = data.weights[k : k + sizes.chunk, n : n + sizes.columns]
            there = np.count_nonzero(tile, axis=0)
            group.sample(
                fibre={_fill(int(count), len(tile)) for count in there},
                fibres=_share(int(np.count_nonzero(there)), len(there)),
                last_fibre="there" if there[-1] else "empty",
            )


def sample_join(group: CoverGroup, data: LayerData) -> None:
    """Sample loas_join_cg for each pair of tiles that meet."""
    setup, sizes = data.layer.setup, data.layer.sizes
    m_starts, k_starts, n_starts = data.layer.starts
    for m in m_starts:
        for k in k_starts:
            live = data.live[m : m + sizes.tppes, k : k + sizes.chunk]
            there = (live != 0).astype(np.int64)
            broken = ((live != 0) & (live != sizes.all_ones)).astype(np.int64)
            for n in n_starts:
                weights = (data.weights[k : k + sizes.chunk, n : n + sizes.columns] != 0).astype(
                    np.int64
                )
                matches, corrections = there @ weights, broken @ weights
                in_fibres = weights.sum(axis=0)
                fibres = int(np.count_nonzero(in_fibres))
                group.sample(
                    mode=setup.mode,
                    spikes="live" if live.any() else "dead",
                    fibres=_share(fibres, weights.shape[1]),
                    matches=_matches(matches, sizes.chunk),
                    corrected=_corrected(matches, corrections),
                    rows={
                        _share(int(rows), len(live))
                        for rows in np.unique(np.count_nonzero(matches, axis=0))
                    },
                    joined=_joined(in_fibres, sizes) if live.any() else None,
                )


def _joined(in_fibres: NDArray[np.int64], sizes: LoasConfig) -> set[str]:
    """Return how the weights of neighbouring columns are broadcast."""
    found = set()
    for first in range(0, len(in_fibres), sizes.joined_columns):
        group = in_fibres[first : first + sizes.joined_columns]
        if np.count_nonzero(group) == 1:
            found.add("one fibre")
        elif group.any():
            found.add("together" if group.sum() <= sizes.chunk else "too many to fit")
    return found


def _matches(matches: NDArray[np.int64], chunk: int) -> set[str]:
    """Return the bins of the numbers of matches of rows and fibres."""
    return {
        "none"
        if not count
        else "whole chunk"
        if count == chunk
        else "one"
        if count == 1
        else "some"
        for count in np.unique(matches).tolist()
    }


def _corrected(matches: NDArray[np.int64], corrections: NDArray[np.int64]) -> set[str]:
    """Return how many matches of a row and a fibre were corrected, where there are any."""
    met = matches > 0
    found = {
        "none": met & (corrections == 0),
        "some": met & (corrections > 0) & (corrections < matches),
        "all": met & (corrections == matches),
    }
    return {name for name, pairs in found.items() if pairs.any()}


def sample_neurons(group: CoverGroup, data: LayerData) -> None:
    """Sample loas_lif_cg."""
    setup, sizes = data.layer.setup, data.layer.sizes
    if not setup.spikes_out:
        return
    last = data.words >> (sizes.time_steps - 1) & 1
    sample_lif(
        group,
        setup,
        steps="all" if last.any() else "last ones silent",
        threshold=data.threshold,
        bias=data.bias,
        sums=data.sums,
    )


def sample_flow(group: CoverGroup, data: LayerData, cycles: int) -> None:
    """Sample loas_flow_cg from the counters that the bus read.

    Args:
        group: the group.
        data: the layer.
        cycles: those of the timing model.
    """
    layer, setup = data.layer, data.layer.setup
    counters = layer.counters
    exact = never_paused(layer) and counters["CYCLES"] == cycles
    full = counters["FIFO_FULL"]
    group.sample(
        mode=setup.mode,
        output=output(setup),
        wait=waits(counters, WAITS),
        fifo_full="never"
        if not full
        else "most of the time"
        if full >= counters["MATCHES"]
        else "now and then",
        exact_k_tiles=few(len(layer.starts[1])) if exact else None,
    )
