"""Which Verilog a result is of."""

from __future__ import annotations

import hashlib

from snn_rtl.run.design import read_file_list
from snn_rtl.run.places import ROOT


def rtl_digest(file_list: str) -> str:
    """Return a digest of a machine's Verilog and what it includes.

    Args:
        file_list: its .f file, below the project's root.
    """
    sources, includes = read_file_list(ROOT / file_list)
    headers = [path for folder in includes for path in folder.glob("*.vh")]
    digest = hashlib.sha256()
    for path in sorted({*sources, *headers}):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
