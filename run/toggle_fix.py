"""Verilator's toggle counts of wide signals, put right.

Verilator (5.48 at least: verilated_cov.h, VL_COV_TOGGLE_CHG_ST_W) walks each 32-bit word of a
signal wider than 64 bits as far as the signal is wide. Shifts by 32 and more wrap around, so that
a toggle of bit i counts for bits i + 32, i + 64, ... as well, and bits that never move look
covered. A build that counts toggles gets a corrected copy of the header beside its generated
sources, where the compiler finds it first.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Final

from snn_rtl.run.simulators import verilator_folder

FLAGS: Final = ("-CFLAGS", "-DCORRECTED_TOGGLES=1")
"""Verilator's arguments of such a build: ccache must not take it for one without the correction."""

HEADER: Final = "verilated_cov.h"
_WRONG: Final = "for (int j = 0; j < width - i * VL_EDATASIZE; ++j)"
_RIGHT: Final = "for (int j = 0; j < VL_EDATASIZE && j < width - i * VL_EDATASIZE; ++j)"


def corrected(header: str) -> str:
    """Return the header with the loops ending at the end of a word; one without them as it is."""
    return header.replace(_WRONG, _RIGHT)


def fix_toggles(folder: Path) -> None:
    """Put the corrected header into the folder of a build that is about to be made."""
    command = [str(verilator_folder() / "verilator"), "--getenv", "VERILATOR_ROOT"]
    root = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    source = (Path(root) / "include" / HEADER).read_text(encoding="utf-8")
    (folder / HEADER).write_text(corrected(source), encoding="utf-8")
