"""A machine's register map is the shared one with what the machine adds, and nothing changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from snn_rtl.machines.register_source import SHARED, designs, load, source_of
from snn_rtl.models.errors import InputError

Change = Callable[[dict[str, Any]], object]

SHARED_MAP: dict[str, Any] = {
    "notes": ["shared"],
    "registers": [
        {"name": "ID", "address": 0, "access": "ro"},
        {
            "name": "STEPS",
            "address": 8,
            "access": "config",
            "reset": 1,
            "width": 32,
            "optional": True,
        },
        {"name": "MODE", "address": 4, "access": "config", "reset": 0, "doc": "mode"},
    ],
    "parameters": {"base": 0x40},
    "counters": {"base": 0x100},
    "errors": [{"name": "NONE", "code": 0, "doc": "none"}, {"name": "LAST", "code": 7, "doc": "x"}],
}


def machine() -> dict[str, Any]:
    """Return a machine's file."""
    return {
        "include": "../common/registers.yaml",
        "name": "demo",
        "title": "Demo",
        "registers": [
            {"name": "ID", "reset": 5, "doc": "five"},
            {"name": "MODE", "width": 3},
        ],
        "parameters": {"list": ["ROWS", "COLS"]},
        "counters": {"list": [{"name": "CYCLES", "doc": "all"}]},
        "errors": [{"name": "MODE", "code": 5, "doc": "bad mode"}],
    }


def loaded(folder: Path, own: dict[str, Any]) -> dict[str, Any]:
    """Write both files and read the machine's."""
    for name, content in (("common", SHARED_MAP), ("demo", own)):
        (folder / name).mkdir(exist_ok=True)
        (folder / name / "registers.yaml").write_text(yaml.safe_dump(content))
    return load(folder / "demo" / "registers.yaml")


def test_entries_are_merged_in_order(tmp_path: Path) -> None:
    result = loaded(tmp_path, machine())
    assert [(r["name"], r["address"]) for r in result["registers"]] == [
        ("ID", 0),
        ("MODE", 4),
        ("PARAM_ROWS", 0x40),
        ("PARAM_COLS", 0x44),
    ]
    by_name = {r["name"]: r for r in result["registers"]}
    assert by_name["ID"] == {"name": "ID", "address": 0, "access": "ro", "reset": 5, "doc": "five"}
    assert by_name["MODE"]["width"] == 3
    assert by_name["PARAM_COLS"]["parameter"] == "COLS"
    assert [(e["name"], e["code"]) for e in result["errors"]] == [
        ("NONE", 0),
        ("MODE", 5),
        ("LAST", 7),
    ]
    assert result["counters"]["base"] == 0x100
    assert (result["notes"], result["constants"]) == (["shared"], {})


def test_an_optional_register_is_there_when_it_is_named(tmp_path: Path) -> None:
    own = machine()
    own["registers"].append({"name": "STEPS", "doc": "steps"})
    steps = next(r for r in loaded(tmp_path, own)["registers"] if r["name"] == "STEPS")
    assert steps == {
        "name": "STEPS",
        "address": 8,
        "access": "config",
        "reset": 1,
        "width": 32,
        "doc": "steps",
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda own: own["registers"][0].update(address=12), "ID: address given already"),
        (lambda own: own["registers"][0].pop("doc"), "ID has no doc"),
        (lambda own: own["registers"].pop(), "MODE has no width"),
        (lambda own: own["registers"].append({"name": "STEPS"}), "STEPS has no doc"),
        (
            lambda own: own["registers"].append(
                {"name": "NEW", "address": 0x44, "access": "ro", "doc": "new"}
            ),
            "two entries with address 0x44",
        ),
        (lambda own: own["errors"][0].update(code=7), "two entries with code 0x7"),
        (lambda own: own["errors"][0].update(name="LAST"), "LAST: code, doc given already"),
    ],
)
def test_faults_are_named(tmp_path: Path, change: Change, message: str) -> None:
    own = machine()
    change(own)
    with pytest.raises(InputError, match=message):
        loaded(tmp_path, own)


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    own = machine()
    own["registers"][1]["widht"] = 3
    with pytest.raises(InputError, match=r"yaml:\d+: registers\[1\]\.widht: .* mean width\?"):
        loaded(tmp_path, own)


@pytest.mark.parametrize("design", designs())
def test_machines_keep_what_is_shared(design: str) -> None:
    own = load(source_of(design))
    registers = {r["name"]: r for r in own["registers"]}
    for entry in load(source_of(SHARED))["registers"]:
        if entry["name"] in registers:
            entry.pop("optional", None)
            assert {key: registers[entry["name"]][key] for key in entry} == entry
        else:
            assert entry["optional"]


def test_machines_are_found() -> None:
    assert "prosperity" in designs()
    assert SHARED not in designs()
