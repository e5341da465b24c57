"""Reads a Liberty file: areas, pin capacitances and delay tables of standard cells."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from snn_rtl.models.errors import InputError

_TOKEN: Final = re.compile(r'"[^"]*"|[A-Za-z0-9_.+\-*/!\'&|^\[\]]+|[(){}:;,]')
_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
_NUMBER: Final = re.compile(r"[-+]?[0-9.]+(?:[eE][-+]?\d+)?")
_LOAD: Final = "total_output_net_capacitance"
_DELAYS: Final = ("cell_rise", "cell_fall")
_SLEWS: Final = ("rise_transition", "fall_transition")
_SETUP: Final = "setup_rising"


@dataclass
class Group:
    """A group of a Liberty file: ``kind (names) { values; groups }``."""

    kind: str
    names: list[str]
    values: dict[str, list[str]] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)

    def below(self, kind: str) -> Iterator[Group]:
        """Yield the groups of a kind directly in this one."""
        return (group for group in self.groups if group.kind == kind)

    def text(self, key: str, default: str = "") -> str:
        """Return the first word of a value."""
        return self.values.get(key, [default])[0]


@dataclass(frozen=True)
class Table:
    """A table over input slew (ns, rows) and load (pF, columns); values in ns."""

    slews: tuple[float, ...]
    loads: tuple[float, ...]
    rows: tuple[tuple[float, ...], ...]

    def at(self, slew: float, load: float) -> float:
        """Return the value at a point: bilinear, extended straight beyond the edges."""
        i, s = _place(self.slews, slew)
        j, t = _place(self.loads, load)
        low, high = self.rows[i], self.rows[min(i + 1, len(self.rows) - 1)]
        k = min(j + 1, len(low) - 1)
        first = low[j] + t * (low[k] - low[j])
        return first + s * (high[j] + t * (high[k] - high[j]) - first)


def _place(axis: Sequence[float], value: float) -> tuple[int, float]:
    """Return the index of an interval of an axis and the position in it (0 to 1 inside)."""
    if len(axis) < 2:
        return 0, 0.0
    i = min(max(bisect_right(axis, value) - 1, 0), len(axis) - 2)
    return i, (value - axis[i]) / (axis[i + 1] - axis[i])


@dataclass(frozen=True)
class Arc:
    """From an input pin to an output pin: the tables of both edges."""

    source: str
    target: str
    delays: tuple[Table, ...]
    slews: tuple[Table, ...]

    def delay(self, slew: float, load: float) -> float:
        """Return the delay of the later edge, in ns."""
        return max(table.at(slew, load) for table in self.delays)

    def slew(self, slew: float, load: float) -> float:
        """Return the slew of the slower edge at the output, in ns."""
        return max(table.at(slew, load) for table in self.slews)


@dataclass(frozen=True)
class Cell:
    """A standard cell.

    Attributes:
        name: in the library.
        area: in the library's unit (um2).
        capacitance: pF of each input pin.
        outputs: output pins.
        arcs: combinational ones, or clock to output of a register.
        clock: clock pin of a register, "" of a gate.
        setup: ns that a register's data pins are stable before the clock, at usual slews.
    """

    name: str
    area: float
    capacitance: dict[str, float]
    outputs: tuple[str, ...]
    arcs: tuple[Arc, ...]
    clock: str
    setup: float

    @property
    def register(self) -> bool:
        """It has a clock."""
        return bool(self.clock)


def _parse(text: str) -> Group:
    """Return the outermost group.

    Raises:
        ValueError: the text is no Liberty file.
    """
    tokens = iter(_TOKEN.findall(_COMMENT.sub(" ", text).replace("\\\n", " ")))
    root = Group("", [])
    stack = [root]
    words: list[str] = []
    for token in tokens:
        if token == "{":
            group = Group(words[0], [w.strip('"') for w in words[1:]])
            stack[-1].groups.append(group)
            stack.append(group)
            words = []
        elif token == "}":
            if len(stack) == 1:
                raise ValueError("a closing brace too many")
            stack.pop()
            words = []
        elif token == ";":
            if words:
                stack[-1].values[words[0]] = [w.strip('"') for w in words[1:]] or [""]
            words = []
        elif token not in "(),:":
            words.append(token)
    if len(stack) != 1 or not root.groups or root.groups[0].kind != "library":
        raise ValueError("no complete library group")
    return root.groups[0]


def _numbers(words: Sequence[str]) -> tuple[float, ...]:
    return tuple(float(n) for word in words for n in _NUMBER.findall(word))


def _table(group: Group, templates: dict[str, Group]) -> Table:
    """Return a table; rows are input slews whichever way round the file has them."""
    template = templates.get(group.names[0])
    words = group.values.get("values", [])
    rows = [_numbers([word]) for word in words]
    axes = []
    for number in ("1", "2"):
        key = f"index_{number}"
        found = group.values.get(key) or (template.values.get(key) if template else None)
        axes.append(_numbers(found or ["0"]))
    if len(rows) == 1 and len(axes[0]) > 1:  # a table of one axis is one line
        rows = [(value,) for value in rows[0]]
    if template is not None and template.text("variable_1") == _LOAD:
        rows = list(zip(*rows, strict=True))
        axes.reverse()
    if len(rows) != len(axes[0]) or any(len(row) != len(axes[1]) for row in rows):
        raise ValueError(f"table {group.names[0]} has another shape than its axes")
    return Table(axes[0], axes[1], tuple(rows))


def _tables(group: Group, kinds: Sequence[str], templates: dict[str, Group]) -> tuple[Table, ...]:
    return tuple(_table(table, templates) for kind in kinds for table in group.below(kind))


def _setup(pin: Group, templates: dict[str, Group]) -> float:
    """Return the setup of a data pin: the middle of its tables."""
    worst = 0.0
    for timing in pin.below("timing"):
        if timing.text("timing_type") == _SETUP:
            for table in _tables(timing, ("rise_constraint", "fall_constraint"), templates):
                row = table.rows[len(table.rows) // 2]
                worst = max(worst, row[len(row) // 2])
    return worst


def _cell(group: Group, templates: dict[str, Group]) -> Cell:
    pins = list(group.below("pin"))
    outputs = [pin for pin in pins if pin.text("direction") == "output"]
    clocks = [pin.names[0] for pin in pins if pin.text("clock") == "true"]
    arcs = []
    for pin in outputs:
        for timing in pin.below("timing"):
            delays = _tables(timing, _DELAYS, templates)
            slews = _tables(timing, _SLEWS, templates)
            for source in timing.text("related_pin").split():
                if delays and slews:
                    arcs.append(Arc(source, pin.names[0], delays, slews))
    clock = clocks[0] if clocks and any(group.below("ff")) else ""
    return Cell(
        name=group.names[0],
        area=float(group.text("area", "0")),
        capacitance={
            pin.names[0]: float(pin.text("capacitance", "0"))
            for pin in pins
            if pin.text("direction") == "input"
        },
        outputs=tuple(pin.names[0] for pin in outputs),
        arcs=tuple(arc for arc in arcs if not clock or arc.source == clock),
        clock=clock,
        setup=max((_setup(pin, templates) for pin in pins), default=0.0),
    )


def read_cells(path: Path) -> dict[str, Cell]:
    """Return the cells of a Liberty file by name; units are ns, pF and um2.

    Raises:
        InputError: it cannot be read, or is none.
    """
    try:
        library = _parse(path.read_text(encoding="utf-8"))
        templates = {group.names[0]: group for group in library.below("lu_table_template")}
        return {group.names[0]: _cell(group, templates) for group in library.below("cell")}
    except (OSError, ValueError, IndexError) as error:
        raise InputError(f"{path}: no usable Liberty file: {error}") from error
