"""The synthesised netlist as Verilog, to be simulated in place of the sources."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from snn_rtl.run.builds import kept, key_of
from snn_rtl.run.design import Design, read_file_list
from snn_rtl.run.places import BUILD, ROOT, from_root
from snn_rtl.synth.elaborate import read_script
from snn_rtl.synth.processes import Processes
from snn_rtl.synth.session import tool_version
from snn_rtl.synth.yosys import COMMAND

FOLDER: Final = BUILD / "synth" / "gates"
NETLIST: Final = "gates.v"
_LIMIT_S: Final = 1200.0

# One flat module of single bits: Icarus passes a whole vector on to all its readers for every bit
# that changes. Registers stay words, so that a clock edge wakes hundreds of processes instead of
# thousands. Arrays stay memories, as they do where cells are counted.
_SCRIPT: Final = """\
{read}proc
flatten -noscopeinfo
synth -top {top} -nordff -run coarse:fine
opt -fast -full
opt -undriven -fine
select -set words t:* t:$*dff* %d t:$mem* %d
techmap @words
select -set words t:* t:$_* %d t:$*dff* %d t:$mem* %d
techmap @words
opt_expr
opt_merge
opt_clean
abc -g simple
opt_expr
opt_merge
splitnets
opt_clean -purge
check -assert
select -assert-none t:* t:$_* %d t:$*dff* %d t:$mem* %d
rename {top} {top}_gates
write_verilog -noattr {netlist}
"""

_PORT: Final = re.compile(r"^  ((?:input|output)(?: \[\d+:0\])?) (\w+);$", re.MULTILINE)


def _key(design: Design) -> str:
    sources, includes = read_file_list(ROOT / design.file_list)
    headers = sorted(path for folder in includes for path in folder.glob("*.vh"))
    return key_of(*sources, *headers, read_script(design), _SCRIPT, tool_version())


def _wrapper(netlist: str, top: str) -> str:
    """Return a top that holds the netlist: signals of a top are visible, which costs Verilator."""
    ports = _PORT.findall(netlist)
    names = [name for _, name in ports]
    declared = "".join(f"  {port} {name};\n" for port, name in ports)
    wired = ", ".join(f".{name}({name})" for name in names)
    return (
        f"module {top}({', '.join(names)});\n{declared}  {top}_gates u_gates({wired});\nendmodule\n"
    )


def as_design(netlist: Path, top: str) -> Design:
    """Return what to build of a netlist: its parameters are part of it."""
    file_list = netlist.with_suffix(".f")
    file_list.write_text(f"{netlist.name}\n", encoding="utf-8")
    return Design(top=top, file_list=from_root(file_list))


def gate_level(design: Design) -> Design:
    """Return the netlist of a design, in simple gates, with the same top and ports.

    Raises:
        RunFailure: yosys failed; names its log.
    """
    folder = FOLDER / f"{design.top}-{_key(design)}"
    netlist, script = folder / NETLIST, folder / "gates.ys"

    def make() -> None:
        script.write_text(
            _SCRIPT.format(read=read_script(design), top=design.top, netlist=from_root(netlist)),
            encoding="utf-8",
        )
        command = [*COMMAND, "-q", "-s", from_root(script)]
        Processes().run(command, folder / "yosys.log", _LIMIT_S)
        text = netlist.read_text(encoding="utf-8")
        netlist.write_text(text + _wrapper(text, design.top), encoding="utf-8")

    kept(folder, make, netlist.is_file)
    return as_design(netlist, design.top)
