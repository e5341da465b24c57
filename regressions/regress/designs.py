"""The designs that lists may name: one entry each in DESIGNS."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from models.parameters import MachineParameters
from tb.common.machine.designs import DESIGNS as MACHINES
from tb.common.machine.designs import MachineDesign
from tb.common.runner import ROOT
from tb.loas.stimulus import random_config as random_loas
from tb.prosperity.stimulus import random_config as random_prosperity

RANDOM: Final = "random"
"""Configuration whose parameters are drawn from the run's seed."""

_LARGEST: Final = 32


@dataclass(frozen=True, kw_only=True)
class TestedDesign:
    """What the regressions must know of a design.

    Attributes:
        machine: the design.
        random: draws a configuration, with at most so many rows and lanes.
    """

    machine: MachineDesign
    random: Callable[[np.random.Generator, int], MachineParameters]

    @property
    def name(self) -> str:
        """Name of the design, in lists and on the command line."""
        return self.machine.name

    @property
    def configs(self) -> tuple[str, ...]:
        """Names of its configurations; the first one is taken where none is named."""
        return tuple(self.machine.configs)

    def config(self, name: str, parameters: Mapping[str, int], seed: int) -> Any:
        """Return a configuration.

        Args:
            name: of a named one, or RANDOM.
            parameters: values that replace those of the name.
            seed: what a random one is drawn from.

        Raises:
            InputError: the parameters are not legal.
            TypeError: there is no such parameter.
        """
        if name == RANDOM:
            base: Any = self.random(np.random.default_rng([seed]), _LARGEST)
        else:
            base = self.machine.configs[name]
        return dataclasses.replace(base, **parameters)

    def has_test(self, test: str) -> bool:
        """Return whether there is a UVM test "module.Class"."""
        module, _, name = test.partition(".")
        path = ROOT / self.machine.tests.replace(".", "/") / f"{module}.py"
        return path.is_file() and bool(re.search(rf"^class {name}\(", path.read_text(), re.M))


DESIGNS: Final = {
    design.name: design
    for design in (
        TestedDesign(machine=MACHINES["prosperity"], random=random_prosperity),
        TestedDesign(machine=MACHINES["loas"], random=random_loas),
    )
}
