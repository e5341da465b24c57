"""Resets in the middle of work, and wrong use: an error code, then a clean layer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyuvm

from snn_rtl.tb.common.machine.job import MachineJob
from snn_rtl.tb.common.machine.tests import misuse
from snn_rtl.tb.prosperity.base_test import ProsperityTest


@pyuvm.test()
class SoftReset(ProsperityTest, misuse.SoftReset):
    """A soft reset at a random moment of a layer."""


@pyuvm.test()
class HardReset(ProsperityTest, misuse.HardReset):
    """The same with rst."""


@pyuvm.test()
class RefusedStarts(ProsperityTest, misuse.RefusedStarts):
    """Configurations that cannot run, undefined modes and illegal time steps among them."""

    def legal_job(self) -> MachineJob[Any]:
        """Return a layer of two time steps."""
        return self.small_job(lif=True, time_steps=2)

    def refusals(self) -> Iterator[tuple[str, dict[str, int]]]:
        """Yield error codes and the registers that lead to them."""
        yield from super().refusals()
        yield "MODE", {"MODE": 3}
        # The last one does not divide the rows.
        for steps in (0, 3, 2 * self.settings.config.tile_m, 4):
            yield "TIME_STEPS", {"TIME_STEPS": steps}


@pyuvm.test()
class Busy(ProsperityTest, misuse.Busy):
    """Start and configuration writes while busy."""


@pyuvm.test()
class WrongTlast(ProsperityTest, misuse.WrongTlast):
    """tlast missing, or early, on either input stream."""
