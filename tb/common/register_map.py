"""A design's registers by name, read from its registers.yaml and what that includes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from snn_rtl.machines.register_source import load, source_of


@dataclass(frozen=True)
class RegisterMap:
    """Addresses, counters and error codes of a design.

    Attributes:
        registers: name to its entry of the yaml file.
        counters: name to byte address of the low word.
        errors: name to code.
        constants: name to value.
    """

    registers: dict[str, dict[str, Any]]
    counters: dict[str, int]
    errors: dict[str, int]
    constants: dict[str, int]

    def address(self, name: str) -> int:
        """Return a register's byte address."""
        return int(self.registers[name]["address"])

    def bit(self, register: str, field: str) -> int:
        """Return the position of a field's lowest bit."""
        entries = self.registers[register]["fields"]
        return next(int(e["bit"]) for e in entries if e["name"] == field)

    def error_name(self, code: int) -> str:
        """Return the name of an error code."""
        return next((name for name, value in self.errors.items() if value == code), f"code {code}")


@cache
def register_map(design: str) -> RegisterMap:
    """Return the register map of a design."""
    source = load(source_of(design))
    base = source["counters"]["base"]
    return RegisterMap(
        registers={r["name"]: r for r in source["registers"]},
        counters={c["name"]: base + 8 * i for i, c in enumerate(source["counters"]["list"])},
        errors={e["name"]: e["code"] for e in source["errors"]},
        constants=source["constants"],
    )
