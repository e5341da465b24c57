"""`make sweep-check`: RTL against timing model on random layers of machines with random parameters.

Exit status: 0 when every counter of every layer is the model's, 1 otherwise, 2 on bad input.
"""

from __future__ import annotations

import re
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, Final

from rich.console import Console
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
from snn_rtl.run.report import write_json
from snn_rtl.run.runner import RunFailure
from snn_rtl.run.simulators import make_runner

_POLL_S: Final = 0.5


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


def _watch(
    futures: dict[int, Future[SetResult]],
    sets: list[ParameterSet],
    folder: Path,
    console: Console,
) -> None:
    """Show how far the sets are until all have ended; a set that ends gets its line."""
    columns = (
        TextColumn("{task.fields[done]}/{task.fields[points]} layers"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} % of the cycles"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    points = sum(target.points for target in sets)
    cycles = sum(target.model_cycles for target in sets)
    records: dict[int, list[dict[str, Any]]] = {}
    ended: set[int] = set()
    with Bars(*columns, console=console) as progress:
        task = progress.add_task("cycles", total=cycles, done=0, points=points)
        while len(ended) < len(sets):
            wait(futures.values(), timeout=_POLL_S)
            for target in sets:
                future = futures[target.index]
                if target.index in ended:
                    continue
                records[target.index] = read_records(result_file(folder, target))
                if future.done():
                    ended.add(target.index)
                    progress.console.print(_line(target, future.result()), highlight=False)
            progress.update(
                task,
                completed=sum(p["model_cycles"] for group in records.values() for p in group),
                done=sum(map(len, records.values())),
            )


def _line(target: ParameterSet, result: SetResult) -> str:
    verdict = "[red]FAILED[/red]" if result.failure else "[green]equal[/green]"
    return f"set {target.index}: {len(result.records)} layers on {target.simulator}: {verdict}"


def _run_all(
    sets: list[ParameterSet], folder: Path, jobs: int, layer: int | None, reruns: dict[int, str]
) -> dict[int, Future[SetResult]]:
    """Start everything, the longest first, and return what will be there."""
    for target in sets:
        result_file(folder, target).unlink(missing_ok=True)
    pool = ThreadPoolExecutor(jobs)
    try:
        futures = {
            target.index: pool.submit(
                run_set, target, folder, rerun=reruns[target.index], only=layer
            )
            for target in sorted(sets, key=lambda target: -target.model_cycles)
        }
        _watch(futures, sets, folder, make_console())
        return futures
    finally:
        # After Ctrl-C the simulations have had it too, and end.
        pool.shutdown(cancel_futures=True)


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
    futures = _run_all(sets, out, jobs, layer, reruns)
    results = {index: future.result() for index, future in futures.items()}
    report = make_report(sets, results, seed, reruns)
    path = write_json(out / "sweep_check.json", report)
    print_report(report, console)
    console.print(f"report: {path}", soft_wrap=True, markup=False)
    if not report["passed"]:
        raise RunFailure("\n".join(complaints(sets, report, configs, points)))
    return 0
