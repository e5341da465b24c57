"""The cases that only LoAS has; those of every machine are in tb/test_machines.py."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest

from snn_rtl.models.loas.config import SMALL
from snn_rtl.tb.common.machine.cases import run_case
from snn_rtl.tb.common.unit import both_simulators

LAGGY: Final = replace(SMALL, laggy_adders=1, fifo_depth=2)
"""The laggy sum takes as long as a chunk has positions, and hardly a match may wait for it."""

ROW_BOUND: Final = replace(SMALL, laggy_adders=1, columns=16)
"""A compressed row takes longer than a first tile that is dropped."""


@both_simulators
def test_full_fifos(request: pytest.FixtureRequest, simulator: str) -> None:
    """A machine whose FIFOs are full most of the time loses nothing."""
    run_case(request, simulator, LAGGY, "worst.FifoFull", options={"share": 0.5})


@both_simulators
def test_slow_rows(request: pytest.FixtureRequest, simulator: str) -> None:
    """A machine whose compressor is slow sends its first row as soon as there is one."""
    run_case(request, simulator, ROW_BOUND, "worst.SlowRows")
