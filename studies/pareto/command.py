"""`make pareto`: cycles against area over the parameters that matter, and what one would build.

Exit status: 0 when all points are there, 1 if one could not be computed, 2 on bad input.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from snn_rtl.machines.prosperity import PROSPERITY
from snn_rtl.models.prosperity.config import ProsperityConfig
from snn_rtl.models.prosperity.prosperity import Mode
from snn_rtl.run.alive import working
from snn_rtl.run.command import create_folder, make_console
from snn_rtl.run.page import write_page
from snn_rtl.run.report import write_json
from snn_rtl.studies.pareto.page import PAGE, render
from snn_rtl.studies.pareto.result import (
    OVERALL,
    Point,
    better,
    make_points,
    make_report,
    to_build,
    words,
)
from snn_rtl.studies.pareto.subjects import SUBJECTS, Subject
from snn_rtl.studies.sweep.cache import Cache
from snn_rtl.studies.sweep.fill import CACHE, fill
from snn_rtl.studies.sweep.fill import Point as Task
from snn_rtl.studies.sweep.inputs import read_workloads
from snn_rtl.studies.sweep.work import SpikeLayer, content_digest, spike_layers
from snn_rtl.synth.reports import read_reports


def _print(points: Sequence[Point], subject: Subject, console: Console) -> None:
    """Print the front and the named machines, by rising area."""
    build = to_build(points, subject.base)
    shown = [p for p in points if p.name or OVERALL in p.fronts or p is build]
    table = Table(title=f"{subject.title}: the front, and what has a name")
    table.add_column("machine")
    labels = list(points[0].cycles)
    for heading in (*labels, "cycles", "mm2", "area", "product"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for point in sorted(shown, key=lambda p: p.relative_area):
        marks = ("★" if point is build else "") + ("◆" if OVERALL in point.fronts else "")
        table.add_row(
            words(point, subject),
            *(f"{point.cycles[label]:,}" for label in labels),
            f"{point.relative_cycles:.3f}",
            f"{point.area.total / 1e6:.2f}",
            f"{point.relative_area:.3f}",
            f"{point.product:.3f}",
            marks,
        )
    console.print(table)
    for point in points:
        if not point.name:
            continue
        for what, found in better(points, point).items():
            text = "none: it is on the front"
            if found is not None:
                faster = found.relative_cycles / point.relative_cycles - 1
                smaller = found.relative_area / point.relative_area - 1
                text = f"{words(found, subject)} (cycles {faster:+.1%}, area {smaller:+.1%})"
            console.print(f"{point.name}, {what}: {text}", markup=False, highlight=False)
    for point in points:
        if point.name and point.relative_time is not None:
            console.print(
                f"{point.name}, synthesised: longest path x {point.relative_path:.2f}, "
                f"time x {point.relative_time:.3f}",
                highlight=False,
            )
    base = next(iter(subject.named))
    console.print(
        f"★ least area x cycles: {words(build, subject)}, {build.product:.3f} of {base}'s, of the "
        f"machines with TILE_M and LANES not below {base}'s",
        markup=False,
        highlight=False,
    )


def _cycles(
    configs: Sequence[ProsperityConfig],
    layers: Mapping[str, Sequence[SpikeLayer]],
    jobs: int,
    console: Console,
) -> dict[ProsperityConfig, dict[str, int]]:
    """Return cycles by machine, then workload.

    Args:
        configs: the machines.
        layers: inputs by label of the workload.
        jobs: processes.
        console: for progress.
    """
    mode = str(Mode.PRODUCT)
    contents = {label: content_digest(inputs) for label, inputs in layers.items()}
    tasks: dict[Task, str] = {
        (label, mode, config): contents[label] for config in configs for label in layers
    }
    inputs = {contents[label]: found for label, found in layers.items()}
    results = fill(tasks, inputs, Cache(CACHE), jobs, console)
    return {
        config: {
            label: sum(row["cycles"] for row in results[label, mode, config].values())
            for label in layers
        }
        for config in configs
    }


def pareto(*, workloads: tuple[str, ...] | None, images: int | None, jobs: int, out: Path) -> int:
    """Weigh cycles against area over tiles, lanes and the parameters of turbo."""
    console = make_console()
    loaded, facts = read_workloads([str(PROSPERITY.bundled["paper"]), *(workloads or ())], images)
    every = [layer for workload in loaded for layer in workload.layers]
    create_folder(out)
    with working(console, "reading workloads"):
        layers = {
            fact["label"]: spike_layers(workload, fact["images"])
            for workload, fact in zip(loaded, facts, strict=True)
        }
    chapters = []
    for subject in SUBJECTS:
        configs, skipped = subject.machines(every)
        reports = read_reports(subject.design)
        points = make_points(subject, _cycles(configs, layers, jobs, console), reports)
        _print(points, subject, console)
        chapters.append((subject, points, skipped, reports))
    report = make_report(chapters, facts)
    path = write_json(out / "pareto.json", report)
    page = write_page(out / PAGE, render(report, chapters))
    console.print(f"report: {path}, {page}", soft_wrap=True, markup=False)
    return 0
