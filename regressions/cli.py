"""The options of the commands that run lists of tests, and of those beside them."""

from __future__ import annotations

from typing import Final

import click

from snn_rtl.run.command import Command
from snn_rtl.run.options import Option, Whole, chosen, jobs, out, seed, switch
from snn_rtl.run.places import OUT
from snn_rtl.sim.cli import design

CLUSTERS: Final = {
    "slurm": "SLURMCluster",
    "lsf": "LSFCluster",
    "sge": "SGECluster",
    "pbs": "PBSCluster",
    "oar": "OARCluster",
    "htcondor": "HTCondorCluster",
}
"""Batch systems, as CLUSTER= names them, to the classes of dask_jobqueue."""

SESSIONS: Final = OUT / "regress"
"""Folder of all sessions, unless OUT names another."""

_NO_REPORT: Final = "no report was written"
_LISTS: Final = "smoke, pr, nightly, weekly, or a file of your own, .yaml"
_RUN: Final = "<session>/<test>.<seed>, as a failure prints it"
_COUNTS: Final = 'whose numbers count; "last" for the newest'
_BY_SIZE: Final = "simulator; auto: by size, what is done first"


def _sessions() -> Option:
    return out(SESSIONS, "build/regress", "folder of the sessions")


def _engine() -> list[click.Parameter]:
    return [
        jobs("runs"),
        seed(None, "base of all seeds that the list does not fix", "the list's"),
        Option("--scheduler", "scheduler of Dask to use: tcp://host:port", metavar="ADDRESS"),
        chosen("--cluster", "batch system to use", CLUSTERS),
        _sessions(),
    ]


regress: Final = Command(
    "regress",
    "regressions.command:regress",
    _NO_REPORT,
    [
        Option("--list", _LISTS, name="name", metavar="NAME", shown="smoke"),
        Option("--resume", 'session to complete; "last" for the newest', metavar="RUN"),
        *_engine(),
    ],
)

nightly: Final = Command("nightly", "regressions.command:nightly", _NO_REPORT, _engine())

rerun: Final = Command(
    "rerun",
    "regressions.rerun:rerun",
    "nothing was kept",
    [
        Option("--id", _RUN, name="identity", metavar="ID", required=True),
        switch("--waves", "leave a waveform and signal lists"),
        _sessions(),
    ],
)

baseline: Final = Command(
    "baseline",
    "regressions.baseline:baseline",
    "nothing was written",
    [
        Option("--reason", "why the baseline changes; kept in it"),
        Option("--session", _COUNTS, name="name", metavar="RUN", default="last"),
        _sessions(),
    ],
)

coverage: Final = Command(
    "coverage",
    "regressions.coverage.command:coverage",
    _NO_REPORT,
    [
        design(),
        seed(),
        Option("--only", "runs whose name holds it; closure is not judged", shown="all"),
        switch("--quick", "one short run a configuration; closure is not judged"),
        jobs("simulations"),
        out(None, "build/coverage, or coverage-loas"),
    ],
)

sweep_check: Final = Command(
    "sweep-check",
    "regressions.sweep_check.command:sweep_check",
    _NO_REPORT,
    [
        design(),
        Option("--configs", "machines drawn at random", type=Whole(1, 10_000), default=20),
        Option("--points", "random layers over all", type=Whole(1, 1_000_000), default=500),
        seed(),
        chosen("--sim", _BY_SIZE, ("auto", "verilator", "icarus"), "auto"),
        Option("--only", "as a failure asks for", metavar="SET[.LAYER]", shown="all"),
        jobs("simulations"),
        out(OUT / "sweep_check", "build/sweep_check"),
    ],
)
