"""Beyond the paper: what could be gained, what `turbo` gains, and what each part of it costs."""

from __future__ import annotations

from collections.abc import Mapping

from models.area import area
from models.baselines import Rules
from models.config import PAPER, TURBO, ProsperityConfig
from models.storage import partial_sum_width, storage
from regressions.paper.built import ADDED, REMOVED
from regressions.paper.results import Results
from regressions.paper.speed import timing
from regressions.paper.tables import Column, Origin, Row, Table, cells, ratio
from regressions.synth_reports import SynthReports, read_reports

_BOUNDS = (
    Column("compute", "compute", "count", Origin.PUBLISHED, "published rules, extended"),
    Column("gain", "over overhead-free dispatch", "ratio", Origin.PUBLISHED, "compute alone"),
    Column("cycles", "cycles", "count", Origin.TIMING, "everything, neurons on"),
    Column("cycles_gain", "over the published compute", "ratio", Origin.TIMING, "of all cycles"),
)
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
    """Return what machines beyond the paper could gain by the published rules, and `turbo`."""
    base = _compute(results)
    rows = [
        Row(f"{name}: not built", cells(compute=cycles, gain=ratio(base, cycles)))
        for name, cycles in results.anatomy_total.beyond.items()
    ]
    built = results.built(TURBO)
    values = cells(
        compute=timing(built["process"]),
        gain=timing(ratio(base, built["process"])),
        cycles=built["cycles"],
        cycles_gain=ratio(base, built["cycles"]),
    )
    rows.append(Row("turbo: built", values, total=True))
    return Table(
        key="beyond",
        title="Beyond the paper: what could be gained, and what is",
        row_title="machine",
        columns=_BOUNDS,
        rows=rows,
        notes=[
            "What is not built has compute cycles by the published rules, extended: a layer takes "
            "the longer of its additions and its searches, and the bound has a cycle for each "
            "different non-zero row of a tile, and searches for nothing.",
            "turbo is RTL: equal rows processed once, two weight rows a cycle, one search a cycle. "
            "Its compute are the steps of its processor by the exact timing model.",
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
        "Area: standard cells of 0.18 um by models/area.py, and memories at the density of the "
        "paper's buffers scaled to that process; compare ratios. Speed is in cycles: where "
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
