"""The example of an environment for a design that is not ours, as its page has it used."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from snn_rtl.run.places import ROOT

_FOLDER = ROOT / "examples" / "own_design"
_PAGE = (ROOT / "docs" / "user" / "own_design.md").read_text()
_BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", _PAGE, re.MULTILINE | re.DOTALL)
_SOURCES = [path.read_text() for path in sorted(_FOLDER.glob("*.py"))]


@pytest.mark.parametrize("snippet", [text for kind, text in _BLOCKS if kind == "python"])
def test_snippets_are_the_example_s(snippet: str) -> None:
    assert any(snippet in source for source in _SOURCES)


def test_environment_is_small() -> None:
    assert len((_FOLDER / "packet_env.py").read_text().splitlines()) < 200


@pytest.mark.sim
def test_commands_run_the_example_elsewhere(tmp_path: Path) -> None:
    install, run = ("".join(text) for kind, text in _BLOCKS if kind == "sh")
    pip, copy = install.splitlines()
    assert shlex.split(pip)[:3] == ["pip", "install", "snn-rtl[sim]"]
    python = Path(sys.executable).parent
    env = {
        **os.environ,
        "PATH": f"{python}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "PYTEST_ADDOPTS": "-p no:cacheprovider",
    }
    done = subprocess.run(
        ["bash", "-e", "-c", f"{copy}\n{run}"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "6 passed" in done.stdout
    assert not list(_FOLDER.rglob("*.beats"))
