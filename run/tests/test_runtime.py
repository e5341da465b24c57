"""Verilator's runtime: compiled once for equal commands, again where anything differs."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from snn_rtl.run import builds, runner, runtime
from snn_rtl.run.design import Design
from snn_rtl.run.places import BUILD
from snn_rtl.run.runtime import compile_once, main, runtime_source
from snn_rtl.run.simulators import make_runner

# Tells its version, or notes that it compiles and makes what a compiler does.
_COMPILER = """#!/bin/sh
if [ "$1" = --version ]; then echo {version}; exit; fi
echo "$*" >>{log}
echo "object of $*" >verilated_x.o
echo depends >verilated_x.d
exit {status}
"""


class Place:
    """A compiler that counts, a file of the runtime, and folders of builds."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.log = folder, folder / "log"
        self.compiler, self.source = folder / "c++", folder / "include" / "verilated_x.cpp"
        self.source.parent.mkdir()
        self.source.write_text("int x;\n")
        self.header = self.source.with_suffix(".h")
        self.header.write_text("// x\n")
        self.install("1.0")

    def install(self, version: str, status: int = 0) -> None:
        text = _COMPILER.format(version=version, log=self.log, status=status)
        self.compiler.write_text(text)
        self.compiler.chmod(0o755)

    def compile(self, name: str, *flags: str, header: str = "") -> str:
        """Compile in a new build's folder and return the object."""
        target = self.folder / name
        target.mkdir()
        if header:
            (target / self.header.name).write_text(header)
        compile_once([str(self.compiler), *flags, "-c", str(self.source)], self.source, target)
        assert (target / "verilated_x.d").is_file()
        return (target / "verilated_x.o").read_text()

    @property
    def compiled(self) -> int:
        return len(self.log.read_text().splitlines()) if self.log.exists() else 0


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    for module in (builds, runtime):
        monkeypatch.setattr(module, "BUILD", tmp_path / "build")
    return Place(tmp_path)


def test_equal_commands_compile_once(place: Place) -> None:
    first = place.compile("a", "-O2")
    assert place.compile("b", "-O2") == first
    assert place.compiled == 1


@pytest.mark.parametrize(
    "changed", ["flag", "version", "source", "header", "own header", "path", "lost"]
)
def test_compiled_again(changed: str, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.compile("a", "-O2")
    if changed == "version":
        place.install("1.1")
    elif changed == "source":
        place.source.write_text("int y;\n")
    elif changed == "header":
        place.header.write_text("// y\n")
    elif changed == "path":
        monkeypatch.setenv("CPATH", "/elsewhere")
    elif changed == "lost":
        next((place.folder / "build" / "runtime").glob("*/*.o")).unlink()
    own = "// y\n" if changed == "own header" else ""
    place.compile("b", "-O3" if changed == "flag" else "-O2", header=own)
    assert place.compiled == 2


def test_failure_is_told_and_not_kept(place: Place) -> None:
    place.install("1.0", status=3)
    with pytest.raises(SystemExit) as ended:
        place.compile("a")
    assert ended.value.code == 3
    place.install("1.0")
    place.compile("b")
    assert place.compiled == 2


def test_disk_that_cannot_be_written(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    (place.folder / "build").write_text("in the way")
    monkeypatch.chdir(place.folder)
    with pytest.raises(SystemExit, match=r"^the runtime of Verilator: .*build"):
        main([str(place.compiler), "-c", str(place.source)])


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("ccache c++ -O2 -c -o verilated.o /v/include/verilated.cpp", True),
        ("c++ -O3 -c -o verilator.o /c/share/verilator.cpp", False),
        ("c++ -O3 -c -o Vtop__ALL.o Vtop__ALL.cpp", False),
        ("c++ -O3 -c -o verilated.o verilated.cpp", False),
        ("c++ -x c++-header /v/include/verilated.h -o verilated.h.gch", False),
    ],
)
def test_only_the_runtime_is_shared(words: str, expected: bool) -> None:
    assert (runtime_source(words.split()) is not None) is expected


def test_other_commands_are_run_as_they_are(tmp_path: Path) -> None:
    make_runner("verilator")
    (tmp_path / "Makefile").write_text(
        "all:\n\t$(OBJCACHE) printf '<%s>' 'a b' c >told\n\t$(OBJCACHE) false\n"
    )
    ended = subprocess.run(["make"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (tmp_path / "told").read_text() == "<a b><c>"
    assert ended.returncode == 2, "the failure of what it runs is its own"


def test_builds_take_the_runtime_from_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (builds, runner):
        monkeypatch.setattr(module, "BUILD", tmp_path)
    design = Design(top="snn_lif_cell", file_list="rtl/prosperity/prosperity.f")
    folder = runner.build(design, "verilator").folder
    for name in ("verilated", "verilated_vpi", "verilated_threads"):
        stored = {path.read_bytes() for path in (BUILD / "runtime").glob(f"{name}-*/{name}.o")}
        assert (folder / f"{name}.o").read_bytes() in stored
