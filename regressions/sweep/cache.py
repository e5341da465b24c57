"""Computed points as small JSON files, named by what they were computed from."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from models.config import ProsperityConfig
from regressions.sweep.work import COUNTERS, Result, model_digest


def point_key(content: str, config: ProsperityConfig, mode: str) -> str:
    """Return the name of a point.

    Args:
        content: digest of the layers.
        config: the machine.
        mode: what it skips.
    """
    parts = [model_digest(), content, asdict(config), mode]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _checksum(key: str, result: Any) -> str:
    text = key + json.dumps(result, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


class Cache:
    """A folder of results. What cannot be read, or is not what was written, is not there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.json"

    def get(self, key: str) -> Result | None:
        """Return a result; None if there is none, or a damaged one."""
        try:
            entry = json.loads(self._path(key).read_bytes())
            result: Result = entry["result"]
            if entry["checksum"] != _checksum(key, result):
                return None
            whole = all(set(COUNTERS) == set(counters) for counters in result.values())
        except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
            return None
        return result if whole else None

    def put(self, key: str, result: Result) -> None:
        """Keep a result; it is there completely or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self._path(key).with_suffix(f".{os.getpid()}.part")
        part.write_text(json.dumps({"result": result, "checksum": _checksum(key, result)}))
        part.replace(self._path(key))
