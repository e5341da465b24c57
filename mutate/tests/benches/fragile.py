"""A harness that goes wrong with mutants: it dies, hangs or dawdles, as its environment says."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import cocotb

from snn_rtl.mutate.names import SELECT_FILE


@cocotb.test()
async def misbehaves(_: Any) -> None:
    """Only with a mutant."""
    if int(Path(SELECT_FILE).read_text(), 16) == 0:
        return
    match os.environ["FRAGILE"]:
        case "dies":
            os._exit(3)
        case "hangs":
            while True:
                pass
        case "dawdles":
            time.sleep(0.5)
