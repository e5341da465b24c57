"""Builds the machine, runs a workload on it and shows how far it is."""

from __future__ import annotations

import json
import shlex
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from snn_rtl.machines.estimate import estimate
from snn_rtl.models.errors import InputError
from snn_rtl.run.alive import Bars, working
from snn_rtl.run.runner import RunFailure, build, run
from snn_rtl.run.waves import write_lists
from snn_rtl.sim.options import RUN_FOLDER, SimOptions
from snn_rtl.tb.common.machine.run_workload import PROGRESS, RESULT
from snn_rtl.tb.common.machine.settings import EnvSettings

REPORTS: Final = ("report.json", "report.html")
"""Files that a run leaves in its report's folder."""

_BYTES_A_CYCLE: Final = {"verilator": (1_500, 15_000), "icarus": (150, 300)}
"""Of a waveform, measured on the bundled networks: VCD by Verilator, FST by Icarus. Weights that
change in every cycle make the most.
"""
_MACHINE: Final = "u_machine"
"""The machine's instance below its players."""

_POLL_S: Final = 0.2
# How long an interrupted simulation is waited for; one that missed the signal ends by itself
# when it finds its parent gone.
_GRACE_S: Final = 1


@dataclass(frozen=True)
class RunOutcome:
    """What a run left behind.

    Attributes:
        result: content of the result file; None if the simulation died before writing it.
        failure: why it did not pass, None if it did.
        folder: logs and waveform.
    """

    result: dict[str, Any] | None
    failure: str | None
    folder: Path


def rerun_command(options: SimOptions) -> str:
    """Return the command that repeats the run."""
    spec = options.spec
    given = spec.variables
    if Path(spec.name) != options.machine.bundled[spec.config]:
        given["WORKLOAD"] = shlex.quote(spec.name)
    return " ".join(["make sim", *(f"{name}={value}" for name, value in given.items())])


def _watch(done: threading.Event, path: Path, console: Console) -> None:
    """Show the progress file until the simulation is done."""
    columns = (
        TextColumn("{task.description:>12}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("tiles"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Bars(*columns, console=console) as progress:
        task = progress.add_task("start", total=None)
        while not done.wait(_POLL_S):
            try:
                tiles, total, what = path.read_text().split(" ", 2)
            except (OSError, ValueError):
                continue
            progress.update(task, completed=int(tiles), total=int(total), description=what)


def _prepare(out: Path) -> Path:
    """Make the run's folder; a report of an earlier run must not pass for this one's."""
    folder = out / RUN_FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in REPORTS:
            (out / name).unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"OUT={out} cannot be written: {error.strerror}") from None
    return folder


def _expected_size(options: SimOptions) -> str:
    """Say how much room the waveform will take: by the model's cycles, and what one takes."""
    spec = options.spec
    expected = estimate(
        options.workload,
        spec.design,
        options.config.parameters,
        spec.mode,
        layers=spec.layers or None,
        images=spec.images or None,
        seed=spec.seed,
    )
    least, most = (expected.cycles * size / 1e6 for size in _BYTES_A_CYCLE[spec.simulator])
    return (
        f"the waveform of {expected.cycles:,} cycles takes some {least:,.1f} to {most:,.1f} MB; "
        "IMAGES and LAYERS choose less"
    )


def launch(options: SimOptions, console: Console, *, keep: Path | None = None) -> RunOutcome:
    """Build and run.

    Args:
        options: of the run.
        console: where progress is shown.
        keep: folder for what each layer was run with, see EnvSettings.

    Raises:
        InputError: the folder cannot be written, or the simulator is not installed.
        RunFailure: the build failed.
    """
    folder = _prepare(options.out)
    machine, spec = options.machine, options.spec
    if options.waves:
        console.print(_expected_size(options), soft_wrap=True, highlight=False)
    what = f"building {machine.top} ({options.config.title}) for {spec.simulator}"
    with working(console, what):
        started = time.perf_counter()
        target = build(
            machine.played(options.config.parameters), spec.simulator, waves=options.waves
        )
    console.print(f"build ready after {time.perf_counter() - started:.1f} s")

    settings = EnvSettings(spec=spec, played=True, keep="" if keep is None else str(keep))
    errors: list[Exception] = []
    done = threading.Event()

    def simulate() -> None:
        try:
            run(
                target,
                machine.workload_test,
                run_dir=folder,
                seed=spec.seed,
                env=settings.to_env(),
                rerun=rerun_command(options),
            )
        except Exception as error:  # whatever it is, it belongs to the caller
            errors.append(error)
        finally:
            done.set()

    threading.Thread(target=simulate, daemon=True).start()
    try:
        _watch(done, folder / PROGRESS, console)
    except KeyboardInterrupt:
        done.wait(_GRACE_S)
        raise
    if errors and not isinstance(errors[0], RunFailure):
        raise errors[0]
    if options.waves:
        write_lists(folder, target.folder, _MACHINE)
    failure = str(errors[0]) if errors else None
    try:
        result = json.loads((folder / RESULT).read_text())
    except (OSError, json.JSONDecodeError):
        return RunOutcome(None, failure or f"no result file in {folder}", folder)
    return RunOutcome(result, failure, folder)
