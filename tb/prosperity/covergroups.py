"""The covergroups of the machine: points, bins, crosses, and what cannot be hit and why.

Where they are sampled: `tb/prosperity/coverage.py`. What they are for: `testplan.hjson`.
"""

from __future__ import annotations

from typing import Final

from tb.common.coverage import CoverGroup, Cross, Point
from tb.common.register_map import RegisterMap, register_map

MODES: Final = ("product", "bit", "dense")
OUTPUTS: Final = ("sums", "spikes")
EDGES: Final = ("part of a tile", "whole tiles", "tiles and a part")
FEW: Final = ("1", "2", "3 or more")
STREAM_NAMES: Final = ("spikes", "weights", "outputs")
CYCLES: Final = ("0", "1 to 3", "4 to 15", "16 or more")
WAITS: Final = ("WAIT_DETECT", "WAIT_SPIKES", "WAIT_WEIGHTS", "WAIT_OUTPUT", "QUEUE_FULL")
PHASES: Final = ("idle", "fill", "process", "drain", "abandoned")
RANGE: Final = ("lowest", "negative", "zero", "positive", "highest")
EVENTS: Final = ("done", "error")
REFUSALS: Final = (
    "unmapped read",
    "unmapped write",
    "unaligned read",
    "unaligned write",
    "read-only write",
    "busy write",
)


def _layer() -> CoverGroup:
    return CoverGroup(
        "prosperity_layer_cg",
        "a complete layer: configuration and shape",
        [
            Point("mode", MODES),
            Point("output", OUTPUTS),
            Point("m_edge", EDGES),
            Point("k_edge", EDGES),
            Point("n_edge", EDGES),
            Point("m_tiles", FEW),
            Point("k_tiles", FEW),
            Point("n_tiles", FEW),
            Point("follows", ("reset", "layer", "other settings")),
        ],
        [
            Cross("mode_output", ("mode", "output")),
            Cross("edges", ("m_edge", "k_edge", "n_edge")),
            Cross("tiles", ("m_tiles", "k_tiles", "n_tiles")),
            Cross("mode_k_edge", ("mode", "output", "k_edge")),
            Cross("mode_m_edge", ("mode", "output", "m_edge")),
        ],
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


def _lif() -> CoverGroup:
    never = "X at the threshold is no spike with > and always one with >="
    return CoverGroup(
        "prosperity_lif_cg",
        "a layer with spikes out: settings, parameters, potentials",
        [
            Point("time_steps", ("1", "2", "between", "TILE_M")),
            Point("leak", ("0", "1", "2 to 7", "8 to 30", "31")),
            Point("reset", ("hard", "soft")),
            Point("fire", (">", ">=")),
            Point("threshold", RANGE),
            Point("bias", RANGE),
            Point("event", ("spike", "no spike")),
            Point("potential", ("negative", "zero or more")),
            Point("at_threshold", ("below", "equal", "above")),
        ],
        [
            Cross("settings", ("leak", "reset", "fire")),
            Cross("parameters", ("threshold", "bias")),
            Cross("steps", ("time_steps", "reset")),
            Cross("events", ("event", "potential", "reset")),
            Cross(
                "comparison",
                ("fire", "at_threshold", "event"),
                {
                    (">", "equal", "spike"): never,
                    (">=", "equal", "no spike"): never,
                    ("*", "below", "spike"): "below the threshold nothing fires",
                    ("*", "above", "no spike"): "above the threshold everything fires",
                },
            ),
        ],
    )


def _streams() -> CoverGroup:
    return CoverGroup(
        "prosperity_streams_cg",
        "beats of the streams: how long each paused and waited, which port starved the machine",
        [
            Point("port", STREAM_NAMES),
            Point("idle", CYCLES),
            Point("waited", CYCLES),
            Point("starved", ("none", *STREAM_NAMES, "several")),
            Point("output", OUTPUTS),
        ],
        [
            Cross("port_idle", ("port", "idle")),
            Cross("port_waited", ("port", "waited")),
            Cross("starved_output", ("starved", "output")),
        ],
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


def _errors(registers: RegisterMap) -> CoverGroup:
    return CoverGroup(
        "prosperity_errors_cg",
        "ERROR as the bus reads it",
        [
            Point("code", tuple(registers.errors)),
            Point("interrupt", ("enabled", "masked")),
        ],
        [Cross("code_interrupt", ("code", "interrupt"))],
    )


def _reset() -> CoverGroup:
    return CoverGroup(
        "prosperity_reset_cg",
        "resets, and in which phase of a layer they come",
        [
            Point("kind", ("soft", "hard")),
            Point("phase", PHASES),
            Point("withdrawn", STREAM_NAMES),
        ],
        [Cross("kind_phase", ("kind", "phase"))],
    )


def _registers(registers: RegisterMap) -> CoverGroup:
    kinds = {name: entry["access"] for name, entry in registers.registers.items()}
    kinds |= dict.fromkeys(registers.counters, "ro")
    ignore: dict[tuple[str, ...], str] = {}
    for name, kind in kinds.items():
        if kind == "ro":
            ignore[name, "write"] = "read only: every write is refused"
        elif kind != "config":
            ignore[name, "refused"] = "writable at any time"
    return CoverGroup(
        "prosperity_registers_cg",
        "register accesses: each register read, written, refused; strobes, commands, refusals",
        [
            Point("register", tuple(kinds)),
            Point("access", ("read", "write", "refused")),
            Point("strobe", tuple(f"{bits:04b}" for bits in range(16))),
            Point("command", ("nothing", "start", "soft reset", "both")),
            Point("refusal", REFUSALS),
        ],
        [Cross("register_access", ("register", "access"), ignore)],
    )


def _irq() -> CoverGroup:
    return CoverGroup(
        "prosperity_irq_cg",
        "IRQ_STATUS as the bus reads it, and how it is cleared",
        [
            Point("event", EVENTS),
            Point("mask", ("enabled", "masked")),
            Point("pin", ("high", "low")),
            Point("cleared", ("nothing", "done", "error", "both")),
        ],
        [
            Cross(
                "event_mask",
                ("event", "mask", "pin"),
                {("*", "enabled", "low"): "irq is high while an enabled bit is set"},
            )
        ],
    )


def prosperity_groups() -> dict[str, CoverGroup]:
    """Return all covergroups by topic, new and without a hit."""
    registers = register_map("prosperity")
    groups = [
        *(_layer(), _rows(), _weights(), _lif(), _streams(), _flow()),
        *(_errors(registers), _reset(), _registers(registers), _irq()),
    ]
    return {group.name.removeprefix("prosperity_").removesuffix("_cg"): group for group in groups}
