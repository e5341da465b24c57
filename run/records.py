"""Files that people write as typed records: what does not fit is told with file, line and key.

A schema is made of msgspec's types: Struct classes (kw_only, forbid_unknown_fields), containers,
and Annotated[..., Meta(...)] for limits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final, Generic, NoReturn, TypeVar

import msgspec
import yaml
from msgspec import inspect

from snn_rtl.models.errors import InputError
from snn_rtl.run import yaml_places

T = TypeVar("T")

Text = Annotated[str, msgspec.Meta(pattern=r"\S")]
"""A text that is not blank."""

Steps = tuple[str | int, ...]
"""The way to a value: keys of mappings and places in lists."""

_PATH: Final = re.compile(r"^(.*?)(?: - at `(?:key in )?\$?(.*)`)?$", re.DOTALL)
_STEP: Final = re.compile(r"\.(\w+)|\[(\d+)\]|(\[\.\.\.\])")
_UNKNOWN: Final = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)
_MISSING: Final = re.compile(r"Object missing required field `(.*)`")
_TYPE: Final = re.compile(r"`([\w |]+)`(?: matching regex .*)?", re.DOTALL)
_TYPES: Final = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "null": "nothing",
    "array": "a list",
    "object": "keys and values",
    "date": "a date such as 2030-01-31",
}


@dataclass(frozen=True)
class Document(Generic[T]):
    """A file that fits its schema.

    Attributes:
        path: the file.
        value: what is in it.
        lines: the line of every value, from 1.
    """

    path: Path
    value: T
    lines: Mapping[Steps, int]

    def fail(self, message: str, *steps: str | int) -> NoReturn:
        """Refuse a value for what a schema cannot say.

        Args:
            message: what is wrong.
            steps: the way to it.

        Raises:
            InputError: always; names file, line and key.
        """
        _fail(self.path, self.lines, steps, message)


def read_yaml(path: Path, kind: type[T]) -> Document[T]:
    """Read a YAML file.

    Args:
        path: the file.
        kind: its schema.

    Raises:
        InputError: it cannot be read, or does not fit; names file, line and key.
    """
    lines: dict[Steps, int] = {}
    content = _plain(path, yaml_places.compose(path), (), lines)
    try:
        return Document(path, msgspec.convert(content, kind), lines)
    except msgspec.ValidationError as error:
        _refuse(path, lines, content, kind, str(error))


def read_json(path: Path, kind: type[T]) -> T:
    """Read a JSON file.

    Raises:
        InputError: it cannot be read, or does not fit; names file and key, and the line of what is
            no JSON.
    """
    try:
        data = path.read_bytes()
        content = msgspec.json.decode(data)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        place = re.search(r" \(byte (\d+)\)$", str(error))
        line = data.count(b"\n", 0, int(place[1])) + 1 if place else 1
        raise InputError(f"{path}:{line}: damaged: {error}") from None
    try:
        return msgspec.convert(content, kind)
    except msgspec.ValidationError as error:
        _refuse(path, {}, content, kind, str(error))


def _fail(path: Path, lines: Mapping[Steps, int], steps: Steps, message: str) -> NoReturn:
    known = next((steps[:n] for n in range(len(steps), -1, -1) if steps[:n] in lines), None)
    place = f"{path}:{lines[known]}" if known is not None else f"{path}"
    key = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    raise InputError(": ".join(part for part in (place, key.lstrip("."), message) if part))


def _plain(path: Path, node: yaml.Node, steps: Steps, lines: dict[Steps, int]) -> Any:
    """Return what a node stands for, and book the lines of all that is in it."""
    lines.setdefault(steps, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(path, item, (*steps, at), lines) for at, item in enumerate(node.value)]
    if not isinstance(node, yaml.MappingNode):
        try:
            return yaml_places.plain(node)
        except ValueError as error:
            _fail(path, lines, steps, str(error))
    values: dict[str, Any] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise InputError(f"{path}:{line}: a key must be a name")
        if key.value in values:
            raise InputError(f"{path}:{line}: {key.value}: is there twice")
        lines[*steps, key.value] = line
        values[key.value] = _plain(path, value, (*steps, key.value), lines)
    return values


def _refuse(
    path: Path, lines: Mapping[Steps, int], content: Any, kind: type[Any], error: str
) -> NoReturn:
    """Say what msgspec found, in the words of the file."""
    message, steps = _found(content, kind, error)
    if unknown := _UNKNOWN.fullmatch(message):
        known = sorted(_fields(inspect.type_info(kind), steps))
        near = get_close_matches(unknown[1], known, 1)
        hint = f"; did you mean {near[0]}?" if near else f": choose from {', '.join(known)}"
        _fail(path, lines, (*steps, unknown[1]), f"unknown key{hint}")
    if missing := _MISSING.fullmatch(message):
        _fail(path, lines, (*steps, missing[1]), "is missing")
    message = _TYPE.sub(_named, message)
    message = message.replace("Expected", "must be").replace(", got", ", not")
    _fail(path, lines, steps, message)


def _named(found: re.Match[str]) -> str:
    """Return what people call a type of msgspec's."""
    names = (_TYPES.get(name, name) for name in found[1].split(" | "))
    return " or ".join(names) + (" that is not blank" if "regex" in found[0] else "")


def _found(content: Any, kind: type[Any], error: str) -> tuple[str, Steps]:
    """Return a message of msgspec without its path, and the path.

    It leaves out the keys of mappings that are no records: the one at fault is the first that is at
    fault alone.
    """
    matched = _PATH.fullmatch(error)
    assert matched is not None
    steps: list[str | int] = []
    place = content
    for name, number, any_key in _STEP.findall(matched[2] or ""):
        step: str | int = name or (int(number) if number else "")
        if any_key:
            whole = dict(place)
            for step, one in whole.items():
                place.clear()
                place[step] = one
                try:
                    msgspec.convert(content, kind)
                except msgspec.ValidationError as again:
                    if str(again) == error:
                        break
        steps.append(step)
        place = place[step]
    return matched[1], tuple(steps)


def _fields(kind: inspect.Type, steps: Steps) -> Iterator[str]:
    """Yield the keys of the records that a schema has at a place."""
    if isinstance(kind, inspect.UnionType):
        for one in kind.types:
            yield from _fields(one, steps)
    elif isinstance(kind, inspect.StructType):
        for field in kind.fields:
            if not steps:
                yield field.encode_name
            elif field.encode_name == steps[0]:
                yield from _fields(field.type, steps[1:])
    elif isinstance(kind, inspect.DictType) and steps:
        yield from _fields(kind.value_type, steps[1:])
    elif isinstance(kind, inspect.ListType | inspect.VarTupleType) and steps:
        yield from _fields(kind.item_type, steps[1:])
