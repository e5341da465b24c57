"""Files of a report: there as a whole or not at all, and what goes wrong names the file."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

REPORT: Final = "report.json"
"""Name of a report for programs, unless it has one of its own."""


def write_file(path: Path, content: str | bytes) -> Path:
    """Write a file beside the old one, which it then replaces, and return its path.

    Raises:
        OSError: it cannot be written; the path is in it, as it is not in the system's own when a
            disk is full.
    """
    data = content.encode() if isinstance(content, str) else content
    part = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from error
    return path


def write_json(path: Path, report: Mapping[str, Any]) -> Path:
    """Write a report for programs and return its path.

    Raises:
        OSError: it cannot be written.
    """
    return write_file(path, json.dumps(report, indent=1, ensure_ascii=False) + "\n")
