"""The options of `make mutate`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from snn_rtl.mutate.names import DEFAULT_COUNT, DEFAULT_SEED, DESIGN_NAMES, MOST_MUTANTS
from snn_rtl.run.command import Command
from snn_rtl.run.options import Names, Option, Whole, chosen, jobs, out, seed
from snn_rtl.run.places import OUT, ROOT

mutate: Final = Command(
    "mutate",
    body="snn_rtl.mutate.command:mutate",
    interrupted="the same command goes on from the verdicts found so far",
    params=[
        chosen("--design", DESIGN_NAMES, what="whose own modules"),
        Option("--module", type=Names(), show_default="all", help="modules"),
        Option(
            "--n",
            type=Whole(1, MOST_MUTANTS),
            metavar="N",
            default=DEFAULT_COUNT,
            help="mutants of each module",
        ),
        Option(
            "--proof",
            type=Whole(0, 3600),
            metavar="S",
            default=10,
            help="seconds for a proof that a survivor changes nothing; 0 for no proofs",
        ),
        Option(
            "--explained",
            type=click.Path(path_type=Path),
            default=ROOT / "mutate" / "explained.yaml",
            show_default="mutate/explained.yaml",
            help="reasons for survivors",
        ),
        seed(DEFAULT_SEED, what="of the choice, of the tests"),
        jobs("processes"),
        out(OUT / "mutate" / "report", "build/mutate/report"),
    ],
)
