"""Results as small JSON files, named by what they were computed from."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from snn_rtl.run.report import write_file


def _checksum(key: str, result: Any) -> str:
    text = key + json.dumps(result, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


class Store:
    """A folder of results. What cannot be read, or is not what was written, is not there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.json"

    def read(self, key: str) -> Any:
        """Return a result; None if there is none, or a damaged one."""
        try:
            entry = json.loads(self._path(key).read_bytes())
            result = entry["result"]
            return result if entry["checksum"] == _checksum(key, result) else None
        except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
            return None

    def write(self, key: str, result: Any) -> None:
        """Keep a result; it is there completely or not at all, whoever else writes it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        entry = {"result": result, "checksum": _checksum(key, result)}
        write_file(self._path(key), json.dumps(entry))
