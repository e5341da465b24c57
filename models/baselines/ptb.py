"""PTB: a 16 x 8 systolic array that takes four time steps as one, with StSAP.

Source: the model published with Prosperity (HPCA 2025, arXiv:2503.03379) after PTB (HPCA 2022).
Spikes of four time steps are one bit, their OR; T is filled up with zeros to a power of two. The
(window, position) rows of a convolution are cut into 8 groups, one for each column of the array:
the rows of one index in all groups make a *pass*, and each k of a pass is a line of 8 bits. StSAP
drops empty lines and puts two lines that share no column into one (`merge_lines`). A layer of one
position (a linear one) has a window in each column instead, and a line for each k with a spike. A
line takes 4 cycles for 16 outputs; the neurons take three operations a time step on 16 units.

By the artifact's rules every position costs 32 cycles of start, whatever N is, memory stalls the
layer by what exceeds its compute (M * K bits of spikes, K * N weights, M * N bits of output; the
first 1536 bits are always waited for), and a single position has one pass, whatever its windows.
By the honest rules every pass through the array fills and drains it (16 + 8 - 2 cycles), its
spikes and 16 weights for every line that is not empty come from memory during the pass before, and
8 windows of a single position are a pass. Rows that do not fill the 8 groups, or steps that do not
fill a window, are filled up with zeros (the artifact stops there).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.baselines.common import (
    MEMORY_BITS,
    WEIGHT_BITS,
    LayerCycles,
    LayerWork,
    Rules,
    ceil_div,
    extents,
    lockstep,
)

ROWS: Final = 16
COLUMNS: Final = 8
WINDOW: Final = 4
_ALL: Final = (1 << COLUMNS) - 1
_FIRST_BITS: Final = ROWS * COLUMNS * 12


def neuron_cycles(work: LayerWork, rules: Rules) -> int:
    """Return the cycles of the layer's neurons: three operations a time step on 16 units."""
    operations = work.lif_neurons(rules) * work.time_steps * 3
    return operations // ROWS if rules is Rules.ARTIFACT else ceil_div(operations, ROWS)


def windows(work: LayerWork) -> NDArray[np.bool_]:
    """Return the OR of every four time steps: bool, (windows, P, K)."""
    steps = max(WINDOW, 1 << (work.time_steps - 1).bit_length())
    padded = np.zeros((steps, work.positions, work.k), np.bool_)
    padded[: work.time_steps] = work.by_step()
    grouped = padded.reshape(-1, WINDOW, work.positions, work.k)
    ored: NDArray[np.bool_] = np.logical_or.reduce(grouped, axis=1)
    return ored


def lines_of(rows: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Cut rows into 8 groups and take the same row of each as one pass.

    Args:
        rows: bool, (rows, K).

    Returns:
        uint8, (ceil(rows / 8), K): lines of 8 bits, one for each group.
    """
    passes = ceil_div(len(rows), COLUMNS)
    padded = np.zeros((passes * COLUMNS, rows.shape[1]), np.bool_)
    padded[: len(rows)] = rows
    packed: NDArray[np.uint8] = np.packbits(padded.reshape(COLUMNS, passes, -1), axis=0)[0]
    return packed


def merge_lines(lines: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Apply StSAP: return how many lines every pass has left.

    Empty lines are dropped. In their order, each line that is neither full nor merged yet takes the
    first later such line that shares no bit with it.

    Args:
        lines: uint8, (passes, K).

    Returns:
        int64, (passes,).
    """
    free = (lines != 0) & (lines != _ALL)
    left: NDArray[np.int64] = np.count_nonzero(lines, axis=1).astype(np.int64)
    for k in range(lines.shape[1] - 1):
        active = np.flatnonzero(free[:, k])
        if not active.size:
            continue
        disjoint = (lines[active, k + 1 :] & lines[active, k : k + 1]) == 0
        disjoint &= free[active, k + 1 :]
        first = disjoint.argmax(axis=1)
        merged = disjoint[np.arange(active.size), first]
        free[active[merged], k + 1 + first[merged]] = False
        left[active[merged]] -= 1
    return left


def layer_cycles(work: LayerWork, rules: Rules = Rules.ARTIFACT) -> LayerCycles:
    """Return the cycles of a layer.

    Args:
        work: the layer.
        rules: which rules to follow.
    """
    lif = neuron_cycles(work, rules)
    ored = windows(work)
    n_tiles = extents(work.n, ROWS)
    if work.positions == 1:
        # windows are the columns here; nothing is merged, empty lines alone are dropped
        flat = ored[:, 0]
        cuts = [] if rules is Rules.ARTIFACT else range(COLUMNS, len(flat), COLUMNS)
        groups = np.split(flat, cuts)
        raw = merged = np.array([np.count_nonzero(group.any(axis=0)) for group in groups])
    else:
        lines = lines_of(ored.reshape(-1, work.k))
        raw, merged = np.count_nonzero(lines, axis=1), merge_lines(lines)

    if rules is Rules.ARTIFACT:
        compute = int(merged.sum()) * len(n_tiles) * WINDOW + work.positions * ROWS * 2
        bits = work.m * work.k + work.k * work.n * WEIGHT_BITS + work.m * work.n
        rest = (bits - _FIRST_BITS) // MEMORY_BITS
        stalls = _FIRST_BITS // MEMORY_BITS + max(0, rest - compute)
        return LayerCycles(work.name, compute, stalls, lif)

    spikes = -(-COLUMNS * WINDOW * work.k // work.kernel_size**2)
    load = -(-(np.outer(n_tiles, raw) * WEIGHT_BITS + spikes) // MEMORY_BITS)
    process = np.tile(merged * WINDOW + ROWS + COLUMNS - 2, len(n_tiles))
    compute = int(merged.sum()) * len(n_tiles) * WINDOW
    total = int(lockstep([load.ravel(), process]).sum())
    return LayerCycles(work.name, compute, total - compute, lif)
