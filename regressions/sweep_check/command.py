"""`make sweep-check`: RTL against timing model on random layers of machines with random parameters.

Exit status: 0 when every counter of every layer is the model's, 1 otherwise, 2 on bad input.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from snn_rtl.machines import MACHINES
from snn_rtl.models.errors import InputError
from snn_rtl.regressions.sweep_check.report import (
    complaints,
    make_report,
    print_report,
    rerun_command,
)
from snn_rtl.regressions.sweep_check.sets import (
    ParameterSet,
    SetResult,
    draw_set,
    read_records,
    result_file,
    run_set,
    spread,
)
from snn_rtl.run.alive import Bars, working
from snn_rtl.run.command import create_folder, make_console
from snn_rtl.run.jobs import run_jobs
from snn_rtl.run.report import write_json
from snn_rtl.run.runner import RunFailure
from snn_rtl.run.simulators import make_runner


def _selection(text: str | None, points: list[int]) -> tuple[int | None, int | None]:
    """Return the set and the layer that ONLY names."""
    if text is None:
        return None, None
    match = re.fullmatch(r"([0-9]{1,9})(?:\.([0-9]{1,9}))?", text)
    if match is None or int(match[1]) >= len(points):
        raise InputError(f"ONLY={text:.60} is no machine, 0 to {len(points) - 1}, or machine.layer")
    chosen = int(match[1])
    if match[2] is None:
        return chosen, None
    if int(match[2]) >= points[chosen]:
        raise InputError(f"ONLY={text}: machine {chosen} has layers 0 to {points[chosen] - 1}")
    return chosen, int(match[2])


def _name(target: ParameterSet) -> str:
    return f"set {target.index}"


def _line(target: ParameterSet, result: SetResult) -> str:
    verdict = "[red]FAILED[/red]" if result.failure else "[green]equal[/green]"
    return f"{_name(target)}: {len(result.records)} layers on {target.simulator}: {verdict}"


def _run(
    folder: Path, layer: int | None, reruns: Mapping[int, str], target: ParameterSet
) -> SetResult:
    return run_set(target, folder, rerun=reruns[target.index], only=layer)


def _run_all(
    sets: list[ParameterSet], folder: Path, jobs: int, layer: int | None, reruns: dict[int, str]
) -> dict[int, SetResult]:
    """Run all sets, the longest first, and show how far they are; one that ends gets its line."""
    for target in sets:
        result_file(folder, target).unlink(missing_ok=True)
    columns = (
        TextColumn("{task.fields[done]}/{task.fields[points]} layers"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} % of the cycles"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    points = sum(target.points for target in sets)
    cycles = sum(target.model_cycles for target in sets)
    results: dict[int, SetResult] = {}
    longest_first = sorted(sets, key=lambda target: -target.model_cycles)
    with Bars(*columns, console=make_console()) as progress:
        task = progress.add_task("cycles", total=cycles, done=0, points=points)

        def look() -> None:
            records = [r for target in sets for r in read_records(result_file(folder, target))]
            completed = sum(record["model_cycles"] for record in records)
            progress.update(task, completed=completed, done=len(records))

        work = partial(_run, folder, layer, reruns)
        for target, result in run_jobs(work, longest_first, jobs=jobs, beat=look, name=_name):
            results[target.index] = result
            progress.console.print(_line(target, result), highlight=False)
    return results


def sweep_check(
    *,
    design: str,
    configs: int,
    points: int,
    seed: int,
    sim: str,
    only: str | None,
    jobs: int,
    out: Path,
) -> int:
    """Hold the RTL's cycles against the timing model over random machines and layers."""
    console = make_console()
    shares = spread(points, configs)
    chosen, layer = _selection(only, shares)

    with working(console, "drawing machines and layers"):
        sets = [
            draw_set(MACHINES[design], seed, index, share, sim)
            for index, share in enumerate(shares)
            if chosen in (None, index)
        ]
    for name in {target.simulator for target in sets}:
        make_runner(name)
    reruns = {target.index: rerun_command(target, configs, points, seed) for target in sets}
    create_folder(out)
    results = _run_all(sets, out, jobs, layer, reruns)
    report = make_report(sets, results, seed, reruns)
    path = write_json(out / "sweep_check.json", report)
    print_report(report, console)
    console.print(f"report: {path}", soft_wrap=True, markup=False)
    if not report["passed"]:
        raise RunFailure("\n".join(complaints(sets, report, configs, points)))
    return 0
