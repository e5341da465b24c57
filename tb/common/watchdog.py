"""Waits that cannot hang."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cocotb.triggers import First, RisingEdge, Timer

from snn_rtl.tb.common.clock_reset import PERIOD_NS


class NoProgress(AssertionError):
    """Nothing moved for too long."""


async def wait_high(
    signal: Any, progress: Callable[[], object], what: str, patience: int = 20_000
) -> None:
    """Wait until a signal is high, as long as something moves.

    Args:
        signal: 1-bit handle.
        progress: returns a value that changes while the design works.
        what: for the message.
        patience: cycles without a change after which the wait fails.

    Raises:
        NoProgress: `progress` stayed the same for `patience` cycles.
    """
    seen = progress()
    while not signal.value:
        edge = RisingEdge(signal)
        timer = Timer(patience * PERIOD_NS, "ns")
        if await First(edge, timer) is timer:
            now = progress()
            if now == seen:
                raise NoProgress(f"{what}: no progress in {patience} cycles (state {now})")
            seen = now
