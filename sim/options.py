"""Options of `make sim`, checked before anything is built."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from snn_rtl.machines import MACHINES
from snn_rtl.machines.base import Machine
from snn_rtl.models.errors import InputError
from snn_rtl.models.parameters import MachineParameters
from snn_rtl.models.workload.layer import Layer
from snn_rtl.models.workload.workload import Workload, load, select_layers
from snn_rtl.run.places import OUT

RUN_FOLDER: Final = "run"
"""Folder of a run's logs inside its report's folder; a run empties it first."""

_RUN_LOG: Final = "sim.log"
_IMAGES: Final = 20


@dataclass(frozen=True, kw_only=True)
class SimOptions:
    """One run, complete and checked.

    Attributes:
        design: name of the machine.
        simulator: verilator or icarus.
        config_name: name of the parameter set.
        config: the parameters.
        path: workload file.
        workload: its content.
        layers: names of the layers to run; empty for all.
        images: images to infer; 0 for a workload without any.
        mode: one of the machine's.
        backpressure: profile of stream pauses.
        seed: base of all randomness.
        waves: keep a waveform.
        out: folder of the report.
    """

    design: str
    simulator: str
    config_name: str
    config: MachineParameters
    path: Path
    workload: Workload
    layers: tuple[str, ...]
    images: int
    mode: str
    backpressure: str
    seed: int
    waves: bool
    out: Path

    @property
    def machine(self) -> Machine:
        """What the commands must know of the machine."""
        return MACHINES[self.design]

    @property
    def selected(self) -> list[Layer]:
        """The layers to run."""
        return select_layers(self.workload, self.layers or None)


def _images(wanted: int | None, workload: Workload, simulator: str, config_name: str) -> int:
    if not workload.chained:
        if wanted is not None:
            raise InputError(f"workload {workload.name!r} has no images: leave IMAGES out")
        return 0
    assert workload.images is not None
    count = len(workload.images)
    if wanted is not None:
        if wanted > count:
            raise InputError(f"IMAGES: {workload.name!r} has {count} images, not {wanted}")
        return wanted
    # The full-size machine takes Icarus about a minute an image.
    return 1 if simulator == "icarus" and config_name == "paper" else min(_IMAGES, count)


def _is_foreign(folder: Path) -> bool:
    """Return whether a folder that a run would empty is somebody else's."""
    if not folder.is_dir():
        return folder.exists()
    return not (folder / _RUN_LOG).is_file() and any(folder.iterdir())


def _checked_out(out: Path) -> Path:
    try:
        foreign = _is_foreign(out / RUN_FOLDER)
    except OSError as error:
        raise InputError(f"OUT={out}: {error.strerror}") from None
    if foreign:
        raise InputError(f"OUT={out}: {out / RUN_FOLDER} is there and was not made by a run")
    return out


def check_options(
    *,
    design: str = next(iter(MACHINES)),
    sim: str = "verilator",
    workload: str | None = None,
    layers: tuple[str, ...] | None = None,
    images: int | None = None,
    mode: str | None = None,
    config: str = "paper",
    backpressure: str = "none",
    seed: int = 1,
    waves: bool = False,
    out: Path = OUT / "out",
) -> SimOptions:
    """Hold the options of `make sim` against each other, and against the workload.

    Raises:
        InputError: they contradict each other, or the workload cannot be used.
    """
    machine = MACHINES[design]
    parameters = machine.config(config)
    if mode is not None and mode not in machine.modes:
        raise InputError(f"{design} has no mode {mode!r}: choose from {', '.join(machine.modes)}")
    path = machine.bundled[config] if workload is None else Path(workload)
    out = _checked_out(out)
    content = load(path)
    result = SimOptions(
        design=design,
        simulator=sim,
        config_name=config,
        config=parameters,
        path=path.absolute(),
        workload=content,
        layers=layers or (),
        images=_images(images, content, sim, config),
        mode=mode or machine.modes[0],
        backpressure=backpressure,
        seed=seed,
        waves=waves,
        out=out,
    )
    for layer in result.selected:
        machine.check_layer(layer, parameters, result.mode)
    return result
