"""The receiving end of an analysis port, as a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyuvm import uvm_analysis_export, uvm_component


class Subscriber(uvm_analysis_export):  # type: ignore[misc]
    """Hands what a port publishes to a function."""

    def __init__(self, name: str, parent: uvm_component, take: Callable[[Any], None]) -> None:
        super().__init__(name, parent)
        self.take = take

    def write(self, item: Any) -> None:
        """Take an item."""
        self.take(item)
