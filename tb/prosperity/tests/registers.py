"""The register map on the whole machine, against a model made from registers.yaml alone."""

from __future__ import annotations

import pyuvm

from snn_rtl.models.prosperity.prosperity import Mode
from snn_rtl.tb.common.machine.tests import registers
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.prosperity.base_test import ProsperityTest
from snn_rtl.tb.prosperity.job import LayerJob
from snn_rtl.tb.prosperity.stimulus import make_job


@pyuvm.test()
class RegisterAccess(ProsperityTest, registers.RegisterAccess):
    """Reset values, access kinds, strobes, unmapped and unaligned addresses, both resets."""


@pyuvm.test()
class RegisterBusy(ProsperityTest, registers.RegisterBusy):
    """While a layer runs: configuration refused, the rest at work."""

    def long_job(self, structure: str) -> LayerJob:
        """Return a layer in dense mode, which takes longest."""
        m, k, n = self.settings.config.tile
        shape = (2 * m, 3 * k, n)
        return make_job(generator("busy"), shape, structure=structure, mode=Mode.DENSE)
