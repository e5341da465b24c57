"""A limit on simulated time that the environment sets from outside."""

from __future__ import annotations

import os
from collections.abc import Coroutine
from typing import Any, Final

from cocotb.triggers import SimTimeoutError, with_timeout

from snn_rtl.tb.common.clock_reset import PERIOD_NS

VARIABLE: Final = "TB_CYCLE_LIMIT"
"""Environment variable with the most cycles that a test's body may take; none without it."""


class CycleLimit(AssertionError):
    """A test took more simulated time than it may."""


async def within_limit(body: Coroutine[Any, Any, None]) -> None:
    """Await a test's body.

    Raises:
        CycleLimit: it took more cycles than the limit; its tasks are left to the test's end.
    """
    limit = int(os.environ.get(VARIABLE, "0"))
    if not limit:
        await body
        return
    try:
        await with_timeout(body, limit * PERIOD_NS, "ns")
    except SimTimeoutError:
        raise CycleLimit(f"not finished after {limit} simulated cycles") from None
