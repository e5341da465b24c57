"""A mapped module as a graph: nets and the ports of children, and the delays between them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from snn_rtl.synth.liberty import Cell
from snn_rtl.synth.netlist import MEMORY, Instance, Netlist

PORT_SLEW: Final = 0.1
"""Slew in ns of what comes in at a port."""

PORT_LOAD: Final = 0.05
"""Load in pF of a net that leaves the module or enters a child."""

_MUX: Final = "MUX2X1"


@dataclass(frozen=True)
class Point:
    """The length of a path: ns, cells, and the register or port at its far end."""

    delay: float
    levels: int
    name: str = ""


@dataclass(frozen=True)
class Path:
    """A longest path.

    Attributes:
        delay: ns, from clock or port to the register's setup or the port.
        levels: cells on the path with the most cells between registers or ports of these kinds;
            it may be another path than the slowest.
        start: register, memory, or "port NAME".
        end: likewise.
        via: ports of children that it goes through, in order.
    """

    delay: float
    levels: int
    start: str
    end: str
    via: tuple[str, ...] = ()


@dataclass(frozen=True)
class ModuleTiming:
    """What was found of a module.

    Attributes:
        longest: the longest path that is not within one child; None without logic.
        register_path: the longest of these from register to register.
        launch: output port to how late it is after the clock.
        capture: input port to how long it takes to a register.
        through: (input port, output port) to how long that takes.
    """

    longest: Path | None
    register_path: Path | None
    launch: Mapping[str, Point]
    capture: Mapping[str, Point]
    through: Mapping[tuple[str, str], Point]


@dataclass
class Graph:
    """Nets and the ports of children as nodes; arcs with table delays or fixed ones."""

    names: list[str] = field(default_factory=list)
    child_port: dict[int, str] = field(default_factory=dict)
    load: list[float] = field(default_factory=list)
    arcs: list[tuple[int, int, Cell | None, int, float, int]] = field(default_factory=list)
    starts: dict[int, tuple[float, int, str]] = field(default_factory=dict)
    ends: dict[int, list[tuple[float, int, str]]] = field(default_factory=lambda: defaultdict(list))

    def node(self, name: str, load: float = 0.0) -> int:
        """Add a node."""
        self.names.append(name)
        self.load.append(load)
        return len(self.names) - 1

    def start(self, node: int, delay: float, levels: int, name: str) -> None:
        """Let a path start at a node."""
        if node not in self.starts or self.starts[node][0] < delay:
            self.starts[node] = (delay, levels, name)

    def fixed(self, source: int, target: int, delay: float, levels: int) -> None:
        """Add an arc whose delay is known."""
        self.arcs.append((source, target, None, 0, delay, levels))


def memory_access(cells: Mapping[str, Cell], words: int) -> tuple[float, int]:
    """Return what reading a memory costs, in ns and levels: a tree of the library's multiplexers.

    A memory has no cell in the library, whatever it is made of; its tree is an estimate.
    """
    levels = max(1, math.ceil(math.log2(max(words, 2))))
    mux = cells[_MUX]
    load = mux.capacitance["A"]
    return levels * max(arc.delay(PORT_SLEW, load) for arc in mux.arcs), levels


class GraphBuilder:
    """Makes the graph of a module."""

    def __init__(
        self, netlist: Netlist, cells: Mapping[str, Cell], children: Mapping[str, ModuleTiming]
    ) -> None:
        self.netlist = netlist
        self.cells = cells
        self.children = children
        self.graph = Graph()
        self.nodes: dict[int, int] = {}

    def node(self, net: int) -> int:
        """Return the node of a net."""
        if net not in self.nodes:
            self.nodes[net] = self.graph.node(self.netlist.names.get(net, f"net {net}"))
        return self.nodes[net]

    def bits(self, nets: Iterable[int | None]) -> list[int]:
        """Return the nodes of a bus, constants left out."""
        return [self.node(net) for net in nets if net is not None]

    def gate(self, cell: Instance, kind: Cell) -> None:
        """Add a gate."""
        self._loads(cell, kind)
        for number, arc in enumerate(kind.arcs):
            for source in self.bits(cell.pins.get(arc.source, ())):
                for target in self.bits(cell.pins.get(arc.target, ())):
                    self.graph.arcs.append((source, target, kind, number, 0.0, 1))

    def _loads(self, cell: Instance, kind: Cell) -> None:
        for pin, capacitance in kind.capacitance.items():
            for node in self.bits(cell.pins.get(pin, ())):
                self.graph.load[node] += capacitance

    def register(self, cell: Instance, kind: Cell) -> None:
        """Add a flip-flop; its start is completed when all loads are known."""
        self._loads(cell, kind)
        outputs = self.bits(net for pin in kind.outputs for net in cell.pins.get(pin, ()))
        name = self.graph.names[outputs[0]] if outputs else cell.name
        for pin in kind.capacitance:
            if pin != kind.clock:
                for node in self.bits(cell.pins.get(pin, ())):
                    self.graph.ends[node].append((kind.setup, 0, name))

    def launch_registers(self) -> None:
        """Let a path start at every flip-flop, its delay by the load of its output."""
        for cell in self.netlist.cells:
            kind = self.cells.get(cell.type)
            if kind is not None and kind.register:
                for arc in kind.arcs:
                    for node in self.bits(cell.pins.get(arc.target, ())):
                        delay = arc.delay(PORT_SLEW, self.graph.load[node])
                        self.graph.start(node, delay, 0, self.graph.names[node])

    def memory(self, cell: Instance) -> None:
        """Add a memory: an asynchronous read is a path through it, a clocked one starts in it."""
        name = cell.parameters["MEMID"].lstrip("\\")
        width, address = cell.number("WIDTH"), cell.number("ABITS")
        delay, levels = memory_access(self.cells, cell.number("SIZE"))
        clocked = cell.number("RD_CLK_ENABLE")
        for port in range(cell.number("RD_PORTS")):
            into = self.bits(cell.pins["RD_ADDR"][port * address : (port + 1) * address])
            out = self.bits(cell.pins["RD_DATA"][port * width : (port + 1) * width])
            into += self.bits(cell.pins["RD_EN"][port : port + 1])
            if clocked >> port & 1:
                for node in into:
                    self.graph.ends[node].append((0.0, 0, f"memory {name}"))
                for node in out:
                    self.graph.start(node, delay, levels, f"memory {name}")
            else:
                middle = self.graph.node(f"memory {name}")
                self.graph.child_port[middle] = f"memory {name}"
                for node in into:
                    self.graph.fixed(node, middle, 0.0, 0)
                for node in out:
                    self.graph.fixed(middle, node, delay, levels)
                    # What it holds was written at the last edge.
                    self.graph.start(node, delay, levels, f"memory {name}")
        for pin in ("WR_ADDR", "WR_DATA", "WR_EN"):
            for node in self.bits(cell.pins[pin]):
                self.graph.ends[node].append((0.0, 0, f"memory {name}"))

    def child(self, cell: Instance, timing: ModuleTiming) -> None:
        """Add a child: a node a port, and what is known between them."""
        ports: dict[str, int] = {}
        used = {*timing.capture, *timing.launch, *(p for pair in timing.through for p in pair)}
        for port in sorted(used & set(cell.pins)):
            ports[port] = self.graph.node(f"{cell.name}.{port}")
            self.graph.child_port[ports[port]] = f"{cell.name}.{port}"
        drives = {*timing.launch, *(target for _, target in timing.through)}
        for port, middle in ports.items():
            for node in self.bits(cell.pins[port]):
                if port in drives:
                    self.graph.fixed(middle, node, 0.0, 0)
                else:
                    self.graph.load[node] += PORT_LOAD
                    self.graph.fixed(node, middle, 0.0, 0)
        for port, point in timing.launch.items():
            if port in ports:
                name = f"{cell.name}.{point.name}"
                self.graph.start(ports[port], point.delay, point.levels, name)
        for port, point in timing.capture.items():
            if port in ports:
                self.graph.ends[ports[port]].append(
                    (point.delay, point.levels, f"{cell.name}.{point.name}")
                )
        for (source, target), point in timing.through.items():
            if source in ports and target in ports:
                self.graph.fixed(ports[source], ports[target], point.delay, point.levels)

    def build(self) -> Graph:
        """Return the graph.

        Raises:
            KeyError: a cell that is neither in the library nor a child.
        """
        for cell in self.netlist.cells:
            if cell.type == MEMORY:
                self.memory(cell)
            elif cell.type in self.children:
                self.child(cell, self.children[cell.type])
            elif self.cells[cell.type].register:
                self.register(cell, self.cells[cell.type])
            else:
                self.gate(cell, self.cells[cell.type])
        for nets in self.netlist.outputs.values():
            for node in self.bits(nets):
                self.graph.load[node] += PORT_LOAD
        for nets in self.netlist.inputs.values():
            self.bits(nets)
        self.launch_registers()
        return self.graph
