"""YAML whose every value knows its place, so that an error names file, line and key."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, NoReturn

import yaml

from snn_rtl.models.errors import InputError

_MOST_VALUES: Final = 100_000
_MOST_DEPTH: Final = 50


def plain(node: yaml.Node) -> Any:
    """Return what a node stands for.

    Raises:
        ValueError: nothing that is known; says why.
    """
    try:
        return yaml.SafeLoader("").construct_object(node, deep=True)
    except yaml.MarkedYAMLError as error:
        raise ValueError(error.problem) from None


@dataclass(frozen=True)
class Section:
    """A mapping in a file.

    Attributes:
        path: the file.
        line: where the mapping begins, from 1.
        nodes: its values by key.
        lines: lines of its keys.
    """

    path: Path
    line: int
    nodes: dict[str, yaml.Node]
    lines: dict[str, int]

    def fail(self, key: str, message: str) -> NoReturn:
        """Refuse a value.

        Raises:
            InputError: always.
        """
        raise InputError(f"{self.path}:{self.lines.get(key, self.line)}: {key}: {message}")

    def __contains__(self, key: str) -> bool:
        """Return whether a key is there."""
        return key in self.nodes

    def only(self, *known: str) -> None:
        """Refuse keys that mean nothing.

        Raises:
            InputError: there is one.
        """
        for key in self.nodes:
            if key not in known:
                near = get_close_matches(key, known, 1)
                hint = f"; did you mean {near[0]}?" if near else f": choose from {', '.join(known)}"
                self.fail(key, f"unknown key{hint}")

    def need(self, *keys: str) -> None:
        """Refuse a section without some keys.

        Raises:
            InputError: one is missing.
        """
        for key in keys:
            if key not in self.nodes:
                self.fail(key, "is missing")

    def value(self, key: str) -> Any:
        """Return a value as plain Python; None where there is none.

        Raises:
            InputError: it is of no known kind.
        """
        try:
            return plain(self.nodes[key]) if key in self.nodes else None
        except ValueError as error:
            self.fail(key, str(error))

    def text(self, key: str, default: str = "") -> str:
        """Return a text that is not empty.

        Raises:
            InputError: it is something else.
        """
        if key not in self.nodes:
            return default
        value = self.value(key)
        if not isinstance(value, str) or not value.strip():
            self.fail(key, f"must be a text, not {value!r:.60}")
        return value

    def flag(self, key: str) -> bool:
        """Return true or false; false where there is none.

        Raises:
            InputError: it is something else.
        """
        value = self.value(key)
        if key in self.nodes and not isinstance(value, bool):
            self.fail(key, f"must be true or false, not {value!r:.60}")
        return bool(value)

    def number(self, key: str, low: float, high: float, default: float) -> float:
        """Return a number within limits.

        Raises:
            InputError: it is none, or outside.
        """
        if key not in self.nodes:
            return default
        value = self.value(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fail(key, f"must be a number, not {value!r:.60}")
        if not low <= value <= high:
            self.fail(key, f"must be {low} to {high}, not {value}")
        return value

    def whole(self, key: str, low: int, high: int, default: int) -> int:
        """Return a whole number within limits.

        Raises:
            InputError: it is none, or outside.
        """
        value = self.number(key, low, high, default)
        if value != int(value):
            self.fail(key, f"must be a whole number, not {value}")
        return int(value)

    def date(self, key: str) -> datetime.date:
        """Return a date.

        Raises:
            InputError: it is none.
        """
        value = self.value(key)
        if type(value) is not datetime.date:
            self.fail(key, f"must be a date such as 2030-01-31, not {value!r:.60}")
        return value

    def names(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return one text or a list of them.

        Raises:
            InputError: it is neither, empty, or names something twice.
        """
        if key not in self.nodes:
            return default
        value = self.value(key)
        found = [value] if isinstance(value, str) else value
        if not isinstance(found, list) or not found or not all(isinstance(x, str) for x in found):
            self.fail(key, f"must be a name or a list of names, not {value!r:.60}")
        if len(set(found)) < len(found):
            self.fail(key, f"names something twice: {', '.join(found)}")
        return tuple(found)

    def chosen(
        self, key: str, choices: tuple[str, ...], default: tuple[str, ...] = ()
    ) -> tuple[str, ...]:
        """Return names that are all known.

        Raises:
            InputError: one is not.
        """
        found = self.names(key, default)
        for name in found:
            if name not in choices:
                self.fail(key, f"unknown {name!r:.60}: choose from {', '.join(choices)}")
        return found

    def numbers(self, key: str) -> tuple[int, ...]:
        """Return a list of whole numbers from 0, all different; empty where there is none.

        Raises:
            InputError: it is something else.
        """
        value = self.value(key)
        if key not in self.nodes:
            return ()
        if (
            not isinstance(value, list)
            or not value
            or not all(type(x) is int and x >= 0 for x in value)
            or len(set(value)) < len(value)
        ):
            self.fail(key, f"must be a list of different numbers from 0, not {value!r:.60}")
        return tuple(value)

    def mapping(self, key: str, kind: type = object) -> dict[str, Any]:
        """Return a mapping of texts to values of a type; empty where there is none.

        Raises:
            InputError: it is something else.
        """
        value = self.value(key)
        if key not in self.nodes:
            return {}
        if not isinstance(value, dict) or not all(
            isinstance(name, str) and isinstance(entry, kind) for name, entry in value.items()
        ):
            self.fail(key, f"must be a mapping of names to {kind.__name__}, not {value!r:.60}")
        return value

    def section(self, key: str) -> Section:
        """Return a mapping as a section; an empty one where there is none.

        Raises:
            InputError: it is something else.
        """
        if key not in self.nodes:
            return Section(self.path, self.line, {}, {})
        return _section(self.path, self.nodes[key], key)

    def sections(self, key: str) -> list[Section]:
        """Return a list of mappings; empty where there is none.

        Raises:
            InputError: it is something else.
        """
        node = self.nodes.get(key)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.fail(key, "must be a list")
        return [_section(self.path, item, key) for item in node.value]


def _section(path: Path, node: yaml.Node, what: str) -> Section:
    line = node.start_mark.line + 1
    if not isinstance(node, yaml.MappingNode):
        raise InputError(f"{path}:{line}: {what}: must have keys and values")
    nodes: dict[str, yaml.Node] = {}
    lines: dict[str, int] = {}
    for key, value in node.value:
        name, at = str(key.value), key.start_mark.line + 1
        if name in nodes:
            raise InputError(f"{path}:{at}: {name}: is there twice")
        nodes[name], lines[name] = value, at
    return Section(path, line, nodes, lines)


def _check_size(path: Path, root: yaml.Node) -> None:
    """Refuse what references to references make large, or endless.

    Raises:
        InputError: there is too much.
    """
    waiting, count = [(root, 0)], 0
    while waiting:
        node, depth = waiting.pop()
        count += 1
        if count > _MOST_VALUES or depth > _MOST_DEPTH:
            what = f"more than {_MOST_VALUES} values, or {_MOST_DEPTH} levels"
            raise InputError(f"{path}:{node.start_mark.line + 1}: {what}")
        if isinstance(node, yaml.SequenceNode):
            waiting += [(item, depth + 1) for item in node.value]
        elif isinstance(node, yaml.MappingNode):
            waiting += [(item, depth + 1) for pair in node.value for item in pair]


def compose(path: Path) -> yaml.Node:
    """Return the nodes of a file.

    Raises:
        InputError: it cannot be read, is no YAML, is empty, or too much.
    """
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InputError(f"{path}:{line}: {error.problem or error.context}") from None
    except (yaml.YAMLError, RecursionError) as error:
        reason = "too deep" if isinstance(error, RecursionError) else " ".join(str(error).split())
        raise InputError(f"{path}:1: {reason}") from None
    if not isinstance(node, yaml.Node):
        raise InputError(f"{path}:1: the file is empty")
    _check_size(path, node)
    return node


def read(path: Path) -> Section:
    """Read a file.

    Raises:
        InputError: it cannot be read, is no YAML, or holds no mapping.
    """
    return _section(path, compose(path), "file")
