"""Maps a module to the cell library; kept by content, so that only what changed is done again."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from synth.elaborate import YOSYS, Module, relative
from synth.liberty import Cell
from synth.netlist import MEMORY, Instance, Netlist, read_netlist
from synth.processes import Processes
from tb.common.runner import BUILD, RunFailure
from tools.lint.command import find_tool

CACHE: Final = BUILD / "synth" / "cache"
"""Folder of all mapped modules."""

TARGET_PS: Final = 2000
"""Clock period that buffers and sizes aim at: the paper's 500 MHz."""

CONSTRAINTS: Final = "set_driving_cell INVX4\nset_load 0.05 [all_outputs]\n"
"""What stands at the ports of a module; without it ABC inserts no buffer."""

# Children are black boxes and arrays stay memories: neither becomes gates here.
_SCRIPT: Final = """\
read_rtlil {folder}/module.il
proc
opt
wreduce
peepopt
opt_clean
alumacc
opt
memory -nomap
opt -fast -full
opt_clean
techmap
opt -fast
opt_clean
check -assert
tee -q -o {folder}/generic.json stat -json
dfflibmap -liberty {liberty}
abc -liberty {liberty} -D {target} -constr {folder}/ports.constr
opt_clean -purge
write_json {folder}/netlist.json
"""
_GATE: Final = "$_"
_REGISTERS: Final = ("$_DFF", "$_SDFF", "$_ADFF", "$_ALDFF", "$_FF_")
_LATCHES: Final = ("$_DLATCH", "$_SR_")


@dataclass(frozen=True)
class Mapped:
    """A module on its own, its children left out.

    Attributes:
        key: of its folder in the cache.
        generic_cells: yosys's simple gates and flip-flops before mapping.
        flip_flops: bits of state in flip-flops.
        latches: likewise in latches; there should be none.
        cells: standard cells.
        area: of these, in um2.
        register_area: of the flip-flops among them.
        memories: arrays that stayed memories, name to bits.
    """

    key: str
    generic_cells: int
    flip_flops: int
    latches: int
    cells: int
    area: float
    register_area: float
    memories: Mapping[str, int]

    @property
    def folder(self) -> Path:
        """Its folder in the cache."""
        return CACHE / self.key


def mapping_key(module: Module, stubs: str, liberty: Path, version: str) -> str:
    """Return the name of a mapped module: a digest of all that it depends on."""
    digest = hashlib.sha256()
    for part in (module.text, stubs, _SCRIPT, CONSTRAINTS, str(TARGET_PS), version):
        digest.update(part.encode())
        digest.update(b"\0")
    digest.update(liberty.read_bytes())
    return digest.hexdigest()[:24]


def _generic(folder: Path, key: str) -> Counter[str]:
    """Return the simple gates and flip-flops, by type."""
    report = json.loads((folder / "generic.json").read_text(encoding="utf-8"))
    types: dict[str, Any] = report["modules"][key]["num_cells_by_type"]
    found: Counter[str] = Counter()
    for kind, count in types.items():
        if kind.startswith(_GATE):
            found[kind] += int(count["count"] if isinstance(count, dict) else count)
    return found


def memory_bits(cell: Instance) -> tuple[str, int]:
    """Return the name and the bits of a memory."""
    name = cell.parameters["MEMID"].lstrip("\\")
    return name, cell.number("WIDTH") * cell.number("SIZE")


def _measure(key: str, module: Module, netlist: Netlist, cells: Mapping[str, Cell]) -> Mapped:
    gates = _generic(CACHE / key, module.key)
    own = [cell for cell in netlist.cells if cell.type in cells]
    left = {c.type for c in netlist.cells} - set(cells) - {MEMORY} - set(module.children.values())
    if left:
        raise RunFailure(f"{module.label}: not mapped: {', '.join(sorted(left))}; see {CACHE / key}")
    registers = [cell for cell in own if cells[cell.type].register]
    return Mapped(
        key=key,
        generic_cells=gates.total(),
        flip_flops=sum(n for kind, n in gates.items() if kind.startswith(_REGISTERS)),
        latches=sum(n for kind, n in gates.items() if kind.startswith(_LATCHES)),
        cells=len(own),
        area=sum(cells[cell.type].area for cell in own),
        register_area=sum(cells[cell.type].area for cell in registers),
        memories=dict(memory_bits(cell) for cell in netlist.memories()),
    )


def map_module(
    module: Module,
    stubs: str,
    library: tuple[Path, Mapping[str, Cell]],
    version: str,
    processes: Processes,
    limit_s: float,
) -> tuple[Mapped, bool]:
    """Map a module unless that was done before.

    Args:
        module: what to map.
        stubs: RTLIL of its children's ports.
        library: the Liberty file, below the project's root, and its cells.
        version: of yosys.
        processes: that the tool belongs to.
        limit_s: time limit.

    Returns:
        What was found, and whether it was there before.

    Raises:
        RunFailure: yosys failed or took too long, or something was not mapped.
    """
    liberty, cells = library
    key = mapping_key(module, stubs, liberty, version)
    folder = CACHE / key
    known = folder / "netlist.json"
    kept = known.is_file()
    if not kept:
        part = folder.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        (part / "module.il").write_text(stubs + module.text, encoding="utf-8")
        (part / "ports.constr").write_text(CONSTRAINTS, encoding="utf-8")
        (part / "map.ys").write_text(
            _SCRIPT.format(folder=relative(part), liberty=relative(liberty), target=TARGET_PS),
            encoding="utf-8",
        )
        script = relative(part / "map.ys")
        processes.run([find_tool(YOSYS), "-s", script], part / "yosys.log", limit_s)
        shutil.rmtree(folder, ignore_errors=True)
        part.rename(folder)
    return _measure(key, module, read_netlist(known, module.key), cells), kept
