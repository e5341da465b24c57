"""Cycles and speeds of the machines, as several tables have them."""

from __future__ import annotations

from snn_rtl.models.baselines import Rules
from snn_rtl.studies.paper.results import Results
from snn_rtl.studies.paper.tables import Cell, Number, Origin

MACHINES = ("eyeriss", "ptb", "sato", "mint", "prosperity")
OURS = "This RTL"
CITED_TITLES = {"stellar": "Stellar", "a100": "A100"}


def timing(value: Number | None) -> Cell | None:
    """Return a cell of the timing model in a column of another origin."""
    return None if value is None else Cell(value, Origin.TIMING)


def cycles_of(results: Results, model: str, rules: Rules) -> int:
    """Return the cycles of a machine."""
    return results.machine(model, rules).cycles


def speeds(results: Results, rules: Rules) -> dict[str, float]:
    """Return speeds over Eyeriss by machine, "ours" by the timing model among them."""
    # Rounding down may leave a tiny layer no cycles at all.
    cycles = {model: max(1, cycles_of(results, model, rules)) for model in MACHINES}
    cycles["ours"] = results.total()["cycles"]
    return {name: cycles["eyeriss"] / value for name, value in cycles.items()}
