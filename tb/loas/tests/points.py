"""Random layers, one record each."""

from __future__ import annotations

import pyuvm

from snn_rtl.tb.common.machine.tests import points
from snn_rtl.tb.loas.base_test import LoasTest


@pyuvm.test()
class Points(LoasTest, points.Points):
    """All of the random layers, whatever differs."""
