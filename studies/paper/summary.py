"""All workloads in one table, with means beside the published ones."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from snn_rtl.models.baselines import BASELINES, Rules
from snn_rtl.models.baselines.cited import MEAN_DENSITY, SPEEDUP_OVER_EYERISS
from snn_rtl.models.prosperity.prosperity import Mode, densities
from snn_rtl.studies.paper.results import Results
from snn_rtl.studies.paper.section import Section
from snn_rtl.studies.paper.speed import MACHINES, OURS, cycles_of, speeds
from snn_rtl.studies.paper.tables import Cell, Column, Origin, Row, Table, cells, change

_MODELS = tuple(name for name in MACHINES if name != "eyeriss")
_NETWORKS = (
    Column("bit", "bit density", "density", Origin.COUNTED),
    Column("product", "product density", "density", Origin.COUNTED),
    Column("published", "cycles", "count", Origin.PUBLISHED),
    Column("honest", "cycles", "count", Origin.HONEST),
    Column("timing", "cycles, neurons on", "count", Origin.TIMING),
    Column("change", "timing / published rules", "change", Origin.DERIVED),
    Column("rtl", "cycles", "count", Origin.RTL, "neurons as the workload has them"),
)
_SPEEDS = (
    *(
        Column(name, BASELINES[name].title, "ratio", Origin.PUBLISHED, "over Eyeriss")
        for name in _MODELS
    ),
    Column("ours", OURS, "ratio", Origin.TIMING, "over Eyeriss by published rules"),
)


def _mean(values: Iterable[float]) -> float:
    """Return the geometric mean."""
    logs = [math.log(value) for value in values]
    return math.exp(sum(logs) / len(logs))


def _networks(every: Sequence[Results]) -> Table:
    rows = []
    found = []
    for results in every:
        bit, product = densities(layer for counts in results.counts.values() for layer in counts)
        found.append((bit, product))
        published = cycles_of(results, "prosperity", Rules.ARTIFACT)
        ours = results.total()["cycles"]
        report = results.rtl.get(Mode.PRODUCT)
        values = cells(
            bit=bit,
            product=product,
            published=published,
            honest=cycles_of(results, "prosperity", Rules.HONEST),
            timing=ours,
            change=change(ours, published),
            rtl=report.cycles if report else None,
        )
        rows.append(Row(results.network.label, values))
    if all(product > 0 for _, product in found):
        means = cells(bit=_mean(b for b, _ in found), product=_mean(p for _, p in found))
        rows.append(Row("geometric mean", means, total=True))
    cited = {
        name: Cell(value.value, Origin.CITED, value.note) for name, value in MEAN_DENSITY.items()
    }
    rows.append(Row("published, 19 networks", cited))
    return Table(
        key="networks", title="Workloads", row_title="workload", columns=_NETWORKS, rows=rows
    )


def _speeds(every: Sequence[Results]) -> Table:
    found = [speeds(results, Rules.ARTIFACT) for results in every]
    keys = [column.key for column in _SPEEDS]
    rows = [
        Row(results.network.label, cells(**{key: speed[key] for key in keys}))
        for results, speed in zip(every, found, strict=True)
    ]
    means = {key: _mean(speed[key] for speed in found) for key in keys}
    rows.append(Row("geometric mean", cells(**means), total=True))
    cited = {key: SPEEDUP_OVER_EYERISS["prosperity" if key == "ours" else key] for key in keys}
    rows.append(
        Row(
            "published, geometric mean",
            {key: Cell(c.value, Origin.CITED, c.note) for key, c in cited.items()},
        )
    )
    changes = {
        key: Cell(change(means[key], cited[key].value) or 0.0, Origin.DERIVED, kind="change")
        for key in keys
    }
    rows.append(Row("mean above the published one by", changes))
    return Table(
        key="speeds",
        title="Speed over Eyeriss",
        row_title="workload",
        columns=_SPEEDS,
        rows=rows,
        notes=["Our mean is of the workloads at hand, the published one of the paper's networks."],
    )


def section(every: Sequence[Results]) -> Section:
    """Return the section."""
    return Section(key="summary", title="All workloads", tables=[_networks(every), _speeds(every)])
