"""The synthesised netlist as Verilog, to be simulated in place of the sources."""

from __future__ import annotations

import fcntl
import hashlib
from pathlib import Path
from typing import Final

from synth.elaborate import read_script, relative
from synth.processes import Processes
from synth.session import tool_version
from synth.yosys import COMMAND
from tb.common.runner import BUILD, ROOT, Design, read_file_list

FOLDER: Final = BUILD / "synth" / "gates"
NETLIST: Final = "gates.v"
_LIMIT_S: Final = 1200.0

# Arrays become flip-flops and everything else simple gates, so that nothing of the source's own
# processes is left. Modules stay apart: what is built sixteen times is compiled once.
_SCRIPT: Final = """\
{read}synth -top {top}
abc -g simple
opt_clean
check -assert
write_verilog -noattr {netlist}
"""

# Bits of a vector are driven one by one here: what looks like a loop through the vector is none,
# which yosys's check has seen bit by bit.
_HEADER: Final = "/* verilator lint_off UNOPTFLAT */\n"


def _key(design: Design) -> str:
    sources, includes = read_file_list(ROOT / design.file_list)
    headers = sorted(path for folder in includes for path in folder.glob("*.vh"))
    digest = hashlib.sha256()
    for path in [*sources, *headers]:
        digest.update(path.read_bytes())
    parts = (read_script(design), _SCRIPT, _HEADER, tool_version())
    digest.update(repr(parts).encode())
    return digest.hexdigest()[:16]


def as_design(netlist: Path, top: str) -> Design:
    """Return what to build of a netlist: its parameters are part of it."""
    file_list = netlist.with_suffix(".f")
    file_list.write_text(f"{relative(netlist)}\n", encoding="utf-8")
    return Design(top=top, file_list=relative(file_list))


def gate_level(design: Design) -> Design:
    """Return the netlist of a design, in simple gates, with the same top and ports.

    Raises:
        RunFailure: yosys failed; names its log.
    """
    folder = FOLDER / f"{design.top}-{_key(design)}"
    folder.mkdir(parents=True, exist_ok=True)
    netlist = folder / NETLIST
    with (folder / "lock").open("w") as handle:
        # Tests that run at once synthesise it once.
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not netlist.is_file():
            part = folder / "part.v"
            script = folder / "gates.ys"
            script.write_text(
                _SCRIPT.format(read=read_script(design), top=design.top, netlist=relative(part)),
                encoding="utf-8",
            )
            command = [*COMMAND, "-q", "-s", relative(script)]
            Processes().run(command, folder / "yosys.log", _LIMIT_S)
            text = part.read_text(encoding="utf-8")
            part.write_text(_HEADER + text, encoding="utf-8")
            part.rename(netlist)
    return as_design(netlist, design.top)
