"""Beyond the paper: what could be gained, what `turbo` gains, and what each part of it costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from snn_rtl.models.baselines import Rules
from snn_rtl.models.prosperity.area import area
from snn_rtl.models.prosperity.config import PAPER, TURBO, ProsperityConfig
from snn_rtl.models.prosperity.storage import partial_sum_width, storage
from snn_rtl.studies.paper.built import ADDED, REMOVED
from snn_rtl.studies.paper.results import Results
from snn_rtl.studies.paper.tables import Column, Origin, Row, Table, cells, ratio
from snn_rtl.synth.reports import SynthReports, read_reports

_BOUNDS = (
    Column("compute", "compute", "count", Origin.PUBLISHED, "published rules, extended"),
    Column("gain", "over overhead-free dispatch", "ratio", Origin.PUBLISHED, "compute alone"),
    Column("steps", "built: steps", "count", Origin.TIMING, "of the processor"),
    Column("cycles", "built: cycles", "count", Origin.TIMING, "everything, neurons on"),
    Column("cycles_gain", "built: gain", "ratio", Origin.TIMING, "published compute / cycles"),
)
_BUILT = {
    "exact matches for free": replace(TURBO, weight_ports=1),
    "two weight rows a cycle": replace(PAPER, weight_ports=2),
    "both, and two searches a cycle": TURBO,
}
"""The RTL that does what is counted, or comes closest; the rest is not built."""

_PARTS = (
    Column("cycles", "cycles", "count", Origin.TIMING, "neurons on"),
    Column("rtl", "measured", "count", Origin.RTL, "neurons as the workload has them"),
    Column("speed", "speed over paper", "ratio", Origin.TIMING),
    Column("published", "published compute / cycles", "ratio", Origin.TIMING),
    Column("adders", "adders", "count", Origin.AREA, "of processor and accumulators"),
    Column("adder_bits", "bits of adders", "count", Origin.AREA, "adders times their width"),
    Column("storage", "storage, bits", "count", Origin.AREA),
    Column("cells", "cells, mm2", "area", Origin.AREA, "standard cells without memories"),
    Column("area", "area, mm2", "area", Origin.AREA, "with memories"),
    Column("area_ratio", "area over paper", "ratio", Origin.AREA),
    Column("product", "area x cycles over paper", "ratio", Origin.AREA, "less is better"),
    Column("synthesised", "cells, mm2", "area", Origin.SYNTHESIS, "without memories"),
    Column("path", "longest path, ns", "time", Origin.SYNTHESIS),
    Column("clocked", "speed over paper, each at its clock", "ratio", Origin.SYNTHESIS),
)


def adders(config: ProsperityConfig) -> tuple[int, int]:
    """Return the adders of processor and accumulators, and the bits of all of them."""
    adding, summing = config.lanes * config.weight_ports, config.lanes * config.sum_banks
    return adding + summing, adding * partial_sum_width(config) + summing * config.acc_w


def _compute(results: Results) -> int:
    return results.machine("prosperity", Rules.ARTIFACT).compute


def bounds(results: Results) -> Table:
    """Return what could be gained by the published rules, and what the RTL there is gains."""
    base = _compute(results)
    rows = []
    for name, compute in results.anatomy_total.beyond.items():
        built = results.built(_BUILT[name]) if name in _BUILT else None
        values = cells(
            compute=compute,
            gain=ratio(base, compute),
            steps=built["process"] if built else None,
            cycles=built["cycles"] if built else None,
            cycles_gain=ratio(base, built["cycles"]) if built else None,
        )
        rows.append(Row(name if built else f"{name}: not built", values))
    return Table(
        key="beyond",
        title="Beyond the paper: what could be gained, and what is built",
        row_title="machine",
        columns=_BOUNDS,
        rows=rows,
        notes=[
            "Compute by the published rules, extended: a layer takes the longer of its additions "
            "and its searches. The bound has a cycle for each different non-zero row of a tile, "
            "and searches for nothing.",
            "Built are, as parameters of the same RTL: for exact matches, MERGE_ROWS as in turbo "
            "with one weight port, which merges equal rows of a single one too; for two weight "
            "rows, WEIGHT_PORTS=2 alone; for both, turbo, with one search a cycle: a second one is "
            "not built.",
        ],
    )


def _row(name: str, config: ProsperityConfig, results: Results, reports: SynthReports) -> Row:
    cycles, paper = results.built(config)["cycles"], results.built(PAPER)["cycles"]
    size, least = area(config), area(PAPER)
    count, bits = adders(config)
    measured = results.measured(config)
    report, base = reports.of(config), reports.of(PAPER)
    values = cells(
        cycles=cycles,
        rtl=measured.cycles if measured else None,
        speed=ratio(paper, cycles),
        published=ratio(_compute(results), cycles),
        adders=count,
        adder_bits=bits,
        storage=storage(config).total,
        cells=size.cells / 1e6,
        area=size.total / 1e6,
        area_ratio=ratio(size.total, least.total),
        product=ratio(size.total * cycles, least.total * paper),
        synthesised=report.cells_um2 / 1e6 if report else None,
        path=report.path_ns if report else None,
        clocked=ratio(paper * base.path_ns, cycles * report.path_ns) if report and base else None,
    )
    return Row(name, values, total=config in (PAPER, TURBO))


def _notes(reports: SynthReports) -> list[str]:
    """Return what the areas are, and what is known of syntheses."""
    missing = [
        name for name, config in (("paper", PAPER), ("turbo", TURBO)) if reports.of(config) is None
    ]
    words = [
        "Area: standard cells of 0.18 um by models/prosperity/area.py, and memories at the density "
        "of the paper's buffers scaled to that process; compare ratios. Speed is in cycles: where "
        "machines were synthesised, the last column has it at the clock of the longest path."
    ]
    if missing:
        words.append(
            f"No report of make synth on these sources for {' and '.join(missing)}: "
            "nothing synthesised is shown for it."
        )
    words += [f"The report of {name} is not used: {why}." for name, why in reports.refused.items()]
    return words


def _table(
    results: Results, machines: Mapping[str, ProsperityConfig], key: str, title: str
) -> Table:
    reports = read_reports("prosperity")
    return Table(
        key=key,
        title=title,
        row_title="machine",
        columns=_PARTS,
        rows=[_row(name, config, results, reports) for name, config in machines.items()],
        notes=_notes(reports),
    )


def added(results: Results) -> Table:
    """Return the steps from `paper` to `turbo`."""
    return _table(results, ADDED, "turbo_added", "From paper to turbo, a parameter at a time")


def removed(results: Results) -> Table:
    """Return `turbo` with one parameter fewer."""
    return _table(results, REMOVED, "turbo_removed", "turbo without one of its parameters")
