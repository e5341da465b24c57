"""`make sweep`: cycles against storage, adders and area over ranges of parameters.

Exit status: 0 when all points are there, 1 if one could not be computed, 2 on bad input.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from snn_rtl.machines.prosperity import PROSPERITY
from snn_rtl.run.alive import working
from snn_rtl.run.command import create_folder, make_console
from snn_rtl.run.page import write_page
from snn_rtl.run.report import write_json
from snn_rtl.studies.sweep.cache import Cache
from snn_rtl.studies.sweep.fill import CACHE, Point, fill
from snn_rtl.studies.sweep.grid import PARAMETERS, Grid, make_grid, varied
from snn_rtl.studies.sweep.inputs import read_workloads
from snn_rtl.studies.sweep.page import PAGE, render
from snn_rtl.studies.sweep.report import FRONTS, Row, make_report, make_rows, write_csv
from snn_rtl.studies.sweep.work import SpikeLayer, content_digest, spike_layers

_SHOWN: Final = 40
_DEFAULT_RANGES: Final = {"tile_m": (32, 64, 128, 256, 512), "tile_k": (8, 16, 32)}


def _print_table(rows: Sequence[Row], ranges: Collection[str], console: Console) -> None:
    """Print the best rows of a workload; what was fitted to the ranges is in the files only."""
    parameters = [name for name in varied([row.config for row in rows]) if name in ranges]
    table = Table(title=Text(rows[0].workload))
    for heading in ("mode", *(name.upper() for name in parameters)):
        table.add_column(heading, justify="left" if heading == "mode" else "right")
    for heading in (
        "cycles",
        "busy",
        "mostly waits for",
        "storage KiB",
        "adders",
        "area mm2",
        "Pareto",
    ):
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
            f"{row.area.total / 1e6:.2f}",
            " ".join(front for front in FRONTS if front in row.fronts),
        )
    console.print(table)
    if len(rows) > _SHOWN:
        console.print(f"{len(rows) - _SHOWN} more rows in sweep.csv")


def _print_skipped(grid: Grid, console: Console) -> None:
    for reason, count in grid.skipped.items():
        what = "combination" if count == 1 else "combinations"
        console.print(f"skipped {count} {what}: {reason}", markup=False, soft_wrap=True)


def sweep(
    *,
    workloads: tuple[str, ...],
    images: int | None,
    modes: tuple[str, ...],
    config: str,
    jobs: int,
    out: Path,
    **given: tuple[int, ...] | None,
) -> int:
    """Compute cycles, storage, adders and area over ranges of parameters.

    A RANGE is a list such as 32,64 of numbers, first:last:*factor or first:last:+step. Without any:
    TILE_M 32:512:*2 and TILE_K 8,16,32.
    """
    console = make_console()
    ranges = {name: v for name in PARAMETERS if (v := given[name]) is not None} or _DEFAULT_RANGES
    chosen = PROSPERITY.configuration(config)
    loaded, facts = read_workloads(workloads, images)
    every = [layer for workload in loaded for layer in workload.layers]
    grid = make_grid(chosen.parameters, ranges, every)
    create_folder(out)
    _print_skipped(grid, console)

    layers: dict[str, list[SpikeLayer]] = {}
    points: dict[Point, str] = {}
    with working(console, "reading workloads"):
        for workload, fact in zip(loaded, facts, strict=True):
            inputs = spike_layers(workload, fact["images"])
            content = content_digest(inputs)
            layers[content] = inputs
            for name in modes:
                points.update({(fact["label"], name, machine): content for machine in grid.configs})
    rows = make_rows(fill(points, layers, Cache(CACHE), jobs, console))

    for label in dict.fromkeys(row.workload for row in rows):
        _print_table([row for row in rows if row.workload == label], ranges, console)
    report = make_report(
        rows, base=chosen.title, ranges=ranges, skipped=grid.skipped, workloads=facts
    )
    written = [
        write_json(out / "sweep.json", report),
        write_csv(rows, out),
        write_page(out / PAGE, render(report, rows)),
    ]
    console.print("report: " + ", ".join(map(str, written)), soft_wrap=True, markup=False)
    return 0
