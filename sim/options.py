"""Options of `make sim`, checked before anything is built."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from snn_rtl.machines import MACHINES
from snn_rtl.machines.base import Machine
from snn_rtl.machines.configuration import Configuration
from snn_rtl.machines.spec import Spec
from snn_rtl.models.errors import InputError
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
        spec: what runs on which machine.
        config: the machine's parameters, and what they are called.
        workload: the workload's content.
        waves: keep a waveform.
        out: folder of the report.
    """

    spec: Spec
    config: Configuration
    workload: Workload
    waves: bool
    out: Path

    @property
    def machine(self) -> Machine:
        """What the commands must know of the machine."""
        return self.spec.machine

    @property
    def selected(self) -> list[Layer]:
        """The layers to run."""
        return select_layers(self.workload, self.spec.layers or None)


def _images(wanted: int | None, workload: Workload, simulator: str, base: str) -> int | None:
    if not workload.chained:
        if wanted is not None:
            raise InputError(f"workload {workload.name!r} has no images: leave IMAGES out")
        return None
    assert workload.images is not None
    count = len(workload.images)
    if wanted is not None:
        if wanted > count:
            raise InputError(f"IMAGES: {workload.name!r} has {count} images, not {wanted}")
        return wanted
    # The full-size machine takes Icarus about a minute an image.
    return 1 if simulator == "icarus" and base == "paper" else min(_IMAGES, count)


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
    **parameters: int | None,
) -> SimOptions:
    """Hold the options of `make sim` against each other, and against the workload.

    Args:
        design: name of the machine.
        sim: simulator.
        workload: its file; the one bundled with the configuration by default.
        layers: names of the layers to run; all by default.
        images: how many to infer.
        mode: one of the machine's; its first by default.
        config: name of a configuration, or a YAML file with one.
        backpressure: profile of stream pauses.
        seed: base of all randomness.
        waves: keep a waveform.
        out: folder of the report.
        parameters: of the machine, in place of the configuration's.

    Raises:
        InputError: they contradict each other, or the workload cannot be used.
    """
    machine = MACHINES[design]
    own = {name: value for name, value in parameters.items() if value is not None}
    sizes = machine.configuration(config, own)
    if mode is not None and mode not in machine.modes:
        raise InputError(f"{design} has no mode {mode!r}: choose from {', '.join(machine.modes)}")
    path = machine.bundled[sizes.base] if workload is None else Path(workload)
    out = _checked_out(out)
    content = load(path)
    spec = Spec(
        kind="workload",
        design=design,
        name=str(path.absolute()),
        config=sizes.base,
        parameters=dict(sizes.own),
        simulator=sim,
        mode=mode or machine.modes[0],
        layers=layers or (),
        images=_images(images, content, sim, sizes.base),
        backpressure=backpressure,
        seed=seed,
    )
    result = SimOptions(spec=spec, config=sizes, workload=content, waves=waves, out=out)
    for layer in result.selected:
        machine.check_layer(layer, sizes.parameters, spec.mode)
    return result
