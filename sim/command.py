"""`make sim`: run a workload on the RTL, check every output, report.

Exit status: 0 when all is equal, 1 on a mismatch or a failed check, 2 on bad input.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from rich.console import Console

from snn_rtl.models.workload.network import LayerRunner
from snn_rtl.run.alive import working
from snn_rtl.run.command import make_console
from snn_rtl.run.page import write_page
from snn_rtl.run.report import REPORT, write_json
from snn_rtl.run.runner import RunFailure
from snn_rtl.sim.console import print_layers, print_predictions
from snn_rtl.sim.html_report import PAGE, render
from snn_rtl.sim.launch import RunOutcome, launch
from snn_rtl.sim.options import SimOptions, check_options
from snn_rtl.sim.report import keep, make_report, reference_accuracy


def sim(**given: Any) -> int:
    """Run a workload on the RTL and check every output."""
    console = make_console()
    report = run_options(check_options(**given), console)
    console.print("[green]passed[/green]" if report["passed"] else "[red]failed[/red]")
    return 0 if report["passed"] else 1


def run_options(options: SimOptions, console: Console) -> dict[str, Any]:
    """Run, print and write the report, and return it.

    Raises:
        RunFailure: a check failed, or the simulation died without results.
    """
    outcome, split = _run(options, console)
    if outcome.result is None:
        raise RunFailure(outcome.failure)
    report = make_report(options, outcome)
    if report["accuracy"]:
        report["accuracy"]["test_split"] = split
    print_predictions(report, split, console)
    print_layers(report, options.machine, console)
    written = [
        write_json(options.out / REPORT, report),
        write_page(options.out / PAGE, render(report, options.workload)),
    ]
    console.print(
        "report: " + ", ".join(str(path) for path in written), soft_wrap=True, markup=False
    )
    if options.waves:
        console.print(
            f"waveform and signal lists (GTKWave, Surfer) in {outcome.folder}",
            soft_wrap=True,
            markup=False,
        )
    if outcome.failure is not None:
        raise RunFailure(outcome.failure)
    if report["passed"]:
        keep(report)
    return report


def _reference(options: SimOptions) -> LayerRunner:
    """Return what computes a layer as the machine's mode has it."""
    return partial(options.machine.reference, mode=options.spec.mode)


def _run(options: SimOptions, console: Console) -> tuple[RunOutcome, dict[str, int] | None]:
    """Run the workload, and meanwhile the reference on all its images."""
    stop = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        split = pool.submit(reference_accuracy, options.workload, _reference(options), stop)
        try:
            outcome = launch(options, console)
            if outcome.result is None:
                stop.set()
            with working(console, "inferring all test images on the reference"):
                return outcome, split.result()
        except BaseException:
            stop.set()
            raise
