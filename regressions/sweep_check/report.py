"""The result of `make sweep-check`: its file, its table, and what to say about failures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final, Literal

from rich.console import Console
from rich.table import Table

from snn_rtl.machines import machine_with
from snn_rtl.regressions.sweep_check.sets import ParameterSet, SetResult

SCHEMA: Final = "sweep-check/1"


def rerun_command(
    target: ParameterSet, configs: int, points: int, seed: int, layer: int | None = None
) -> str:
    """Return the command that repeats a set, or one layer of it."""
    design = machine_with(target.config).name
    only = f"{target.index}" if layer is None else f"{target.index}.{layer}"
    return (
        f"make sweep-check DESIGN={design} CONFIGS={configs} POINTS={points} "
        f"SEED={seed} SIM={target.simulator} ONLY={only}"
    )


def make_report(
    sets: Sequence[ParameterSet],
    results: Mapping[int, SetResult],
    seed: int,
    reruns: Mapping[int, str],
) -> dict[str, Any]:
    """Return what sweep_check.json holds."""
    rows = []
    for target in sets:
        result = results[target.index]
        records = result.records
        rows.append(
            {
                **asdict(target),
                "tile": target.config.tile,
                # What ran, not what was drawn.
                "modes": {
                    mode: sum(record["mode"] == mode for record in records) for mode in target.modes
                },
                "neurons": sum(record["neurons"] for record in records),
                "layers_run": len(records),
                "wrong_cycles": len(result.wrong_cycles),
                "failed_layers": sum(bool(record["failures"]) for record in records),
                "cycles": sum(record["cycles"] for record in records),
                "failure": result.failure,
                "rerun": reruns[target.index],
                "records": records,
            }
        )
    totals = {
        key: sum(row[key] for row in rows)
        for key in ("points", "layers_run", "neurons", "wrong_cycles", "failed_layers", "cycles")
    }
    modes = {mode: sum(row["modes"][mode] for row in rows) for mode in rows[0]["modes"]}
    return {
        "schema": SCHEMA,
        "seed": seed,
        "passed": not any(row["failure"] for row in rows),
        "totals": {**totals, "sets": len(sets), "modes": modes},
        "sets": rows,
    }


def print_report(report: Mapping[str, Any], console: Console) -> None:
    """Print the table of sets and the totals."""
    table = Table(title="RTL against timing model")
    headings = ("set", "tile", "queue", "simulator")
    for heading in (
        *headings,
        "layers",
        "/".join(report["totals"]["modes"]),
        "LIF on",
        "cycles",
        "wrong",
    ):
        justify: Literal["left", "right"] = "left" if heading == "simulator" else "right"
        table.add_column(heading, justify=justify, no_wrap=True)
    for row in report["sets"]:
        config = row["config"]
        table.add_row(
            str(row["index"]),
            "x".join(map(str, row["tile"])),
            str(config["queue_depth"]),
            row["simulator"],
            f"{row['layers_run']}/{row['points']}",
            "/".join(map(str, row["modes"].values())),
            str(row["neurons"]),
            str(row["cycles"]),
            str(row["wrong_cycles"]) if not row["failure"] else f"[red]{row['wrong_cycles']}[/red]",
        )
    console.print(table)
    console.print(
        "tile: its M, K and N; LIF on: layers with neurons; wrong: layers whose cycles differ; "
        "the report has all parameters",
        style="dim",
    )
    totals = report["totals"]
    modes = ", ".join(f"{count} {mode}" for mode, count in totals["modes"].items())
    console.print(
        f"{totals['layers_run']} of {totals['points']} layers on {totals['sets']} machines "
        f"({modes}; {totals['neurons']} with neurons), {totals['cycles']} cycles; "
        f"layers whose cycles differ from the model: {totals['wrong_cycles']}"
    )


def complaints(
    sets: Sequence[ParameterSet], report: Mapping[str, Any], configs: int, points: int
) -> list[str]:
    """Return a message for every set that failed, with the command that repeats it."""
    messages = []
    for target, row in zip(sets, report["sets"], strict=True):
        if row["failure"] is None:
            continue
        records, text = row["records"], row["failure"]
        wrong = [record for record in records if record["failures"]]
        # Without a wrong layer, the one after the last that finished stopped the run.
        suspect = len(records)
        if wrong:
            first = min(wrong, key=lambda record: record["cycles"])
            suspect = first["index"]
            text += f"\nshortest wrong layer: {first['failures'][0]}"
        if suspect < row["points"]:
            command = rerun_command(target, configs, points, report["seed"], suspect)
            text += f"\nrerun that layer alone: {command}"
        messages.append(f"set {target.index}: {text}")
    return messages
