"""The machines beside each other: cycles, speed and energy over Eyeriss."""

from __future__ import annotations

from snn_rtl.models.baselines import BASELINES, Rules
from snn_rtl.models.baselines.cited import SPEEDUP_OVER_EYERISS, VGG9_CYCLES
from snn_rtl.models.prosperity.prosperity import Mode
from snn_rtl.run.plots import Plot
from snn_rtl.studies.paper.density import VGG9
from snn_rtl.studies.paper.energies import energy_table, headlines
from snn_rtl.studies.paper.figures import COLOURS, bars
from snn_rtl.studies.paper.results import Results
from snn_rtl.studies.paper.section import Section
from snn_rtl.studies.paper.speed import CITED_TITLES, MACHINES, OURS, cycles_of, speeds, timing
from snn_rtl.studies.paper.tables import Cell, Column, Origin, Row, Table, cells, change

_MEAN = "published: geometric mean of the paper's networks"
_MEAN_A100 = "published: transformers alone"

_CYCLES = (
    Column("compute", "compute", "count", Origin.PUBLISHED),
    Column("stalls", "stalls", "count", Origin.PUBLISHED),
    Column("lif", "neurons", "count", Origin.PUBLISHED, "that nothing hides"),
    Column("total", "total", "count", Origin.PUBLISHED),
    Column("cited", "published total", "count", Origin.CITED),
    Column("change", "difference", "change", Origin.DERIVED, "of total to the published total"),
    Column("honest", "total", "count", Origin.HONEST),
    Column("honest_change", "honest / published rules", "change", Origin.DERIVED),
)
_SPEED = (
    Column("published", "published rules", "ratio", Origin.PUBLISHED),
    Column("honest", "honest rules", "ratio", Origin.HONEST),
    Column("cited", "published, mean", "ratio", Origin.CITED, _MEAN),
    Column("change", "published rules / published mean", "change", Origin.DERIVED),
)


def _cycles_table(results: Results) -> Table:
    rows = []
    for model in MACHINES:
        found = results.machine(model, Rules.ARTIFACT)
        honest = cycles_of(results, model, Rules.HONEST)
        known = results.network.workload.name == VGG9
        cited = VGG9_CYCLES[model].value if known else None
        values = cells(
            compute=found.compute,
            stalls=found.stalls,
            lif=found.lif,
            total=found.cycles,
            cited=cited,
            change=change(found.cycles, cited),
            honest=honest,
            honest_change=change(honest, found.cycles),
        )
        rows.append(Row(BASELINES[model].title, values))
    ours = results.total()
    output = ours["drain"] + ours["wait_output"]
    values = cells(
        compute=timing(ours["process"]),
        stalls=timing(ours["cycles"] - ours["process"] - output),
        lif=timing(output),
        total=timing(ours["cycles"]),
    )
    rows.append(Row(f"{OURS}, neurons on", values))
    report = results.rtl.get(Mode.PRODUCT)
    if report:
        rows.append(Row(f"{OURS}, measured", cells(total=Cell(report.cycles, Origin.RTL))))
    notes = ["Stellar and A100 are known by published speeds alone."]
    return Table(
        key="machines",
        title="Cycles of all machines",
        row_title="machine",
        columns=_CYCLES,
        rows=rows,
        notes=notes,
    )


def _speed_table(results: Results) -> Table:
    published, honest = (speeds(results, rules) for rules in Rules)
    rows = []
    for model in MACHINES:
        cited = SPEEDUP_OVER_EYERISS[model].value if model in SPEEDUP_OVER_EYERISS else None
        values = cells(
            published=published[model],
            honest=honest[model],
            cited=cited,
            change=change(published[model], cited),
        )
        rows.append(Row(BASELINES[model].title, values))
    cited = SPEEDUP_OVER_EYERISS["prosperity"].value
    ours = cells(
        published=timing(published["ours"]),
        honest=timing(honest["ours"]),
        cited=cited,
        change=change(published["ours"], cited),
    )
    rows.append(Row(OURS, ours))
    for name, title in CITED_TITLES.items():
        note = _MEAN_A100 if name == "a100" else _MEAN
        cell = Cell(SPEEDUP_OVER_EYERISS[name].value, note=note)
        rows.append(Row(title, cells(cited=cell)))
    return Table(
        key="speed",
        title="Speed over Eyeriss",
        row_title="machine",
        columns=_SPEED,
        rows=rows,
        notes=[
            "Published speeds are geometric means of the paper's networks (A100: of its "
            "transformers), not of this one alone: the differences are those of networks, too. "
            f"“{OURS}” is set beside Eyeriss by published and by honest rules."
        ],
    )


def _bars(table: Table, keys: dict[Origin, str], title: str, caption: str) -> Plot:
    """Draw columns of a table, a series an origin of their cells."""
    series: dict[str, dict[str, float]] = {}
    shown = [row for row in table.rows if any(key in row.cells for key in keys.values())]
    for origin, key in keys.items():
        for row in shown:
            if key not in row.cells or (origin is Origin.CITED and row.name == OURS):
                continue
            cell = row.cells[key]
            name = str(origin)
            if cell.origin is Origin.TIMING:
                name = f"{Origin.TIMING}, over Eyeriss by the {origin}"
            elif cell.origin is Origin.CITED:
                if origin is not Origin.PUBLISHED:
                    continue
                name = str(Origin.CITED)
            series.setdefault(name, {})[row.name] = float(cell.value)
    colours = {str(origin): colour for origin, colour in COLOURS.items()}
    colours[f"{Origin.TIMING}, over Eyeriss by the {Origin.PUBLISHED}"] = COLOURS[Origin.TIMING]
    colours[f"{Origin.TIMING}, over Eyeriss by the {Origin.HONEST}"] = "#8fbfe6"
    data, layout = bars(
        [row.name for row in shown],
        series,
        colours,
        title,
        hatched=[str(Origin.CITED)],
    )
    # A machine has at most one bar of each kind: what shares a place says whose it is.
    places = {str(Origin.HONEST): 1, str(Origin.CITED): 2 if Origin.CITED in keys else 0}
    for trace in data:
        over_honest = trace["name"].endswith(f"the {Origin.HONEST}")
        trace["offsetgroup"] = str(1 if over_honest else places.get(trace["name"], 0))
    layout["height"] = 170 + 52 * len(shown)
    return Plot(key=table.key, title=f"{title}", caption=caption, data=data, layout=layout)


def section(results: Results) -> Section:
    """Return the section."""
    speed, energy = _speed_table(results), energy_table(results)
    plots = [
        _bars(
            speed,
            {Origin.PUBLISHED: "published", Origin.HONEST: "honest", Origin.CITED: "cited"},
            "Speed over Eyeriss",
            "Hatched: published means of the paper's networks.",
        ),
        _bars(
            energy,
            {Origin.PUBLISHED: "gain", Origin.HONEST: "honest_gain"},
            "Energy efficiency over Eyeriss",
            "Eyeriss's energy over the machine's. Hatched: from a published speed.",
        ),
    ]
    return Section(
        key="machines",
        title="Speed and energy over Eyeriss",
        tables=[_cycles_table(results), speed, energy, headlines(results)],
        plots=plots,
    )
