"""How a machine is tested: what shared tests and regressions must know of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Final

import numpy as np

from snn_rtl.models.parameters import MachineParameters

RANDOM: Final = "random"
"""Name of the configuration whose parameters are drawn from a seed."""

LARGEST: Final = 32
"""Most rows and columns of a tile of the machine called RANDOM."""


POINTS: Final = {"layers": 10, "tiles": [2, 4, 2], "result": "points.jsonl"}
"""Options of points.Points."""


def named(dotted: str) -> Any:
    """Return what a name means, "package.module:name"; the module is loaded now."""
    module, _, name = dotted.partition(":")
    return getattr(import_module(module), name)


@dataclass(frozen=True, kw_only=True)
class Testing:
    """How a machine is tested; what is in tb/ is named, and loaded when it is wanted.

    Attributes:
        odd: a machine whose parameters all differ from one another.
        stimulus: module that draws legal parameters (random_config, with tiles of at most so many
            rows and columns; wide_config, of many sizes) and layers (random_job).
        quick: so many, where Icarus runs a dozen layers in seconds.
        groups: makes its covergroups.
        corners: classes of tests/stress.py that close the crosses and the ends of ranges.
        own: tests that no other machine has, with their options.
        smoke: of these, the ones that run for every change.
        variants: small configurations whose parameters switch on what the others have not.
        icarus_share: of its many structures of layers, Icarus runs one in so many.
    """

    odd: MachineParameters
    stimulus: str
    quick: int
    groups: str
    corners: tuple[str, ...]
    own: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    smoke: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    icarus_share: int = 1

    # pytest collects classes named Test*.
    __test__ = False

    def random_config(self, rng: np.random.Generator, largest: int) -> MachineParameters:
        """Return legal parameters, with tiles of at most so many rows and columns."""
        drawn: MachineParameters = named(f"{self.stimulus}:random_config")(rng, largest)
        return drawn

    def wide_config(self, rng: np.random.Generator, turn: int) -> MachineParameters:
        """Return legal parameters of a wide range; turn is the number of the machine."""
        drawn: MachineParameters = named(f"{self.stimulus}:wide_config")(rng, turn)
        return drawn

    def random_layer(
        self, rng: np.random.Generator, config: MachineParameters, tiles: Sequence[int]
    ) -> Any:
        """Return a random layer of up to so many m, k and n tiles, as the simulation draws it."""
        return named(f"{self.stimulus}:random_job")(rng, config, tiles)

    def covergroups(self) -> Mapping[str, Any]:
        """Return its covergroups by name, new ones."""
        groups: Mapping[str, Any] = named(self.groups)()
        return groups
