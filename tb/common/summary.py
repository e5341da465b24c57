"""What a run says about itself in numbers: a file in its folder, written when it has passed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

FILE_NAME: Final = "summary.json"


def write(numbers: dict[str, float]) -> None:
    """Write the file into the simulation's folder."""
    Path(FILE_NAME).write_text(json.dumps(numbers) + "\n")


def counted(folder: Path) -> dict[str, float]:
    """Return what a simulation left of itself; nothing if it left none."""
    try:
        found: dict[str, float] = json.loads((folder / FILE_NAME).read_text())
    except (OSError, ValueError):
        return {}
    return found


def judge(failure: str, numbers: Mapping[str, float], must_fail: str) -> str:
    """Return why a run did not pass, empty if it did.

    Args:
        failure: what the results file says.
        numbers: what it counted; checks among them.
        must_fail: what the message of the failure that must come holds.
    """
    if must_fail:
        if failure and re.search(must_fail, failure):
            return ""
        return f"did not fail with {must_fail!r}: {failure or 'it passed'}"
    if failure:
        return failure
    return "" if numbers.get("checks") else "checked nothing"
