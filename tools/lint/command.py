"""`make lint`: every static check, one step after the other.

Exit status: 0 when all pass, 1 when a check failed, 2 if a checker is missing or a step is unknown.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from snn_rtl.models.errors import InputError
from snn_rtl.run.tools import MissingToolError
from snn_rtl.tools.lint import source, verilog
from snn_rtl.tools.lint.project import Project, Result

STEPS: Final[dict[str, Callable[[Project], Result]]] = {
    "verilator": verilog.verilator,
    "icarus": verilog.icarus,
    "verible": verilog.verible,
    "yosys": verilog.yosys,
    "loops": verilog.loops,
    "waivers": verilog.waivers,
    "ruff": source.ruff,
    "format": source.python_format,
    "mypy": source.mypy,
    "tree": source.tree,
}


def run_step(name: str, project: Project) -> bool:
    """Run a step, print its line and what it found; say whether it passed.

    Raises:
        MissingToolError: the step's checker is not installed.
    """
    start = time.monotonic()
    result = STEPS[name](project)
    seconds = time.monotonic() - start
    verdict = "FAIL" if result.problems else "ok"
    print(f"{verdict:<5}{name:<10}{result.seen} ({seconds:.1f} s)", flush=True)
    for problem in result.problems:
        print("    " + problem.replace("\n", "\n    "))
    return not result.problems


def lint(*, steps: tuple[str, ...] | None, root: Path, listed: bool) -> int:
    """Run the checks.

    Raises:
        InputError: a step is unknown, or its checker is not installed.
    """
    if listed:
        for name, function in STEPS.items():
            print(f"{name:<10}{(function.__doc__ or '').splitlines()[0]}")
        return 0
    names = steps or tuple(STEPS)
    for name in names:
        if name not in STEPS:
            raise InputError(f"unknown step {name!r:.80}: choose from {', '.join(STEPS)}")
    project = Project(root.resolve())
    try:
        failed = [name for name in names if not run_step(name, project)]
    except MissingToolError as error:
        raise InputError(str(error)) from None
    print(f"lint: {len(names) - len(failed)} of {len(names)} steps passed")
    return 1 if failed else 0
