"""Cycles of the machine: RTL, timing model, published model, honest model, and why they differ."""

from __future__ import annotations

from typing import Any

from snn_rtl.models.baselines import Rules
from snn_rtl.models.baselines.cited import VGG9_CYCLES
from snn_rtl.models.baselines.common import MEMORY_BITS, WEIGHT_BITS, ceil_div
from snn_rtl.models.prosperity.config import PAPER
from snn_rtl.models.prosperity.prosperity import Mode
from snn_rtl.studies.paper.density import VGG9
from snn_rtl.studies.paper.results import Results
from snn_rtl.studies.paper.section import Section
from snn_rtl.studies.paper.tables import Column, Origin, Row, Table, cells, change, text_of

_COLUMNS = (
    Column("tiles", "tiles", "count", Origin.TIMING, "tiles in M, K and N"),
    Column("rtl", "measured", "count", Origin.RTL, "first input beat to last output beat"),
    Column("timing", "as the RTL runs it", "count", Origin.TIMING, "predicted"),
    Column("error", "RTL - model", "count", Origin.DERIVED, "what the timing model is wrong by"),
    Column("full", "with neurons", "count", Origin.TIMING, "predicted, all layers' neurons on"),
    Column("published", "published rules", "count", Origin.PUBLISHED),
    Column("change", "timing / published", "change", Origin.DERIVED, "with neurons"),
    Column("honest", "honest rules", "count", Origin.HONEST),
    Column("honest_change", "timing / honest", "change", Origin.DERIVED, "with neurons"),
    Column("cited", "published total", "count", Origin.CITED),
    Column("cited_change", "published rules / published total", "change", Origin.DERIVED),
)

_BRIDGE = (
    Column("published", "published rules", "count", Origin.PUBLISHED),
    Column("timing", "with neurons", "count", Origin.TIMING),
    Column("difference", "difference", "count", Origin.DERIVED, "timing model - published model"),
)


def _cycles_table(results: Results) -> Table:
    report = results.rtl.get(Mode.PRODUCT)
    as_rtl, full = results.as_rtl(), results.full()
    published = results.machine("prosperity", Rules.ARTIFACT)
    honest = results.machine("prosperity", Rules.HONEST)
    rows = []
    sums: dict[str, int] = {}
    for name, by_rules, by_honest in zip(full, published.layers, honest.layers, strict=True):
        values = {
            "tiles": full[name]["tiles"],
            "timing": as_rtl[name]["cycles"],
            "full": full[name]["cycles"],
            "published": by_rules.cycles,
            "honest": by_honest.cycles,
        }
        if report:
            values["rtl"] = report.layers[name]["cycles"]
            values["error"] = values["rtl"] - values["timing"]
        for key, value in values.items():
            sums[key] = sums.get(key, 0) + value
        rows.append(Row(name, _with_changes(values)))
    total: dict[str, Any] = dict(sums)
    if results.network.workload.name == VGG9:
        total["cited"] = VGG9_CYCLES["prosperity"].value
        total["cited_change"] = change(sums["published"], total["cited"])
    rows.append(Row("all layers", _with_changes(total), total=True))
    raw = [name for name in full if as_rtl[name] is not full[name]]
    notes = []
    if report:
        notes.append(f"RTL: {report.source}.")
    else:
        notes.append(
            "No RTL column: build/ has no report of make sim on this workload. The timing model "
            "gives the RTL's cycles exactly."
        )
    if raw:
        notes.append(
            f"The RTL gives raw sums of {', '.join(raw)}, which have no thresholds in the file; "
            "“with neurons” is the machine with LIF on everywhere it can be, as the other models "
            "have it."
        )
    return Table(
        key="cycles",
        title="Cycles",
        row_title="layer",
        columns=_COLUMNS,
        rows=rows,
        notes=notes,
    )


def _with_changes(values: dict[str, Any]) -> dict[str, Any]:
    return cells(
        **values,
        change=change(values["full"], values["published"]),
        honest_change=change(values["full"], values["honest"]),
    )


def additions(results: Results) -> int:
    """Return the cycles that adding takes: a one left, or an exact match, in every n tile."""
    return sum(
        (layer.residual_nnz + layer.exact_match_rows) * ceil_div(layer.n, PAPER.lanes)
        for counts in results.counts.values()
        for layer in counts
    )


def _bridge(results: Results) -> Table:
    published = results.machine("prosperity", Rules.ARTIFACT)
    ours, adding = results.total(), additions(results)
    parts = {
        "adding": (adding, adding),
        "tiles without a one": (0, ours["process"] - adding),
        "searches that adding does not hide": (published.compute - adding, ours["wait_detect"]),
        "waiting for memory": (published.stalls, ours["wait_spikes"] + ours["wait_weights"]),
        "filling the pipeline": (0, ours["fill"]),
        "neurons and output": (published.lif, ours["drain"] + ours["wait_output"]),
    }
    parts["total"] = (published.cycles, ours["cycles"])
    return Table(
        key="bridge",
        title="From the published total to ours",
        row_title="cycles for",
        columns=_BRIDGE,
        rows=[
            Row(
                name,
                cells(published=theirs, timing=mine, difference=mine - theirs),
                total=name == "total",
            )
            for name, (theirs, mine) in parts.items()
        ],
    )


def _explanation(results: Results) -> list[str]:
    published = results.machine("prosperity", Rules.ARTIFACT)
    honest = results.machine("prosperity", Rules.HONEST)
    ours, anatomy = results.total(), results.anatomy_total
    apart = change(ours["cycles"], published.cycles) or 0.0
    idle = ours["process"] - additions(results)
    to_last_step = ours["cycles"] - ours["drain"] - ours["wait_output"]
    hidden = anatomy.lockstep - to_last_step
    text = [
        f"The published model gives {published.cycles:,} cycles, the RTL takes {ours['cycles']:,} "
        f"with its neurons on ({text_of(apart, 'change')}); its processor takes a step in "
        f"{ours['process'] / ours['cycles']:.1%} of them.",
        "The published model takes the longer of all additions and all searches of a whole layer, "
        "so that searching costs nothing wherever a layer adds for longer than it searches. It "
        f"ignores filling the pipeline ({ours['fill']:,} cycles of ours) and the step that a tile "
        f"without a one takes ({idle:,}). It charges the neurons of a layer's last tile two cycles "
        f"a time step, {published.lif:,} in all; in the RTL rows pass the neurons as they are read "
        f"out, which leaves {ours['drain'] + ours['wait_output']:,}.",
        f"An honest pipeline, whose stages change tiles together, takes {honest.cycles:,} cycles. "
        f"In the RTL a queue of {PAPER.queue_depth} rows lies between detection and processing: "
        "detection runs ahead while a tile with much to add is processed. By the RTL's own unit "
        f"times, stages in step would reach the last addition after {anatomy.lockstep:,} cycles, "
        f"the RTL reaches it after {to_last_step:,}: queue and buffers hide {hidden:,} "
        f"cycles ({hidden / anatomy.lockstep:.1%}).",
    ]
    waits = {
        "for detection": "wait_detect",
        "for spikes": "wait_spikes",
        "for weights": "wait_weights",
        "for the output": "wait_output",
    }
    words, key = max(waits.items(), key=lambda wait: ours[wait[1]])
    if ours[key]:
        name, worst = max(results.full().items(), key=lambda layer: layer[1][key])
        text.append(
            f"The processor waits longest {words}: {ours[key]:,} cycles, "
            f"{worst[key] / ours[key]:.0%} of them in {name}."
        )
        if key == "wait_weights":
            text[-1] += _weight_words(results, name)
    return text


def _weight_words(results: Results, layer: str) -> str:
    """Return how many beats a layer's weights take, and how many their bits would fill."""
    works = results.network.layers[layer]
    bits = sum(work.k * work.n * WEIGHT_BITS * ceil_div(work.m, PAPER.tile_m) for work in works)
    beats = results.full()[layer]["weight_beats"]
    words = f" Its weights take {beats:,} beats"
    if works[0].n % PAPER.lanes == 0:
        return f"{words}."
    return (
        f"{words}, one a weight row whatever N is; the published model counts bits, which would "
        f"fill {ceil_div(bits, MEMORY_BITS):,}."
    )


def section(results: Results) -> Section:
    """Return the section."""
    return Section(
        key="cycles",
        title="Cycles of Prosperity",
        text=_explanation(results),
        tables=[_cycles_table(results), _bridge(results)],
    )
