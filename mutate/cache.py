"""Verdicts as small JSON files, named by everything that they follow from."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from pathlib import Path
from typing import Any

from mutate.verdict import ERROR, VERDICTS, Verdict


def key_of(*parts: Any) -> str:
    """Return the name of a verdict that follows from some values of JSON's types."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


class Cache:
    """A folder of verdicts. What cannot be read, or is no verdict, is not there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.json"

    def get(self, key: str) -> Verdict | None:
        """Return a verdict; None if there is none, or a damaged one."""
        try:
            verdict = Verdict(**json.loads(self._path(key).read_bytes()))
        except (OSError, ValueError, TypeError):
            return None
        return verdict if verdict.state in VERDICTS else None

    def put(self, key: str, verdict: Verdict) -> None:
        """Keep a verdict, completely or not at all; an error is no verdict."""
        if verdict.state == ERROR:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self._path(key).with_suffix(f".{os.getpid()}.{threading.get_ident()}.part")
        part.write_text(json.dumps(vars(verdict)))
        part.replace(self._path(key))
