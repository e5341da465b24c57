"""What the pytest files of all machines share: how a case is run, and the cases of all."""

from __future__ import annotations

from typing import Any, Final

import pytest

from snn_rtl.models.parameters import MachineParameters
from snn_rtl.tb.common.machine.launch import run_test
from snn_rtl.tb.common.unit import base_seed, rerun_command

PAUSES: Final[tuple[dict[str, str], ...]] = (
    {"spikes": "starving"},
    {"weights": "starving"},
    {"outputs": "starving"},
    {"spikes": "starving", "outputs": "starving"},
    {"spikes": "bursty", "weights": "one_in_n", "outputs": "bursty"},
)
"""Pause profiles of single streams that are tried."""

MISUSE: Final = ("SoftReset", "HardReset", "RefusedStarts", "Busy", "WrongTlast")
"""Tests of tests/misuse.py."""

SABOTAGE: Final = (
    ("CorruptOutput", "outputs differ from the model"),
    ("DroppedOutput", "tlast of output"),
    ("CorruptSpike", "differ from the model|counter"),
    ("StuckReady", "no progress"),
    ("SilentScoreboard", "checked nothing"),
    ("DeafScoreboard", "output values compared"),
    ("ChangedPayload", "payload changed"),
    ("WithdrawnBeat", "tvalid withdrawn"),
    ("StolenBeat", "without a running layer"),
    ("LateLast", "the format says True"),
    ("WrongInterrupt", "no progress"),
    ("EarlyResponse", "bvalid before its access was taken"),
)
"""Tests of tests/sabotage.py that fail everywhere, and the messages of the checks that notice."""


def by_stream(pauses: dict[str, str]) -> str:
    """Return a name for pause profiles of single streams."""
    return "-".join(f"{stream}_{profile}" for stream, profile in pauses.items())


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
