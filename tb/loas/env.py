"""The environment of LoAS: what tb/common/machine/env.py puts around loas_top."""

from __future__ import annotations

from snn_rtl.tb.common.machine.env import MachineEnv
from snn_rtl.tb.loas.coverage import LoasCoverage
from snn_rtl.tb.loas.observer import LoasObserver
from snn_rtl.tb.loas.scoreboard import LoasScoreboard


class LoasEnv(MachineEnv):
    """Agents around loas_top."""

    SCOREBOARD = LoasScoreboard
    OBSERVER = LoasObserver
    COVERAGE = LoasCoverage
    DATA_TELLS_LENGTH = True
