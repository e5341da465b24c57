"""Runs the checks: ``python -m snn_rtl.tools.lint [--root DIR] [--only STEP,STEP] [--list]``.

Status 0: all pass; 1: a check failed; 2: a checker is missing or a step is unknown.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

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


def main(argv: Sequence[str] | None = None) -> int:
    """Run the steps asked for, all of them by default; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m snn_rtl.tools.lint", description=__doc__)
    parser.add_argument("--root", type=Path, default=Path.cwd(), help="tree to check (default: .)")
    parser.add_argument("--only", default="", help="steps to run, separated by commas")
    parser.add_argument("--list", action="store_true", help="name the steps and stop")
    arguments = parser.parse_args(argv)
    if arguments.list:
        for name, function in STEPS.items():
            print(f"{name:<10}{(function.__doc__ or '').splitlines()[0]}")
        return 0
    names = [name for name in arguments.only.split(",") if name] or list(STEPS)
    unknown = [name for name in names if name not in STEPS]
    if unknown:
        known = ", ".join(STEPS)
        print(f"error: unknown step {unknown[0]!r}: choose from {known}", file=sys.stderr)
        return 2
    project = Project(arguments.root.resolve())
    try:
        failed = [name for name in names if not run_step(name, project)]
    except MissingToolError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"lint: {len(names) - len(failed)} of {len(names)} steps passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
