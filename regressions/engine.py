"""Where runs are done: a cluster of Dask, on this machine by default, or one that is there."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import dask
from distributed import Client, LocalCluster

from snn_rtl.models.errors import InputError
from snn_rtl.regressions import sources
from snn_rtl.regressions.cli import CLUSTERS
from snn_rtl.run.interrupts import interrupts_ignored, interrupts_kept
from snn_rtl.run.places import ROOT

_SETTINGS: Final = {
    # A run that takes its worker down with it is tried on two more.
    "distributed.scheduler.allowed-failures": 2,
}
_START_S: Final = 20


@dataclass(frozen=True, kw_only=True)
class EngineOptions:
    """Which cluster.

    Attributes:
        jobs: workers, each of which does one run at a time.
        scheduler: address of a scheduler that is there; empty for none.
        cluster: one of CLUSTERS; empty for none.
        scratch: folder for what the workers keep beside the runs.
    """

    jobs: int
    scratch: Path
    scheduler: str = ""
    cluster: str = ""


def _local(options: EngineOptions) -> Any:
    return LocalCluster(
        n_workers=options.jobs,
        threads_per_worker=1,
        processes=True,
        dashboard_address="127.0.0.1:0",
        memory_limit=0,
        local_directory=str(options.scratch),
        silence_logs=logging.CRITICAL,
    )


def _batch(options: EngineOptions) -> Any:
    """Return workers that a batch system starts; queue, memory and time come from Dask's files."""
    path = ROOT / ".venv" / "bin"
    prologue = [f"cd {ROOT}", f"export PYTHONPATH={ROOT}", f"export PATH={path}:$PATH"]
    with interrupts_kept():
        # Its import makes Ctrl-C end the program without a word.
        import dask_jobqueue  # noqa: PLC0415
    kind = getattr(dask_jobqueue, CLUSTERS[options.cluster])
    # Without them it would wait for workers that cannot come.
    for program in (kind.job_cls.submit_command, kind.job_cls.cancel_command):
        if shutil.which(program) is None:
            raise InputError(f"{program} is not on PATH")
    made = kind(
        cores=1,
        processes=1,
        memory=dask.config.get(f"jobqueue.{options.cluster}.memory", None) or "4GiB",
        local_directory=str(options.scratch),
        log_directory=str(options.scratch),
        job_script_prologue=prologue,
        silence_logs=logging.CRITICAL,
        scheduler_options={"dashboard_address": ":0"},
    )
    # A job that ends is replaced.
    made.adapt(minimum_jobs=options.jobs, maximum_jobs=options.jobs)
    return made


def _check_sources(client: Client) -> None:
    """Refuse workers that have other sources than the driver.

    Raises:
        InputError: one has.
    """
    for worker, found in client.run(sources.digest).items():
        if found != sources.digest():
            raise InputError(f"worker {worker} has other sources ({found}) than this machine")


@contextmanager
def connect(options: EngineOptions) -> Iterator[Client]:
    """Open the cluster, and close what was opened.

    Raises:
        InputError: there is no such scheduler or batch system, or its workers differ.
    """
    options.scratch.mkdir(parents=True, exist_ok=True)
    # Its log tells of workers that come and go, which the table shows.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with ExitStack() as stack, dask.config.set(_SETTINGS):
        if options.scheduler:
            try:
                client = stack.enter_context(Client(options.scheduler, timeout=_START_S))
            except (OSError, ValueError) as error:
                raise InputError(f"SCHEDULER={options.scheduler}: {error}") from None
            _check_sources(client)
        else:
            try:
                with interrupts_ignored():
                    cluster = stack.enter_context(
                        _batch(options) if options.cluster else _local(options)
                    )
            except (OSError, RuntimeError, ValueError) as error:
                raise InputError(f"CLUSTER={options.cluster or 'local'}: {error}") from None
            client = stack.enter_context(Client(cluster))
        yield client
