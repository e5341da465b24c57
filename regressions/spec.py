"""One run of a regression: what is run, with which seed, within which limits."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Final

from snn_rtl.models.errors import InputError

KINDS: Final = ("test", "unit", "workload", "synth", "mutate")
"""A UVM test, the tests of one module, a network on the RTL, a synthesis, planted faults."""

SIMULATED: Final = ("test", "workload")
"""Kinds of one simulation, which may leave a waveform."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a run may take.

    Attributes:
        wall_s: seconds.
        cycles: simulated cycles of a test's body; 0 for no limit.
        file_mb: size of any file that it writes, MiB.
    """

    wall_s: float = 300
    cycles: int = 0
    file_mb: float = 1024


@dataclass(frozen=True, kw_only=True)
class Spec:
    """One run.

    Attributes:
        kind: one of KINDS.
        design: name of the design; empty for units.
        name: "module.Class", "unit.<module>", a workload's file below the root, "synth", or
            "mutate.<folder of rtl/>".
        simulator: verilator or icarus; of a synthesis, yosys.
        seed: base of all randomness.
        config: name of the configuration.
        parameters: parameters that differ from it.
        backpressure: profile of stream pauses.
        pauses: profiles of single streams, which go before it.
        options: the test's own options, a workload's (mode, images, layers), or what a
            campaign of mutants takes (count).
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
    parameters: dict[str, int] = field(default_factory=dict)
    backpressure: str = "none"
    pauses: dict[str, str] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    label: str = ""
    coverage: bool = False
    must_fail: str = ""
    limits: Limits = Limits()

    @property
    def test(self) -> str:
        """What tells the run from the others but for its seed; fit for a file name."""
        name = self.name.rsplit("/", 1)[-1].removesuffix(".npz")
        pauses = "_".join(f"{stream}_{profile}" for stream, profile in self.pauses.items())
        parts = [name, self.config, self.simulator]
        if self.kind in SIMULATED:
            parts.append(pauses or self.backpressure)
        parts += [f"{key}{value}" for key, value in sorted(self.parameters.items())]
        parts += [self.label, "coverage" if self.coverage else ""]
        prefix = f"{self.design}." if self.design else ""
        return prefix + "-".join(part for part in parts if part)

    @property
    def id(self) -> str:
        """Name of the run within its session, and of its folder; `make rerun` takes it."""
        return f"{self.test}.{self.seed}"

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON's types."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Spec:
        """Return what to_json gave.

        Raises:
            InputError: it is something else.
        """
        try:
            return cls(**(values | {"limits": Limits(**values["limits"])}))
        except (KeyError, TypeError) as error:
            raise InputError(f"not a run of a regression: {error}") from None
