"""What docs/developer/new_test.md tells who writes a test is done here, in a copy of the tree."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from snn_rtl.run.places import ROOT

_PAGE = (ROOT / "docs" / "developer" / "new_test.md").read_text()
_BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", _PAGE, re.MULTILINE | re.DOTALL)


def _blocks(kind: str) -> list[str]:
    return [text for name, text in _BLOCKS if name == kind]


class Copy:
    """A copy of the tree, in which the page's commands are run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        ignored = shutil.ignore_patterns("build", ".venv", ".git", "__pycache__")
        shutil.copytree(ROOT, folder, symlinks=True, ignore=ignored)

    def run(self, line: str) -> tuple[int, str]:
        """Run a command: make by the program behind it, which needs no set-up."""
        words = shlex.split(line)
        if words[0] == "make":
            options = (word.split("=", 1) for word in words[2:])
            given = [f"--{name.lower()}={value}" for name, value in options]
            words = [sys.executable, "-m", "snn_rtl", words[1], *given]
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        done = subprocess.run(
            words,
            cwd=self.folder,
            env=env | {"PATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    def insert(self, file: str, before: str, text: str) -> None:
        """Put text before the first line that begins so."""
        path = self.folder / file
        head, mark, tail = path.read_text().partition(f"\n{before}")
        assert mark, f"{file} has no line {before!r}"
        path.write_text(f"{head}\n{text}{mark.removeprefix(chr(10))}{tail}")


@pytest.mark.sim
def test_page_from_top_to_bottom(tmp_path: Path) -> None:
    copy = Copy(tmp_path / "tree")
    test, case = _blocks("python")
    own_list, nightly = _blocks("yaml")
    (testpoint,) = _blocks("hjson")
    regress, fault, rerun, plan = (text.splitlines() for text in _blocks("sh"))

    (copy.folder / "tb" / "prosperity" / "tests" / "edges.py").write_text(test)
    (copy.folder / "mine.yaml").write_text(own_list)
    status, output = copy.run(*regress)
    assert status == 0, output

    spoil, again = fault
    assert copy.run(spoil)[0] == 0
    status, output = copy.run(again)
    assert (status, output.count("WEIGHT_TLAST, but every tlast was right") > 1) == (1, True)
    status, output = copy.run(*rerun)
    assert status == 1, output
    assert list((copy.folder / "build").glob("regress/*/rerun/*/**/*.fst"))

    copy.insert("regressions/lists/nightly.yaml", "  # Area and longest path", nightly)
    count = (
        "from snn_rtl.regressions.lists import LISTS, load\n"
        "specs = load(LISTS / 'nightly.yaml').expand(1)\n"
        "print(sum(spec.name == 'edges.LastColumn' for spec in specs))"
    )
    status, output = copy.run(shlex.join([sys.executable, "-c", count]))
    assert (status, output) == (0, "80\n")

    cases = copy.folder / "tb" / "prosperity" / "test_prosperity.py"
    cases.write_text(case)
    copy.insert("tb/prosperity/testplan.hjson", "    {", testpoint)
    for command in plan:
        status, output = copy.run(command)
        assert status == 0, output
    page = (copy.folder / "docs" / "reference" / "testplan.md").read_text()
    assert "edges.LastColumn" in page
    cases.unlink()
    assert copy.run(plan[-1])[0] == 1
