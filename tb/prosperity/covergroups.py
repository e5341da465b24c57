"""The covergroups of Prosperity: points, bins, crosses, and what cannot be hit and why.

Where they are sampled: `tb/prosperity/coverage.py`. What they are for: `testplan.hjson`.
"""

from __future__ import annotations

from typing import Final

from snn_rtl.tb.common.coverage import CoverGroup, Cross, Point
from snn_rtl.tb.common.machine import covergroups as common
from snn_rtl.tb.common.machine.covergroups import FEW, OUTPUTS, RANGE
from snn_rtl.tb.common.register_map import register_map

DESIGN: Final = "prosperity"
MODES: Final = ("product", "bit", "dense")
WAITS: Final = (
    *("WAIT_DETECT", "WAIT_SPIKES", "WAIT_WEIGHTS", "WAIT_OUTPUT", "WAIT_RESULTS", "QUEUE_FULL"),
)


def _rows() -> CoverGroup:
    no_match = "matches are off outside product mode: every row is its own pattern"
    no_one = "dense mode issues every row within M"
    no_some = "dense mode issues every row within M"
    return CoverGroup(
        "prosperity_rows_cg",
        "a spike tile, once for each m and k: structure of its rows, and what detection finds",
        [
            Point("mode", MODES),
            Point("kind", ("zero", "one hot", "no prefix", "exact match", "partial match")),
            Point("distance", ("1", "2", "3 or more")),
            Point("chain", ("0", "1", "2", "3 to 5", "6 or more")),
            Point("best", ("one", "several")),
            Point("issued", ("none", "one", "some", "all")),
            Point("equal", ("none", "2", "3 or more", "all rows")),
            Point("density", ("empty", "sparse", "middle", "dense", "full")),
            Point("antichain", ("yes", "no")),
            Point("empty_tile", ("only", "first", "middle", "last")),
        ],
        [
            Cross(
                "mode_kind",
                ("mode", "kind"),
                {
                    (mode, kind): no_match
                    for mode in ("bit", "dense")
                    for kind in ("exact match", "partial match")
                },
            ),
            Cross(
                "mode_issued",
                ("mode", "issued"),
                {("dense", "none"): no_one, ("dense", "some"): no_some},
            ),
            Cross("mode_density", ("mode", "density")),
            Cross("mode_empty", ("mode", "empty_tile")),
        ],
    )


def _weights() -> CoverGroup:
    return CoverGroup(
        "prosperity_weights_cg",
        "weights of a layer, and the sums that they give",
        [
            Point("value", RANGE),
            Point("sum", RANGE),
            Point("output", OUTPUTS),
        ],
        [Cross("sum_output", ("sum", "output"))],
    )


def _flow() -> CoverGroup:
    no_wait = "an accumulator bank is free whenever the parameter set that is freed with it is"
    return CoverGroup(
        "prosperity_flow_cg",
        "counters of a layer: which waits occurred, how far detection ran ahead, exact cycles",
        [
            Point("mode", MODES),
            Point("output", OUTPUTS),
            Point("wait", ("none", *WAITS)),
            Point("ahead", ("2 tiles or more",)),
            Point("exact_k_tiles", FEW),
        ],
        [
            Cross("wait_output", ("wait", "output"), {("WAIT_OUTPUT", "spikes"): no_wait}),
            Cross("wait_mode", ("wait", "mode")),
            Cross("exact", ("exact_k_tiles", "mode", "output")),
        ],
    )


def prosperity_groups() -> dict[str, CoverGroup]:
    """Return all covergroups by topic, new and without a hit."""
    registers = register_map(DESIGN)
    return common.by_topic(
        DESIGN,
        [
            common.layer_group(DESIGN, MODES),
            _rows(),
            _weights(),
            common.lif_group(DESIGN, ("1", "2", "between", "TILE_M")),
            common.streams_group(DESIGN),
            _flow(),
            common.errors_group(DESIGN, registers),
            common.reset_group(DESIGN),
            common.registers_group(DESIGN, registers),
            common.irq_group(DESIGN),
        ],
    )
