"""`make bench`: the speed of a workload's run beside a bare loop in C++ around the same RTL.

Exit status: 0 when the run is fast enough, 1 when it is not or something failed, 2 on bad input.
"""

from __future__ import annotations

import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from snn_rtl.run.alive import working
from snn_rtl.run.command import create_folder, make_console
from snn_rtl.run.provenance import git_revision, tool_versions
from snn_rtl.run.report import write_json
from snn_rtl.run.runner import RunFailure
from snn_rtl.sim.launch import launch
from snn_rtl.sim.options import SimOptions, check_options
from snn_rtl.studies.bench.bare import build_bare, run_bare, totals
from snn_rtl.studies.bench.result import JUDGED, SHARES, Pair, summary

REPORT: Final = "bench.json"
"""The report, in the folder of the benchmark."""


def bench(*, repeats: int, ratio: float, **given: Any) -> int:
    """Measure a workload's run beside a bare loop in C++ around the same RTL."""
    console = make_console()
    options = check_options(**given)
    folder = create_folder(options.out)
    (folder / REPORT).unlink(missing_ok=True)
    with working(console, "building the bare loop"):
        program = build_bare(options.machine, options.config.parameters)
    pairs: list[Pair] = []
    report: dict[str, Any] = {}
    for repetition in range(repeats):
        pairs.append(_repeat(options, program, console))
        pair = pairs[-1]
        console.print(
            f"repetition {repetition + 1} of {repeats}: {pair.speed(JUDGED):,.0f} cycles a second "
            f"under cocotb, {pair.bare_speed:,.0f} in the bare loop",
            highlight=False,
        )
        report = _report(options, pairs, ratio)
        write_json(folder / REPORT, report)
    _print(report, console)
    console.print(f"report: {folder / REPORT}", soft_wrap=True, markup=False)
    console.print("[green]passed[/green]" if report["passed"] else "[red]failed[/red]")
    return 0 if report["passed"] else 1


def _repeat(options: SimOptions, program: Path, console: Console) -> Pair:
    """Run the workload, then the loop on what it played.

    Raises:
        RunFailure: one of them failed, or they did not do the same.
    """
    kept = options.out / "kept"
    shutil.rmtree(kept, ignore_errors=True)
    outcome = launch(options, console, keep=kept)
    if outcome.failure is not None or outcome.result is None:
        raise RunFailure(outcome.failure or f"no result file in {outcome.folder}")
    loop = totals(run_bare(program, kept, options.out))
    cycles = sum(layer["cycles"] for layer in outcome.result["layers"])
    beats = sum(len(path.read_text().splitlines()) for path in kept.glob("*/outputs.beats"))
    shutil.rmtree(kept)
    for what, ours, bare in (("cycles", cycles, loop.counted), ("beats", beats, loop.outputs)):
        if ours != bare:
            raise RunFailure(f"{what} of the layers: {ours} under cocotb, {bare} in the bare loop")
    return Pair(spent=outcome.result["phases"], bare=loop)


def _report(options: SimOptions, pairs: list[Pair], wanted: float) -> dict[str, Any]:
    numbers = summary(pairs)
    return {
        "schema": "bench-report/1",
        "design": options.spec.design,
        "config": options.config.title,
        "workload": options.workload.name,
        "layers": list(options.spec.layers),
        "images": options.spec.images or 0,
        "mode": options.spec.mode,
        "git": git_revision(),
        "tools": tool_versions("verilator"),
        "repeats": len(pairs),
        "wanted": wanted,
        "judged": JUDGED,
        "passed": numbers["cocotb"][JUDGED]["ratio"]["median"] >= wanted,
        **numbers,
        "pairs": [{"spent": pair.spent, "bare": asdict(pair.bare)} for pair in pairs],
    }


def _print(report: dict[str, Any], console: Console) -> None:
    title = f"{report['workload']} on {report['design']} ({report['config']})"
    table = Table(title=title, caption=f"medians of {report['repeats']} repetitions")
    table.add_column("what")
    for heading in ("cycles", "CPU s", "s", "cycles a CPU s", "of the loop", "lowest", "highest"):
        table.add_column(heading, justify="right")
    bare = report["bare"]
    table.add_row("bare loop", *_row(bare, bare["cycles"]), "", "", "")
    for share in SHARES:
        entry = report["cocotb"][share]
        ratio = entry["ratio"]
        table.add_row(
            share,
            *_row(entry, report["cycles"]),
            *(f"{ratio[key]:.3f}" for key in ("median", "low", "high")),
        )
    console.print(table)
    parts = ", ".join(f"{name} {value:.2f}" for name, value in report["phases_cpu_s"].items())
    console.print(f"CPU seconds of a run by phase: {parts}", highlight=False)
    console.print(
        f"wanted: {report['judged']} at least {report['wanted']:g} of the loop's speed",
        highlight=False,
    )


def _row(entry: dict[str, Any], cycles: int) -> list[str]:
    return [
        f"{cycles:,}",
        f"{entry['cpu_s']['median']:.2f}",
        f"{entry['wall_s']['median']:.2f}",
        f"{entry['cycles_per_s']['median']:,.0f}",
    ]
