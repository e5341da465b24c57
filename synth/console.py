"""What a synthesis prints: blocks, modules with their longest paths, totals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from snn_rtl.run.command import print_problems


def percent(value: float | None) -> str:
    """Return a share as people read it; a dash where there is none."""
    return "-" if value is None else f"{value:.1%}"


def _modules(report: dict[str, Any], console: Console) -> None:
    title = f"{report['design']} ({report['config']}): modules, each without what is in it"
    table = Table(title=escape(title))
    table.add_column("module", overflow="fold")
    for heading in ("x", "gates", "flip-flops", "memory bits", "area um2", "ns", "levels"):
        table.add_column(heading, justify="right")
    table.add_column("longest path", overflow="fold")
    order = sorted(report["modules"], key=lambda m: -(m["path"] or {"delay_ns": 0})["delay_ns"])
    for row in order:
        path = row["path"]
        table.add_row(
            escape(row["label"]),
            str(row["instances"]),
            f"{row['generic_cells']:,}",
            f"{row['flip_flops']:,}",
            f"{row['memory_bits']:,}",
            f"{row['area_um2']:,.0f}",
            f"{path['delay_ns']:.2f}" if path else "-",
            str(path["levels"]) if path else "-",
            escape(f"{path['start']} → {path['end']}") if path else "-",
        )
    console.print(table)


def _shares(
    report: dict[str, Any],
    console: Console,
    title: str,
    columns: dict[str, Callable[[dict[str, Any]], str]],
) -> None:
    """Print a table of the blocks."""
    table = Table(title=title)
    table.add_column("block", overflow="fold")
    for heading in columns:
        table.add_column(heading, justify="right")
    for row in report["blocks"]:
        table.add_row(escape(row["title"]), *(cell(row) for cell in columns.values()))
    console.print(table)


def _blocks(report: dict[str, Any], console: Console) -> None:
    _shares(
        report,
        console,
        "area by block; memories are no cells, so shares without buffers compare",
        {
            "um2": lambda row: f"{row['area_um2']:,.0f}",
            "share": lambda row: percent(row["area_share"]),
            "w/o buffers": lambda row: percent(row["area_share_without_buffers"]),
            "paper": lambda row: percent(row["paper_area_share"]),
            "paper w/o": lambda row: percent(row["paper_area_share_without_buffers"]),
            "flip-flops": lambda row: f"{row['flip_flops']:,}",
            "memory bits": lambda row: f"{row['memory_bits']:,}",
        },
    )
    _shares(
        report,
        console,
        "energy by block, a relative estimate, beside the paper's power",
        {
            "share": lambda row: percent(row["energy_share"]),
            "w/o buffers": lambda row: percent(row["energy_share_without_buffers"]),
            "paper": lambda row: percent(row["paper_power_share"]),
            "paper w/o": lambda row: percent(row["paper_power_share_without_buffers"]),
        },
    )


def print_report(report: dict[str, Any], console: Console) -> None:
    """Print a report."""
    _modules(report, console)
    _blocks(report, console)
    totals = report["totals"]
    path = totals["path"]
    console.print(
        f"{totals['cells']:,} cells, {totals['area_um2'] / 1e6:,.3f} mm2 of logic, "
        f"{totals['flip_flops']:,} flip-flops, {totals['memory_bits']:,} memory bits",
        highlight=False,
    )
    console.print(
        f"longest path {path['delay_ns']:.2f} ns ({path['levels']} levels, "
        f"about {totals['clock_mhz']:.0f} MHz in {report['tools']['cells']}, wires left out): "
        f"{path['start']} → {path['end']}, in {totals['module']}",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
    console.print(
        f"mapping all modules once takes {totals['mapping_cpu_s']:.0f} s of processor time",
        highlight=False,
    )
    if report["fpga"]:
        fpga = report["fpga"]
        console.print(
            f"{fpga['device']}: {fpga['fmax_mhz']:.1f} MHz, {fpga['luts']:,} LUTs, "
            f"{fpga['flip_flops']:,} flip-flops, {fpga['block_rams']} block RAMs; "
            f"{fpga['cpu_s']:.0f} s of processor time",
            highlight=False,
        )
    print_problems(report["problems"], console)
