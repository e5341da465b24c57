"""Configurations of one's own: parameters on top of a named one, and YAML files."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from snn_rtl.machines import MACHINES
from snn_rtl.models.errors import InputError
from snn_rtl.models.loas.config import SMALL as LOAS_SMALL
from snn_rtl.models.parameters import IllegalParameter
from snn_rtl.models.prosperity.config import PAPER, SMALL

PROSPERITY = MACHINES["prosperity"]


def test_named_configuration() -> None:
    found = PROSPERITY.configuration("small")
    assert found.parameters is SMALL or found.parameters == SMALL
    assert (found.base, found.title, found.variables) == ("small", "small", ["CONFIG=small"])


def test_parameters_on_top() -> None:
    found = PROSPERITY.configuration("paper", {"tile_k": 32, "lanes": 64, "weight_w": 8})
    assert found.parameters == replace(PAPER, tile_k=32, lanes=64)
    assert (found.title, found.slug) == ("paper, TILE_K=32 LANES=64", "paper-tile_k32-lanes64")
    assert found.variables == ["CONFIG=paper", "TILE_K=32", "LANES=64"]
    assert PROSPERITY.configuration("paper", found.own) == found


def test_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("base: small\ntime_steps: 2  # fewer\ntppes: 2\n")
    found = MACHINES["loas"].configuration(str(path), {"tppes": 3})
    assert found.parameters == replace(LOAS_SMALL, time_steps=2, tppes=3)
    assert found.variables == ["CONFIG=small", "TIME_STEPS=2", "TPPES=3"]
    path.write_text("tile_k: 32\n")
    assert PROSPERITY.config(str(path)) == replace(PAPER, tile_k=32)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", ":1: the file is empty"),
        ("- tile_k\n", ":1: file: must have keys and values"),
        ("base: huge\n", ":1: base: unknown 'huge': choose from paper, small"),
        ("base: [small, paper]\n", ":1: base: must be a text"),
        ("base: 3\n", ":1: base: must be a text"),
        ("lanes: {a: 1}\n", ":1: lanes: lanes={'a': 1} is not a legal"),
        ("base: small\ntilek: 8\n", ":2: tilek: unknown key; did you mean tile_k?"),
        ("base: small\n\nLANES: 8\n", ":3: LANES: unknown key"),
        ("chunk: 64\n", ":1: chunk: unknown key"),
        ("lanes: 64\nlanes: 32\n", ":2: lanes: is there twice"),
        ("lanes: many\n", ":1: lanes: lanes='many' is not a legal Prosperity parameter: adders"),
        ("lanes: 64\nlif_cells: true\n", ":2: lif_cells: lif_cells=True is not a legal"),
        # What does not fit may be what the file does not name.
        ("tile_k: 24\n", ":1: spike_beat_w: spike_beat_w=1024 is not a legal Prosperity parameter"),
        ("tile_k: [\n", ":2: "),
    ],
)
def test_file_that_cannot_be_used(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as error:
        PROSPERITY.configuration(str(path))
    assert str(error.value).startswith(f"{path}{message}")
    assert "\n" not in str(error.value)


def test_missing_file() -> None:
    with pytest.raises(InputError, match=r"^none\.yaml: cannot be read"):
        PROSPERITY.configuration("none.yaml")


@pytest.mark.parametrize(
    ("own", "message"),
    [
        ({"tilek": 8}, "Prosperity has no parameter 'tilek': did you mean tile_k?"),
        ({"chunk": 64}, "Prosperity has no parameter 'chunk': it has tile_m"),
        (
            {"tile_k": 128},
            "tile_k=128 is not a legal Prosperity parameter: columns of",
        ),
    ],
)
def test_parameters_that_cannot_be_used(own: dict[str, int], message: str) -> None:
    with pytest.raises(IllegalParameter) as error:
        PROSPERITY.configuration("paper", own)
    assert str(error.value).startswith(message)
    again = pickle.loads(pickle.dumps(error.value))
    assert (str(again), again.name) == (str(error.value), error.value.name)
