"""A mapped netlist as yosys writes it (write_json), as data that the timing needs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

MEMORY: Final = "$mem_v2"
"""The type of a memory that stayed one."""

_IGNORED: Final = frozenset({"$scopeinfo"})


@dataclass(frozen=True)
class Instance:
    """A cell: its name, its type and its nets by pin; constants are None."""

    name: str
    type: str
    pins: Mapping[str, tuple[int | None, ...]]
    parameters: Mapping[str, str]

    def number(self, parameter: str) -> int:
        """Return a parameter as a number; bits that are undefined count as 0."""
        return int(self.parameters[parameter].replace("x", "0"), 2)


@dataclass(frozen=True)
class Netlist:
    """One module.

    Attributes:
        name: of the module, as yosys calls it.
        inputs: nets of each input port.
        outputs: nets of each output port.
        cells: everything in it.
        names: what people call a net: "row_q[3]".
    """

    name: str
    inputs: Mapping[str, tuple[int | None, ...]]
    outputs: Mapping[str, tuple[int | None, ...]]
    cells: tuple[Instance, ...]
    names: Mapping[int, str]

    def memories(self) -> Iterator[Instance]:
        """Yield the memories."""
        return (cell for cell in self.cells if cell.type == MEMORY)


def _nets(bits: list[Any]) -> tuple[int | None, ...]:
    return tuple(bit if isinstance(bit, int) else None for bit in bits)


def _names(netnames: Mapping[str, Any]) -> dict[int, str]:
    """Return a name of each net: one from the source if there is one, the shortest of those."""
    best: dict[int, tuple[bool, bool, int, str]] = {}
    for name, entry in netnames.items():
        bits = entry["bits"]
        for index, bit in enumerate(bits):
            if isinstance(bit, int):
                text = f"{name}[{index}]" if len(bits) > 1 else name
                # A register's own name (row_q) says more than the port that it drives.
                key = (bool(entry["hide_name"]), not name.endswith("_q"), len(text), text)
                if bit not in best or key < best[bit]:
                    best[bit] = key
    return {bit: key[-1] for bit, key in best.items()}


def read_netlist(path: Path, module: str) -> Netlist:
    """Return a module of a netlist that yosys wrote.

    Raises:
        OSError: it cannot be read.
        KeyError: the module is not in it.
    """
    entry = json.loads(path.read_text(encoding="utf-8"))["modules"][module]
    ports = {name: (p["direction"], _nets(p["bits"])) for name, p in entry["ports"].items()}
    return Netlist(
        name=module,
        inputs={name: bits for name, (way, bits) in ports.items() if way == "input"},
        outputs={name: bits for name, (way, bits) in ports.items() if way == "output"},
        cells=tuple(
            Instance(
                name,
                cell["type"],
                {pin: _nets(bits) for pin, bits in cell["connections"].items()},
                cell["parameters"],
            )
            for name, cell in entry["cells"].items()
            if cell["type"] not in _IGNORED
        ),
        names=_names(entry["netnames"]),
    )
