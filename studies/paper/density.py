"""Densities: ones of the spike matrices, and ones left to add after prefix reuse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from snn_rtl.models.baselines.cited import MEAN_DENSITY, VGG9_DENSITY, Cited
from snn_rtl.models.prosperity.config import PAPER
from snn_rtl.models.prosperity.prosperity import LayerCounts, Mode, densities
from snn_rtl.studies.paper.results import Results
from snn_rtl.studies.paper.section import Section
from snn_rtl.studies.paper.tables import Cell, Column, Origin, Row, Table, cells, change, ratio

VGG9 = "vgg9_cifar10"
"""Name of the workload that published totals and densities are known of."""

_COLUMNS = (
    Column("m", "M", "count", Origin.COUNTED, "rows of the spike matrix, all images together"),
    Column("k", "K", "count", Origin.COUNTED, "columns of the spike matrix"),
    Column("n", "N", "count", Origin.COUNTED, "output columns"),
    Column("bit_nnz", "ones", "count", Origin.COUNTED, "ones of the spike matrix"),
    Column("residual_nnz", "ones left", "count", Origin.COUNTED, "after prefix reuse"),
    Column("bit", "bit density", "density", Origin.COUNTED),
    Column("bit_rtl", "bit density", "density", Origin.RTL),
    Column("bit_published", "bit density", "density", Origin.CITED),
    Column("bit_change", "difference", "change", Origin.DERIVED, "of ours to the published one"),
    Column("product", "product density", "density", Origin.COUNTED),
    Column("product_rtl", "product density", "density", Origin.RTL),
    Column("product_published", "product density", "density", Origin.CITED),
    Column("product_change", "difference", "change", Origin.DERIVED, "to the published one"),
    Column("gain", "bit / product", "ratio", Origin.DERIVED, "additions that are saved"),
)


def _published(found: Mapping[str, Cited], note: str) -> dict[str, Cell]:
    return {
        "bit_published": Cell(found["bit"].value, note=note),
        "product_published": Cell(found["product"].value, note=note),
    }


def rtl_counts(row: Mapping[str, Any]) -> LayerCounts:
    """Return the counts in a layer's row of a report."""
    return LayerCounts(
        **{
            key: row[key]
            for key in (
                *("m", "k", "n", "tiles", "bit_nnz", "residual_nnz"),
                *("exact_match_rows", "partial_match_rows", "zero_rows"),
            )
        }
    )


def _row(counts: Sequence[LayerCounts], rtl: Sequence[LayerCounts]) -> dict[str, Cell]:
    bit, product = densities(counts)
    measured = densities(rtl) if rtl else (None, None)
    return cells(
        bit=bit,
        product=product,
        bit_rtl=measured[0],
        product_rtl=measured[1],
        gain=ratio(bit, product),
    )


def section(results: Results) -> Section:
    """Return the section."""
    report = results.rtl.get(Mode.PRODUCT)
    rtl = {name: rtl_counts(row) for name, row in report.layers.items()} if report else {}
    rows = []
    for name, counts in results.counts.items():
        sizes = cells(
            m=sum(layer.m for layer in counts),
            k=counts[0].k,
            n=counts[0].n,
            bit_nnz=sum(layer.bit_nnz for layer in counts),
            residual_nnz=sum(layer.residual_nnz for layer in counts),
        )
        measured = [rtl[name]] if rtl else []
        rows.append(Row(name, sizes | _row(counts, measured)))

    every = [layer for counts in results.counts.values() for layer in counts]
    total = _row(every, list(rtl.values()))
    notes = [
        f"The densities of all layers weigh a layer by M·K·⌈N/{PAPER.lanes}⌉, as the published "
        "ones do; rows beyond M and columns beyond K do not count.",
    ]
    mean = Row("mean of 19 networks", _published(MEAN_DENSITY, MEAN_DENSITY["bit"].source))
    if results.network.workload.name == VGG9:
        total |= _published(VGG9_DENSITY, VGG9_DENSITY["bit"].source)
        # Published with fewer digits than ours has: compared as it is written.
        total |= cells(
            bit_change=change(round(float(total["bit"].value), 6), VGG9_DENSITY["bit"].value),
            product_change=change(
                round(float(total["product"].value), 7), VGG9_DENSITY["product"].value
            ),
        )
        notes.append("The differences are taken at the digits that are published.")
    else:
        notes.append(
            "No densities of this network are published; the mean is there to compare it with."
        )
    if report:
        notes.append(f"RTL: {report.source}.")
    table = Table(
        key="density",
        title="Densities",
        row_title="layer",
        columns=_COLUMNS,
        rows=[*rows, Row("all layers", total, total=True), mean],
        notes=notes,
    )
    return Section(key="density", title="Density", tables=[table])
