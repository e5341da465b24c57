"""The environment of Prosperity: what tb/common/machine/env.py puts around prosperity_top."""

from __future__ import annotations

from snn_rtl.tb.common.machine.env import MachineEnv
from snn_rtl.tb.prosperity.coverage import ProsperityCoverage
from snn_rtl.tb.prosperity.observer import ProsperityObserver
from snn_rtl.tb.prosperity.scoreboard import ProsperityScoreboard


class ProsperityEnv(MachineEnv):
    """Agents around prosperity_top."""

    SCOREBOARD = ProsperityScoreboard
    OBSERVER = ProsperityObserver
    COVERAGE = ProsperityCoverage
