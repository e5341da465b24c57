"""What a run prints: predictions, table of layers, totals."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from snn_rtl.machines.base import Machine, percent


def print_predictions(
    report: dict[str, Any], split: dict[str, int] | None, console: Console
) -> None:
    """Print the predicted labels and the accuracies."""
    predictions = report["predictions"]
    if not predictions:
        return
    words = []
    for p in predictions:
        mark = "" if p["label"] in (None, p["rtl"]) else f"[red](is {p['label']})[/red]"
        differs = "" if p["rtl"] == p["reference"] else f"[red](reference {p['reference']})[/red]"
        words.append(f"{p['rtl']}{mark}{differs}")
    console.print("classes on the RTL: " + " ".join(words))
    accuracy = report["accuracy"]
    if accuracy:
        console.print(
            f"accuracy on {accuracy['images']} images: RTL {accuracy['rtl']:.1%}, "
            f"integer reference {accuracy['reference']:.1%}"
        )
    if split:
        console.print(
            f"integer reference on the whole test split: {split['correct']} of {split['total']} "
            f"({split['correct'] / split['total']:.2%})"
        )


def print_layers(report: dict[str, Any], machine: Machine, console: Console) -> None:
    """Print the table of layers and the totals."""
    title = f"{report['workload']['name']} on {report['design']} ({report['mode']})"
    table = Table(title=escape(title))
    table.add_column("layer")
    own = [column.heading for column in machine.columns]
    for heading in ("M", "K", "N", "tiles", "cycles", "model", "busy", *own, "wrong"):
        table.add_column(heading, justify="right")
    for row in report["layers"]:
        table.add_row(
            row["name"],
            *(str(row[key]) for key in ("m", "k", "n", "tiles", "cycles", "model_cycles")),
            percent(row["process_cycles"], row["cycles"]),
            *(column.cell(row) for column in machine.columns),
            str(row["mismatches"]),
        )
    totals = report["totals"]
    table.add_section()
    table.add_row(
        "total",
        *[""] * 4,
        str(totals["cycles"]),
        str(totals["model_cycles"]),
        "",
        *(column.total(totals) for column in machine.columns),
        str(totals["mismatches"]),
    )
    console.print(table)
    console.print(f"weights: {report['workload']['weights']}", markup=False)
    sim = report["sim"]
    console.print(
        f"{totals['outputs_checked']} outputs checked, {totals['mismatches']} mismatches; "
        f"{sim['wall_s']:.1f} s, {sim['cycles_per_s']:.0f} cycles a second"
    )
