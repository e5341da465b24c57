"""Static timing of a mapped module: its longest paths, and what a parent has to know of it.

A module is timed once, with its children as what was found of them before: how late each output
port is after the clock, how long each input port takes to a register, and from each input port
to each output port. Delays are the library's tables at the loads of the pins; wires weigh
nothing, and rising and falling edges are not told apart: the later one counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from snn_rtl.synth.graph import PORT_SLEW, Graph, GraphBuilder, ModuleTiming, Path, Point
from snn_rtl.synth.liberty import Cell
from snn_rtl.synth.netlist import Netlist

_NEVER: Final = -1.0


class CombinationalLoopError(Exception):
    """Nets that depend on themselves without a register between; the message names some."""


def _sorted_arcs(graph: Graph) -> list[tuple[int, int, Cell | None, int, float, int]]:
    """Return the arcs, each after all that come before it.

    Raises:
        CombinationalLoopError: there is no such order.
    """
    waiting = [0] * len(graph.names)
    out: list[list[int]] = [[] for _ in graph.names]
    for number, arc in enumerate(graph.arcs):
        waiting[arc[1]] += 1
        out[arc[0]].append(number)
    ready = [node for node, count in enumerate(waiting) if not count]
    order = []
    for node in ready:
        for number in out[node]:
            order.append(graph.arcs[number])
            target = graph.arcs[number][1]
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    if len(order) < len(graph.arcs):
        left = [graph.names[node] for node, count in enumerate(waiting) if count]
        raise CombinationalLoopError(", ".join(sorted(left, key=len)[:8]))
    return order


def _delays(graph: Graph) -> list[tuple[int, int, float, int]]:
    """Return the arcs in order with their delays, slews followed from the ports onwards."""
    slews = [PORT_SLEW] * len(graph.names)
    reached = [False] * len(graph.names)
    arcs = []
    for source, target, kind, number, fixed, levels in _sorted_arcs(graph):
        delay = fixed
        if kind is not None:
            arc = kind.arcs[number]
            load, slew = graph.load[target], slews[source]
            delay = max(arc.delay(slew, load), 0.0)
            slew = arc.slew(slew, load)
            if not reached[target] or slew > slews[target]:
                slews[target] = slew
                reached[target] = True
        arcs.append((source, target, delay, levels))
    return arcs


class _Walk:
    """Arrival times from some starts."""

    def __init__(
        self,
        graph: Graph,
        arcs: list[tuple[int, int, float, int]],
        starts: Mapping[int, tuple[float, int, str]],
    ) -> None:
        self.graph = graph
        self.starts = starts
        self.times = times = [_NEVER] * len(graph.names)
        self.levels = depths = [-1] * len(graph.names)
        self.before = before = [-1] * len(graph.names)
        for node, (delay, level, _) in starts.items():
            times[node], depths[node] = delay, level
        for source, target, delay, level in arcs:
            time = times[source]
            if time < 0:
                continue
            if time + delay > times[target]:
                times[target] = time + delay
                before[target] = source
            # No max(): this is the innermost loop.
            if depths[source] + level > depths[target]:  # noqa: PLR1730
                depths[target] = depths[source] + level

    def latest(self, nodes: Iterable[int]) -> int | None:
        """Return the node that is reached last; None if none is."""
        found = max(nodes, key=lambda node: self.times[node], default=None)
        return None if found is None or self.times[found] < 0 else found

    def origin(self, node: int) -> tuple[str, tuple[str, ...]]:
        """Return where the latest path to a node starts, and the children it goes through."""
        via = []
        while True:
            if node in self.graph.child_port:
                via.append(self.graph.child_port[node])
            if self.before[node] < 0:
                return self.starts[node][2], tuple(reversed(via))
            node = self.before[node]

    def to_registers(self) -> Path | None:
        """Return the longest path to a register."""
        best: tuple[float, int, str] | None = None
        levels = 0
        for node, ends in self.graph.ends.items():
            if self.times[node] < 0:
                continue
            for delay, level, name in ends:
                levels = max(levels, self.levels[node] + level)
                if best is None or self.times[node] + delay > best[0]:
                    best = (self.times[node] + delay, node, name)
        if best is None:
            return None
        start, via = self.origin(best[1])
        return Path(best[0], levels, start, best[2], via)


def time_module(
    netlist: Netlist, cells: Mapping[str, Cell], children: Mapping[str, ModuleTiming]
) -> ModuleTiming:
    """Time a module.

    Args:
        netlist: mapped to the library.
        cells: of the library.
        children: what was found of the modules in it, by type.

    Raises:
        CombinationalLoopError: a net depends on itself.
        KeyError: a cell that is neither in the library nor a child.
    """
    builder = GraphBuilder(netlist, cells, children)
    graph = builder.build()
    arcs = _delays(graph)
    outputs = {port: builder.bits(nets) for port, nets in netlist.outputs.items()}
    paths = []

    walk = _Walk(graph, arcs, graph.starts)
    launch = {}
    for port, nodes in outputs.items():
        node = walk.latest(nodes)
        if node is not None:
            start, via = walk.origin(node)
            levels = max(walk.levels[n] for n in nodes)
            launch[port] = Point(walk.times[node], levels, start)
            paths.append(Path(walk.times[node], levels, start, f"port {port}", via))
    register_path = walk.to_registers()
    if register_path is not None:
        paths.append(register_path)

    capture, through = {}, {}
    for port, nets in netlist.inputs.items():
        nodes = builder.bits(nets)
        walk = _Walk(graph, arcs, {node: (0.0, 0, f"port {port}") for node in nodes})
        found = walk.to_registers()
        if found is not None:
            capture[port] = Point(found.delay, found.levels, found.end)
            paths.append(found)
        for target, nodes in outputs.items():
            node = walk.latest(nodes)
            if node is not None:
                levels = max(walk.levels[n] for n in nodes)
                through[port, target] = Point(walk.times[node], levels)
                _, via = walk.origin(node)
                paths.append(Path(walk.times[node], levels, f"port {port}", f"port {target}", via))
    longest = max(paths, key=lambda path: path.delay, default=None)
    return ModuleTiming(longest, register_path, launch, capture, through)
