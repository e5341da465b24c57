"""What the pytest files of all machines share: how a case is run."""

from __future__ import annotations

from typing import Any

import pytest

from snn_rtl.models.parameters import MachineParameters
from snn_rtl.tb.common.machine.launch import run_test
from snn_rtl.tb.common.unit import base_seed, rerun_command


def run_case(
    request: pytest.FixtureRequest,
    simulator: str,
    config: MachineParameters,
    test: str,
    *,
    seed: int = 0,
    **settings: Any,
) -> None:
    """Run a UVM test for a pytest case.

    Args:
        request: pytest's request.
        simulator: verilator or icarus.
        config: parameters of the machine.
        test: "module.Class" below the machine's tests.
        seed: added to the session's.
        settings: backpressure, pauses, options.

    Raises:
        RunFailure: it failed.
    """
    rerun = rerun_command(request)
    run_test(simulator, config, test, seed=base_seed() + seed, rerun=rerun, **settings)
