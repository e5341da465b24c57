"""`make paper`: the papers' tables and plots, rebuilt for every workload at hand.

Exit status: 0 when the page is there, 1 if something could not be computed, 2 on bad input.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.table import Table as ConsoleTable

from snn_rtl.models.baselines import LayerWork
from snn_rtl.run.alive import Bars, working
from snn_rtl.run.command import create_folder, make_console
from snn_rtl.run.jobs import run_jobs
from snn_rtl.run.page import write_page
from snn_rtl.run.report import write_json
from snn_rtl.studies.paper import (
    ablation,
    breakdown,
    cycles,
    density,
    dual,
    machines,
    summary,
    tile_sweep,
)
from snn_rtl.studies.paper.inputs import IMAGES, Network, read_network, workload_files
from snn_rtl.studies.paper.output import make_report, write_csv
from snn_rtl.studies.paper.page import PAGE, render
from snn_rtl.studies.paper.results import Results, Task, make_tasks
from snn_rtl.studies.paper.section import Section
from snn_rtl.studies.paper.tables import Table, text_of

_PARTS: Final = (density, cycles, machines, ablation, tile_sweep, breakdown, dual)


def _run(inputs: Mapping[tuple[str, str], Sequence[LayerWork]], task: Task) -> Any:
    """Run a task; `inputs` are the entries by label of their network and name of their layer."""
    return task.function(inputs[task.network, task.layer])


def _compute(networks: list[Network], jobs: int, console: Console) -> list[Results]:
    tasks = [task for network in networks for task in make_tasks(network)]
    inputs = {(n.label, name): works for n in networks for name, works in n.layers.items()}
    found: dict[str, dict[str, dict[str, Any]]] = {network.label: {} for network in networks}
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Bars(*columns, console=console) as progress:
        bar = progress.add_task("computing", total=len(tasks))
        for task, result in run_jobs(partial(_run, inputs), tasks, jobs=jobs):
            found[task.network].setdefault(task.name, {})[task.layer] = result
            progress.update(bar, advance=1, description=escape(f"{task.network} {task.layer}"))
    # In the order of the network, whichever came first.
    return [
        Results(
            network,
            {
                name: {layer: part[layer] for layer in network.layers if layer in part}
                for name, part in found[network.label].items()
            },
        )
        for network in networks
    ]


def _print(table: Table, console: Console) -> None:
    shown = ConsoleTable(title=table.title)
    shown.add_column(table.row_title, no_wrap=True)
    for column in table.shown:
        shown.add_column(f"{column.title}\n[dim]{column.origin}[/dim]", justify="right")
    for row in table.rows:
        found = [row.cells.get(column.key) for column in table.shown]
        texts = [
            text_of(cell.value, cell.kind or column.kind) if cell else ""
            for cell, column in zip(found, table.shown, strict=True)
        ]
        shown.add_row(escape(row.name), *texts)
    console.print(shown)


def paper(*, workloads: tuple[str, ...] | None, images: int | None, jobs: int, out: Path) -> int:
    """Rebuild the paper's tables and plots for every workload at hand.

    The bundled networks are always among them. Without --workloads the captured networks beside the
    repository, in ../shared/workloads/, join it where they are.
    """
    console = make_console()
    started = time.perf_counter()
    networks: list[Network] = []
    most = images or IMAGES
    with working(console, "reading workloads"):
        for path in workload_files(workloads):
            networks.append(read_network(path, most, [network.label for network in networks]))
    create_folder(out)

    every = _compute(networks, jobs, console)
    overview = summary.section(every)
    parts: dict[str, list[Section]] = {
        results.network.label: [part.section(results) for part in _PARTS] for results in every
    }
    report = make_report(every, overview, parts)
    written = [
        write_page(out / PAGE, render(report, every, overview, parts)),
        write_json(out / "paper.json", report),
    ]
    files = write_csv(overview, parts, out)
    for table in overview.tables:
        _print(table, console)
    seconds = time.perf_counter() - started
    console.print(f"{len(networks)} workloads in {seconds:.1f} s")
    names = ", ".join(map(str, written))
    console.print(
        f"report: {names} and {len(files)} CSV files", soft_wrap=True, markup=False, highlight=False
    )
    return 0
