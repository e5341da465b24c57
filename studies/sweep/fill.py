"""The points of a sweep: taken from the cache, or computed while a bar shows how far it is.

What is done is kept, whatever happens to the rest.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

from snn_rtl.models.prosperity.config import ProsperityConfig
from snn_rtl.run.alive import Bars
from snn_rtl.run.jobs import run_jobs
from snn_rtl.run.places import BUILD
from snn_rtl.run.runner import RunFailure
from snn_rtl.studies.sweep.cache import Cache, point_key
from snn_rtl.studies.sweep.work import Result, SpikeLayer, evaluate

CACHE: Final = BUILD / "cache" / "sweep"

Point = tuple[str, str, ProsperityConfig]
"""Label of a workload, mode, machine."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """A point to compute.

    Attributes:
        key: its name in the cache.
        content: digest of its layers.
        config: the machine.
        mode: what it skips.
    """

    key: str
    content: str
    config: ProsperityConfig
    mode: str

    def __str__(self) -> str:
        """Return what it computes."""
        return f"{self.mode} on {self.config}"


def _evaluate(layers: Mapping[str, Sequence[SpikeLayer]], task: Task) -> Result:
    return evaluate(layers[task.content], task.config, task.mode)


def compute(
    tasks: Sequence[Task],
    layers: Mapping[str, Sequence[SpikeLayer]],
    cache: Cache,
    jobs: int,
    done: Callable[[Task, Result], None],
) -> None:
    """Compute points.

    Args:
        tasks: the points.
        layers: inputs by digest.
        cache: where results are kept.
        jobs: processes.
        done: told of each result.

    Raises:
        RunFailure: a process died, or a point could not be computed.
        KeyboardInterrupt: Ctrl-C, once the processes have stopped; says how much is kept.
    """
    kept = 0
    try:
        for task, result in run_jobs(partial(_evaluate, layers), tasks, jobs=jobs):
            cache.put(task.key, result)
            kept += 1
            done(task, result)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(
            f"{kept} of {len(tasks)} new points are kept; the same command goes on from there"
        ) from None
    except (ArithmeticError, LookupError, MemoryError, ValueError) as error:
        raise RunFailure(f"a point could not be computed: {error!r}") from error


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
