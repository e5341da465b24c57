"""The options of `make mutate`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from snn_rtl.mutate.names import DEFAULT_COUNT, DEFAULT_SEED, DESIGN_NAMES, MOST_MUTANTS
from snn_rtl.run.command import Command
from snn_rtl.run.options import Names, Option, Whole, chosen, jobs, out, seed
from snn_rtl.run.places import OUT, ROOT

_EXPLAINED: Final = "mutate/explained.yaml"
_NO_CHANGE: Final = "seconds for a proof that a survivor changes nothing; 0 for no proofs"

mutate: Final = Command(
    "mutate",
    "mutate.command:mutate",
    "the same command goes on from the verdicts found so far",
    [
        chosen("--design", "whose own modules", DESIGN_NAMES),
        Option("--module", "modules", type=Names(), shown="all"),
        Option("--n", "mutants of each module", type=Whole(1, MOST_MUTANTS), default=DEFAULT_COUNT),
        Option("--proof", _NO_CHANGE, type=Whole(0, 3600), default=10),
        Option(
            "--explained",
            "reasons for survivors",
            type=click.Path(path_type=Path),
            default=ROOT / _EXPLAINED,
            shown=_EXPLAINED,
        ),
        seed(DEFAULT_SEED, "of the choice, of the tests"),
        jobs("processes"),
        out(OUT / "mutate" / "report", "build/mutate/report"),
    ],
)
