"""The points of a sweep: taken from the cache, or computed while a bar shows how far it is."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

from snn_rtl.models.prosperity.config import ProsperityConfig
from snn_rtl.run.alive import Bars
from snn_rtl.run.places import BUILD
from snn_rtl.studies.sweep.cache import Cache, point_key
from snn_rtl.studies.sweep.pool import Task, compute
from snn_rtl.studies.sweep.work import Result, SpikeLayer

CACHE: Final = BUILD / "cache" / "sweep"
MOST_JOBS: Final = 1024

Point = tuple[str, str, ProsperityConfig]
"""Label of a workload, mode, machine."""


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def fill(
    points: Mapping[Point, str],
    layers: Mapping[str, Sequence[SpikeLayer]],
    cache: Cache,
    jobs: int,
    console: Console,
) -> dict[Point, Result]:
    """Return the results of all points, from the cache or computed.

    Args:
        points: digest of the layers by point.
        layers: inputs by digest.
        cache: of earlier results.
        jobs: processes.
        console: for progress.
    """
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
        with Bars(*columns, console=console) as progress:
            bar = progress.add_task("", total=found + len(tasks), completed=found)

            def done(task: Task, result: Result) -> None:
                known[task.key] = result
                progress.advance(bar)

            compute(list(tasks.values()), layers, cache, jobs, done)
    seconds = time.perf_counter() - started
    console.print(f"{len(tasks)} points computed in {seconds:.1f} s, {found} from the cache")
    return {point: known[key] for point, key in keys.items()}
