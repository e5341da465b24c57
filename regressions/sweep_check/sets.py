"""Random machines and layers for `make sweep-check`, and the run of one machine on the RTL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from snn_rtl.machines import machine_with
from snn_rtl.machines.base import Machine
from snn_rtl.models.errors import InputError
from snn_rtl.models.parameters import MachineParameters
from snn_rtl.run.runner import RunFailure
from snn_rtl.tb.common.machine.launch import run_test
from snn_rtl.tb.common.machine.matrix import TILES
from snn_rtl.tb.common.randomness import generator

AUTO: Final = "auto"

# Icarus needs no build, but every row of a tile and every lane takes it time in every cycle;
# seconds of processor time, measured.
_ICARUS_ROW_S: Final = 2e-6
_ICARUS_LANE_S: Final = 8e-6
_VERILATOR_BUILD_S: Final = 40
_SEED_STEP: Final = 1_000_003


@dataclass(frozen=True, kw_only=True)
class ParameterSet:
    """One machine and the layers that run on it.

    Attributes:
        index: its place; with the base seed, everything random follows from it.
        config: the parameters.
        seed: of the layers and of the simulation.
        points: how many layers.
        modes: layers by mode.
        neurons: layers with neurons.
        model_cycles: cycles of all layers, by the timing model.
        simulator: verilator or icarus.
    """

    index: int
    config: Any
    seed: int
    points: int
    modes: dict[str, int]
    neurons: int
    model_cycles: int
    simulator: str


@dataclass(frozen=True, kw_only=True)
class SetResult:
    """What a set gave.

    Attributes:
        records: of the layers that finished (snn_rtl.tb.common.machine.tests.points.Point).
        failure: why the run did not pass; None if it did.
    """

    records: list[dict[str, Any]] = field(default_factory=list)
    failure: str | None = None

    @property
    def wrong_cycles(self) -> list[dict[str, Any]]:
        """Layers with a timing counter that is not the model's."""
        return [record for record in self.records if record["differences"]]


def layers_of(config: MachineParameters, seed: int, points: int) -> Iterator[Any]:
    """Yield the layers as the simulation draws them (layers.Random)."""
    rng = generator("layers", seed)
    for _ in range(points):
        yield machine_with(config).testing.random_layer(rng, config, TILES)


def draw_set(
    machine: Machine, base_seed: int, index: int, points: int, simulator: str = AUTO
) -> ParameterSet:
    """Return a set.

    Args:
        machine: the one whose parameters are drawn.
        base_seed: of the whole check.
        index: of the set; sizes take turns.
        points: layers in it.
        simulator: verilator, icarus, or auto for the one that is done first.
    """
    rng = generator(f"sweep check {index}", base_seed)
    config = machine.testing.wide_config(rng, index)
    seed = (base_seed * _SEED_STEP + index) & 0x7FFFFFFF
    jobs = list(layers_of(config, seed, points))
    cycles = sum(job.model_cycles(config) for job in jobs)
    if simulator == AUTO:
        rows, _, columns = config.tile
        cycle_s = rows * _ICARUS_ROW_S + columns * _ICARUS_LANE_S
        simulator = "icarus" if cycles * cycle_s < _VERILATOR_BUILD_S else "verilator"
    return ParameterSet(
        index=index,
        config=config,
        seed=seed,
        points=points,
        modes={mode: sum(str(job.mode) == mode for job in jobs) for mode in machine.modes},
        neurons=sum(job.spikes_out for job in jobs),
        model_cycles=cycles,
        simulator=simulator,
    )


def spread(points: int, configs: int) -> list[int]:
    """Return how many points each set gets.

    Raises:
        InputError: there are fewer points than sets.
    """
    if points < configs:
        raise InputError(f"{points} points are too few for {configs} parameter sets")
    each, more = divmod(points, configs)
    return [each + (index < more) for index in range(configs)]


def result_file(folder: Path, target: ParameterSet) -> Path:
    """Return where a set's records are collected."""
    return folder / f"set{target.index}.jsonl"


def read_records(path: Path) -> list[dict[str, Any]]:
    """Return the records that a run has written so far; a line may be half written."""
    try:
        lines = path.read_text().split("\n")
    except OSError:
        return []
    return [json.loads(line) for line in lines[:-1]]


def run_set(
    target: ParameterSet, folder: Path, *, rerun: str = "", only: int | None = None
) -> SetResult:
    """Build a set's machine and run its layers.

    Args:
        target: the set.
        folder: where the records go.
        rerun: command that repeats it, for the failure's message.
        only: index of the one layer to run; None for all.

    Raises:
        InputError: the simulator is not installed.
    """
    path = result_file(folder, target)
    options = {
        "layers": target.points,
        "tiles": TILES,
        "seed": target.seed,
        "result": str(path),
        "only": only,
    }
    failure = None
    try:
        run_test(
            target.simulator,
            target.config,
            "points.Points",
            seed=target.seed,
            options=options,
            rerun=rerun,
        )
    except RunFailure as error:
        failure = str(error)
    records = read_records(path)
    expected = target.points if only is None else 1
    if failure is None and len(records) != expected:
        failure = f"{len(records)} of {expected} layers ran"
    return SetResult(records=records, failure=failure)
