"""One run: what is run, on which machine, with which seed, within which limits.

The one description from the command line and the entry of a list to the simulation's environment
and the result file.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from snn_rtl.machines import MACHINES, machine_with
from snn_rtl.machines.base import Machine
from snn_rtl.models.errors import InputError
from snn_rtl.models.parameters import MachineParameters

KINDS: Final = ("test", "unit", "workload", "synth", "mutate")
"""A UVM test, the tests of one module, a network on the RTL, a synthesis, planted faults."""

SIMULATED: Final = ("test", "workload")
"""Kinds of one simulation, which may leave a waveform."""


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a run may take.

    Attributes:
        wall_s: seconds.
        cycles: simulated cycles of a test's body; 0 for no limit.
        file_mb: size of any file that it writes, MiB.
    """

    wall_s: float = 300
    cycles: int = 0
    file_mb: float = 1024


class Spec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One run.

    Attributes:
        kind: one of KINDS.
        design: name of the design; empty for units.
        name: "module.Class", "unit.<module>", a workload's file (in a list: below the root),
            "synth", or "mutate.<folder of rtl/>".
        simulator: verilator or icarus; of a synthesis, yosys.
        seed: base of all randomness.
        config: name of the configuration.
        parameters: parameters that differ from it.
        backpressure: profile of stream pauses.
        pauses: profiles of single streams, which go before it.
        mode: of a workload, one of the machine's.
        layers: of a workload, names of those to run; empty for all.
        images: of a workload, how many to infer; None for as many as there are by default.
        options: the test's own options, or what the command of a synthesis or a campaign of mutants
            takes besides.
        label: tells runs apart that differ in nothing else.
        coverage: code and functional coverage are measured.
        must_fail: expression that the message of the failure that must come holds; empty otherwise.
        limits: what it may take.
    """

    kind: str
    name: str
    simulator: str
    seed: int
    design: str = ""
    config: str = ""
    parameters: dict[str, int] = {}
    backpressure: str = "none"
    pauses: dict[str, str] = {}
    mode: str = ""
    layers: tuple[str, ...] = ()
    images: int | None = None
    options: dict[str, Any] = {}
    label: str = ""
    coverage: bool = False
    must_fail: str = ""
    limits: Limits = Limits()

    @property
    def test(self) -> str:
        """What tells the run from the others but for its seed; fit for a file name."""
        name = self.name.rsplit("/", 1)[-1].removesuffix(".npz")
        parts = [name, self.config, self.simulator]
        if self.kind in SIMULATED:
            parts.append(self.profiles)
        parts += [f"{key}{value}" for key, value in sorted(self.parameters.items())]
        parts += [self.label, "coverage" if self.coverage else ""]
        prefix = f"{self.design}." if self.design else ""
        return prefix + "-".join(part for part in parts if part)

    @property
    def id(self) -> str:
        """Name of the run within its session, and of its folder; `make rerun` takes it."""
        return f"{self.test}.{self.seed}"

    @property
    def profiles(self) -> str:
        """The pauses of its streams, fit for a file name."""
        pauses = "_".join(f"{stream}_{profile}" for stream, profile in self.pauses.items())
        return pauses or self.backpressure

    @property
    def machine(self) -> Machine:
        """The machine that runs."""
        return MACHINES[self.design]

    @property
    def machine_config(self) -> Any:
        """Its parameters."""
        return self.machine.drawn_config(self.config, self.parameters, self.seed)

    @property
    def variables(self) -> dict[str, str]:
        """What `make sim` takes, but for the workload, to run a workload like this one."""
        given = {
            "DESIGN": self.design,
            "SIM": self.simulator,
            "CONFIG": self.config,
            **{name.upper(): str(value) for name, value in self.parameters.items()},
            "MODE": self.mode,
            "BACKPRESSURE": self.backpressure,
            "SEED": str(self.seed),
            "LAYERS": ",".join(self.layers),
            "IMAGES": str(self.images or ""),
        }
        return {name: value for name, value in given.items() if value}

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON's types."""
        values: dict[str, Any] = msgspec.to_builtins(self)
        return values

    @classmethod
    def from_json(cls, values: Any) -> Spec:
        """Return what to_json gave.

        Raises:
            InputError: it is something else.
        """
        try:
            return msgspec.convert(values, cls)
        except msgspec.ValidationError as error:
            raise InputError(f"not a run of a regression: {error}") from None


def spec_of(config: MachineParameters, name: str, **values: Any) -> Spec:
    """Return the run of a test on a machine with some parameters, which name the machine.

    Args:
        config: the parameters.
        name: "module.Class" below the machine's tests.
        values: simulator, seed and what else a Spec has.
    """
    machine = machine_with(config)
    found = machine.described(config)
    return Spec(
        kind="test",
        design=machine.name,
        name=name,
        config=found.base,
        parameters=dict(found.own),
        **values,
    )
