"""Samples the covergroups that every machine has from what was observed of a layer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from snn_rtl.tb.common.agents.axis.bus import Beat
from snn_rtl.tb.common.coverage import CoverGroup
from snn_rtl.tb.common.machine.covergroups import CYCLES, FEW
from snn_rtl.tb.common.machine.observed import ObservedLayer, Setup

_STARVED_PAUSE: Final = 4
_INT32: Final = (-(1 << 31), (1 << 31) - 1)


def few(count: int) -> str:
    """Return the bin of a count: 1, 2, 3 or more."""
    return FEW[min(count, 3) - 1]


def edge(size: int, tile: int) -> str:
    """Return the bin of a dimension against the tile's size."""
    if size % tile == 0:
        return "whole tiles"
    return "part of a tile" if size < tile else "tiles and a part"


def output(setup: Setup) -> str:
    """Return the bin of what comes out."""
    return "spikes" if setup.spikes_out else "sums"


def ranges(values: NDArray[np.int64], lowest: int, highest: int) -> NDArray[np.str_]:
    """Return the bin of each value."""
    return np.select(
        [values == lowest, values == highest, values < 0, values > 0],
        ["lowest", "highest", "negative", "positive"],
        "zero",
    )


def _cycles(count: int) -> str:
    return CYCLES[0 if count == 0 else 1 if count < 4 else 2 if count < 16 else 3]


def sample_shape(group: CoverGroup, layer: ObservedLayer, mode: str, follows: str) -> None:
    """Sample <design>_layer_cg."""
    setup, (tile_m, tile_k, tile_n) = layer.setup, layer.sizes.tile
    m, k, n = layer.starts
    group.sample(
        mode=mode,
        output=output(setup),
        m_edge=edge(setup.m, tile_m),
        k_edge=edge(setup.k, tile_k),
        n_edge=edge(setup.n, tile_n),
        m_tiles=few(len(m)),
        k_tiles=few(len(k)),
        n_tiles=few(len(n)),
        follows=follows,
    )


def sample_lif(
    group: CoverGroup,
    setup: Setup,
    *,
    steps: str,
    threshold: NDArray[np.int64],
    bias: NDArray[np.int64],
    sums: NDArray[np.int64],
) -> None:
    """Sample <design>_lif_cg: settings once, parameters and potentials by what occurs.

    Args:
        group: the group.
        setup: of a layer with spikes out.
        steps: bin of the number of time steps.
        threshold: (N,).
        bias: (N,).
        sums: the neurons' inputs, (P, T, N).
    """
    leak = setup.leak_shift
    settings = {
        "leak": "2 to 7" if 2 <= leak <= 7 else "8 to 30" if 8 <= leak <= 30 else str(leak),
        "reset": "soft" if setup.soft_reset else "hard",
        "fire": ">=" if setup.fire_ge else ">",
    }
    group.sample(**settings, time_steps=steps)
    parameters = np.stack([ranges(threshold, *_INT32), ranges(bias, *_INT32)])
    for high, offset in np.unique(parameters, axis=1).T.tolist():
        group.sample(threshold=high, bias=offset)
    for fired, negative, place in _potentials(setup, threshold, sums + bias):
        group.sample(
            event="spike" if fired else "no spike",
            potential="negative" if negative else "zero or more",
            at_threshold=("below", "equal", "above")[place + 1],
            reset=settings["reset"],
            fire=settings["fire"],
        )


def _potentials(
    setup: Setup, threshold: NDArray[np.int64], currents: NDArray[np.int64]
) -> set[tuple[bool, bool, int]]:
    """Return what occurs: (spike, potential negative, its side of the threshold)."""
    positions, steps, n = currents.shape
    potential = np.zeros((positions, n), dtype=np.int64)
    seen: set[tuple[bool, bool, int]] = set()
    for step in range(steps):
        leak = potential >> setup.leak_shift if setup.leak_shift else np.int64(0)
        charged = potential - leak + currents[:, step]
        side = np.sign(charged - threshold)
        fired = side >= 0 if setup.fire_ge else side > 0
        code = np.unique(np.stack([fired, charged < 0, side]).reshape(3, -1), axis=1)
        seen |= {(bool(f), bool(n), int(s)) for f, n, s in code.T.tolist()}
        after = charged - threshold if setup.soft_reset else np.int64(0)
        potential = np.where(fired, after, charged)
    return seen


def _pauses(beats: Mapping[str, list[Beat]]) -> dict[str, float]:
    """Return the mean pause of a beat that whoever is outside the machine made."""
    return {
        name: float(np.mean([b.waited if name == "outputs" else b.idle for b in taken[1:]] or [0]))
        for name, taken in beats.items()
    }


def sample_streams(group: CoverGroup, layer: ObservedLayer) -> None:
    """Sample <design>_streams_cg: every length that occurs, and who starved the machine."""
    for name, taken in layer.beats.items():
        # The first beat's pause is the time between two layers.
        for idle in sorted({_cycles(beat.idle) for beat in taken[1:]}):
            group.sample(port=name, idle=idle)
        for waited in sorted({_cycles(beat.waited) for beat in taken[1:]}):
            group.sample(port=name, waited=waited)
    starved = [name for name, pause in _pauses(layer.beats).items() if pause >= _STARVED_PAUSE]
    who = "none" if not starved else starved[0] if len(starved) == 1 else "several"
    group.sample(starved=who, output=output(layer.setup))


def never_paused(layer: ObservedLayer) -> bool:
    """Return whether no stream kept the machine waiting after its first beat."""
    return all(
        (beat.waited if name == "outputs" else beat.idle) == 0
        for name, taken in layer.beats.items()
        for beat in taken[1:]
    )


def waits(counters: Mapping[str, Any], names: tuple[str, ...]) -> set[str] | str:
    """Return the bins of the wait counters that have counted."""
    return {name for name in names if counters[name]} or "none"
