"""What the environment must know, as one typed object; it travels to the simulation as JSON."""

from __future__ import annotations

import os
from functools import cached_property
from typing import Any, Final

import msgspec

from snn_rtl.machines.base import Machine
from snn_rtl.machines.spec import Spec
from snn_rtl.tb.common import coverage

VARIABLE: Final = "TB_SETTINGS"

STREAMS: Final = ("spikes", "weights", "outputs")
"""Names of the streams, as the environment's agents have them."""


class EnvSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """Settings of one simulation.

    Attributes:
        spec: the run.
        played: the streams are played from files and recorded in Verilog.
        keep: folder that gets a folder for each layer of a workload, by its number: what was played
            and recorded, and the register writes; none if empty.
    """

    spec: Spec
    played: bool = False
    keep: str = ""

    @cached_property
    def config(self) -> Any:
        """Parameters the RTL was built with, of the machine's own class."""
        return self.spec.machine_config

    @property
    def design(self) -> Machine:
        """The machine that runs."""
        return self.spec.machine

    @property
    def options(self) -> dict[str, Any]:
        """What a single test wants to know besides."""
        return self.spec.options

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
        return self.spec.pauses.get(stream, self.spec.backpressure)

    def to_env(self) -> dict[str, str]:
        """Return the environment variables that carry the settings."""
        return {VARIABLE: msgspec.json.encode(self).decode()}

    @classmethod
    def from_env(cls) -> EnvSettings:
        """Return the settings this simulation was started with."""
        return msgspec.json.decode(os.environ[VARIABLE], type=cls)
