"""Computes points on all cores; what is done is kept, whatever happens to the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.synchronize import Event

from snn_rtl.models.prosperity.config import ProsperityConfig
from snn_rtl.run.interrupts import interrupts_ignored
from snn_rtl.run.runner import RunFailure
from snn_rtl.studies.sweep.cache import Cache
from snn_rtl.studies.sweep.work import Result, SpikeLayer, evaluate


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


@dataclass(frozen=True)
class _Shared:
    """What a worker process is given once."""

    layers: Mapping[str, Sequence[SpikeLayer]]
    cache: Cache
    stop: Event


_shared: list[_Shared] = []


def _begin(shared: _Shared) -> None:
    _shared.append(shared)


def _compute(task: Task) -> Result:
    shared = _shared[-1]
    result = evaluate(shared.layers[task.content], task.config, task.mode, shared.stop.is_set)
    shared.cache.put(task.key, result)
    return result


def _finished(futures: Mapping[Future[Result], Task]) -> int:
    return sum(f.done() and not f.cancelled() and f.exception() is None for f in futures)


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
    # Fresh processes: a fork would copy the threads of a progress bar or of BLAS half-way.
    context = get_context("spawn")
    stop = context.Event()
    shared = _Shared(layers, cache, stop)
    pool = ProcessPoolExecutor(
        min(jobs, max(1, len(tasks))), mp_context=context, initializer=_begin, initargs=(shared,)
    )
    futures: dict[Future[Result], Task] = {}
    try:
        with interrupts_ignored():
            futures = {pool.submit(_compute, task): task for task in tasks}
        for future in as_completed(futures):
            done(futures[future], future.result())
    except KeyboardInterrupt:
        stop.set()
        pool.shutdown(cancel_futures=True)
        kept = _finished(futures)
        raise KeyboardInterrupt(
            f"{kept} of {len(tasks)} new points are kept; the same command goes on from there"
        ) from None
    except BrokenProcessPool:
        raise RunFailure(
            "a process died, perhaps for want of memory; the points that were done are kept"
        ) from None
    except (ArithmeticError, LookupError, MemoryError, ValueError) as error:
        stop.set()
        raise RunFailure(f"a point could not be computed: {error!r}") from error
    finally:
        pool.shutdown(cancel_futures=True)
