"""The machines, one entry each: a module of its name, which says all that is known of it."""

from __future__ import annotations

from typing import Final

from snn_rtl.machines.base import Machine
from snn_rtl.machines.loas import LOAS
from snn_rtl.machines.prosperity import PROSPERITY
from snn_rtl.models.parameters import MachineParameters

MACHINES: Final[dict[str, Machine]] = {machine.name: machine for machine in (PROSPERITY, LOAS)}
"""By name; the first one is the default."""


def machine_with(config: MachineParameters) -> Machine:
    """Return the machine whose parameters these are."""
    return next(machine for machine in MACHINES.values() if type(config) is machine.parameters)
