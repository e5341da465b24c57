"""What a new session is to do: a list with its seeds, on the tools and sources of now."""

from __future__ import annotations

import datetime
import time

from snn_rtl.regressions import sources
from snn_rtl.regressions.lists import named
from snn_rtl.regressions.sessions import Plan
from snn_rtl.run.places import from_root
from snn_rtl.run.provenance import git_revision
from snn_rtl.run.simulators import SIMULATORS, make_runner


def plan(name: str, seed: int | None) -> Plan:
    """Return what a new session is to do.

    Raises:
        InputError: the list cannot be used, or a simulator is missing.
    """
    found = named(name)
    base = found.base_seed(datetime.date.today())
    base = base if seed is None else seed
    specs = tuple(found.expand(base))
    tools = {spec.simulator for spec in specs}
    # That of a synthesis comes with the environment.
    for simulator in tools & set(SIMULATORS):
        make_runner(simulator)
    return Plan(
        name=found.name,
        doc=found.doc,
        seed=base,
        specs=specs,
        known=found.known,
        guard=found.guard,
        baseline=from_root(found.baseline),
        revision=git_revision(),
        sources=sources.digest(),
        tools=sources.tools(tools),
        machine=sources.machine(),
        started=round(time.time(), 3),
    )
