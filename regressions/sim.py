"""`make sim`: run a workload on the RTL, check every output, report.

Exit status: 0 when all is equal, 1 on a mismatch or a failed check, 2 on bad input.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import click
from rich.console import Console

from models.errors import InputError
from models.workload import Workload
from regressions.console import print_layers, print_predictions
from regressions.launch import launch
from regressions.options import check_options
from regressions.report import make_report, reference_accuracy, write_json
from tb.common.runner import RunFailure

_LOG_WIDTH: Final = 110


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--design", metavar="NAME", help="machine: prosperity (default)")
@click.option("--sim", metavar="NAME", help="simulator: verilator (default) or icarus")
@click.option(
    "--workload", metavar="FILE", help="snn-workload/1 file (default: the bundled network)"
)
@click.option("--layers", metavar="A,B", help="layers to run (default: all)")
@click.option("--images", metavar="N", help="images to infer (default: 20; Icarus, paper: 1)")
@click.option("--mode", metavar="NAME", help="product (default), bit or dense")
@click.option("--config", metavar="NAME", help="parameters: paper (default) or small")
@click.option("--backpressure", metavar="NAME", help="stream pauses: none (default), light, heavy")
@click.option("--seed", metavar="N", help="base of all randomness (default: 1)")
@click.option("--waves", metavar="0|1", help="1: keep a waveform")
@click.option("--out", metavar="DIR", help="folder of the report (default: build/out)")
def sim(**given: str | None) -> int:
    """Run a workload on the RTL and check every output."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=_LOG_WIDTH)
    options = check_options(**given)
    with ThreadPoolExecutor(1) as pool:
        split = pool.submit(_whole_split, options.workload)
        outcome = launch(options, console)
        if outcome.result is None:
            raise RunFailure(outcome.failure)
        report = make_report(options, outcome)
        print_predictions(report, split.result(), console)
    print_layers(report, console)
    if report["accuracy"]:
        report["accuracy"]["test_split"] = split.result()
    written = [write_json(report, options.out)]
    console.print("report: " + ", ".join(str(path) for path in written), soft_wrap=True)
    if options.waves:
        console.print(f"waveform in {outcome.folder}", soft_wrap=True)
    if outcome.failure is not None:
        raise RunFailure(outcome.failure)
    console.print("[green]passed[/green]" if report["passed"] else "[red]failed[/red]")
    return 0 if report["passed"] else 1


def _whole_split(workload: Workload) -> dict[str, int] | None:
    return reference_accuracy(workload) if workload.labels is not None else None


def main() -> int:
    """Run the command; every failure is one line (and a rerun command), never a traceback."""
    try:
        status = sim.main(standalone_mode=False)
        return int(status or 0)
    except InputError as error:
        print(f"sim: {error}", file=sys.stderr)
        return 2
    except click.ClickException as error:
        print(f"sim: {error.format_message()}", file=sys.stderr)
        return 2
    except RunFailure as error:
        print(f"sim: FAILED: {error}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, click.Abort):
        print("sim: interrupted; no report was written", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
