"""Starts one UVM test of a machine in a simulation of its own (UVM state must not leak)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from snn_rtl.machines.spec import Spec, spec_of
from snn_rtl.models.parameters import MachineParameters
from snn_rtl.run.places import BUILD
from snn_rtl.run.runner import Build, build, run
from snn_rtl.tb.common.machine.settings import EnvSettings


def run_on(
    target: Build,
    spec: Spec,
    *,
    run_dir: Path,
    env: Mapping[str, str] | None = None,
    rerun: str = "",
) -> None:
    """Run a test on a build of its machine.

    Args:
        target: the build.
        spec: the run.
        run_dir: folder for everything the run writes; emptied first.
        env: more environment for the simulation.
        rerun: command that repeats it, for the failure's message.

    Raises:
        RunFailure: it failed.
    """
    module, name = spec.name.split(".")
    run(
        target,
        f"{spec.machine.tests}.{module}",
        run_dir=run_dir,
        seed=spec.seed,
        testcase=name,
        env={**EnvSettings(spec=spec).to_env(), **(env or {})},
        rerun=rerun,
    )


def run_test(
    simulator: str,
    config: MachineParameters,
    test: str,
    *,
    seed: int,
    rerun: str = "",
    **settings: Any,
) -> None:
    """Build a machine and run a test on it.

    Args:
        simulator: verilator or icarus.
        config: parameters of the machine, which they name.
        test: "module.Class" below the machine's tests.
        seed: base seed.
        rerun: command that repeats it, for the failure's message.
        settings: backpressure, pauses, options.

    Raises:
        RunFailure: it failed.
    """
    spec = spec_of(config, test, simulator=simulator, seed=seed, **settings)
    target = build(spec.machine.build(config), simulator)
    pauses = (f"{stream}_{profile}" for stream, profile in spec.pauses.items())
    name = "-".join([test, spec.backpressure, *pauses, str(seed)])
    run_on(target, spec, run_dir=BUILD / "runs" / name / target.folder.name, rerun=rerun)
