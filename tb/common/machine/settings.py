"""What the environment must know, as one typed object; it travels to the simulation as JSON."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from snn_rtl.machines import MACHINES, machine_with
from snn_rtl.machines.base import Machine
from snn_rtl.tb.common import coverage

VARIABLE: Final = "TB_SETTINGS"

STREAMS: Final = ("spikes", "weights", "outputs")
"""Names of the streams, as the environment's agents have them."""


@dataclass(frozen=True, kw_only=True)
class EnvSettings:
    """Settings of one run.

    Attributes:
        config: parameters the RTL was built with, of the machine's own class.
        backpressure: profile of all stream pauses.
        pauses: profiles of single streams, which go before `backpressure`.
        options: what a single test wants to know besides.
        played: the streams are played from files and recorded in Verilog.
    """

    config: Any
    backpressure: str = "none"
    pauses: dict[str, str] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    played: bool = False

    @property
    def design(self) -> Machine:
        """The machine that runs."""
        return machine_with(self.config)

    @property
    def timed(self) -> bool:
        """Whether no stream starves or stalls, so that cycles must equal the timing model."""
        return all(self.profile(stream) == "none" for stream in STREAMS)

    @property
    def coverage(self) -> bool:
        """Whether functional coverage is wanted; the whole session's environment says so.

        Played streams give none: their beats come without the cycles they waited.
        """
        return not self.played and os.environ.get(coverage.VARIABLE) == "1"

    def profile(self, stream: str) -> str:
        """Return the pause profile of a stream."""
        return self.pauses.get(stream, self.backpressure)

    def to_env(self) -> dict[str, str]:
        """Return the environment variables that carry the settings."""
        return {VARIABLE: json.dumps({"design": self.design.name, **asdict(self)})}

    @classmethod
    def from_env(cls) -> EnvSettings:
        """Return the settings this simulation was started with."""
        values = json.loads(os.environ[VARIABLE])
        parameters = MACHINES[values.pop("design")].parameters
        return cls(**(values | {"config": parameters(**values["config"])}))
