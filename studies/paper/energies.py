"""Energy of the machines by the published rule, and the paper's headline ratios."""

from __future__ import annotations

from snn_rtl.models.baselines import BASELINES, Rules
from snn_rtl.models.baselines.cited import (
    HEADLINE_EFFICIENCY,
    HEADLINE_SPEEDUP,
    SPEEDUP_OVER_EYERISS,
)
from snn_rtl.models.baselines.energy import Energy
from snn_rtl.studies.paper.results import Results
from snn_rtl.studies.paper.speed import CITED_TITLES, MACHINES, OURS, cycles_of, speeds
from snn_rtl.studies.paper.tables import Cell, Column, Origin, Row, Table, cells, change

_ENERGY = (
    Column("on_chip", "on chip, mJ", "energy", Origin.PUBLISHED, "published power x time"),
    Column("dram", "DRAM, mJ", "energy", Origin.PUBLISHED, "published traffic x 12.45 pJ a bit"),
    Column("total", "total, mJ", "energy", Origin.PUBLISHED),
    Column("gain", "efficiency over Eyeriss", "ratio", Origin.PUBLISHED),
    Column("honest", "total, mJ", "energy", Origin.HONEST),
    Column("honest_gain", "efficiency over Eyeriss", "ratio", Origin.HONEST),
)
_HEADLINES = (
    Column("published", "published rules", "ratio", Origin.PUBLISHED),
    Column("honest", "honest rules", "ratio", Origin.HONEST),
    Column("ours", "this RTL over published rules", "ratio", Origin.TIMING),
    Column("cited", "published", "ratio", Origin.CITED),
    Column("change", "published rules / published", "change", Origin.DERIVED),
    Column("ours_change", "this RTL / published", "change", Origin.DERIVED),
)


def _energies(results: Results, rules: Rules) -> dict[str, Energy]:
    found = {
        model: results.energy(BASELINES[model].energy_as, cycles_of(results, model, rules), rules)
        for model in MACHINES
    }
    stellar = cycles_of(results, "eyeriss", rules) / SPEEDUP_OVER_EYERISS["stellar"].value
    found["ours"] = results.energy("prosperity", results.total()["cycles"], rules)
    found["stellar"] = results.energy("stellar", stellar, rules)
    return found


def energy_table(results: Results) -> Table:
    """Return the energy of all machines."""
    published, honest = (_energies(results, rules) for rules in Rules)
    rows = []
    for name, found in published.items():
        origin = {"ours": Origin.TIMING, "stellar": Origin.CITED}.get(name)
        title = BASELINES[name].title if name in BASELINES else CITED_TITLES.get(name, OURS)
        mine = honest[name].total_mj
        values = {
            "on_chip": found.on_chip_mj,
            "dram": found.dram_mj,
            "total": found.total_mj,
            "gain": published["eyeriss"].total_mj / found.total_mj,
            "honest": mine,
            "honest_gain": honest["eyeriss"].total_mj / mine,
        }
        rows.append(Row(title, {key: Cell(value, origin) for key, value in values.items()}))
    return Table(
        key="energy",
        title="Energy",
        row_title="machine",
        columns=_ENERGY,
        rows=rows,
        notes=[
            "By the published rule, power and traffic published for each machine; “This RTL” has "
            "Prosperity's and its own cycles. Stellar's time is Eyeriss's divided by its published "
            "mean speed. A100: only the ratio below is published."
        ],
    )


def headlines(results: Results) -> Table:
    """Return the ratios of the paper's abstract."""
    published, honest = (speeds(results, rules) for rules in Rules)
    energies, honest_energies = (_energies(results, rules) for rules in Rules)
    rows = []
    for name, cited in HEADLINE_SPEEDUP.items():
        values: dict[str, float | None] = {"cited": cited.value}
        if name in MACHINES:
            values["published"] = published["prosperity"] / published[name]
            values["honest"] = honest["prosperity"] / honest[name]
            values["ours"] = published["ours"] / published[name]
        rows.append(Row(f"speed over {_title(name)}", _compared(values)))
    for name, cited in HEADLINE_EFFICIENCY.items():
        values = {"cited": cited.value}
        if name in MACHINES:
            base, honest_base = energies[name].total_mj, honest_energies[name].total_mj
            values["published"] = base / energies["prosperity"].total_mj
            values["honest"] = honest_base / honest_energies["prosperity"].total_mj
            values["ours"] = base / energies["ours"].total_mj
        rows.append(Row(f"energy efficiency over {_title(name)}", _compared(values)))
    return Table(
        key="headlines",
        title="The paper's headlines",
        row_title="Prosperity's",
        columns=_HEADLINES,
        rows=rows,
    )


def _title(name: str) -> str:
    return BASELINES[name].title if name in BASELINES else CITED_TITLES[name]


def _compared(values: dict[str, float | None]) -> dict[str, Cell]:
    cited = values["cited"]
    return cells(
        **values,
        change=change(values.get("published"), cited),
        ours_change=change(values.get("ours"), cited),
    )
