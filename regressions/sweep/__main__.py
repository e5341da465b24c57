"""`make sweep`: cycles against storage and adders over ranges of parameters, by the timing model.

Exit status: 0 when all points are there, 1 if one could not be computed, 2 on bad input.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from models.config import ProsperityConfig, named_config
from models.errors import InputError
from models.prosperity import Mode
from models.workload import Workload, load
from regressions.command import CONTEXT, make_console, run_command
from regressions.machines.prosperity import PROSPERITY
from regressions.sweep.cache import Cache, point_key
from regressions.sweep.grid import PARAMETERS, Grid, make_grid, varied
from regressions.sweep.page import write_html
from regressions.sweep.pool import Task, compute
from regressions.sweep.ranges import parse_range
from regressions.sweep.report import FRONTS, Row, make_report, make_rows, write_csv, write_json
from regressions.sweep.work import Result, SpikeLayer, content_digest, spike_layers
from regressions.values import choice, create_folder, number, out_folder
from tb.common.runner import BUILD

CACHE: Final = BUILD / "cache" / "sweep"

_IMAGES: Final = 5
_MOST_JOBS: Final = 1024
_SHOWN: Final = 40
_DEFAULT_RANGES: Final = {"tile_m": "32:512:*2", "tile_k": "8,16,32"}

Point = tuple[str, str, ProsperityConfig]


def _parameter_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add an option for every parameter of the machine."""
    for field in reversed(fields(ProsperityConfig)):
        option = "--" + field.name.replace("_", "-")
        command = click.option(option, metavar="RANGE", help=f"paper: {field.default}")(command)
    return command


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _modes(text: str | None) -> list[str]:
    names = [name.strip() for name in (text or "product").split(",")]
    return list(dict.fromkeys(choice("mode", name, tuple(Mode)) for name in names))


def _label(workload: Workload, path: Path, taken: Sequence[str]) -> str:
    """Return what a workload is called; a name that is taken gets its file's, then a number."""
    names = [workload.name, f"{workload.name} ({path.name})"]
    names += [f"{names[1]} {number}" for number in range(2, len(taken) + 3)]
    return next(name for name in names if name not in taken)


def _read_workloads(
    files: Sequence[str], images: str | None
) -> tuple[list[Workload], list[dict[str, Any]]]:
    """Return workloads, and label, file, images and layers of each."""
    paths = list(dict.fromkeys(Path(file) for file in files)) or [PROSPERITY.bundled["paper"]]
    loaded: list[Workload] = []
    facts: list[dict[str, Any]] = []
    for path in paths:
        workload = load(path)
        count = 0
        if workload.chained:
            assert workload.images is not None
            most = len(workload.images)
            count = min(_IMAGES, most) if images is None else number("--images", images, 1, most)
        label = _label(workload, path, [fact["label"] for fact in facts])
        names = [layer.name for layer in workload.layers]
        facts.append({"label": label, "file": path.name, "images": count, "layers": names})
        loaded.append(workload)
    if images is not None and not any(fact["images"] for fact in facts):
        raise InputError("no workload has images: leave --images out")
    return loaded, facts


def _fill(
    points: dict[Point, str],
    layers: dict[str, list[SpikeLayer]],
    jobs: int,
    console: Console,
) -> dict[Point, Result]:
    """Return the results of all points, from the cache or computed.

    Args:
        points: digest of the layers by point.
        layers: inputs by digest.
        jobs: processes.
        console: for progress.
    """
    cache = Cache(CACHE)
    keys = {p: point_key(content, p[2], p[1]) for p, content in points.items()}
    known = {key: result for key in set(keys.values()) if (result := cache.get(key)) is not None}
    tasks = {
        keys[p]: Task(key=keys[p], content=content, config=p[2], mode=p[1])
        for p, content in points.items()
        if keys[p] not in known
    }
    columns = (
        TextColumn("points"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    found, started = len(known), time.perf_counter()
    if tasks:
        with Progress(*columns, console=console, transient=True) as progress:
            bar = progress.add_task("", total=found + len(tasks), completed=found)

            def done(task: Task, result: Result) -> None:
                known[task.key] = result
                progress.advance(bar)

            compute(list(tasks.values()), layers, cache, jobs, done)
    seconds = time.perf_counter() - started
    console.print(f"{len(tasks)} points computed in {seconds:.1f} s, {found} from the cache")
    return {point: known[key] for point, key in keys.items()}


def _print_table(rows: Sequence[Row], ranges: Collection[str], console: Console) -> None:
    """Print the best rows of a workload; what was fitted to the ranges is in the files only."""
    parameters = [name for name in varied([row.config for row in rows]) if name in ranges]
    table = Table(title=Text(rows[0].workload))
    for heading in ("mode", *(name.upper() for name in parameters)):
        table.add_column(heading, justify="left" if heading == "mode" else "right")
    for heading in ("cycles", "busy", "mostly waits for", "storage KiB", "adders", "Pareto"):
        right = heading not in ("mostly waits for", "Pareto")
        table.add_column(heading, justify="right" if right else "left")
    for row in rows[:_SHOWN]:
        table.add_row(
            row.mode,
            *(str(getattr(row.config, name)) for name in parameters),
            str(row.cycles),
            f"{100 * row.totals['process'] / row.cycles:.1f} %",
            row.limit.removeprefix("wait_"),
            f"{row.storage.total / 8192:.1f}",
            str(row.adders),
            " ".join(front for front in FRONTS if front in row.fronts),
        )
    console.print(table)
    if len(rows) > _SHOWN:
        console.print(f"{len(rows) - _SHOWN} more rows in sweep.csv")


def _print_skipped(grid: Grid, console: Console) -> None:
    for reason, count in grid.skipped.items():
        what = "combination" if count == 1 else "combinations"
        console.print(f"skipped {count} {what}: {reason}", markup=False, soft_wrap=True)


@click.command(context_settings=CONTEXT)
@click.option("--workload", "workloads", multiple=True, metavar="FILE", help="may come repeatedly")
@click.option("--images", metavar="N", help=f"images of a trained network (default: {_IMAGES})")
@click.option("--mode", metavar="LIST", help="product (default), bit, dense")
@click.option("--config", metavar="NAME", help="of what has no range: paper (default), turbo ...")
@click.option("--jobs", metavar="N", help="processes (default: one a core)")
@click.option("--out", metavar="DIR", help="folder of the report (default: build/sweep)")
@_parameter_options
def sweep(
    *,
    workloads: tuple[str, ...],
    images: str | None,
    mode: str | None,
    config: str | None,
    jobs: str | None,
    out: str | None,
    **given: str | None,
) -> int:
    """Compute cycles, storage and adders over ranges of parameters.

    A RANGE is a list such as 32,64 of numbers, first:last:*factor or first:last:+step. Without any:
    TILE_M 32:512:*2 and TILE_K 8,16,32.
    """
    console = make_console()
    base = "paper" if config is None else config
    texts = {name: text for name in PARAMETERS if (text := given[name]) is not None}
    ranges = {
        name: parse_range(name.upper(), text) for name, text in (texts or _DEFAULT_RANGES).items()
    }
    modes = _modes(mode)
    processes = _cores() if jobs is None else number("--jobs", jobs, 1, _MOST_JOBS)
    folder = out_folder(out, BUILD / "sweep")
    parameters = named_config(base)
    loaded, facts = _read_workloads(workloads, images)
    every = [layer for workload in loaded for layer in workload.layers]
    grid = make_grid(parameters, ranges, every)
    create_folder(folder)
    _print_skipped(grid, console)

    layers: dict[str, list[SpikeLayer]] = {}
    points: dict[Point, str] = {}
    with console.status("reading workloads"):
        for workload, fact in zip(loaded, facts, strict=True):
            inputs = spike_layers(workload, fact["images"])
            content = content_digest(inputs)
            layers[content] = inputs
            for name in modes:
                points.update({(fact["label"], name, machine): content for machine in grid.configs})
    rows = make_rows(_fill(points, layers, processes, console))

    for label in dict.fromkeys(row.workload for row in rows):
        _print_table([row for row in rows if row.workload == label], ranges, console)
    report = make_report(rows, base=base, ranges=ranges, skipped=grid.skipped, workloads=facts)
    written = [
        write_json(report, folder),
        write_csv(rows, folder),
        write_html(report, rows, folder),
    ]
    console.print("report: " + ", ".join(map(str, written)), soft_wrap=True, markup=False)
    return 0


def main() -> int:
    """Run the command."""
    return run_command("sweep", sweep, "the points that were done are kept")


if __name__ == "__main__":
    sys.exit(main())
