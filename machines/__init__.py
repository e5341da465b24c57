"""The machines that `make sim` runs, one entry each."""

from __future__ import annotations

from typing import Final

from snn_rtl.machines.base import Machine
from snn_rtl.machines.loas import LOAS
from snn_rtl.machines.prosperity import PROSPERITY

MACHINES: Final[dict[str, Machine]] = {
    machine.design.name: machine for machine in (PROSPERITY, LOAS)
}
"""By name; the first one is the default."""
