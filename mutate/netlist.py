"""Netlists with mutants: one for each module, in which a number selects the mutant.

yosys elaborates the module at the sizes of its test, lists mutations of its cells and puts all of
them into one netlist behind the input `mutsel`. A wrapper with the module's own name and ports
reads the number from the file `mutsel.hex` in the folder of the run, so that tests see what they
always see; 0 selects no mutant.
"""

from __future__ import annotations

import hashlib
import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from snn_rtl.mutate import yosys
from snn_rtl.mutate.benches import Bench
from snn_rtl.mutate.names import SELECT_FILE, SELECT_W
from snn_rtl.mutate.sources import verilog_digest
from snn_rtl.run.builds import kept, key_of
from snn_rtl.run.design import Design, read_file_list
from snn_rtl.run.places import BUILD, ROOT, from_root
from snn_rtl.run.runner import RunFailure, literal

_LIST: Final = "mutations.txt"
_BASE: Final = "base.il"
_CELLS: Final = "cells.json"
_NETLIST: Final = "netlist.v"
_WRAPPER: Final = "wrapper.v"
_FILES: Final = "sources.f"

# Undefined values go before anything is mutated: what they turn into is no fault of a test.
_PREPARE: Final = (
    "proc; opt_expr; opt_clean; opt -mux_undef -undriven; wreduce; opt_clean; "
    "memory_collect; setundef -zero -undriven; opt; opt_clean"
)
_CTRL: Final = re.compile(r"-ctrl \S+ \d+ \d+ ")
_NUMBER: Final = re.compile(r"(-ctrl \S+ \d+ )\d+ ")
# Resets of a memory's read port: Verilog's memories have none, and yosys writes none that move.
_NO_SUCH_PIN: Final = re.compile(r" -port RD_[AS]RST ")
_SRC: Final = re.compile(r"(.+):(\d+)\.(\d+)-(\d+)\.(\d+)")
# Every warning: the netlist is yosys's.
_QUIET: Final = "".join(
    f"/* verilator lint_off {name} */\n"
    for name in (
        "WIDTH",
        "UNSIGNED",
        "CMPCONST",
        "UNOPTFLAT",
        "SELRANGE",
        "CASEINCOMPLETE",
        "CASEOVERLAP",
    )
)


@dataclass(frozen=True, kw_only=True)
class Mutation:
    """One mutation.

    Attributes:
        number: what selects it, from 1.
        command: what applies it alone, in yosys.
        what: the change in words: mode, kind of cell, port and bit, wire.
        file: source of the cell, below the project's root; empty if yosys lost it.
        line: line of the source; 0 if yosys lost it.
        text: the source.
    """

    number: int
    command: str
    what: str
    file: str
    line: int
    text: str

    @property
    def alone(self) -> str:
        """The command without the number, which depends on how many others there are."""
        return _CTRL.sub("", self.command)

    @property
    def key(self) -> str:
        """What it is called in files that outlive moved lines."""
        return f"{self.what} | {self.text}"


@dataclass(frozen=True, kw_only=True)
class Netlist:
    """A module's mutants.

    Attributes:
        bench: the module.
        folder: of the files.
        sources: digest of the module's Verilog and sizes, and of how they are elaborated.
        has_reset: whether the module has a port rst.
        mutations: what it holds.
    """

    bench: Bench
    folder: Path
    sources: str
    has_reset: bool
    mutations: Sequence[Mutation]

    @property
    def design(self) -> Design:
        """What to build."""
        files = from_root(self.folder / _FILES)
        return Design(top=self.bench.module, file_list=files)

    @property
    def base(self) -> str:
        """The elaborated module without mutants, in yosys's own format, below the root."""
        return from_root(self.folder / _BASE)


def sources_digest(bench: Bench) -> str:
    """Return a digest of a module's Verilog and sizes, and of how they are elaborated."""
    verilog = verilog_digest(bench.module, bench.file_list)
    parts = (verilog, sorted(bench.parameters.items()), yosys.version(), _PREPARE)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _elaborate(bench: Bench) -> str:
    files, includes = read_file_list(ROOT / bench.file_list)
    given = "".join(f" -set {name} {literal(value)}" for name, value in bench.parameters.items())
    words = [
        "read_verilog -defer",
        *(f"-I{from_root(path)}" for path in includes),
        *(from_root(path) for path in files),
    ]
    # Not by an option of hierarchy: it elaborates some modules twice, and stops at the second time.
    sizes = f"chparam{given} {bench.module}; " if given else ""
    return f"{' '.join(words)}; {sizes}hierarchy -check -top {bench.module}; {_PREPARE}"


def _excerpt(place: str) -> tuple[str, int, str]:
    """Return file, line and text of a place such as file.v:3.5-3.9."""
    found = _SRC.fullmatch(place)
    if not found:
        return "", 0, ""
    line, column, last, end = (int(number) for number in found.groups()[1:])
    try:
        lines = (ROOT / found[1]).read_text(encoding="utf-8").splitlines()
        first = lines[line - 1]
    except (OSError, IndexError):
        return "", 0, ""
    text = first[column - 1 : end - 1] if last == line else first
    return found[1], line, " ".join(text.split())


def _mutation(number: int, command: str, cells: Mapping[str, Any]) -> Mutation:
    """Return a mutation from a line of yosys's list."""
    words = shlex.split(command)
    options: dict[str, list[str]] = {}
    for name, value in pairwise(words):
        if name.startswith("-"):
            options.setdefault(name[1:], []).append(value)
    one = {name: values[0] for name, values in options.items()}
    cell = cells.get(one["cell"], {})
    # An instance of a module with parameters has a name made of them all.
    kind = re.sub(r"^\$paramod(\$\w+)?\\(\w+).*", r"\2", cell.get("type", "?"))
    who = kind if kind.startswith("$") else f"{kind} {one['cell']}"
    what = f"{one['mode']} {who}.{one['port']}[{one['portbit']}]"
    if "ctrlbit" in one:
        what += f" by [{one['ctrlbit']}]"
    if "wire" in one:
        what += f", {one['wire']}[{one.get('wirebit', 0)}]"
    places = options.get("src", [])
    file, line, text = _excerpt(places[-1]) if places else ("", 0, "")
    return Mutation(number=number, command=command, what=what, file=file, line=line, text=text)


def _ports(module: Mapping[str, Any]) -> Iterator[tuple[str, str, int]]:
    for name, port in module["ports"].items():
        yield name, port["direction"], len(port["bits"])


def _wrapper(name: str, inner: str, module: Mapping[str, Any]) -> str:
    """Return a module with the original's name and ports around the netlist."""
    ports = list(_ports(module))
    declared = ",\n".join(f"    {way} wire [{w - 1}:0] {port}" for port, way, w in ports)
    joined = ",\n".join(f"        .{port}({port})" for port, _, _ in ports)
    return (
        f"{_QUIET}module {name} (\n{declared}\n);\n"
        f"    reg [{SELECT_W - 1}:0] select [0:0];\n"
        f'    initial $readmemh("{SELECT_FILE}", select);\n'
        f"    {inner} u_mutants (\n        .mutsel(select[0]),\n{joined}\n    );\nendmodule\n"
    )


def _write_list(bench: Bench, folder: Path, count: int, seed: int) -> None:
    """Write the elaborated module and the list of its mutations."""
    place = from_root(folder)
    asked = count
    while True:
        yosys.run(
            f"{_elaborate(bench)}; write_rtlil {place}/{_BASE}; write_json {place}/{_CELLS}; "
            f"mutate -list {asked} -seed {seed} -ctrl mutsel {SELECT_W} 1 -module {bench.module} "
            f"-o {place}/{_LIST}"
        )
        found = (folder / _LIST).read_text().splitlines()
        usable = [line for line in found if not _NO_SUCH_PIN.search(line)][:count]
        if len(usable) == count or len(found) < asked:
            break
        asked += count - len(usable)
    lines = (_NUMBER.sub(rf"\g<1>{number} ", line) for number, line in enumerate(usable, start=1))
    (folder / _LIST).write_text("".join(f"{line}\n" for line in lines))


def _write(bench: Bench, folder: Path, count: int, seed: int) -> None:
    """Write the files of a netlist."""
    place = from_root(folder)
    name = bench.module
    inner = f"{name}__mutants"
    _write_list(bench, folder, count, seed)
    yosys.run(
        f"read_rtlil {place}/{_BASE}; script {place}/{_LIST}; rename {name} {inner}; "
        f"write_verilog -noattr {place}/{_NETLIST}"
    )
    module = json.loads((folder / _CELLS).read_text())["modules"][name]
    (folder / _WRAPPER).write_text(_wrapper(name, inner, module))
    netlist = folder / _NETLIST
    netlist.write_text(_QUIET + netlist.read_text())
    (folder / _FILES).write_text(f"{_WRAPPER}\n{_NETLIST}\n")


def make_netlist(bench: Bench, count: int, seed: int) -> Netlist:
    """Write a module's netlist with mutants, unless it is there.

    Args:
        bench: the module.
        count: mutants, spread over cells, wires and source lines; fewer where there are fewer.
        seed: of the choice.

    Raises:
        RunFailure: yosys refused it, or found nothing to mutate.
    """
    sources = sources_digest(bench)
    key = key_of(sources, count, seed, _QUIET)
    folder = BUILD / "mutate" / "netlists" / f"{bench.module}-{key}"
    kept(folder, lambda: _write(bench, folder, count, seed), (folder / _FILES).exists)
    module = json.loads((folder / _CELLS).read_text())["modules"][bench.module]
    cells = module["cells"]
    commands = (folder / _LIST).read_text().splitlines()
    mutations = [_mutation(number, line, cells) for number, line in enumerate(commands, start=1)]
    if not mutations:
        raise RunFailure(f"{bench.module}: yosys found nothing to mutate")
    return Netlist(
        bench=bench,
        folder=folder,
        sources=sources,
        has_reset="rst" in module["ports"],
        mutations=mutations,
    )
