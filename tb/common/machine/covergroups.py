"""Covergroups that every machine has: of what its registers and streams share with the others'."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from snn_rtl.tb.common.coverage import CoverGroup, Cross, Point
from snn_rtl.tb.common.register_map import RegisterMap

OUTPUTS: Final = ("sums", "spikes")
EDGES: Final = ("part of a tile", "whole tiles", "tiles and a part")
FEW: Final = ("1", "2", "3 or more")
STREAM_NAMES: Final = ("spikes", "weights", "outputs")
CYCLES: Final = ("0", "1 to 3", "4 to 15", "16 or more")
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


def by_topic(design: str, groups: Iterable[CoverGroup]) -> dict[str, CoverGroup]:
    """Return covergroups, named <design>_<topic>_cg, by topic."""
    return {group.name.removeprefix(f"{design}_").removesuffix("_cg"): group for group in groups}


def layer_group(design: str, modes: Sequence[str]) -> CoverGroup:
    """Configuration and shape of a complete layer."""
    return CoverGroup(
        f"{design}_layer_cg",
        "a complete layer: configuration and shape",
        [
            Point("mode", tuple(modes)),
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


def lif_group(design: str, steps: Sequence[str]) -> CoverGroup:
    """Neurons of a layer; steps are the classes of T that the machine tells apart."""
    never = "X at the threshold is no spike with > and always one with >="
    return CoverGroup(
        f"{design}_lif_cg",
        "a layer with spikes out: settings, parameters, potentials",
        [
            Point("time_steps", tuple(steps)),
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


def streams_group(design: str) -> CoverGroup:
    """Pauses and waits of the streams."""
    return CoverGroup(
        f"{design}_streams_cg",
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


def errors_group(design: str, registers: RegisterMap) -> CoverGroup:
    """Error codes."""
    return CoverGroup(
        f"{design}_errors_cg",
        "ERROR as the bus reads it",
        [
            Point("code", tuple(registers.errors)),
            Point("interrupt", ("enabled", "masked")),
        ],
        [Cross("code_interrupt", ("code", "interrupt"))],
    )


def reset_group(design: str) -> CoverGroup:
    """Resets."""
    return CoverGroup(
        f"{design}_reset_cg",
        "resets, and in which phase of a layer they come",
        [
            Point("kind", ("soft", "hard")),
            Point("phase", PHASES),
            Point("withdrawn", STREAM_NAMES),
        ],
        [Cross("kind_phase", ("kind", "phase"))],
    )


def registers_group(design: str, registers: RegisterMap) -> CoverGroup:
    """Register accesses."""
    kinds = {name: entry["access"] for name, entry in registers.registers.items()}
    kinds |= dict.fromkeys(registers.counters, "ro")
    ignore: dict[tuple[str, ...], str] = {}
    for name, kind in kinds.items():
        if kind == "ro":
            ignore[name, "write"] = "read only: every write is refused"
        elif kind != "config":
            ignore[name, "refused"] = "writable at any time"
    return CoverGroup(
        f"{design}_registers_cg",
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


def irq_group(design: str) -> CoverGroup:
    """Interrupts."""
    return CoverGroup(
        f"{design}_irq_cg",
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
