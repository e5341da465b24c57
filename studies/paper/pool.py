"""Computes tasks on all cores, or right here where there is only one."""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

from snn_rtl.models.baselines import LayerWork
from snn_rtl.run.runner import RunFailure

Inputs = Mapping[tuple[str, str], Sequence[LayerWork]]
"""Layers (one entry an image) by label of their network and name."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """One computation on one layer.

    Attributes:
        network: label of the network.
        layer: name of the layer.
        name: of the result.
        function: takes the layer's entries; a process can be told of it.
    """

    network: str
    layer: str
    name: str
    function: Callable[[Sequence[LayerWork]], Any]


_inputs: list[Inputs] = []


def _begin(inputs: Inputs) -> None:
    # Ctrl-C reaches the whole group: the parent alone answers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _inputs.append(inputs)


def _run(task: Task) -> Any:
    return task.function(_inputs[-1][task.network, task.layer])


def compute(
    tasks: Sequence[Task], inputs: Inputs, jobs: int, done: Callable[[Task, Any], None]
) -> None:
    """Compute tasks.

    Args:
        tasks: in any order.
        inputs: what they are about.
        jobs: processes at most.
        done: told of each result.

    Raises:
        RunFailure: a process died.
    """
    if jobs == 1:
        for task in tasks:
            done(task, task.function(inputs[task.network, task.layer]))
        return
    pool = ProcessPoolExecutor(
        min(jobs, max(1, len(tasks))),
        mp_context=get_context("spawn"),
        initializer=_begin,
        initargs=(inputs,),
    )
    try:
        futures = {pool.submit(_run, task): task for task in tasks}
        for future in as_completed(futures):
            done(futures[future], future.result())
    except BrokenProcessPool:
        raise RunFailure("a process died, perhaps for want of memory") from None
    finally:
        pool.shutdown(cancel_futures=True)
