"""Where the cycles go: classes of rows, chains of prefixes, limits of tiles, waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from snn_rtl.machines.prosperity import PROSPERITY
from snn_rtl.models.prosperity.config import PAPER
from snn_rtl.run.plots import Plot, share
from snn_rtl.studies.paper.figures import COLOURS, PALETTE, bars, columns
from snn_rtl.studies.paper.results import Results
from snn_rtl.studies.paper.section import Section
from snn_rtl.studies.paper.tables import Cell, Column, Origin, Row, Table, cells
from snn_rtl.studies.paper.work import LIMITERS, ROW_CLASSES, Anatomy

WAITS = ("wait_detect", "wait_spikes", "wait_weights", "wait_output", "wait_results")
_PARTS = ("process", *WAITS, "fill", "drain")

_CLASSES = tuple(Column(name, name, "count", Origin.COUNTED) for name in ROW_CLASSES)
_ONES = (
    Column("first", "first ones left", "count", Origin.COUNTED, "rows with a one left to add"),
    Column("later", "second and later ones", "count", Origin.COUNTED, "a cycle each"),
    Column("later_share", "of adding", "share", Origin.DERIVED, "later ones over all steps"),
    Column("empty", "tiles without a one", "count", Origin.COUNTED, "a step each"),
    Column("deepest", "longest chain", "count", Origin.COUNTED, "prefixes one after another"),
)
_TIMING = (
    Column("cycles", "cycles", "count", Origin.TIMING),
    *(Column(name, name.replace("_", " "), "count", Origin.TIMING) for name in _PARTS),
    Column("busy", "busy", "share", Origin.DERIVED, "process over cycles"),
    Column("queue_full", "queue full", "count", Origin.TIMING, "dispatcher held back; hidden"),
)
_DEPTHS = (
    Column("rows", "rows", "count", Origin.COUNTED, "non-zero rows at this depth"),
    Column("rows_share", "of rows", "share", Origin.DERIVED),
    Column("tiles", "tiles", "count", Origin.COUNTED, "m x k tiles whose deepest row it is"),
    Column("tiles_share", "of tiles", "share", Origin.DERIVED),
)
_LIMITS = tuple(Column(name, name, "count", Origin.TIMING) for name in LIMITERS)


def _adding(layer: Anatomy) -> int:
    return layer.rows["exact match"] + layer.first_ones + layer.later_ones + layer.empty_tiles


def _with_total(layers: Mapping[str, Anatomy], total: Anatomy) -> dict[str, Anatomy]:
    return {**layers, "all layers": total}


def _rows_table(layers: Mapping[str, Anatomy]) -> Table:
    rows = []
    for name, layer in layers.items():
        values = {key: Cell(count) for key, count in layer.rows.items()} | cells(
            first=layer.first_ones,
            later=layer.later_ones,
            later_share=share(layer.later_ones, _adding(layer)),
            empty=layer.empty_tiles,
            deepest=max(layer.tile_depths, default=0),
        )
        rows.append(Row(name, values, total=name == "all layers"))
    return Table(
        key="rows",
        title="Rows of the tiles",
        row_title="layer",
        columns=[*_CLASSES, *_ONES],
        rows=rows,
        notes=[
            f"Rows of {PAPER.tile_m} x {PAPER.tile_k} tiles, once for all n tiles. An exact match "
            "costs a step with nothing to add, any other row a step a one that is left."
        ],
    )


def _timing_table(results: Results) -> Table:
    rows = [
        Row(
            name,
            cells(
                cycles=layer["cycles"],
                **{part: layer[part] for part in _PARTS},
                busy=share(layer["process"], layer["cycles"]),
                queue_full=layer["queue_full"],
            ),
            total=name == "all layers",
        )
        for name, layer in {**results.full(), "all layers": results.total()}.items()
    ]
    return Table(
        key="timing",
        title="What the processor does",
        row_title="layer",
        columns=_TIMING,
        rows=rows,
        notes=["Neurons on. The parts add up to the cycles; “queue full” lies beside them."],
    )


def _depth_table(total: Anatomy) -> Table:
    rows, tiles = sum(total.row_depths.values()), sum(total.tile_depths.values())
    depths = range(max([*total.row_depths, *total.tile_depths], default=0) + 1)
    return Table(
        key="chains",
        title="Chains of prefixes",
        row_title="depth",
        columns=_DEPTHS,
        rows=[
            Row(
                str(depth),
                cells(
                    rows=total.row_depths.get(depth, 0),
                    rows_share=share(total.row_depths.get(depth, 0), rows),
                    tiles=total.tile_depths.get(depth, 0),
                    tiles_share=share(total.tile_depths.get(depth, 0), tiles),
                ),
            )
            for depth in depths
        ],
        notes=["Depth 0: a row without a prefix. Zero rows are left out."],
    )


def _limit_table(layers: Mapping[str, Anatomy]) -> Table:
    return Table(
        key="limiters",
        title="What limits a tile",
        row_title="layer",
        columns=_LIMITS,
        rows=[
            Row(
                name,
                {key: Cell(count) for key, count in layer.limiters.items()},
                total=name == "all layers",
            )
            for name, layer in layers.items()
        ],
        notes=[
            "m x n x k tiles by what takes longest in their turn if stages changed tiles "
            "together: steps of the processor, rows of the next tile to detect, beats of spikes "
            "or of weights of the one behind it. The queue hides what evens out over tiles."
        ],
    )


def _stacked(
    *,
    key: str,
    title: str,
    caption: str,
    layers: Mapping[str, Anatomy],
    parts: Mapping[str, Mapping[str, int]],
    unit: str,
) -> Plot:
    colours = dict(zip(parts, PALETTE, strict=False))
    data, layout = bars(list(layers), parts, colours, unit, stacked=True, hover="%{x:,.5~g}")
    layout["barnorm"] = "percent"
    return Plot(key=key, title=title, caption=caption, data=data, layout=layout, shares=True)


def _shared_plots(results: Results) -> dict[str, Plot]:
    """Return the plots of `make sim`'s report, of the timing model's numbers."""
    rows: list[dict[str, Any]] = []
    for name, timed in results.full().items():
        counts = results.counts[name]
        rows.append(
            {
                "name": name,
                "m": sum(layer.m for layer in counts),
                "k": counts[0].k,
                "cycles": timed["cycles"],
                "model_cycles": timed["cycles"],
                "process_cycles": timed["process"],
                "stall_cycles": {part: timed[part] for part in _PARTS[1:]},
                **{
                    key: sum(getattr(layer, key) for layer in counts)
                    for key in (
                        *("bit_nnz", "residual_nnz", "zero_rows"),
                        *("exact_match_rows", "partial_match_rows"),
                    )
                },
            }
        )
    return {plot.key: plot for plot in PROSPERITY.plots(rows, asdict(PAPER))}


def section(results: Results) -> Section:
    """Return the section."""
    layers, total = results.anatomy, results.anatomy_total
    shared = _shared_plots(results)
    nonzero = sum(total.row_depths.values())
    rows_of = {name: {n: layer.rows[name] for n, layer in layers.items()} for name in ROW_CLASSES}
    limits = {name: {n: layer.limiters[name] for n, layer in layers.items()} for name in LIMITERS}
    tiles = sum(total.limiters.values())
    limiter = max(LIMITERS, key=lambda name: total.limiters[name])
    share_of = {
        "rows": {d: share(n, nonzero) for d, n in total.row_depths.items()},
        "tiles, by their deepest row": {
            d: share(n, sum(total.tile_depths.values())) for d, n in total.tile_depths.items()
        },
    }
    data, layout = columns(
        share_of, (COLOURS[Origin.TIMING], PALETTE[1]), "prefixes one after another", "share"
    )
    later = share(total.later_ones, _adding(total))
    every = _with_total(layers, total)
    return Section(
        key="breakdown",
        title="Where the cycles go",
        tables=[
            _timing_table(results),
            _rows_table(every),
            _limit_table(every),
            _depth_table(total),
        ],
        plots=[
            replace(shared["cycles"], title="What the processor does"),
            shared["densities"],
            _stacked(
                key="rows",
                title="Classes of rows",
                caption=f"{share(total.rows['exact match'], nonzero):.1%} of the non-zero rows are "
                f"exact matches; second and later ones of a row are {later:.1%} of all steps.",
                layers=layers,
                parts=rows_of,
                unit="rows",
            ),
            _stacked(
                key="limiters",
                title="What limits a tile",
                caption=f"{share(total.limiters[limiter], tiles):.1%} of the tiles are limited by "
                f"{limiter}, if stages changed tiles together.",
                layers=layers,
                parts=limits,
                unit="tiles",
            ),
            Plot(
                key="chains",
                title="Depth of the chains of prefixes",
                caption="How many prefixes a row builds on, one after another.",
                data=data,
                layout=layout,
            ),
        ],
    )
