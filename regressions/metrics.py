"""Numbers of a session that trends show and baselines hold: cycles, coverage, speed, synthesis."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from statistics import median
from typing import Final

from snn_rtl.regressions.coverage.result import CoverageResult
from snn_rtl.regressions.record import Record

KINDS: Final = ("cycles", "coverage", "speed", "synthesis")

Metrics = dict[str, dict[str, float]]
"""Kind to name to value: cycles, per cent, simulated cycles a second, what SYNTHESIS says."""

SYNTHESIS: Final = {
    "area_um2": "area, um2",
    "flip_flops": "flip-flops",
    "memory_bits": "memory bits",
    "path_ns": "longest path, ns",
    "levels": "levels",
    "fpga_mhz": "FPGA, MHz",
    "fpga_luts": "FPGA, LUTs",
}
"""Numbers of a synthesis and what a trend calls them."""


def cycles(records: Iterable[Record]) -> dict[str, float]:
    """Return the cycles of networks, layer by layer, of runs whose streams never paused.

    A run that failed counts too, if it came to its end: a slower machine differs from its model.
    """
    found: dict[str, float] = {}
    for record in records:
        if record.workload and record.spec.backpressure == "none":
            for layer in record.workload["layers"]:
                found[f"{record.spec.test} {layer['name']}"] = layer["cycles"]
            found[f"{record.spec.test} total"] = record.workload["totals"]["cycles"]
    return found


def speed(records: Iterable[Record]) -> dict[str, float]:
    """Return the median speed of each design, configuration and simulator, by kind of run."""
    found: dict[str, list[float]] = defaultdict(list)
    for record in records:
        spec, numbers = record.spec, record.numbers
        if record.passed and not spec.coverage and numbers.get("wall_s") and numbers.get("cycles"):
            name = f"{spec.design} {spec.config} {spec.simulator} {spec.kind}"
            found[name].append(numbers["cycles"] / numbers["wall_s"])
    return {name: round(median(values), 1) for name, values in sorted(found.items())}


def coverage(results: Mapping[str, CoverageResult]) -> dict[str, float]:
    """Return the share of each kind of coverage, in per cent."""
    return {
        f"{design} {total.kind}": round(100 * total.share, 4)
        for design, result in results.items()
        for total in result.totals()
    }


def synthesis(records: Iterable[Record]) -> dict[str, float]:
    """Return what syntheses that passed found: area, longest path, clock on an FPGA."""
    return {
        f"{record.spec.design} {record.spec.config} {title}": record.numbers[key]
        for record in records
        if record.spec.kind == "synth" and record.passed
        for key, title in SYNTHESIS.items()
        if key in record.numbers
    }


def measure(records: Iterable[Record], results: Mapping[str, CoverageResult]) -> Metrics:
    """Return all metrics of a session."""
    known = list(records)
    return {
        "cycles": cycles(known),
        "coverage": coverage(results),
        "speed": speed(known),
        "synthesis": synthesis(known),
    }
