"""What a module and a test are made of, as digests: equal ones need no second run."""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

from snn_rtl.run.design import read_file_list
from snn_rtl.run.places import ROOT

_WORD: Final = re.compile(r"\b[A-Za-z_]\w*\b")


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.relative_to(ROOT).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def verilog_digest(module: str, file_list: str) -> str:
    """Return a digest of a module's file and of those of all that it instantiates.

    A file that only names another module in a comment counts too: that costs a run, no more.
    """
    files, includes = read_file_list(ROOT / file_list)
    by_name = {path.stem: path for path in files}
    found: set[Path] = set()
    waiting = [by_name[module]]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        text = path.read_text(encoding="utf-8")
        waiting += [by_name[word] for word in set(_WORD.findall(text)) if word in by_name]
        if "`include" in text:
            found.update(header for folder in includes for header in folder.glob("*.vh"))
    return _digest(found)


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def _files_of(name: str) -> Iterator[Path]:
    """Yield the files that an import of a dotted name runs; none for what is not the project's."""
    # pytest knows a test's file by its place in the tree, imports go through the package.
    parts = name.removeprefix("snn_rtl.").split(".")
    for count in range(1, len(parts) + 1):
        place = ROOT.joinpath(*parts[:count])
        for path in (place / "__init__.py", place.with_suffix(".py")):
            if path.is_file():
                yield path


def files_of_test(test_module: str) -> set[Path]:
    """Return a test module's file, those of the project's modules that it imports, and so on."""
    found: set[Path] = set()
    waiting = [test_module]
    while waiting:
        for path in _files_of(waiting.pop()):
            if path not in found:
                found.add(path)
                waiting += _imported(path)
    # The register access layer reads these.
    return found | set((ROOT / "rtl").glob("*/registers.yaml"))


@cache
def test_digest(test_module: str) -> str:
    """Return a digest of a test module and of all that it uses."""
    return _digest(files_of_test(test_module))
