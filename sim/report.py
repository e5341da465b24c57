"""The report of a run: report.json (schema "sim-report/1") from what the RTL's registers said."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from snn_rtl.models.workload.network import LayerRunner, infer
from snn_rtl.models.workload.workload import Workload
from snn_rtl.run.places import BUILD
from snn_rtl.run.provenance import git_revision, rtl_digest, tool_versions
from snn_rtl.run.report import write_json
from snn_rtl.sim.launch import RunOutcome, rerun_command
from snn_rtl.sim.options import SimOptions

SCHEMA: Final = "sim-report/1"
RESULTS: Final = BUILD / "results"
"""Folder of the reports that passed, one for each thing that was run."""

_SAME: Final = ("design", "config", "simulator", "workload", "mode", "backpressure", "seed")
"""Keys of a report that say what was run, beside its layers."""

_COUNTS: Final = ("residual_nnz", "exact_match_rows", "partial_match_rows", "zero_rows")
"""Keys of a layer that not every machine can fill: null there."""


def reference_accuracy(
    workload: Workload, runner: LayerRunner, stop: threading.Event
) -> dict[str, int] | None:
    """Return how many images of the whole test split the integer reference classifies correctly.

    Args:
        workload: None is returned for one without labels.
        runner: computes a layer.
        stop: ends the work early, without a result.
    """
    if workload.labels is None:
        return None
    correct = 0
    for image, label in enumerate(workload.labels):
        if stop.is_set():
            return None
        correct += infer(workload, image, runner)[1] == int(label)
    return {"correct": correct, "total": len(workload.labels)}


def _failures(result: dict[str, Any], outcome: RunOutcome) -> list[str]:
    """Return what the checks found; else why the run ended, if it did not pass."""
    found: list[str] = result["failures"]
    if outcome.failure is None:
        return found
    return found or outcome.failure.splitlines()[:1]


def _accuracy(predictions: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the shares of correct classes, if the labels are known."""
    known = [p for p in predictions if p["label"] is not None]
    if not known:
        return None
    return {
        **{
            who: sum(p[who] == p["label"] for p in known) / len(known)
            for who in ("rtl", "reference")
        },
        "images": len(known),
    }


def _weights(options: SimOptions) -> str:
    """Say where the weights of the layers come from."""
    given = [layer.weights is not None for layer in options.selected if "weights" in layer.ARRAYS]
    if all(given):
        return "the workload's"
    random = options.machine.random_weights(options.workload)
    return f"where the workload has none: {random}" if any(given) else random


def keep(report: Mapping[str, Any]) -> Path:
    """Keep a report beside those of other runs, where it replaces an earlier one of the same.

    Returns:
        Its path below RESULTS.

    Raises:
        OSError: it cannot be written.
    """
    what = {key: report[key] for key in _SAME} | {
        "layers": [row["name"] for row in report["layers"]],
        "images": len(report["predictions"]),
    }
    name = hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:16]
    RESULTS.mkdir(parents=True, exist_ok=True)
    return write_json(RESULTS / f"{report['design']}-{name}.json", report)


def make_report(options: SimOptions, outcome: RunOutcome) -> dict[str, Any]:
    """Return the report of a run that left results.

    Args:
        options: of the run.
        outcome: of the run.

    Raises:
        ValueError: the run left no results.
    """
    result = outcome.result
    if result is None:
        raise ValueError("the run left no results")
    layers = [row | {key: None for key in _COUNTS if key not in row} for row in result["layers"]]
    wall = result["wall_s"]
    return {
        "schema": SCHEMA,
        "design": options.spec.design,
        "config": {"name": options.config.title, **asdict(options.config.parameters)},
        "simulator": options.spec.simulator,
        "workload": {
            "name": options.workload.name,
            "file": Path(options.spec.name).name,
            "source": options.workload.source,
            "license": options.workload.license,
            "weights": _weights(options),
        },
        "mode": options.spec.mode,
        "backpressure": options.spec.backpressure,
        "seed": options.spec.seed,
        "command": rerun_command(options),
        "git": git_revision(),
        "rtl": rtl_digest(options.machine.file_list),
        "tools": tool_versions(options.spec.simulator),
        "passed": outcome.failure is None and bool(layers),
        "failures": _failures(result, outcome),
        "layers": layers,
        "totals": {
            "cycles": sum(row["cycles"] for row in layers),
            "model_cycles": sum(row["model_cycles"] for row in layers),
            **options.machine.totals(layers),
            "mismatches": sum(row["mismatches"] for row in layers),
            "outputs_checked": sum(row["outputs_checked"] for row in layers),
        },
        "accuracy": _accuracy(result["predictions"]),
        "predictions": result["predictions"],
        "sim": {"wall_s": wall, "cycles_per_s": result["simulated_cycles"] / wall},
    }
