"""What the components of the register agent must know of their bus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class RegisterConfig:
    """The register bus.

    Attributes:
        dut: handle of the design.
        prefix: of the bus's signals.
    """

    dut: Any
    prefix: str
