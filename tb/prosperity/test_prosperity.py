"""All tests of the whole machine: which test, on which simulator, in which configuration."""

from __future__ import annotations

from typing import Final

import pytest

from models.config import PAPER, SMALL, ProsperityConfig
from tb.common.agents.axis.pauses import PROFILES
from tb.common.coverage import VARIABLE
from tb.common.machine.cases import MISUSE, PAUSES, SABOTAGE, by_stream, run_case
from tb.common.randomness import generator
from tb.common.runner import RunFailure
from tb.common.unit import base_seed, both_simulators
from tb.prosperity.stimulus import random_config

ODD: Final = ProsperityConfig(
    tile_m=128, tile_k=24, lanes=40, weight_w=5, acc_w=21, bias_w=35, lif_cells=8,
    spike_beat_w=96, spike_beats=9, weight_tiles=3, queue_depth=77, dim_w=19,
)  # fmt: skip
"""Every parameter differs from every other one."""


@both_simulators
@pytest.mark.parametrize("backpressure", PROFILES)
@pytest.mark.parametrize("test", ["Structures", "Shapes", "Neurons", "ManyTiles"])
def test_layers(
    request: pytest.FixtureRequest, simulator: str, test: str, backpressure: str
) -> None:
    """Directed layers on the small machine."""
    run_case(request, simulator, SMALL, f"layers.{test}", backpressure=backpressure)


@both_simulators
@pytest.mark.parametrize("backpressure", PROFILES)
@pytest.mark.parametrize("seed", range(2))
def test_random(
    request: pytest.FixtureRequest, simulator: str, backpressure: str, seed: int
) -> None:
    """Random layers on the small machine."""
    layers = {"layers": 60 if simulator == "verilator" else 25}
    run_case(
        request,
        simulator,
        SMALL,
        "layers.Random",
        backpressure=backpressure,
        seed=seed,
        options=layers,
    )


@both_simulators
def test_full_size(request: pytest.FixtureRequest, simulator: str) -> None:
    """The paper's machine on both simulators: outputs and cycles as the model says."""
    run_case(request, simulator, PAPER, "layers.FullTiles")


@pytest.mark.parametrize("backpressure", PROFILES)
@pytest.mark.parametrize("test", ["Structures", "Neurons", "Random", "ManyTiles"])
def test_full_size_layers(request: pytest.FixtureRequest, test: str, backpressure: str) -> None:
    """The paper's machine on larger layers: Verilator only, Icarus would take hours."""
    options = {"layers": 12, "tiles": (2, 4, 2)}
    run_case(
        request,
        "verilator",
        PAPER,
        f"layers.{test}",
        backpressure=backpressure,
        options=options,
    )


@pytest.mark.parametrize("index", range(8))
def test_parameters(request: pytest.FixtureRequest, index: int) -> None:
    """Machines with random parameters: right outputs, and the cycles that the model predicts.

    Icarus builds them at once;
    """
    config = random_config(generator(f"parameters {index}", base_seed()), largest=32)
    options = {"layers": 12, "tiles": (2, 4, 2)}
    run_case(request, "icarus", config, "layers.Random", options=options)


@both_simulators
@pytest.mark.parametrize("backpressure", ["none", "heavy"])
@pytest.mark.parametrize("test", MISUSE)
def test_misuse(
    request: pytest.FixtureRequest, simulator: str, test: str, backpressure: str
) -> None:
    """Resets and wrong use on the small machine."""
    run_case(request, simulator, SMALL, f"misuse.{test}", backpressure=backpressure)


@both_simulators
@pytest.mark.parametrize("test", ["RegisterAccess", "RegisterBusy"])
def test_registers(request: pytest.FixtureRequest, simulator: str, test: str) -> None:
    """The register map on the small machine."""
    run_case(request, simulator, SMALL, f"registers.{test}")


@both_simulators
def test_parameter_registers(request: pytest.FixtureRequest, simulator: str) -> None:
    """A machine whose parameters all differ: each register reads its own."""
    run_case(request, simulator, ODD, "registers.RegisterAccess")


@both_simulators
@pytest.mark.parametrize("backpressure", ["none", "heavy"])
@pytest.mark.parametrize("test", ["StreamsAhead", "Interrupts", "ResetPhases"])
def test_software(
    request: pytest.FixtureRequest, simulator: str, test: str, backpressure: str
) -> None:
    """What software can do besides plain layers."""
    run_case(request, simulator, SMALL, f"stress.{test}", backpressure=backpressure)


@both_simulators
@pytest.mark.parametrize("test", ["Crosses", "RowExtremes", "NeuronExtremes", "Waits"])
def test_corners(request: pytest.FixtureRequest, simulator: str, test: str) -> None:
    """Directed layers that close the functional coverage; Icarus runs fewer of the crosses."""
    options = {"share": 1 if simulator == "verilator" else 4}
    run_case(request, simulator, SMALL, f"stress.{test}", options=options)


@both_simulators
@pytest.mark.parametrize("pauses", PAUSES, ids=by_stream)
def test_pauses(request: pytest.FixtureRequest, simulator: str, pauses: dict[str, str]) -> None:
    """Pause profiles of single streams: each one starved, bursts, one beat in n."""
    run_case(request, simulator, SMALL, "stress.Pauses", pauses=pauses, options={"layers": 2})


@pytest.mark.parametrize(("test", "message"), SABOTAGE)
def test_sabotage(request: pytest.FixtureRequest, test: str, message: str) -> None:
    """What must be caught is caught, by the check that is there for it."""
    with pytest.raises(RunFailure, match=message):
        run_case(request, "verilator", SMALL, f"sabotage.{test}")


def test_sabotaged_x_check(request: pytest.FixtureRequest) -> None:
    """An X on an output is noticed, where there are any."""
    with pytest.raises(RunFailure, match="X or Z after the reset: irq"):
        run_case(request, "icarus", SMALL, "sabotage.UnknownOutput")


def test_sabotaged_coverage(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bin that is left out as impossible, and is hit, fails the run."""
    monkeypatch.setenv(VARIABLE, "1")
    with pytest.raises(RunFailure, match="ID x write was hit"):
        run_case(request, "verilator", SMALL, "sabotage.ImpossibleBin")


@both_simulators
def test_wrong_counters(request: pytest.FixtureRequest, simulator: str) -> None:
    """Every counter is compared: one too many in any of them is noticed."""
    run_case(request, simulator, SMALL, "sabotage.WrongCounters")


def test_wrong_test_name(request: pytest.FixtureRequest) -> None:
    """A run in which no test ran is a failure."""
    with pytest.raises(RunFailure, match=r"no test ran|no results"):
        run_case(request, "verilator", SMALL, "layers.NoSuchTest")
