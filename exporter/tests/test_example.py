"""The example of the exporter's page runs as it stands there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

NEEDED = "the extra `export` is not installed"
pytest.importorskip("torch", reason=NEEDED)
pytest.importorskip("snntorch", reason=NEEDED)

from snn_rtl.models.workload.network import infer
from snn_rtl.models.workload.workload import load

PAGE = Path(__file__).resolve().parents[2] / "docs" / "user" / "exporter.md"


def test_example_of_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = re.search(r"^```python\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert found
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(compile(found[1], str(PAGE), "exec"), names)
    assert re.match(
        r"net: model and integer network agree on \d+ of 20 images", capsys.readouterr().out
    )
    workload = load("net.npz")
    assert [layer.name for layer in workload.layers] == ["layer3", "layer6"]
    infer(workload, 0)
