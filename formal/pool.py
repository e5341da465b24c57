"""Runs jobs, some at a time; what has passed is kept, whatever happens to the rest."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from snn_rtl.formal.catalogue import Job
from snn_rtl.formal.execute import Tools, execute, job_key, work_folder
from snn_rtl.formal.judge import Result
from snn_rtl.formal.verdict import Outcome
from snn_rtl.run.jobs import run_jobs
from snn_rtl.run.store import Store


def from_store(jobs: Sequence[Job], tools: Tools, store: Store) -> Iterator[Result]:
    """Yield the results of the jobs that have passed before."""
    for job in jobs:
        outcome = Outcome.from_json(store.read(job_key(job, tools.versions)))
        if outcome is not None:
            result = Result(job=job, outcome=outcome, cached=True)
            if not result.problem:
                yield result


def run_all(
    jobs: Sequence[Job],
    tools: Tools,
    store: Store,
    out: Path,
    *,
    workers: int,
    limit_s: float,
    begin: Callable[[Job], None],
) -> Iterator[Result]:
    """Run jobs and yield their results as they come.

    Args:
        jobs: what to run.
        tools: the programs.
        store: where results that passed are kept.
        out: each job gets a folder in it.
        workers: jobs at a time.
        limit_s: seconds a job.
        begin: told of each job that starts.

    Raises:
        KeyboardInterrupt: Ctrl-C, once the programs have stopped; says how much is kept.
    """
    stop = threading.Event()

    def work(job: Job) -> Result:
        outcome = execute(job, tools, work_folder(out, job), limit_s=limit_s, stop=stop)
        result = Result(job=job, outcome=outcome)
        if not result.problem:
            store.write(job_key(job, tools.versions), outcome.to_json())
        return result

    kept = 0
    try:
        for _, result in run_jobs(work, jobs, jobs=workers, begin=begin, threads=True, stop=stop):
            kept += not result.problem
            yield result
    except KeyboardInterrupt:
        raise KeyboardInterrupt(
            f"{kept} of {len(jobs)} tasks are kept; the same command goes on from there"
        ) from None
