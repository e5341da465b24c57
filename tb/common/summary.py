"""What a run says about itself in numbers: a file in its folder, written when it has passed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

FILE_NAME: Final = "summary.json"


def write(numbers: dict[str, float]) -> None:
    """Write the file into the simulation's folder."""
    Path(FILE_NAME).write_text(json.dumps(numbers) + "\n")
