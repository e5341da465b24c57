"""Random layers, one record each."""

from __future__ import annotations

import pyuvm

from snn_rtl.tb.common.machine.tests import points
from snn_rtl.tb.prosperity.base_test import ProsperityTest


@pyuvm.test()
class Points(ProsperityTest, points.Points):
    """All of the random layers, whatever differs."""
