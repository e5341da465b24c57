"""What the environment must know, as one typed object; it travels to the simulation as JSON."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from models.config import PAPER, ProsperityConfig

VARIABLE: Final = "TB_SETTINGS"


@dataclass(frozen=True, kw_only=True)
class EnvSettings:
    """Settings of one run.

    Attributes:
        config: parameters the RTL was built with.
        backpressure: profile of all stream pauses.
        options: what a single test wants to know besides.
    """

    config: ProsperityConfig = PAPER
    backpressure: str = "none"
    options: dict[str, Any] = field(default_factory=dict)

    def to_env(self) -> dict[str, str]:
        """Return the environment variables that carry the settings."""
        return {VARIABLE: json.dumps(asdict(self))}

    @classmethod
    def from_env(cls) -> EnvSettings:
        """Return the settings this simulation was started with; defaults without any."""
        text = os.environ.get(VARIABLE)
        if text is None:
            return cls()
        values = json.loads(text)
        return cls(**(values | {"config": ProsperityConfig(**values["config"])}))
