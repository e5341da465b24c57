"""The environment of Prosperity: what tb/common/machine/env.py puts around prosperity_top."""

from __future__ import annotations

from tb.common.machine.env import MachineEnv
from tb.prosperity.coverage import ProsperityCoverage
from tb.prosperity.observer import ProsperityObserver
from tb.prosperity.scoreboard import ProsperityScoreboard


class ProsperityEnv(MachineEnv):
    """Agents around prosperity_top."""

    SCOREBOARD = ProsperityScoreboard
    OBSERVER = ProsperityObserver
    COVERAGE = ProsperityCoverage
