"""What each step brings: bit sparsity, product sparsity, dispatch, decoupling, and beyond."""

from __future__ import annotations

import math

from snn_rtl.models.baselines import Rules
from snn_rtl.models.baselines.cited import ABLATION
from snn_rtl.models.prosperity.prosperity import Mode
from snn_rtl.run.plots import Plot
from snn_rtl.studies.paper import beyond
from snn_rtl.studies.paper.figures import COLOURS, bars
from snn_rtl.studies.paper.results import Results
from snn_rtl.studies.paper.section import Section
from snn_rtl.studies.paper.speed import OURS, cycles_of, timing
from snn_rtl.studies.paper.tables import Column, Origin, Row, Table, cells, change, ratio

_STEPS = {
    "dense": ("dense", None),
    "ptb": ("PTB (the paper starts here)", None),
    "bit": ("bit sparsity", "bit"),
    "costly": ("product sparsity, costly dispatch", "costly_dispatch"),
    "prosperity": ("product sparsity, overhead-free dispatch", "overhead_free_dispatch"),
}
"""Model to its title and the name of its published factor over the step before."""

_MODES = {"dense": Mode.DENSE, "bit": Mode.BIT}

_COLUMNS = (
    Column("compute", "compute", "count", Origin.PUBLISHED, "without stalls and neurons"),
    Column("published", "total", "count", Origin.PUBLISHED),
    Column("honest", "total", "count", Origin.HONEST),
    Column("timing", "this RTL, same mode", "count", Origin.TIMING, "neurons on"),
    Column("rtl", "measured", "count", Origin.RTL, "neurons as the workload has them"),
    Column("factor", "over the step before", "ratio", Origin.PUBLISHED),
    Column("honest_factor", "over the step before", "ratio", Origin.HONEST),
    Column("cited", "over the step before", "ratio", Origin.CITED, "mean of the paper's networks"),
    Column("change", "published rules / published", "change", Origin.DERIVED),
    Column("timing_factor", "over this RTL in the mode before", "ratio", Origin.TIMING),
)


def _table(results: Results) -> Table:
    rows = []
    before: tuple[int, int] | None = None
    timed: int | None = None
    for model, (title, factor) in _STEPS.items():
        found = results.machine(model, Rules.ARTIFACT)
        honest = cycles_of(results, model, Rules.HONEST)
        mode = _MODES.get(model)
        mine = results.total(mode)["cycles"] if mode else None
        report = results.rtl.get(mode) if mode else None
        cited = ABLATION[factor].value if factor else None
        gained = ratio(before[0], found.cycles) if before else None
        values = cells(
            compute=found.compute,
            published=found.cycles,
            honest=honest,
            timing=mine,
            rtl=report.cycles if report else None,
            factor=gained,
            honest_factor=ratio(before[1], honest) if before else None,
            cited=cited,
            change=change(gained, cited),
            timing_factor=ratio(timed, mine),
        )
        rows.append(Row(title, values))
        before, timed = (found.cycles, honest), mine or timed
    ours = results.total()["cycles"]
    measured = results.rtl.get(Mode.PRODUCT)
    assert before is not None
    assert timed is not None
    values = cells(
        timing=ours,
        rtl=measured.cycles if measured else None,
        factor=timing(before[0] / ours),
        honest_factor=timing(before[1] / ours),
        timing_factor=timed / ours,
    )
    rows.append(Row(f"{OURS}: decoupled by a queue", values, total=True))
    return Table(
        key="ablation",
        title="Ablation",
        row_title="machine",
        columns=_COLUMNS,
        rows=rows,
        notes=[
            "Published factors are means of the paper's networks, and begin with bit sparsity over "
            "PTB. “Costly dispatch” orders rows by walking the forest of prefixes."
        ],
    )


def _plot(table: Table) -> Plot:
    series = {
        str(origin): {
            row.name: float(row.cells[key].value) for row in table.rows if key in row.cells
        }
        for origin, key in (
            (Origin.PUBLISHED, "published"),
            (Origin.HONEST, "honest"),
            (Origin.TIMING, "timing"),
        )
    }
    colours = {str(origin): colour for origin, colour in COLOURS.items()}
    data, layout = bars([row.name for row in table.rows], series, colours, "cycles", hover="%{x:,}")
    layout["xaxis"]["type"] = "log"
    layout["xaxis"].pop("rangemode")
    shown = [value for values in series.values() for value in values.values() if value]
    if shown:
        # Bars on such an axis begin anywhere: here at a power of ten.
        layout["xaxis"]["range"] = [
            math.floor(math.log10(min(shown))),
            math.log10(max(shown)) + 0.05,
        ]
    return Plot(
        key="ablation",
        title="Cycles, step by step",
        caption="Every step of the ablation; the axis is logarithmic.",
        data=data,
        layout=layout,
    )


def section(results: Results) -> Section:
    """Return the section."""
    table = _table(results)
    return Section(
        key="ablation",
        title="Ablation",
        tables=[table, beyond.bounds(results), beyond.added(results), beyond.removed(results)],
        plots=[_plot(table)],
    )
