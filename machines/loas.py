"""LoAS: dual sparsity, all time steps in parallel."""

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
from snn_rtl.models.loas.config import CONFIGS, PAPER, LoasConfig
from snn_rtl.models.loas.formats import pack_words
from snn_rtl.models.loas.loas import count_layer
from snn_rtl.models.loas.network import reference_runner
from snn_rtl.models.loas.pruning import (
    published_network,
    seeded_sparse_weights,
    target_sparsity,
)
from snn_rtl.models.loas.timing import predict_layer
from snn_rtl.models.loas.traffic import stream_beats
from snn_rtl.models.workload.layer import Layer
from snn_rtl.models.workload.workload import Workload
from snn_rtl.run.places import ROOT
from snn_rtl.run.plots import BLUE, GREY, ORANGE, Plot, Row, bars, layout, share

_DIGITS: Final = ROOT / "examples" / "digits"

_WORST: Final = (
    *("AllOnes", "NoWordAllOnes", "FullChunks", "AlternatingChunks", "AlternatingWeights"),
    "FifoFull",
)
"""Tests of tests/worst.py."""

_TITLES: Final = {"alexnet": "AlexNet", "vgg16": "VGG16", "resnet19": "ResNet19"}

_WEIGHING_LANES: Final = 128
"""Output columns for which a layer counts once in a density, as published for Prosperity."""


class Loas(Machine):
    """LoAS."""

    name = "loas"
    title = "LoAS"
    configs = CONFIGS
    modes = ("dual", "ft")
    bundled: ClassVar[Mapping[str, Path]] = {
        "paper": _DIGITS / "digits_pruned.npz",
        "small": _DIGITS / "digits_pruned_small.npz",
        "turbo": _DIGITS / "digits_pruned.npz",
        "small_turbo": _DIGITS / "digits_pruned_small.npz",
    }
    at_work = "A weight fibre is broadcast"
    stalls: ClassVar[Mapping[str, str]] = {
        "skip": "a tile is dropped, or ends without a fibre",
        "wait_spikes": "no spike tile is loaded",
        "wait_weights": "no weight fibre is there",
        "wait_tppe": "a TPPE's queue is full",
        "wait_output": "no bank of sums is free",
        "fill": "the pipeline fills",
        "drain": "the pipeline drains",
    }
    groups: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "spikes": {
            "bit_nnz": "ones in the spike matrix",
            "words": "neurons that are not silent, those that are dropped included",
            "single_words": "neurons that are dropped because they fire once",
        },
        "join": {
            "matches": "a word that is not silent met a weight that is not zero",
            "corrections": "matches whose word is not all ones",
            "fifo_full": "cycles in which a match waited for its TPPE's FIFOs, over all TPPEs",
        },
        "not done": {
            "empty_tiles": "tiles dropped because no word of their spikes could match",
            "fibres_skipped": "weight fibres not broadcast: empty, or of dropped tiles",
        },
        "beats": {
            "spike_beats": "beats of the spike stream",
            "weight_beats": "beats of the weight stream",
            "output_beats": "beats of the output stream",
        },
    }
    columns = (
        Column(
            heading="bit",
            cell=lambda row: percent(row["bit_nnz"], row["m"] * row["k"]),
            total=lambda totals: f"{totals['bit_density']:.6f}",
        ),
        Column(
            heading="matches",
            cell=lambda row: str(row["matches"]),
            total=lambda totals: str(totals["matches"]),
        ),
        Column(
            heading="corrected",
            cell=lambda row: percent(row["corrections"], row["matches"]),
            total=lambda totals: percent(totals["corrections"], totals["matches"]),
        ),
    )

    testing = Testing(
        odd=LoasConfig(
            time_steps=8, chunk=64, tppes=3, columns=48, laggy_adders=16, fifo_depth=5,
            queue_depth=6, weight_w=12, acc_w=27, bias_w=40, beat_w=1920, mask_beats=4,
            value_beats=7, dim_w=19, joined_columns=2, chunk_banks=9,
        ),
        stimulus="snn_rtl.tb.loas.stimulus",
        quick=16,
        groups="snn_rtl.tb.loas.covergroups:loas_groups",
        corners=("Crosses", "SumExtremes", "NeuronExtremes", "Waits"),
        own={"points.Points": POINTS, **{f"worst.{name}": {} for name in _WORST}},
        smoke=("worst.AllOnes", "worst.AlternatingChunks"),
        variants=("small_turbo",),
        icarus_share=5,
    )  # fmt: skip
    testplan_page = "loas_testplan.md"

    def rows_of(self, layer: Layer) -> int:
        """Return the positions of a layer."""
        return layer.m // layer.time_steps

    def check_steps(self, gemm: Layer, config: LoasConfig, mode: str) -> None:
        """Refuse more time steps than a word has bits, and single ones where they are dropped."""
        steps = gemm.time_steps
        if steps > config.time_steps:
            raise InputError(
                f"{gemm}: T={steps} exceeds this machine's limit of {config.time_steps}"
            )
        if mode == "ft" and steps == 1:
            raise InputError(
                f"{gemm}: with one time step every neuron fires at most once, and mode ft would "
                "drop all of them"
            )

    def measure(
        self,
        layer: Layer,
        matrix: NDArray[np.bool_],
        weights: NDArray[np.int8],
        config: LoasConfig,
        mode: str,
    ) -> Measured:
        """Return what the machine takes for a GeMM."""
        ft, neurons = mode == "ft", layer.threshold is not None
        words = pack_words(matrix, layer.time_steps, config.time_steps)
        timing = predict_layer(words, weights, config, spikes_out=neurons, ft=ft)
        found = count_layer(matrix, weights, layer.time_steps, config, ft=ft)
        beats = asdict(stream_beats(words, weights, config, spikes_out=neurons))
        counts = {
            **asdict(found),
            "single_words": found.single_words,
            "fibres_skipped": found.empty_fibres,
            "fifo_full": timing.fifo_full,
            **{f"{stream}_beats": count for stream, count in beats.items()},
        }
        return self._measured(asdict(timing), counts, "broadcast")

    def reference(self, layer: Layer, matrix: NDArray[np.bool_], mode: str) -> NDArray[np.integer]:
        """Return the output rows that a layer must have in a mode, without the machine."""
        return reference_runner(layer, matrix, ft=mode == "ft")

    def draw_weights(
        self, layer: Layer, workload: str, rng: np.random.Generator
    ) -> NDArray[np.int8]:
        """Return random weights, pruned at random to the published sparsity."""
        return seeded_sparse_weights(layer, target_sparsity(workload), rng)

    def random_weights(self, workload: Workload) -> str:
        """Say which weights a layer gets that has none."""
        network = published_network(workload.name)
        return (
            f"random int8, pruned at random to {target_sparsity(workload.name):.2%} zeros, the "
            f"published sparsity of {_TITLES[network]}"
        )

    def totals(self, rows: Sequence[Row]) -> dict[str, Any]:
        """Return the densities of spikes, and the sums of what was joined."""
        positions = ones = 0
        for row in rows:
            weight = -(-row["n"] // _WEIGHING_LANES)
            positions += row["m"] * row["k"] * weight
            ones += row["bit_nnz"] * weight
        sums = {
            key: sum(row[key] for row in rows)
            for key in ("words", "matches", "corrections", "fifo_full")
        }
        return {"bit_density": share(ones, positions), "product_density": None, **sums}

    def figures(self, report: Report) -> list[Figure]:
        """Return the density of spikes, and what was joined."""
        totals = report["totals"]
        bit, matches = totals["bit_density"], totals["matches"]
        hits = share(matches - totals["corrections"], matches)
        rate = share(matches, totals["cycles"])
        return [
            Figure(title="Bit density", value=f"{bit:.2%}", more=f"{bit:.6f}"),
            Figure(title="Matches", value=f"{matches:,}", more=f"{rate:.2f} a cycle"),
            Figure(
                title="Speculation hits",
                value=f"{hits:.1%}",
                more="of the matches: their words are all ones",
            ),
        ]

    def own_plots(self, layers: Sequence[Row], config: Mapping[str, Any]) -> list[Plot]:
        """Return the plots of matches and beats."""
        del config
        return [_matches_plot(layers), _beats_plot(layers)]


def _matches_plot(layers: Sequence[Row]) -> Plot:
    corrected = sum(row["corrections"] for row in layers)
    matches = sum(row["matches"] for row in layers)
    return Plot(
        key="matches",
        title="Matches",
        caption=f"A match adds its weight as if the neuron fired at every step; "
        f"{share(corrected, matches):.1%} of them had to be corrected.",
        data=[
            bars(layers, "hit", BLUE, [row["matches"] - row["corrections"] for row in layers]),
            bars(layers, "corrected", ORANGE, [row["corrections"] for row in layers]),
        ],
        layout=layout(layers, "stack", "matches"),
        shares=True,
    )


def _beats_plot(layers: Sequence[Row]) -> Plot:
    kinds = {"spikes": BLUE, "weights": ORANGE, "outputs": GREY}
    return Plot(
        key="beats",
        title="Beats of the streams",
        caption=f"Spikes come again for every {PAPER.columns} columns of outputs and weights for "
        f"every {PAPER.tppes} rows in the paper's configuration: the machine has no cache.",
        data=[
            bars(layers, name, colour, [row[f"{name[:-1]}_beats"] for row in layers])
            for name, colour in kinds.items()
        ],
        layout=layout(layers, "stack", "beats"),
        shares=True,
    )


LOAS: Final = Loas()
