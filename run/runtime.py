"""Compiles Verilator's runtime once for all builds.

The files of the runtime (verilated.cpp and its like) are the same in every build and take most of
a small one's time. Verilator's make files put $(OBJCACHE) before each compiler's command; this is
what it stands for: a command that compiles a file of the runtime takes the object from a build
before, where compiler, command and sources are equal. Every other command is run as it is, behind
ccache where there is one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import snn_rtl
from snn_rtl.run.builds import kept, key_of
from snn_rtl.run.places import BUILD

_SUFFIXES: Final = (".c", ".cpp", ".h")
# gcc and clang look for headers there before they look in the system's folders.
_PATHS: Final = ("CPATH", "CPLUS_INCLUDE_PATH")


def objcache() -> str:
    """Return what OBJCACHE must be for make: this module as a program, then ccache if it is there.

    Spaces are escaped as MAKEFLAGS wants them.
    """
    root = Path(snn_rtl.__file__).parents[1]
    words = ["env", f"PYTHONPATH={root}", sys.executable, "-m", "snn_rtl.run.runtime"]
    return "\\ ".join([*words, *(["ccache"] if shutil.which("ccache") else [])])


def runtime_source(command: Sequence[str]) -> Path | None:
    """Return the file of the runtime that a command compiles, or None if it compiles another.

    cocotb's verilator.cpp and the sources of programs know the ports of the design; what is made
    of them belongs to one build alone.
    """
    source = Path(command[-1])
    is_one = source.is_absolute() and source.suffix == ".cpp" and "-c" in command
    return source if is_one and source.name.startswith("verilated") else None


def object_key(command: Sequence[str], source: Path, folder: Path) -> str:
    """Return a name for what a command makes, from all that it depends on.

    Args:
        command: the compiler's, with or without ccache before it.
        source: the file of the runtime.
        folder: where the command runs: headers that lie there go before the runtime's own.
    """
    compiler = [word for word in command if Path(word).name != "ccache"]
    version = subprocess.run(
        [compiler[0], "--version"], capture_output=True, text=True, check=False
    ).stdout
    files = sorted(path for path in source.parent.rglob("*") if path.suffix in _SUFFIXES)
    instead = [folder / path.name for path in files if (folder / path.name).is_file()]
    paths = [os.environ.get(name) for name in _PATHS]
    return key_of(compiler, version, paths, [path.name for path in instead], *files, *instead)


def compile_once(command: Sequence[str], source: Path, folder: Path) -> None:
    """Leave the object of a file of the runtime, and what it depends on, in a build's folder.

    Raises:
        SystemExit: with the compiler's status, where it fails.
        OSError: with the path that cannot be written.
    """
    store = BUILD / "runtime" / f"{source.stem}-{object_key(command, source, folder)}"
    names = [f"{source.stem}.o", f"{source.stem}.d"]

    def make() -> None:
        status = subprocess.run(command, cwd=folder, check=False).returncode
        if status:
            raise SystemExit(status)
        for name in names:
            shutil.copyfile(folder / name, store / name)

    if kept(store, make, lambda: all((store / name).is_file() for name in names)):
        for name in names:
            shutil.copyfile(store / name, folder / name)


def main(command: Sequence[str]) -> None:
    """Compile in the current folder.

    Raises:
        SystemExit: the compiler's status, or a line that says what cannot be written.
    """
    source = runtime_source(command)
    if source is None:
        os.execvp(command[0], list(command))
    try:
        compile_once(command, source, Path.cwd())
    except OSError as error:
        raise SystemExit(f"the runtime of Verilator: {error}") from None


if __name__ == "__main__":
    main(sys.argv[1:])
