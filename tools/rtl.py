"""`snn-rtl rtl`: where a machine's Verilog is, in words that tools take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from snn_rtl.hardware import RtlSources, rtl_sources

SHOWN: Final[dict[str, Callable[[RtlSources], str]]] = {
    "words": lambda rtl: " ".join(rtl.words),
    "list": lambda rtl: str(rtl.file_list),
    "folder": lambda rtl: str(rtl.file_list.parents[1]),
}
"""What can be asked for: words of a tool's command line, the file list, or the folder of all."""


def rtl(*, design: str, show: str) -> int:
    """Print where the Verilog is.

    Raises:
        InputError: there is no machine of that name.
    """
    print(SHOWN[show](rtl_sources(design)))
    return 0
