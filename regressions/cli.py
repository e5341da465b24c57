"""The options of the commands that run lists of tests, and of those beside them."""

from __future__ import annotations

from typing import Final

import click

from snn_rtl.machines import MACHINES
from snn_rtl.run.command import Command
from snn_rtl.run.options import Option, Whole, chosen, jobs, out, seed, switch
from snn_rtl.run.places import OUT

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


def _sessions() -> Option:
    return out(SESSIONS, "build/regress", what="folder of the sessions")


def _engine() -> list[click.Parameter]:
    return [
        jobs("runs"),
        seed(None, what="base of all seeds that the list does not fix", show_default="the list's"),
        Option("--scheduler", metavar="ADDRESS", help="scheduler of Dask to use: tcp://host:port"),
        chosen("--cluster", CLUSTERS, what="batch system to use"),
        _sessions(),
    ]


regress: Final = Command(
    "regress",
    body="snn_rtl.regressions.command:regress",
    interrupted="no report was written",
    params=[
        Option(
            "--list",
            "name",
            metavar="NAME",
            show_default="smoke",
            help="smoke, pr, nightly, weekly, or a file of your own, .yaml",
        ),
        Option("--resume", metavar="RUN", help='session to complete; "last" for the newest'),
        *_engine(),
    ],
)

nightly: Final = Command(
    "nightly",
    body="snn_rtl.regressions.command:nightly",
    interrupted="no report was written",
    params=_engine(),
)

rerun: Final = Command(
    "rerun",
    body="snn_rtl.regressions.rerun:rerun",
    interrupted="nothing was kept",
    params=[
        Option(
            "--id",
            "identity",
            metavar="ID",
            required=True,
            help="<session>/<test>.<seed>, as a failure prints it",
        ),
        switch("--waves", "leave a waveform and signal lists"),
        _sessions(),
    ],
)

baseline: Final = Command(
    "baseline",
    body="snn_rtl.regressions.baseline:baseline",
    interrupted="nothing was written",
    params=[
        Option("--reason", metavar="TEXT", help="why the baseline changes; kept in it"),
        Option(
            "--session",
            "name",
            metavar="RUN",
            default="last",
            help='whose numbers count; "last" for the newest',
        ),
        _sessions(),
    ],
)

coverage: Final = Command(
    "coverage",
    body="snn_rtl.regressions.coverage.command:coverage",
    interrupted="no report was written",
    params=[
        chosen("--design", MACHINES, what="machine", default=next(iter(MACHINES))),
        seed(),
        Option(
            "--only",
            metavar="TEXT",
            show_default="all",
            help="runs whose name holds it, as a failure asks for; nothing closes then",
        ),
        switch("--quick", "one short run a configuration; nothing closes then"),
        jobs("simulations"),
        out(None, "build/coverage, or coverage-loas"),
    ],
)

sweep_check: Final = Command(
    "sweep-check",
    body="snn_rtl.regressions.sweep_check.command:sweep_check",
    interrupted="no report was written",
    params=[
        chosen("--design", MACHINES, what="machine", default=next(iter(MACHINES))),
        Option(
            "--configs",
            type=Whole(1, 10_000),
            metavar="N",
            default=20,
            help="machines with random parameters",
        ),
        Option(
            "--points",
            type=Whole(1, 1_000_000),
            metavar="N",
            default=500,
            help="random layers over all of them",
        ),
        seed(),
        chosen(
            "--sim",
            ("auto", "verilator", "icarus"),
            what="simulator; auto: by size, what is done first",
            default="auto",
        ),
        Option("--only", metavar="SET[.LAYER]", show_default="all", help="as a failure asks for"),
        jobs("simulations"),
        out(OUT / "sweep_check", "build/sweep_check"),
    ],
)
