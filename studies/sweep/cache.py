"""Computed points, named by what they were computed from."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict

from snn_rtl.models.prosperity.config import ProsperityConfig
from snn_rtl.run.store import Store
from snn_rtl.studies.sweep.work import COUNTERS, Result, model_digest


def point_key(content: str, config: ProsperityConfig, mode: str) -> str:
    """Return the name of a point.

    Args:
        content: digest of the layers.
        config: the machine.
        mode: what it skips.
    """
    parts = [model_digest(), content, asdict(config), mode]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


class Cache(Store):
    """A folder of points."""

    def get(self, key: str) -> Result | None:
        """Return a result; None if there is none, or a damaged one."""
        result: Result | None = self.read(key)
        try:
            whole = all(set(COUNTERS) == set(counters) for counters in (result or {}).values())
        except (TypeError, AttributeError):
            return None
        return result if whole else None

    def put(self, key: str, result: Result) -> None:
        """Keep a result."""
        self.write(key, result)
