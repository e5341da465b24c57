"""`make sweep-check`: RTL against timing model on random layers of machines with random parameters.

Exit status: 0 when every counter of every layer is the model's, 1 otherwise, 2 on bad input.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from snn_rtl.regressions.sweep_check.report import (
    complaints,
    make_report,
    print_report,
    rerun_command,
    write_json,
)
from snn_rtl.regressions.sweep_check.sets import (
    AUTO,
    ParameterSet,
    SetResult,
    draw_set,
    read_records,
    result_file,
    run_set,
    spread,
)
from snn_rtl.run.command import Command, make_console
from snn_rtl.run.places import OUT
from snn_rtl.run.runner import RunFailure
from snn_rtl.run.simulators import check_simulator, make_runner
from snn_rtl.run.values import create_folder, number, out_folder
from snn_rtl.sim.options import MAX_SEED

_MOST_SETS: Final = 10_000
_MOST_POINTS: Final = 1_000_000
_MOST_JOBS: Final = 256
_POLL_S: Final = 0.5


def _selection(text: str | None, points: list[int]) -> tuple[int | None, int | None]:
    """Return the set and the layer that --only names."""
    if text is None:
        return None, None
    index, dot, layer = text.partition(".")
    chosen = number("--only", index, 0, len(points) - 1)
    return chosen, number("--only's layer", layer, 0, points[chosen] - 1) if dot else None


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
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=cycles, done=0, points=points)
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


@click.command(cls=Command, interrupted="no report was written")
@click.option("--configs", metavar="N", help="machines with random parameters (default: 20)")
@click.option("--points", metavar="N", help="random layers over all of them (default: 500)")
@click.option("--seed", metavar="N", help="base of all randomness (default: 1)")
@click.option("--sim", metavar="NAME", help="simulator (default: by size, what is done first)")
@click.option("--jobs", metavar="N", help="simulations at a time (default: 2)")
@click.option("--only", metavar="SET[.LAYER]", help="one set, or one layer of it")
@click.option("--out", metavar="DIR", help="folder of the report (default: build/sweep_check)")
def sweep_check(
    *,
    configs: str | None,
    points: str | None,
    seed: str | None,
    sim: str | None,
    jobs: str | None,
    only: str | None,
    out: str | None,
) -> int:
    """Hold the RTL's cycles against the timing model over random machines and layers."""
    console = make_console()
    set_count = number("--configs", configs or "20", 1, _MOST_SETS)
    point_count = number("--points", points or "500", 1, _MOST_POINTS)
    base_seed = number("--seed", seed or "1", 0, MAX_SEED)
    job_count = number("--jobs", jobs or "2", 1, _MOST_JOBS)
    simulator = AUTO if sim in (None, AUTO) else check_simulator(str(sim))
    shares = spread(point_count, set_count)
    chosen, layer = _selection(only, shares)
    folder = out_folder(out, OUT / "sweep_check")

    with console.status("drawing machines and layers"):
        sets = [
            draw_set(base_seed, index, share, simulator)
            for index, share in enumerate(shares)
            if chosen in (None, index)
        ]
    for name in {target.simulator for target in sets}:
        make_runner(name)
    reruns = {
        target.index: rerun_command(target, set_count, point_count, base_seed) for target in sets
    }
    create_folder(folder)
    futures = _run_all(sets, folder, job_count, layer, reruns)
    results = {index: future.result() for index, future in futures.items()}
    report = make_report(sets, results, base_seed, reruns)
    path = write_json(report, folder)
    print_report(report, console)
    console.print(f"report: {path}", soft_wrap=True, markup=False)
    if not report["passed"]:
        raise RunFailure("\n".join(complaints(sets, report, set_count, point_count)))
    return 0
