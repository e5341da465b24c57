"""Bodies of commands, for tests of what runs them."""

from __future__ import annotations

import os
import signal
import time
from typing import Any, Final

seen: Final[list[dict[str, Any]]] = []
"""The options of every call of `notes`."""


def waits() -> int:
    """Be ended while it works."""
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(60)
    return 0


def notes(**options: Any) -> int:
    """Write down the options."""
    seen.append(options)
    return 0
