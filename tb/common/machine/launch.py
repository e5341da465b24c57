"""Starts one UVM test of a machine in a simulation of its own (UVM state must not leak)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from snn_rtl.machines import machine_with
from snn_rtl.models.parameters import MachineParameters
from snn_rtl.run.design import Design
from snn_rtl.run.places import BUILD
from snn_rtl.run.runner import Build, build, run
from snn_rtl.tb.common.machine.settings import EnvSettings


def design(config: MachineParameters) -> Design:
    """Return the machine with some parameters."""
    return machine_with(config).build(config)


def run_on(
    target: Build,
    test: str,
    settings: EnvSettings,
    *,
    run_dir: Path,
    seed: int,
    env: Mapping[str, str] | None = None,
    rerun: str = "",
) -> None:
    """Run a test on a build of its machine.

    Args:
        target: the build.
        test: "module.Class" below the machine's tests.
        settings: of the environment.
        run_dir: folder for everything the run writes; emptied first.
        seed: base seed.
        env: more environment for the simulation.
        rerun: command that repeats it, for the failure's message.

    Raises:
        RunFailure: it failed.
    """
    module, name = test.split(".")
    run(
        target,
        f"{settings.design.tests}.{module}",
        run_dir=run_dir,
        seed=seed,
        testcase=name,
        env={**settings.to_env(), **(env or {})},
        rerun=rerun,
    )


def run_test(
    simulator: str,
    config: MachineParameters,
    test: str,
    *,
    seed: int,
    backpressure: str = "none",
    pauses: dict[str, str] | None = None,
    options: dict[str, Any] | None = None,
    rerun: str = "",
) -> None:
    """Build a machine and run a test on it.

    Args:
        simulator: verilator or icarus.
        config: parameters of the machine, which they name.
        test: "module.Class" below the machine's tests.
        seed: base seed.
        backpressure: profile of stream pauses.
        pauses: profiles of single streams, which go before it.
        options: the test's own options.
        rerun: command that repeats it, for the failure's message.

    Raises:
        RunFailure: it failed.
    """
    target = build(design(config), simulator)
    settings = EnvSettings(
        config=config, backpressure=backpressure, pauses=pauses or {}, options=options or {}
    )
    parts = [test, backpressure, *(f"{k}_{v}" for k, v in settings.pauses.items()), str(seed)]
    run_on(
        target,
        test,
        settings,
        run_dir=BUILD / "runs" / "-".join(parts) / target.folder.name,
        seed=seed,
        rerun=rerun,
    )
