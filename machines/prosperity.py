"""Prosperity: product sparsity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from snn_rtl.machines.base import Column, Figure, Machine, Measured, Report, percent
from snn_rtl.machines.testing import POINTS, Testing
from snn_rtl.models.errors import InputError
from snn_rtl.models.prosperity.config import CONFIGS, ProsperityConfig
from snn_rtl.models.prosperity.prosperity import LayerCounts, Mode, count_layer, densities
from snn_rtl.models.prosperity.timing import predict_layer
from snn_rtl.models.workload.layer import Layer
from snn_rtl.models.workload.workload import Workload
from snn_rtl.run.places import ROOT
from snn_rtl.run.plots import BLUE, GREEN, GREY, ORANGE, Plot, Row, bars, layout, share

_DIGITS: Final = ROOT / "examples" / "digits"

_COUNTS: Final = (
    "m",
    "k",
    "n",
    "tiles",
    "bit_nnz",
    "residual_nnz",
    "exact_match_rows",
    "partial_match_rows",
    "zero_rows",
)


class Prosperity(Machine):
    """Prosperity."""

    name = "prosperity"
    title = "Prosperity"
    configs = CONFIGS
    modes = tuple(map(str, Mode))
    bundled: ClassVar[Mapping[str, Path]] = {
        "paper": _DIGITS / "digits.npz",
        "small": _DIGITS / "digits_small.npz",
        "turbo": _DIGITS / "digits.npz",
        "small_turbo": _DIGITS / "digits_small.npz",
    }
    at_work = "The processor takes a row"
    stalls: ClassVar[Mapping[str, str]] = {
        "wait_detect": "no row is detected yet",
        "wait_spikes": "no spikes have come",
        "wait_weights": "no weights have come",
        "wait_output": "the output is not taken",
        "wait_results": "results wait to be accumulated",
        "fill": "the pipeline fills",
        "drain": "the pipeline drains",
    }
    groups: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "ones": {
            "bit_nnz": "ones in the spike matrix",
            "residual_nnz": "ones left to add after prefix reuse",
        },
        "rows of spike tiles": {
            "exact_match_rows": "equal to their prefix",
            "partial_match_rows": "with a prefix, and more ones than it",
            "zero_rows": "without ones",
        },
    }
    columns = (
        Column(
            heading="bit",
            cell=lambda row: percent(row["bit_nnz"], row["m"] * row["k"]),
            total=lambda totals: f"{totals['bit_density']:.6f}",
        ),
        Column(
            heading="product",
            cell=lambda row: percent(row["residual_nnz"], row["m"] * row["k"]),
            total=lambda totals: f"{totals['product_density']:.6f}",
        ),
    )

    counters: ClassVar[Mapping[str, str]] = {
        "exact_match_rows": "EXACT_ROWS",
        "partial_match_rows": "PARTIAL_ROWS",
    }
    testing = Testing(
        odd=ProsperityConfig(
            tile_m=128, tile_k=24, lanes=40, weight_w=5, acc_w=21, bias_w=35, lif_cells=8,
            spike_beat_w=96, spike_beats=9, weight_tiles=3, queue_depth=77, dim_w=19,
        ),
        stimulus="snn_rtl.tb.prosperity.stimulus",
        quick=32,
        groups="snn_rtl.tb.prosperity.covergroups:prosperity_groups",
        corners=("Crosses", "RowExtremes", "NeuronExtremes", "Waits"),
        own={"points.Points": POINTS},
        variants=("small_turbo",),
    )  # fmt: skip
    testplan_page = "testplan.md"

    def check_steps(self, gemm: Layer, config: ProsperityConfig, mode: str) -> None:
        """Refuse time steps that the neurons cannot run."""
        del mode
        steps = gemm.time_steps
        if gemm.threshold is not None and (steps & (steps - 1) or steps > config.tile_m):
            raise InputError(f"{gemm}: T={steps} must be a power of two up to {config.tile_m}")

    def measure(
        self,
        layer: Layer,
        matrix: NDArray[np.bool_],
        weights: NDArray[np.int8],
        config: ProsperityConfig,
        mode: str,
    ) -> Measured:
        """Return what the machine takes for a GeMM, whatever its weights."""
        del weights
        neurons = layer.threshold is not None
        timing = predict_layer(matrix, layer.n, config, mode, spikes_out=neurons)
        counts = count_layer(matrix, layer.n, config, mode)
        return self._measured(asdict(timing), asdict(counts), "process")

    def random_weights(self, workload: Workload) -> str:
        """Say which weights a layer gets that has none."""
        del workload
        return "random int8"

    def totals(self, rows: Sequence[Row]) -> dict[str, Any]:
        """Return the densities."""
        bit, product = densities([LayerCounts(**{c: row[c] for c in _COUNTS}) for row in rows])
        return {"bit_density": bit, "product_density": product}

    def figures(self, report: Report) -> list[Figure]:
        """Return the densities."""
        bit, product = (report["totals"][f"{kind}_density"] for kind in ("bit", "product"))
        saved = share(bit, product)
        fewer = f"; {saved:.2f} \N{MULTIPLICATION SIGN} fewer additions" if saved > 1 else ""
        return [
            Figure(title="Bit density", value=f"{bit:.2%}", more=f"{bit:.6f}"),
            Figure(title="Product density", value=f"{product:.2%}", more=f"{product:.6f}{fewer}"),
        ]

    def own_plots(self, layers: Sequence[Row], config: Mapping[str, Any]) -> list[Plot]:
        """Return the plots of rows and densities."""
        return [_rows_plot(layers, config["tile_k"]), _densities_plot(layers)]


def row_classes(row: Row, tile_k: int) -> dict[str, int]:
    """Return the rows of a layer's spike tiles by what product sparsity made of them."""
    classes = {
        "zero": row["zero_rows"],
        "exact match": row["exact_match_rows"],
        "partial match": row["partial_match_rows"],
    }
    rows = row["m"] * -(-row["k"] // tile_k)
    return {**classes, "without prefix": rows - sum(classes.values())}


def _densities_plot(layers: Sequence[Row]) -> Plot:
    def density(key: str) -> list[float]:
        return [share(row[key], row["m"] * row["k"]) for row in layers]

    return Plot(
        key="densities",
        title="Densities",
        caption="Ones in the spike matrix (bit), and ones that are left to add after prefix reuse "
        "(product), over all its elements.",
        data=[
            bars(layers, "bit", GREY, density("bit_nnz"), "%{x:.2%}"),
            bars(layers, "product", BLUE, density("residual_nnz"), "%{x:.2%}"),
        ],
        layout=layout(layers, "group", "density", tickformat="~%"),
    )


def _rows_plot(layers: Sequence[Row], tile_k: int) -> Plot:
    colours = (GREY, GREEN, BLUE, ORANGE)
    classes = [row_classes(row, tile_k) for row in layers]
    rows = sum(sum(counts.values()) for counts in classes)
    reused = sum(row["exact_match_rows"] + row["partial_match_rows"] for row in layers)
    data = [
        bars(layers, name, colour, [counts[name] for counts in classes])
        for name, colour in zip(classes[0], colours, strict=True)
    ]
    return Plot(
        key="rows",
        title="Rows of the spike tiles",
        caption=f"{share(reused, rows):.1%} of the rows start from another row's result: exact "
        "matches need nothing more, partial matches the ones in which they differ.",
        data=data,
        layout=layout(layers, "stack", "rows") | {"barnorm": "percent"},
        shares=True,
    )


PROSPERITY: Final = Prosperity()
