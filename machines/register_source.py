"""Reads a machine's register map: its registers.yaml together with the one that it includes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
from msgspec import UNSET, UnsetType

from snn_rtl.models.errors import InputError
from snn_rtl.run.places import ROOT
from snn_rtl.run.records import Text, read_yaml

RTL: Final = ROOT / "rtl"
SHARED: Final = "common"
"""The folder of rtl/ whose registers.yaml the machines include."""

Entry = dict[str, Any]


class _Record(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What a file may say; what the file that it includes says already is left out."""


class _Field(_Record, kw_only=True):
    name: Text
    bit: int
    doc: Text
    width: int | UnsetType = UNSET


class _Register(_Record, kw_only=True):
    name: Text
    address: int | UnsetType = UNSET
    access: Literal["ro", "rw", "wo", "w1c", "config"] | UnsetType = UNSET
    reset: int | UnsetType = UNSET
    width: int | UnsetType = UNSET
    doc: Text | UnsetType = UNSET
    fields: list[_Field] | UnsetType = UNSET
    optional: bool | UnsetType = UNSET


class _Error(_Record, kw_only=True):
    name: Text
    code: int | UnsetType = UNSET
    doc: Text | UnsetType = UNSET


class _Counter(_Record, kw_only=True):
    name: Text
    doc: Text


class _Parameters(_Record, kw_only=True):
    base: int | UnsetType = UNSET
    list: tuple[Text, ...] | UnsetType = UNSET


class _Counters(_Record, kw_only=True):
    base: int | UnsetType = UNSET
    list: tuple[_Counter, ...] | UnsetType = UNSET
    note: Text | UnsetType = UNSET


class _Map(_Record, kw_only=True):
    registers: list[_Register]
    parameters: _Parameters
    counters: _Counters
    errors: list[_Error]
    include: Text | UnsetType = UNSET
    name: Text | UnsetType = UNSET
    title: Text | UnsetType = UNSET
    notes: list[Text] | UnsetType = UNSET
    constants: dict[str, Any] | UnsetType = UNSET


def designs() -> tuple[str, ...]:
    """Return the machines: the folders of rtl/ with a register map, but for the shared one."""
    return tuple(sorted({p.parent.name for p in RTL.glob("*/registers.yaml")} - {SHARED}))


def source_of(design: str) -> Path:
    """Return the file with a design's register map."""
    return RTL / design / "registers.yaml"


def _merge(
    shared: list[Entry], own: list[Entry], needed: dict[str, str], what: Path
) -> list[Entry]:
    """Return shared entries with a machine's keys added, and its new entries, in order.

    Args:
        shared: entries of the included file.
        own: entries of the machine's file.
        needed: kind of access ("" for all) to the keys that an entry must have in the end, between
            blanks; the first one of all gives the order and may not be there twice.
        what: the machine's file, for messages.
    """
    entries = {entry["name"]: dict(entry) for entry in shared}
    for entry in own:
        merged = entries.setdefault(entry["name"], {})
        changed = merged.keys() & entry.keys() - {"name"}
        if changed:
            raise InputError(f"{what}: {entry['name']}: {', '.join(sorted(changed))} given already")
        merged.update(entry)
    named = {entry["name"] for entry in own}
    kept = [e for name, e in entries.items() if not e.pop("optional", False) or name in named]
    for entry in kept:
        keys = f"{needed['']} {needed.get(entry.get('access', ''), '')}".split()
        missing = [key for key in keys if key not in entry]
        if missing:
            raise InputError(f"{what}: {entry['name']} has no {', '.join(missing)}")
    order = needed[""].split()[0]
    for value, times in Counter(entry[order] for entry in kept).items():
        if times > 1:
            raise InputError(f"{what}: two entries with {order} {value:#x}")
    return sorted(kept, key=lambda entry: int(entry[order]))


def load(path: Path) -> Entry:
    """Return a register map; what it includes is merged, each parameter has a register.

    Keys: name, title, notes, registers (by address), parameters and counters (base, list; counters
    have a note), errors (by code), constants. A file that includes nothing is returned as it is.

    Raises:
        InputError: the file is damaged, changes what the included one gives, or leaves something
            open.
    """
    own: Entry = msgspec.to_builtins(read_yaml(path, _Map).value)
    if "include" not in own:
        return own
    shared = load(path.parent / own["include"])
    parameters = {**shared["parameters"], **own["parameters"]}
    registers = [
        *own["registers"],
        *(
            {
                "name": f"PARAM_{name}",
                "address": parameters["base"] + 4 * index,
                "access": "ro",
                "parameter": name,
                "doc": f"parameter {name}",
            }
            for index, name in enumerate(parameters["list"])
        ),
    ]
    writable = "reset width"
    needed = {"": "address access doc", "config": writable, "rw": writable, "w1c": writable}
    return {
        "name": own["name"],
        "title": own["title"],
        "notes": [*shared["notes"], *own.get("notes", [])],
        "registers": _merge(shared["registers"], registers, needed, path),
        "parameters": parameters,
        "counters": {**shared["counters"], "note": "", **own["counters"]},
        "errors": _merge(shared["errors"], own["errors"], {"": "code doc"}, path),
        "constants": own.get("constants", {}),
    }
