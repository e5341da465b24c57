"""Tests that must fail; tb/test_machines.py requires the failure."""

from __future__ import annotations

import pyuvm

from snn_rtl.tb.common.machine.tests import sabotage
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.prosperity.base_test import ProsperityTest
from snn_rtl.tb.prosperity.job import LayerJob
from snn_rtl.tb.prosperity.stimulus import make_job


class SabotageTest(ProsperityTest):
    """Spoils a layer in which no row has a prefix to speak of."""

    def job(self) -> LayerJob:
        """Return the layer."""
        m, k, n = self.settings.config.tile
        return make_job(generator("sabotage"), (m + 3, 2 * k, n + 1), structure="tie_rows")


@pyuvm.test()
class CorruptOutput(SabotageTest, sabotage.CorruptOutput):
    """One bit of one output beat differs on its way to the scoreboard."""


@pyuvm.test()
class DroppedOutput(SabotageTest, sabotage.DroppedOutput):
    """One output beat never reaches the scoreboard."""


@pyuvm.test()
class WrongCounters(SabotageTest, sabotage.WrongCounters):
    """Each counter in turn reads one too many; each time that must be the one thing noticed."""


@pyuvm.test()
class CorruptSpike(SabotageTest, sabotage.CorruptSpike):
    """The machine is given one other spike than the model."""


@pyuvm.test()
class StuckReady(SabotageTest, sabotage.StuckReady):
    """The output is never taken: the run must end by itself."""


@pyuvm.test()
class SilentScoreboard(SabotageTest, sabotage.SilentScoreboard):
    """Nothing is checked at all."""


@pyuvm.test()
class DeafScoreboard(SabotageTest, sabotage.DeafScoreboard):
    """The scoreboard hears no output beat."""


@pyuvm.test()
class ChangedPayload(SabotageTest, sabotage.ChangedPayload):
    """A beat changes while it waits for tready."""


@pyuvm.test()
class WithdrawnBeat(SabotageTest, sabotage.WithdrawnBeat):
    """A beat is withdrawn without a reset."""


@pyuvm.test()
class StolenBeat(SabotageTest, sabotage.StolenBeat):
    """The machine takes a beat between two layers."""


@pyuvm.test()
class LateLast(SabotageTest, sabotage.LateLast):
    """An output beat lacks its tlast."""


@pyuvm.test()
class WrongInterrupt(SabotageTest, sabotage.WrongInterrupt):
    """The software looks for an interrupt that the mask hides."""


@pyuvm.test()
class EarlyResponse(SabotageTest, sabotage.EarlyResponse):
    """A register write is answered before its address is taken."""


@pyuvm.test()
class UnknownOutput(SabotageTest, sabotage.UnknownOutput):
    """An output is X (Icarus only)."""


@pyuvm.test()
class ImpossibleBin(SabotageTest, sabotage.ImpossibleBin):
    """A bin is hit that is ignored as impossible."""
