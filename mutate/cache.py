"""Verdicts, named by everything that they follow from."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from snn_rtl.mutate.verdict import ERROR, VERDICTS, Verdict
from snn_rtl.run.store import Store


def key_of(*parts: Any) -> str:
    """Return the name of a verdict that follows from some values of JSON's types."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


class Cache(Store):
    """A folder of verdicts."""

    def get(self, key: str) -> Verdict | None:
        """Return a verdict; None if there is none, or a damaged one."""
        try:
            verdict = Verdict(**self.read(key))
        except TypeError:
            return None
        return verdict if verdict.state in VERDICTS else None

    def put(self, key: str, verdict: Verdict) -> None:
        """Keep a verdict; an error is none."""
        if verdict.state != ERROR:
            self.write(key, vars(verdict))
