"""The tests of whole machines: which test, on which simulator, in which configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from snn_rtl.machines import MACHINES
from snn_rtl.machines.base import Machine
from snn_rtl.run.runner import RunFailure
from snn_rtl.tb.common.agents.axis.pauses import PROFILES
from snn_rtl.tb.common.coverage import VARIABLE
from snn_rtl.tb.common.machine import matrix
from snn_rtl.tb.common.machine.cases import run_case
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.unit import base_seed, both_simulators

every_machine = pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)

some_pauses = pytest.mark.parametrize("backpressure", matrix.SOME_PROFILES)
all_pauses = pytest.mark.parametrize("backpressure", PROFILES)


def each(argument: str, of: Callable[[Machine], Iterable[str]]) -> pytest.MarkDecorator:
    """Run a test with every machine and each name that the machine has of something."""
    pairs = [
        pytest.param(machine, name, id=f"{machine.name}-{name}")
        for machine in MACHINES.values()
        for name in of(machine)
    ]
    return pytest.mark.parametrize(("machine", argument), pairs)


@every_machine
@both_simulators
@all_pauses
@pytest.mark.parametrize("test", matrix.LAYERS)
def test_layers(
    request: pytest.FixtureRequest,
    machine: Machine,
    simulator: str,
    test: str,
    backpressure: str,
) -> None:
    """Directed layers on the small machine; Icarus may run fewer of the structures."""
    share = machine.testing.icarus_share if simulator == "icarus" else 1
    run_case(
        request,
        simulator,
        machine.small,
        f"layers.{test}",
        backpressure=backpressure,
        options={"share": share},
    )


@every_machine
@both_simulators
@all_pauses
@pytest.mark.parametrize("seed", range(2))
def test_random(
    request: pytest.FixtureRequest,
    machine: Machine,
    simulator: str,
    backpressure: str,
    seed: int,
) -> None:
    """Random layers on the small machine."""
    run_case(
        request,
        simulator,
        machine.small,
        "layers.Random",
        backpressure=backpressure,
        seed=seed,
        options=matrix.RANDOM_LAYERS if simulator == "verilator" else {"layers": 25},
    )


@each("config", lambda machine: machine.testing.variants)
@both_simulators
@some_pauses
@pytest.mark.parametrize(
    "test", ["layers.Structures", "layers.Random", "layers.ManyTiles", "misuse.SoftReset"]
)
def test_variants(
    request: pytest.FixtureRequest,
    machine: Machine,
    config: str,
    simulator: str,
    test: str,
    backpressure: str,
) -> None:
    """Small machines whose parameters switch on what the small one has not."""
    run_case(
        request,
        simulator,
        machine.config(config),
        test,
        backpressure=backpressure,
        options={"layers": 25},
    )


@every_machine
@both_simulators
def test_full_size(request: pytest.FixtureRequest, machine: Machine, simulator: str) -> None:
    """The paper's machine on both simulators: outputs and cycles as the model says."""
    run_case(request, simulator, machine.paper, "layers.FullTiles")


@every_machine
@all_pauses
@pytest.mark.parametrize("test", ["Structures", "Neurons", "Random", "ManyTiles"])
def test_full_size_layers(
    request: pytest.FixtureRequest, machine: Machine, test: str, backpressure: str
) -> None:
    """The paper's machine on larger layers: Verilator only, Icarus would take hours."""
    run_case(
        request,
        "verilator",
        machine.paper,
        f"layers.{test}",
        backpressure=backpressure,
        options=matrix.RANDOM_MACHINE,
    )


@every_machine
@pytest.mark.parametrize("index", range(8))
def test_parameters(request: pytest.FixtureRequest, machine: Machine, index: int) -> None:
    """Machines with random parameters: right outputs, and the cycles that the model predicts.

    Icarus builds them at once.
    """
    config = machine.testing.random_config(
        generator(f"parameters {index}", base_seed()), machine.testing.quick
    )
    run_case(request, "icarus", config, "layers.Random", options=matrix.RANDOM_MACHINE)


@every_machine
@both_simulators
@some_pauses
@pytest.mark.parametrize("test", matrix.MISUSE)
def test_misuse(
    request: pytest.FixtureRequest,
    machine: Machine,
    simulator: str,
    test: str,
    backpressure: str,
) -> None:
    """Resets and wrong use on the small machine."""
    config = machine.small
    run_case(request, simulator, config, f"misuse.{test}", backpressure=backpressure)


@every_machine
@both_simulators
@pytest.mark.parametrize("test", matrix.REGISTERS)
def test_registers(
    request: pytest.FixtureRequest, machine: Machine, simulator: str, test: str
) -> None:
    """The register map on the small machine."""
    run_case(request, simulator, machine.small, f"registers.{test}")


@every_machine
@both_simulators
def test_parameter_registers(
    request: pytest.FixtureRequest, machine: Machine, simulator: str
) -> None:
    """A machine whose parameters all differ: each register reads its own."""
    run_case(request, simulator, machine.testing.odd, "registers.RegisterAccess")


@every_machine
@both_simulators
@some_pauses
@pytest.mark.parametrize("test", matrix.SOFTWARE)
def test_software(
    request: pytest.FixtureRequest,
    machine: Machine,
    simulator: str,
    test: str,
    backpressure: str,
) -> None:
    """What software can do besides plain layers."""
    config = machine.small
    run_case(request, simulator, config, f"stress.{test}", backpressure=backpressure)


@each("test", lambda machine: machine.testing.corners)
@both_simulators
def test_corners(
    request: pytest.FixtureRequest, machine: Machine, simulator: str, test: str
) -> None:
    """Directed layers that close the functional coverage; Icarus runs fewer of the crosses."""
    options = {"share": 1 if simulator == "verilator" else 4}
    config = machine.small
    run_case(request, simulator, config, f"stress.{test}", options=options)


@each("test", lambda machine: machine.testing.own)
@both_simulators
@some_pauses
def test_own(
    request: pytest.FixtureRequest,
    machine: Machine,
    simulator: str,
    test: str,
    backpressure: str,
) -> None:
    """Tests of one machine alone, on the small one."""
    config, options = machine.small, dict(machine.testing.own[test])
    run_case(request, simulator, config, test, backpressure=backpressure, options=options)


@every_machine
@both_simulators
@pytest.mark.parametrize("pauses", matrix.PAUSES, ids=matrix.by_stream)
def test_pauses(
    request: pytest.FixtureRequest,
    machine: Machine,
    simulator: str,
    pauses: dict[str, str],
) -> None:
    """Pause profiles of single streams: each one starved, bursts, one beat in n."""
    config = machine.small
    run_case(request, simulator, config, "stress.Pauses", pauses=pauses, options={"layers": 2})


@every_machine
@pytest.mark.parametrize(("test", "message"), matrix.SABOTAGE)
def test_sabotage(
    request: pytest.FixtureRequest, machine: Machine, test: str, message: str
) -> None:
    """What must be caught is caught, by the check that is there for it."""
    with pytest.raises(RunFailure, match=message):
        run_case(request, "verilator", machine.small, f"sabotage.{test}")


@every_machine
def test_sabotaged_x_check(request: pytest.FixtureRequest, machine: Machine) -> None:
    """An X on an output is noticed, where there are any."""
    with pytest.raises(RunFailure, match="X or Z after the reset: irq"):
        run_case(request, "icarus", machine.small, "sabotage.UnknownOutput")


@every_machine
def test_sabotaged_coverage(
    request: pytest.FixtureRequest, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bin that is left out as impossible, and is hit, fails the run."""
    monkeypatch.setenv(VARIABLE, "1")
    with pytest.raises(RunFailure, match="ID x write was hit"):
        run_case(request, "verilator", machine.small, "sabotage.ImpossibleBin")


@every_machine
@both_simulators
def test_wrong_counters(request: pytest.FixtureRequest, machine: Machine, simulator: str) -> None:
    """Every counter is compared: one too many in any of them is noticed."""
    run_case(request, simulator, machine.small, "sabotage.WrongCounters")


@every_machine
def test_wrong_test_name(request: pytest.FixtureRequest, machine: Machine) -> None:
    """A run in which no test ran is a failure."""
    with pytest.raises(RunFailure, match=r"no test ran|no results"):
        run_case(request, "verilator", machine.small, "layers.NoSuchTest")
