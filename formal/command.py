"""`make formal`: prove the RTL's properties, reach the covers, refute the broken variants.

Exit status: 0 when all did what they had to, 1 when one did not, 2 on bad input.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from snn_rtl.formal.catalogue import Job, Module, read_all
from snn_rtl.formal.execute import find_tools
from snn_rtl.formal.judge import Result, problems
from snn_rtl.formal.pool import from_store, run_all
from snn_rtl.formal.report import FILES, make_report, write_report
from snn_rtl.models.errors import InputError
from snn_rtl.run.alive import working
from snn_rtl.run.board import Board
from snn_rtl.run.command import create_folder, make_console, print_problems
from snn_rtl.run.places import BUILD
from snn_rtl.run.store import Store

CACHE: Final = BUILD / "cache" / "formal"

_DONE: Final = {"prove": "proved", "bmc": "holds", "cover": "reached", "broken": "refuted"}
"""What a task that did what it must has done, by its kind."""


def _selected(names: tuple[str, ...] | None, known: list[Module]) -> list[Module]:
    if names is None:
        return known
    have = [module.name for module in known]
    for name in names:
        if name not in have:
            raise InputError(f"unknown module {name!r:.80}: choose from {', '.join(have)}")
    return [module for module in known if module.name in names]


def _jobs(modules: list[Module], task: str | None) -> list[Job]:
    jobs = [job for module in modules for job in module.jobs if task is None or task in job.name]
    if not jobs:
        raise InputError(f"no task's name holds {task!r:.80}")
    return jobs


def _print(report: dict[str, Any], console: Console) -> None:
    table = Table(title="formal proofs")
    table.add_column("module")
    for heading in ("properties", "by k-induction", "bounded", "variants refuted", "CPU s"):
        table.add_column(heading, justify="right")
    for module in report["modules"]:
        proofs = [claim["proof"] for claim in module["properties"]]
        refuted = [task for task in module["tasks"] if task["kind"] == "broken"]
        table.add_row(
            module["name"],
            str(len(proofs)),
            str(proofs.count("k-induction")),
            str(sum(proof.startswith("bounded") for proof in proofs)),
            f"{sum(not task['problem'] for task in refuted)}/{len(refuted)}",
            f"{module['cpu_s']:.1f}",
        )
    console.print(table)
    totals = report["totals"]
    console.print(
        f"{totals['properties']} properties: {totals['by_induction']} by k-induction, "
        f"{totals['bounded']} bounded; {totals['covers']} covers reached, {totals['variants']} "
        f"broken variants refuted; {totals['tasks']} tasks ({totals['cached']} from the cache), "
        f"{totals['cpu_s']:.0f} s of CPU",
        highlight=False,
        soft_wrap=True,
    )
    print_problems(report["problems"], console)


def formal(
    *, module: tuple[str, ...] | None, task: str | None, limit: int, jobs: int, out: Path
) -> int:
    """Prove properties of the RTL with yosys and an SMT solver."""
    console = make_console()
    modules = _selected(module, read_all())
    wanted = _jobs(modules, task)
    folder = create_folder(out)
    # A report of an earlier run must not pass for this one's.
    for name in FILES:
        (folder / name).unlink(missing_ok=True)
    with working(console, "starting yosys"):
        tools = find_tools()
    store = Store(CACHE)
    results: dict[str, Result] = {r.job.name: r for r in from_store(wanted, tools, store)}
    new = [job for job in wanted if job.name not in results]
    with Board(console, "tasks", len(wanted), len(results)) as board:
        for result in run_all(
            new,
            tools,
            store,
            folder,
            workers=jobs,
            limit_s=limit,
            begin=lambda job: board.begin(job.name),
        ):
            results[result.job.name] = result
            how = "FAILED" if result.problem else _DONE[result.job.kind]
            took = f"{result.outcome.cpu_s:.1f} s of CPU"
            board.finished(result.job.name, f"{how}  {took}", result.problem)
    whole = task is None
    found = problems(modules, results, whole=whole)
    report = make_report(modules, results, found, versions=tools.versions, out=folder, whole=whole)
    _print(report, console)
    console.print(f"report: {write_report(report, folder)}", soft_wrap=True, markup=False)
    console.print("[green]proved[/green]" if not found else "[red]not proved[/red]")
    return 1 if found else 0
