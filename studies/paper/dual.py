"""LoAS: cycles of the machine beside the published model, speeds over others, packed matrices."""

from __future__ import annotations

from collections.abc import Sequence

from snn_rtl.models.baselines import DUAL_SPARSE
from snn_rtl.models.baselines.loas_cited import MEAN_SPEEDUP, PAPER, PRODUCT_SPARSITY, speedup
from snn_rtl.models.loas.packed_density import packed_density
from snn_rtl.models.loas.pruning import published_network, target_sparsity
from snn_rtl.run.plots import Plot
from snn_rtl.studies.paper.dual_work import BEYOND, DualSparse
from snn_rtl.studies.paper.figures import PALETTE, bars
from snn_rtl.studies.paper.results import Results
from snn_rtl.studies.paper.section import Section
from snn_rtl.studies.paper.tables import (
    Cell,
    Column,
    Origin,
    Row,
    Table,
    cells,
    change,
    ratio,
    text_of,
)

_OTHERS = ("sparten_snn", "gospa_snn", "gamma_snn")

_CYCLES = (
    Column("silent", "silent words", "share", Origin.COUNTED, "neurons without a spike"),
    Column("zeros", "zero weights", "share", Origin.COUNTED),
    Column("matches", "matches", "count", Origin.COUNTED, "live words that meet weights"),
    Column("hits", "speculation hits", "share", Origin.COUNTED, "matches that need no correction"),
    Column("published", "published rules", "count", Origin.PUBLISHED),
    Column("timing", "this RTL", "count", Origin.TIMING),
    Column("change", "this RTL / published rules", "change", Origin.DERIVED),
    Column("ft", "published rules, FT", "count", Origin.PUBLISHED, "words of one spike dropped"),
)
_PARTS = (
    Column("timing", "cycles", "count", Origin.TIMING),
    Column("share", "of all", "share", Origin.DERIVED),
)
_BEYOND = (
    Column("timing", "cycles", "count", Origin.TIMING),
    Column("gain", "paper's machine / this", "ratio", Origin.TIMING),
    Column("published", "over the published rules", "ratio", Origin.DERIVED),
)
_SPEEDS = (
    Column("cycles", "cycles", "count", Origin.PUBLISHED),
    Column("model", "LoAS, published rules, over it", "ratio", Origin.PUBLISHED),
    Column("ours", "this RTL over it", "ratio", Origin.TIMING),
    Column("cited", "published", "ratio", Origin.CITED, "LoAS over it, on the paper's network"),
    Column("difference", "published rules / published", "change", Origin.DERIVED),
    Column("mean", "published mean", "ratio", Origin.CITED, "of the paper's networks"),
)
_PACKED = (
    Column("packed", "packed density", "density", Origin.COUNTED, "time steps in 4 groups"),
    Column("product", "with product sparsity", "density", Origin.COUNTED, "tiles of 256 x 16"),
    Column("gain", "packed / product", "ratio", Origin.DERIVED),
    Column("cited", "published", "ratio", Origin.CITED, PRODUCT_SPARSITY.note),
)
_TRAFFIC = (
    Column("compressed", "compressed bytes", "count", Origin.COUNTED, "bitmasks, pointers, values"),
    Column("streamed", "bytes of the beats", "count", Origin.TIMING, "both input streams"),
    Column("again", "beats / compressed", "ratio", Origin.DERIVED),
)

_PART_NAMES = {
    "broadcast": "weight fibres broadcast",
    "wait_tppe": "a fibre waits for a TPPE that is behind",
    "wait_spikes": "waiting for spikes",
    "wait_weights": "waiting for weights",
    "wait_output": "waiting for a bank of sums",
    "skip": "empty tiles and empty ends of tiles",
    "fill": "filling the pipeline",
    "drain": "last matches, output",
}


def _timed(found: Sequence[DualSparse], name: str) -> int:
    return sum(layer.timing[name] for layer in found)


def _machine(found: Sequence[DualSparse], name: str) -> int:
    return sum(layer.machines[name] for layer in found)


def _cycles_row(name: str, found: Sequence[DualSparse], *, total: bool = False) -> Row:
    counts = [image for layer in found for image in layer.counts]
    words = sum(image.positions * image.k for image in counts)
    weights = sum(image.k * image.n for image in counts)
    matches = sum(image.matches for image in counts)
    corrections = sum(image.corrections for image in counts)
    published, timing = _machine(found, "loas"), _timed(found, "cycles")
    values = cells(
        silent=sum(image.silent_words for image in counts) / words,
        zeros=1 - sum(image.weight_nnz for image in counts) / weights,
        matches=matches,
        hits=ratio(matches - corrections, matches or None),
        published=published,
        timing=timing,
        change=change(timing, published),
        ft=_machine(found, "loas_ft"),
    )
    return Row(name, values, total=total)


def _cycles(found: dict[str, DualSparse]) -> Table:
    rows = [_cycles_row(name, [layer]) for name, layer in found.items()]
    return Table(
        key="loas_cycles",
        title="Cycles",
        row_title="layer",
        columns=_CYCLES,
        rows=[*rows, _cycles_row("all layers", list(found.values()), total=True)],
    )


def _parts(found: Sequence[DualSparse]) -> Table:
    total = _timed(found, "cycles")
    rows = [
        Row(title, cells(timing=_timed(found, part), share=_timed(found, part) / total))
        for part, title in _PART_NAMES.items()
    ]
    return Table(
        key="loas_parts",
        title="Where the cycles go",
        row_title="cycles for",
        columns=_PARTS,
        rows=[*rows, Row("total", cells(timing=total), total=True)],
    )


def _beyond(found: Sequence[DualSparse]) -> Table:
    published, ours = _machine(found, "loas"), _timed(found, "cycles")
    cycles = {"the paper's machine": ours}
    cycles |= {name: sum(layer.beyond[name] for layer in found) for name in BEYOND}
    rows = [
        Row(name, cells(timing=own, gain=ours / own, published=ratio(own, published or None)))
        for name, own in cycles.items()
    ]
    return Table(
        key="loas_beyond",
        title="Beyond the paper",
        row_title="machine",
        columns=_BEYOND,
        rows=rows,
        notes=[
            "The broadcast takes a cycle for each weight fibre, however little it meets. Joined, "
            "those of neighbouring columns share one; with more chunk banks and longer queues a "
            "slow row holds the others back later.",
        ],
    )


def _speeds(found: Sequence[DualSparse], workload: str) -> Table:
    network = published_network(workload)
    known = workload.lower().startswith(network)
    rows = []
    for name in _OTHERS:
        cycles = _machine(found, name)
        model = cycles / max(1, _machine(found, "loas"))
        cited = speedup(network, name) if known else None
        values = cells(
            cycles=cycles,
            model=model,
            ours=cycles / _timed(found, "cycles"),
            cited=None if cited is None else Cell(cited, note=PAPER),
            difference=change(model, cited),
            mean=MEAN_SPEEDUP[name].value,
        )
        rows.append(Row(DUAL_SPARSE[name].title, values))
    return Table(
        key="loas_speeds",
        title="Speed over other dual-sparse machines",
        row_title="machine",
        columns=_SPEEDS,
        rows=rows,
        notes=[
            "All by the published rules: one match a cycle, the slowest PE of a tile decides. "
            "SparTen and GoSPA are paced by uneven weight columns, which random pruning makes more "
            "even than training does; LoAS and Gamma by uneven spike rows, which are as captured.",
        ],
    )


def _packed(found: dict[str, DualSparse]) -> Table:
    every = [image for layer in found.values() for image in layer.packed]
    rows = []
    for name, images in {**{n: layer.packed for n, layer in found.items()}, "": every}.items():
        density = packed_density(images)
        values = cells(
            packed=density.packed,
            product=density.product,
            gain=ratio(density.packed, density.product or None),
            cited=None if name else PRODUCT_SPARSITY.value,
        )
        rows.append(Row(name or "all layers", values, total=not name))
    return Table(
        key="loas_packed",
        title="Product sparsity on packed matrices",
        row_title="layer",
        columns=_PACKED,
        rows=rows,
    )


def _traffic(found: dict[str, DualSparse]) -> Table:
    rows = [
        Row(
            name,
            cells(
                compressed=round(layer.compressed),
                streamed=round(layer.streamed),
                again=layer.streamed / layer.compressed,
            ),
        )
        for name, layer in found.items()
    ]
    return Table(
        key="loas_traffic",
        title="Input traffic",
        row_title="layer",
        columns=_TRAFFIC,
        rows=rows,
        notes=[
            "The machine has no cache: spikes come again for every n tile, weights for every m "
            "tile, in whole beats and without pointers.",
        ],
    )


def _explanation(results: Results, found: Sequence[DualSparse]) -> list[str]:
    published, ours = _machine(found, "loas"), _timed(found, "cycles")
    broadcast, behind = _timed(found, "broadcast"), _timed(found, "wait_tppe")
    workload = results.network.workload
    text = [
        f"The published model gives {published:,} cycles: a tile of 16 rows x 128 k x 32 columns "
        "costs the largest number of matches of any TPPE, and nothing else is charged. The RTL "
        f"takes {ours:,} ({text_of(change(ours, published) or 0.0, 'change')}). It broadcasts a "
        f"weight fibre that is not empty in a cycle, {broadcast:,} in all, and waits for a TPPE "
        f"whose queue is full in {behind:,}; everything else takes {ours - broadcast - behind:,}. "
        "Fibres that meet nothing in a row never enter its TPPE, TPPEs drift apart by a chunk, and "
        "laggy sums are made while the chunk before is in use.",
    ]
    if any(layer.weights is None for layer in workload.layers):
        text.append(
            "The trained weights are not public: random weights, pruned at random to "
            f"{target_sparsity(workload.name):.2%} zeros, the published sparsity of "
            f"{published_network(workload.name)}, stand in for them."
        )
    return text


def _plot(found: dict[str, DualSparse]) -> Plot:
    parts = {
        title: {name: layer.timing[part] for name, layer in found.items()}
        for part, title in _PART_NAMES.items()
        if _timed(list(found.values()), part)
    }
    colours = {title: PALETTE[i % len(PALETTE)] for i, title in enumerate(parts)}
    data, layout = bars(list(found), parts, colours, "cycles", stacked=True)
    return Plot(
        key="loas_parts",
        title="Cycles of LoAS by layer",
        caption="What the broadcaster of weight fibres does in each cycle.",
        data=data,
        layout=layout,
        shares=True,
    )


def section(results: Results) -> Section:
    """Return the section; empty where a network has no layer with weights."""
    found = results.dual_sparse
    if not found:
        return Section(
            key="loas",
            title="LoAS: dual sparsity",
            text=["No layer of this network multiplies spikes by weights."],
        )
    layers = list(found.values())
    return Section(
        key="loas",
        title="LoAS: dual sparsity",
        text=_explanation(results, layers),
        tables=[
            _cycles(found),
            _parts(layers),
            _beyond(layers),
            _speeds(layers, results.network.workload.name),
            _packed(found),
            _traffic(found),
        ],
        plots=[_plot(found)],
    )
