"""Maps a module to the cell library; kept by content, so that only what changed is done again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from snn_rtl.run.builds import kept, key_of
from snn_rtl.run.places import BUILD, from_root
from snn_rtl.run.runner import RunFailure
from snn_rtl.run.store import Store
from snn_rtl.synth.cache import code_digest
from snn_rtl.synth.elaborate import Module
from snn_rtl.synth.library import Library
from snn_rtl.synth.netlist import MEMORY, Instance, read_netlist
from snn_rtl.synth.processes import Processes
from snn_rtl.synth.yosys import COMMAND

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
abc -liberty {liberty} -D {target} -constr {folder}/ports.constr -script {folder}/map.abc
opt_clean -purge
write_json {folder}/netlist.json
"""
# Speed first: ABC's usual script begins with a rewriting for area (dc2) that turns the logarithmic
# carries of yosys into ripples; without it a 64-bit counter is more than twice as fast.
_ABC: Final = """\
strash
ifraig
scorr
dch -f
map -B 0.9 {D}
topo
buffer -c -N 16
upsize {D}
dnsize {D}
stime -p
"""
NETLIST: Final = "netlist.json"
_WORK: Final = "work"
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
        capacitance: pF of all inputs of these cells but clocks.
        clock_capacitance: pF of the clock pins.
        cpu_s: processor time that the mapping took when it was done.
    """

    key: str
    generic_cells: int
    flip_flops: int
    latches: int
    cells: int
    area: float
    register_area: float
    memories: Mapping[str, int]
    capacitance: float
    clock_capacitance: float
    cpu_s: float

    @property
    def folder(self) -> Path:
        """Its folder in the cache."""
        return CACHE / self.key


def mapping_key(module: Module, stubs: str, liberty: Path, version: str) -> str:
    """Return the name of a mapped module: a digest of all that it depends on."""
    return key_of(module.text, stubs, _SCRIPT, _ABC, CONSTRAINTS, TARGET_PS, version, liberty)


def _generic(folder: Path) -> Counter[str]:
    """Return the simple gates and flip-flops, by type."""
    report = json.loads((folder / "generic.json").read_text(encoding="utf-8"))
    (module,) = report["modules"].values()
    types: dict[str, int] = module["num_cells_by_type"]
    return Counter({kind: count for kind, count in types.items() if kind.startswith(_GATE)})


def memory_bits(cell: Instance) -> tuple[str, int]:
    """Return the name and the bits of a memory."""
    name = cell.parameters["MEMID"].lstrip("\\")
    return name, cell.number("WIDTH") * cell.number("SIZE")


def _measure(key: str, module: Module, library: Library, cpu_s: float) -> Mapped:
    """Measure a mapped module, which took so much processor time.

    Raises:
        RunFailure: something in it is no cell of the library.
    """
    cells = library.cells
    netlist = read_netlist(CACHE / key / NETLIST, module.key)
    left = {c.type for c in netlist.cells} - set(cells) - {MEMORY} - set(module.children.values())
    if left:
        what = ", ".join(sorted(left))
        raise RunFailure(f"{module.label}: not mapped: {what}; see {CACHE / key}")
    gates = _generic(CACHE / key)
    own = [cells[cell.type] for cell in netlist.cells if cell.type in cells]
    clock = sum(cell.capacitance[cell.clock] for cell in own if cell.register)
    return Mapped(
        key=key,
        generic_cells=gates.total(),
        flip_flops=sum(n for kind, n in gates.items() if kind.startswith(_REGISTERS)),
        latches=sum(n for kind, n in gates.items() if kind.startswith(_LATCHES)),
        cells=len(own),
        area=sum(cell.area for cell in own),
        register_area=sum(cell.area for cell in own if cell.register),
        memories=dict(memory_bits(cell) for cell in netlist.memories()),
        capacitance=sum(sum(cell.capacitance.values()) for cell in own) - clock,
        clock_capacitance=clock,
        cpu_s=cpu_s,
    )


def _facts() -> str:
    """Return the name of what was measured, beside the netlist: the code is part of it."""
    return f"mapped.{code_digest()}"


def _known(key: str) -> Mapped | None:
    """Return what was measured before by the same code; None if nothing was."""
    entry = Store(CACHE / key).read(_facts())
    return None if entry is None else Mapped(**entry)


def map_module(
    module: Module,
    stubs: str,
    *,
    library: Library,
    version: str,
    processes: Processes,
    limit_s: float,
) -> tuple[Mapped, bool]:
    """Map a module unless that was done before.

    Args:
        module: what to map.
        stubs: RTLIL of its children's ports.
        library: the standard cells.
        version: of yosys.
        processes: that the tool belongs to.
        limit_s: time limit.

    Returns:
        What was found, and whether the mapping was there before.

    Raises:
        RunFailure: yosys failed or took too long, or something was not mapped.
    """
    key = mapping_key(module, stubs, library.path, version)
    folder = CACHE / key

    def make() -> None:
        (folder / "module.il").write_text(stubs + module.text, encoding="utf-8")
        (folder / "map.abc").write_text(_ABC, encoding="utf-8")
        (folder / "ports.constr").write_text(CONSTRAINTS, encoding="utf-8")
        (folder / "map.ys").write_text(
            _SCRIPT.format(
                folder=from_root(folder), liberty=from_root(library.path), target=TARGET_PS
            ),
            encoding="utf-8",
        )
        command = [*COMMAND, "-s", from_root(folder / "map.ys")]
        try:
            cpu_s = processes.run(command, folder / "yosys.log", limit_s)
        except RunFailure as error:
            raise RunFailure(f"{module.label}: {error}") from None
        Store(folder).write(_WORK, {"cpu_s": round(cpu_s, 2)})

    def sound() -> bool:
        return (folder / NETLIST).is_file() and Store(folder).read(_WORK) is not None

    known = kept(folder, make, sound)
    mapped = _known(key) if known else None
    if mapped is None:
        cpu_s = float(Store(folder).read(_WORK)["cpu_s"])
        mapped = _measure(key, module, library, cpu_s)
        Store(folder).write(_facts(), asdict(mapped))
    return mapped, known
