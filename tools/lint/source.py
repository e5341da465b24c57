"""Steps for Python and for the tree as a whole."""

from __future__ import annotations

import re
from typing import Final

from snn_rtl.run.tools import find_tool, run
from snn_rtl.tools.lint.links import broken_links
from snn_rtl.tools.lint.project import Project, Result

# Folders where one machine keeps things: nothing in the project may depend on them.
_PLACES: Final = ("tmp", "work", "home", "root", "Users", "mnt", "opt", "scratch")
_MACHINE_PATH: Final = re.compile(
    rf"(?<![\w.)}}$*%~/-])/(?:{'|'.join(_PLACES)})(?=[/\s\"'`),;:]|$)"
)
_BINARY: Final = frozenset({".npz", ".npy", ".png", ".gz"})


def _python(project: Project, tool: str, *arguments: str, below: str = "") -> Result:
    """Run a checker over the Python folders, or over those that a folder links to."""
    folders = project.python_folders
    if not folders:
        return Result("nothing", ["no Python files"])
    status, output = run(
        [find_tool(tool), *arguments, *([below] if below else folders)], project.root
    )
    count = sum(len(project.walk(folder, ".py")) for folder in folders)
    problems = output.strip().splitlines() if status else []
    if status and not problems:
        problems = [f"{tool} ended with status {status}"]
    return Result(f"{count} files", problems)


def ruff(project: Project) -> Result:
    """Check Python against the rules in pyproject.toml."""
    return _python(project, "ruff", "check", "--output-format=concise", "--quiet")


def python_format(project: Project) -> Result:
    """Check that Python is laid out as `ruff format` would."""
    return _python(project, "ruff", "format", "--check", "--quiet", "--output-format=concise")


def mypy(project: Project) -> Result:
    """Check types as strictly as pyproject.toml asks."""
    return _python(project, "mypy", "--no-error-summary", "--no-pretty", below="snn_rtl")


def _text_problems(project: Project, file: str) -> list[str]:
    path = project.root / file
    data = path.read_bytes()
    if path.suffix in _BINARY or b"\0" in data:
        return []
    text = data.decode("utf-8", errors="replace")
    problems = []
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        if _MACHINE_PATH.search(line):
            problems.append(f"{file}:{number}: names a path of one machine: {line.strip()[:80]}")
        if line != line.rstrip():
            problems.append(f"{file}:{number}: white space at the end of the line")
    if text and lines[-1]:
        problems.append(f"{file}: no newline at the end")
    if path.suffix == ".md":
        problems += [f"{file}: {problem}" for problem in broken_links(path, project.root)]
    return problems


def tree(project: Project) -> Result:
    """Check what git keeps: nothing generated, no machine's paths, tidy ends, links that work."""
    files = project.kept_files
    problems = [] if files else ["no files"]
    for name in project.git("ls-files", "-z", "--", "build", ".venv") or []:
        problems.append(f"{name}: generated, and tracked all the same")
    for file in files:
        problems += _text_problems(project, file)
    return Result(f"{len(files)} files", problems)
