"""What there is to check: the files of a tree and the folders that a search passes over."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from snn_rtl.run.design import read_file_list

PYTHON_FOLDERS: Final = (
    *("models", "run", "machines", "tb", "sim", "studies", "regressions", "formal", "mutate"),
    *("synth", "tools", "exporter", "examples"),
)
GENERATED: Final = frozenset({"build", ".venv", ".git", "__pycache__", "sim_build", "obj_dir"})

_COMMENT: Final = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_MODULE: Final = re.compile(r"^\s*module\s+(\w+)", re.MULTILINE)


@dataclass(frozen=True)
class Module:
    """One Verilog module: its name, its file (relative to the root), and whether it is hardware."""

    name: str
    file: str
    synthesisable: bool


@dataclass
class Result:
    """Outcome of a step: how much it saw, in words, and what is wrong (empty: nothing)."""

    seen: str
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Project:
    """A source tree; every path handed out is relative to its root, with forward slashes."""

    root: Path

    def walk(self, folder: str, suffix: str) -> list[str]:
        """Return the files below a folder that end in ``suffix``, sorted, none generated."""
        found = []
        for place, folders, names in os.walk(self.root / folder):
            folders[:] = [name for name in folders if name not in GENERATED]
            found += [Path(place, name).relative_to(self.root) for name in names]
        return sorted(path.as_posix() for path in found if path.name.endswith(suffix))

    @cached_property
    def rtl_files(self) -> list[str]:
        """Hardware: every .v below rtl/."""
        return self.walk("rtl", ".v")

    @cached_property
    def bench_files(self) -> list[str]:
        """Verilog of the test bench: every .v below tb/. It may use delays."""
        return self.walk("tb", ".v")

    @cached_property
    def modules(self) -> list[Module]:
        """Every module of rtl/ and tb/."""
        return list(self._find_modules())

    def _find_modules(self) -> Iterator[Module]:
        for files, synthesisable in ((self.rtl_files, True), (self.bench_files, False)):
            for file in files:
                text = (self.root / file).read_text(encoding="utf-8", errors="replace")
                for name in _MODULE.findall(_COMMENT.sub(" ", text)):
                    yield Module(name, file, synthesisable)

    @cached_property
    def file_lists(self) -> list[str]:
        """The .f lists of rtl/: each names all files of one top, from its own folder."""
        return self.walk("rtl", ".f")

    def sources_of(self, file_list: str) -> list[str]:
        """Return the sources that a list names."""
        sources, _ = read_file_list(self.root / file_list)
        return [Path(os.path.relpath(path, self.root)).as_posix() for path in sources]

    def top_of(self, file_list: str) -> str:
        """Return the top of ``<name>.f``: module ``<name>``, or ``<name>_top`` if there is none."""
        stem = Path(file_list).stem
        return stem if any(module.name == stem for module in self.modules) else f"{stem}_top"

    @cached_property
    def verilog_folders(self) -> list[str]:
        """Folders that hold Verilog: where modules and headers are looked for."""
        files = self.rtl_files + self.bench_files + self.walk("rtl", ".vh") + self.walk("tb", ".vh")
        return sorted({str(Path(file).parent.as_posix()) for file in files})

    @cached_property
    def waivers(self) -> list[str]:
        """Verilator's waiver files."""
        return self.walk("rtl/lint", ".vlt")

    @cached_property
    def python_folders(self) -> list[str]:
        """Those of the project's Python folders that hold Python."""
        return [folder for folder in PYTHON_FOLDERS if self.walk(folder, ".py")]

    @cached_property
    def kept_files(self) -> list[str]:
        """Files that git keeps or would keep; outside a work tree all that are not generated."""
        listed = self.git("ls-files", "-z", "--cached", "--others", "--exclude-standard")
        if listed is None:
            return self.walk(".", "")
        return sorted(name for name in set(listed) if (self.root / name).is_file())

    def git(self, *arguments: str) -> list[str] | None:
        """Return the names that a git command lists with -z; None where there is no git."""
        if not (self.root / ".git").exists():
            return None
        done = subprocess.run(
            ["git", *arguments], cwd=self.root, capture_output=True, text=True, check=False
        )
        return [name for name in done.stdout.split("\0") if name] if done.returncode == 0 else None
