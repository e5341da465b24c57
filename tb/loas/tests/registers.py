"""The register map on the whole machine, against a model made from registers.yaml alone."""

from __future__ import annotations

import pyuvm

from snn_rtl.tb.common.machine.tests import registers
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.loas.base_test import LoasTest
from snn_rtl.tb.loas.job import LayerJob


@pyuvm.test()
class RegisterAccess(LoasTest, registers.RegisterAccess):
    """Reset values, access kinds, strobes, unmapped and unaligned addresses, both resets."""


@pyuvm.test()
class RegisterBusy(LoasTest, registers.RegisterBusy):
    """While a layer runs: configuration refused, the rest at work."""

    def long_job(self, structure: str) -> LayerJob:
        """Return a layer with all weights, in which every fibre takes long."""
        m, k, n = self.settings.config.tile
        rng = generator("busy")
        return self.make_job(
            rng, (2 * m, 3 * k, n), structure="full_rows", lif=structure == "full_rows"
        )
