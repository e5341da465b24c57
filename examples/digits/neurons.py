"""LIF neurons inside a float graph: real, or in the accelerator's integers (straight-through).

All integers are held in float32. They stay far below 2**24, so they are exact.
"""

from __future__ import annotations

import torch
from snntorch import surrogate

from snn_rtl.exporter.quantise import straight_through

_fire = surrogate.fast_sigmoid(slope=4)


def lif(
    current: torch.Tensor,
    threshold: torch.Tensor | float,
    *,
    leak_shift: int,
    soft_reset: bool,
    integer: bool,
) -> torch.Tensor:
    """Run LIF neurons over time: leak, add, compare with >, reset in the same step.

    ``V = U - (U >> leak_shift); X = V + current; spike = X > threshold;
    U = (X - threshold if soft_reset else 0) if spike else X``, from U = 0.

    Args:
        current: sums plus bias, (T, B, N, ...).
        threshold: broadcastable to one time step of it.
        leak_shift: right shift of the leak; 0 for none.
        soft_reset: subtract the threshold instead of clearing.
        integer: floor the leak as an arithmetic shift does.

    Returns:
        Spikes 0/1, same shape as ``current``, with a surrogate gradient.
    """
    potential = torch.zeros_like(current[0])
    spikes = []
    for step in current:
        if leak_shift:
            leak = potential * 2.0**-leak_shift
            potential = potential - (straight_through(leak, leak.floor()) if integer else leak)
        reached = potential + step
        # Relative to the threshold, so that the surrogate is equally wide in every channel.
        spike = _fire((reached - threshold) / threshold)
        fired = spike.detach()
        potential = reached - fired * (threshold if soft_reset else reached)
        spikes.append(spike)
    return torch.stack(spikes)
