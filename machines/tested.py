"""The machines under test, one entry each: what shared tests and regressions must know of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from snn_rtl.machines.designs import DESIGNS, MachineDesign
from snn_rtl.models.loas.config import LoasConfig
from snn_rtl.models.parameters import MachineParameters, with_parameters
from snn_rtl.models.prosperity.config import ProsperityConfig
from snn_rtl.run.places import ROOT
from snn_rtl.tb.common.coverage import CoverGroup
from snn_rtl.tb.loas.covergroups import loas_groups
from snn_rtl.tb.loas.stimulus import random_config as random_loas
from snn_rtl.tb.prosperity.covergroups import prosperity_groups
from snn_rtl.tb.prosperity.stimulus import random_config as random_prosperity

RANDOM: Final = "random"
"""Name of the configuration whose parameters are drawn from a seed."""

_LARGEST: Final = 32
"""Most rows and columns of a tile of the machine called RANDOM."""


@dataclass(frozen=True, kw_only=True)
class TestedMachine:
    """A machine and how it is tested.

    Attributes:
        design: its Verilog, its parameters, its environment.
        odd: a machine whose parameters all differ from one another.
        random: draws legal parameters, with tiles of at most so many rows and columns.
        quick: so many, where Icarus runs a dozen layers in seconds.
        groups: makes its covergroups.
        corners: classes of tests/stress.py that close the crosses and the ends of ranges.
        own: tests that no other machine has, with their options.
        variants: small configurations whose parameters switch on what the others have not.
        icarus_share: of its many structures of layers, Icarus runs one in so many.
    """

    design: MachineDesign
    odd: MachineParameters
    random: Callable[[np.random.Generator, int], MachineParameters]
    quick: int
    groups: Callable[[], Mapping[str, CoverGroup]]
    corners: tuple[str, ...]
    own: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    variants: tuple[str, ...] = ()
    icarus_share: int = 1

    # pytest collects classes named Test*.
    __test__ = False

    @property
    def name(self) -> str:
        """Name of the design, in lists and on the command line."""
        return self.design.name

    @property
    def small(self) -> Any:
        """Its small configuration."""
        return self.design.config("small")

    @property
    def paper(self) -> Any:
        """Its configuration of the paper's size."""
        return self.design.config("paper")

    @property
    def configs(self) -> tuple[str, ...]:
        """Names of its configurations; the first one is taken where none is named."""
        return tuple(self.design.configs)

    def config(self, name: str, parameters: Mapping[str, int], seed: int) -> Any:
        """Return a configuration.

        Args:
            name: of a named one, or RANDOM.
            parameters: values that replace those of the name.
            seed: what a random one is drawn from.

        Raises:
            InputError: there is no such parameter, or not with that value.
        """
        if name == RANDOM:
            base: Any = self.random(np.random.default_rng([seed]), _LARGEST)
        else:
            base = self.design.config(name)
        return with_parameters(base, parameters)

    def has_test(self, test: str) -> bool:
        """Return whether there is a UVM test "module.Class"."""
        module, _, name = test.partition(".")
        path = ROOT.joinpath(*self.design.tests.split(".")[1:], f"{module}.py")
        return path.is_file() and bool(re.search(rf"^class {name}\(", path.read_text(), re.M))


_POINTS: Final = {"layers": 10, "tiles": (2, 4, 2), "result": "points.jsonl"}

_WORST: Final = (
    *("AllOnes", "NoWordAllOnes", "FullChunks", "AlternatingChunks", "AlternatingWeights"),
    "FifoFull",
)

TESTED: Final = {
    machine.name: machine
    for machine in (
        TestedMachine(
            design=DESIGNS["prosperity"],
            odd=ProsperityConfig(
                tile_m=128, tile_k=24, lanes=40, weight_w=5, acc_w=21, bias_w=35, lif_cells=8,
                spike_beat_w=96, spike_beats=9, weight_tiles=3, queue_depth=77, dim_w=19,
            ),
            random=random_prosperity,
            quick=32,
            groups=prosperity_groups,
            corners=("Crosses", "RowExtremes", "NeuronExtremes", "Waits"),
            own={"points.Points": _POINTS},
            variants=("small_turbo",),
        ),
        TestedMachine(
            design=DESIGNS["loas"],
            odd=LoasConfig(
                time_steps=8, chunk=64, tppes=3, columns=48, laggy_adders=16, fifo_depth=5,
                queue_depth=6, weight_w=12, acc_w=27, bias_w=40, beat_w=1920, mask_beats=4,
                value_beats=7, dim_w=19, joined_columns=2, chunk_banks=9,
            ),
            random=random_loas,
            quick=16,
            groups=loas_groups,
            corners=("Crosses", "SumExtremes", "NeuronExtremes", "Waits"),
            own={f"worst.{name}": {} for name in _WORST},
            variants=("small_turbo",),
            icarus_share=5,
        ),
    )
}  # fmt: skip
