"""A run of the RTL from Python: what `make sim` does, its report as a value."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from snn_rtl.machines.estimate import machine_of
from snn_rtl.models.errors import InputError
from snn_rtl.models.workload.workload import Workload, save
from snn_rtl.run.command import create_folder
from snn_rtl.run.places import OUT
from snn_rtl.run.simulators import check_simulator
from snn_rtl.sim.command import run_options
from snn_rtl.sim.options import check_options
from snn_rtl.tb.common.agents.axis.pauses import PROFILES

WORKLOAD: Final = "workload.npz"
"""File in the report's folder of a workload that has none."""


def simulate(
    workload: Workload | str | os.PathLike[str],
    design: str = "prosperity",
    config: str = "paper",
    mode: str | None = None,
    *,
    simulator: str = "verilator",
    layers: Sequence[str] | None = None,
    images: int | None = None,
    backpressure: str = "none",
    seed: int = 1,
    out: str | os.PathLike[str] | None = None,
    **parameters: Any,
) -> dict[str, Any]:
    """Run a workload on the RTL, check every output, and return the report.

    Args:
        workload: it, or its file.
        design: name of the machine.
        config: name of a configuration, or a YAML file with one.
        mode: what the machine skips; the machine's own first mode by default.
        simulator: verilator or icarus.
        layers: names of the layers to run; all by default.
        images: how many images of a trained network to infer (default: as `make sim`).
        backpressure: profile of the streams' pauses: none, light or heavy.
        seed: base of all randomness.
        out: folder of report.json and report.html (default: build/out).
        parameters: of the machine, in place of the configuration's, such as lanes=64.

    Returns:
        What report.json holds ("sim-report/1"): `layers` and `totals` with the RTL's own counters.

    Raises:
        InputError: an argument that cannot be used, or a layer that the machine cannot run.
        RunFailure: an output, a counter or a cycle differs from the model; the report is written
            nevertheless, unless the simulation died.
    """
    machine_of(design)
    check_simulator(simulator)
    if backpressure not in PROFILES:
        raise InputError(
            f"unknown backpressure {backpressure!r:.80}: choose from {', '.join(PROFILES)}"
        )
    folder = Path(OUT / "out" if out is None else out).absolute()
    if isinstance(workload, Workload):
        path = create_folder(folder) / WORKLOAD
        save(workload, path)
    else:
        path = Path(workload)
    options = check_options(
        design=design,
        sim=simulator,
        workload=str(path),
        layers=None if layers is None else tuple(layers),
        images=images,
        mode=mode,
        config=config,
        backpressure=backpressure,
        seed=seed,
        out=folder,
        **parameters,
    )
    return run_options(options, Console(quiet=True))
