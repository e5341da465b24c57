"""Resets in the middle of work, and wrong use: an error code, then a clean layer."""

from __future__ import annotations

import pyuvm

from snn_rtl.tb.common.machine.tests import misuse
from snn_rtl.tb.loas.base_test import LoasTest


@pyuvm.test()
class SoftReset(LoasTest, misuse.SoftReset):
    """A soft reset at a random moment of a layer."""


@pyuvm.test()
class HardReset(LoasTest, misuse.HardReset):
    """The same with rst."""


@pyuvm.test()
class RefusedStarts(LoasTest, misuse.RefusedStarts):
    """Configurations that cannot run."""


@pyuvm.test()
class Busy(LoasTest, misuse.Busy):
    """Start and configuration writes while busy."""


@pyuvm.test()
class WrongTlast(LoasTest, misuse.WrongTlast):
    """tlast missing, or early, on either input stream."""
