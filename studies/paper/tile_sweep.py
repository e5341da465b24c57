"""Tile sizes: latency relative to bit sparsity over M and over K, as the paper's sweeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from snn_rtl.models.baselines import Rules
from snn_rtl.models.baselines.cited import SWEEP_K, SWEEP_M, Cited
from snn_rtl.models.prosperity.config import PAPER
from snn_rtl.models.prosperity.prosperity import Mode
from snn_rtl.run.plots import Plot
from snn_rtl.studies.paper.figures import lines
from snn_rtl.studies.paper.results import Results
from snn_rtl.studies.paper.section import Section
from snn_rtl.studies.paper.speed import cycles_of
from snn_rtl.studies.paper.tables import Column, Origin, Row, Table, cells, change, ratio

_COLUMNS = (
    Column("cycles", "cycles", "count", Origin.PUBLISHED),
    Column("published", "relative", "ratio", Origin.PUBLISHED),
    Column("cited", "relative", "ratio", Origin.CITED, "mean of the paper's networks"),
    Column("change", "published rules / published", "change", Origin.DERIVED),
    Column("honest", "relative", "ratio", Origin.HONEST),
    Column("timing_cycles", "cycles", "count", Origin.TIMING, "neurons on"),
    Column("timing", "relative", "ratio", Origin.TIMING, "to this RTL in mode bit, 256 x 16"),
    Column("timing_change", "this RTL / published", "change", Origin.DERIVED),
)


def _table(
    results: Results, axis: str, sizes: Sequence[tuple[int, int]], cited: Sequence[Cited]
) -> Table:
    bits = {rules: cycles_of(results, "bit", rules) for rules in Rules}
    mine = results.total(Mode.BIT)["cycles"]
    rows = []
    for size, known in zip(sizes, cited, strict=True):
        published = results.published_size(size, Rules.ARTIFACT)
        honest = results.published_size(size, Rules.HONEST)
        timed = results.sized(size)
        relative = ratio(published, bits[Rules.ARTIFACT])
        values = cells(
            cycles=published,
            published=relative,
            cited=known.value,
            change=change(relative, known.value),
            honest=ratio(honest, bits[Rules.HONEST]),
            timing_cycles=timed,
            timing=ratio(timed, mine),
            timing_change=change(ratio(timed, mine), known.value),
        )
        rows.append(Row(f"{size[0]} x {size[1]}", values, total=size == _PAPER_SIZE))
    return Table(
        key=f"sweep_{axis.lower()}",
        title=f"Tiles of other {axis}",
        row_title="tile M x K",
        columns=_COLUMNS,
        rows=rows,
        notes=[
            "Relative: cycles over those of bit sparsity with tiles of 256 x 16, each by its own "
            "rules. Published values are means of the paper's networks."
        ],
    )


_PAPER_SIZE = (PAPER.tile_m, PAPER.tile_k)


def _plot(table: Table, sizes: Sequence[int], axis: str) -> Plot:
    series: dict[Origin, Mapping[int, float]] = {
        origin: {
            size: float(row.cells[key].value)
            for size, row in zip(sizes, table.rows, strict=True)
            if key in row.cells
        }
        for origin, key in (
            (Origin.CITED, "cited"),
            (Origin.PUBLISHED, "published"),
            (Origin.HONEST, "honest"),
            (Origin.TIMING, "timing"),
        )
    }
    data, layout = lines(series, f"{axis} of a tile", "latency over bit sparsity")
    best = {
        origin: min(points, key=points.__getitem__) for origin, points in series.items() if points
    }
    words = ", ".join(f"{size} ({origin})" for origin, size in best.items())
    return Plot(
        key=table.key,
        title=f"Latency over {axis} of a tile",
        caption=f"Best {axis}: {words}.",
        data=data,
        layout=layout,
    )


def section(results: Results) -> Section:
    """Return the section."""
    rows = [(tile_m, PAPER.tile_k) for tile_m in SWEEP_M]
    columns = [(PAPER.tile_m, tile_k) for tile_k in SWEEP_K]
    by_m = _table(results, "M", rows, list(SWEEP_M.values()))
    by_k = _table(results, "K", columns, list(SWEEP_K.values()))
    return Section(
        key="sweep",
        title="Tile sizes",
        text=[
            "The timing model stands for the RTL with that tile and everything else as in the "
            "paper's machine; a tile wider than 64 columns the RTL does not have."
        ],
        tables=[by_m, by_k],
        plots=[_plot(by_m, list(SWEEP_M), "M"), _plot(by_k, list(SWEEP_K), "K")],
    )
