"""The covergroups of LoAS: points, bins, crosses, and what cannot be hit and why.

Where they are sampled: `tb/loas/coverage.py`. What they are for: `testplan.hjson`.
"""

from __future__ import annotations

from typing import Final

from snn_rtl.tb.common.coverage import CoverGroup, Cross, Point
from snn_rtl.tb.common.machine import covergroups as common
from snn_rtl.tb.common.machine.covergroups import FEW, OUTPUTS, RANGE
from snn_rtl.tb.common.register_map import register_map

DESIGN: Final = "loas"
MODES: Final = ("dual", "ft")
FILLS: Final = ("empty", "one", "some", "full")
PLACES: Final = ("only", "first", "middle", "last")
WAITS: Final = ("SKIP", "WAIT_SPIKES", "WAIT_WEIGHTS", "WAIT_TPPE", "WAIT_OUTPUT", "FIFO_FULL")


def _words() -> CoverGroup:
    return CoverGroup(
        "loas_words_cg",
        "a spike tile, once for each m and k: its words, its rows, its place",
        [
            Point("mode", MODES),
            Point("word", ("silent", "one spike", "some", "all ones")),
            Point("row", FILLS),
            Point("rows", ("none", "one", "some", "all")),
            Point("tile", ("empty", "dropped", "live")),
            Point("dead_tile", PLACES),
            Point("turn", ("live, live", "live, dead", "dead, live", "dead, dead")),
        ],
        [
            Cross("mode_word", ("mode", "word")),
            Cross("mode_row", ("mode", "row")),
            Cross("mode_rows", ("mode", "rows")),
            Cross(
                "mode_tile",
                ("mode", "tile"),
                {("dual", "dropped"): "without DROP_SINGLE every word that is there is live"},
            ),
            Cross("mode_dead_tile", ("mode", "dead_tile")),
            Cross("mode_turn", ("mode", "turn")),
        ],
    )


def _weights() -> CoverGroup:
    return CoverGroup(
        "loas_weights_cg",
        "weights of a layer, and the sums that they give",
        [
            Point("value", RANGE),
            Point("fibre", FILLS),
            Point("fibres", ("none", "one", "some", "all")),
            Point("last_fibre", ("there", "empty")),
            Point("sum", RANGE),
            Point("output", OUTPUTS),
        ],
        [
            Cross("sum_output", ("sum", "output")),
            Cross(
                "fibres_last",
                ("fibres", "last_fibre"),
                {
                    ("none", "there"): "without a fibre the last one is empty",
                    ("all", "empty"): "with all fibres the last one is there",
                },
            ),
        ],
    )


def _join() -> CoverGroup:
    without = "without a fibre nothing matches"
    return CoverGroup(
        "loas_join_cg",
        "a spike tile and a weight tile that meet: what of it matches",
        [
            Point("mode", MODES),
            Point("spikes", ("dead", "live")),
            Point("fibres", ("none", "one", "some", "all")),
            Point("matches", ("none", "one", "some", "whole chunk")),
            Point("corrected", ("none", "some", "all")),
            Point("rows", ("none", "one", "some", "all")),
            Point("joined", ("one fibre", "together", "too many to fit")),
        ],
        [
            Cross("met", ("mode", "spikes", "fibres")),
            Cross("mode_corrected", ("mode", "corrected")),
            Cross("mode_rows", ("mode", "rows")),
            Cross(
                "fibres_rows",
                ("fibres", "rows"),
                {("none", name): without for name in ("one", "some", "all")},
            ),
        ],
    )


def _flow() -> CoverGroup:
    return CoverGroup(
        "loas_flow_cg",
        "counters of a layer: which waits occurred, how long FIFOs were full, exact cycles",
        [
            Point("mode", MODES),
            Point("output", OUTPUTS),
            Point("wait", ("none", *WAITS)),
            Point("fifo_full", ("never", "now and then", "most of the time")),
            Point("exact_k_tiles", FEW),
        ],
        [
            Cross("wait_output", ("wait", "output")),
            Cross("wait_mode", ("wait", "mode")),
            Cross("fifo_mode", ("fifo_full", "mode")),
            Cross("exact", ("exact_k_tiles", "mode", "output")),
        ],
    )


def loas_groups() -> dict[str, CoverGroup]:
    """Return all covergroups by topic, new and without a hit."""
    registers = register_map(DESIGN)
    return common.by_topic(
        DESIGN,
        [
            common.layer_group(DESIGN, MODES),
            _words(),
            _weights(),
            _join(),
            common.lif_group(DESIGN, ("all", "last ones silent")),
            common.streams_group(DESIGN),
            _flow(),
            common.errors_group(DESIGN, registers),
            common.reset_group(DESIGN),
            common.registers_group(DESIGN, registers),
            common.irq_group(DESIGN),
        ],
    )
