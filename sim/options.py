"""Options of `make sim`, checked before anything is built."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from snn_rtl.machines import MACHINES
from snn_rtl.machines.base import Machine
from snn_rtl.models.errors import InputError
from snn_rtl.models.parameters import MachineParameters
from snn_rtl.models.workload.layer import Layer
from snn_rtl.models.workload.workload import Workload, load, select_layers
from snn_rtl.run.places import OUT
from snn_rtl.run.simulators import check_simulator
from snn_rtl.run.values import choice, number, out_folder
from snn_rtl.tb.common.agents.axis.pauses import PROFILES

MAX_SEED: Final = (1 << 63) - 1

RUN_FOLDER: Final = "run"
"""Folder of a run's logs inside its report's folder; a run empties it first."""

_RUN_LOG: Final = "sim.log"
_IMAGES: Final = 20


def workload_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add the options that say what runs on which machine: names of check_options."""
    options = (
        ("--design", "NAME", "machine: prosperity (default) or loas"),
        ("--workload", "FILE", "snn-workload/1 file (default: the bundled network)"),
        ("--layers", "A,B", "layers to run (default: all)"),
        ("--images", "N", f"images to infer (default: {_IMAGES}; Icarus, paper: 1)"),
        ("--mode", "NAME", "prosperity: product (default), bit or dense; loas: dual or ft"),
        ("--config", "NAME", "parameters: paper (default), small, turbo ..."),
        ("--seed", "N", "base of all randomness (default: 1)"),
    )
    # The last one to be added is the first one in the help text.
    for name, metavar, text in reversed(options):
        command = click.option(name, metavar=metavar, help=text)(command)
    return command


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


def _images(text: str | None, workload: Workload, simulator: str, config_name: str) -> int:
    if not workload.chained:
        if text is not None:
            raise InputError(f"workload {workload.name!r} has no images: leave IMAGES out")
        return 0
    assert workload.images is not None
    count = len(workload.images)
    if text is not None:
        return number("IMAGES", text, 1, count)
    # The full-size machine takes Icarus about a minute an image.
    return 1 if simulator == "icarus" and config_name == "paper" else min(_IMAGES, count)


def _is_foreign(folder: Path) -> bool:
    """Return whether a folder that a run would empty is somebody else's."""
    if not folder.is_dir():
        return folder.exists()
    return not (folder / _RUN_LOG).is_file() and any(folder.iterdir())


def _out(text: str | None) -> Path:
    out = out_folder(text, OUT / "out")
    try:
        foreign = _is_foreign(out / RUN_FOLDER)
    except OSError as error:
        raise InputError(f"OUT={text:.80}: {error.strerror}") from None
    if foreign:
        raise InputError(f"OUT={text}: {out / RUN_FOLDER} is there and was not made by a run")
    return out


def _flag(what: str, text: str | None) -> bool:
    return choice(what, text or "0", ("0", "1")) == "1"


def check_options(
    *,
    design: str | None = None,
    sim: str | None = None,
    workload: str | None = None,
    layers: str | None = None,
    images: str | None = None,
    mode: str | None = None,
    config: str | None = None,
    backpressure: str | None = None,
    seed: str | None = None,
    waves: str | None = None,
    out: str | None = None,
) -> SimOptions:
    """Check the options of `make sim` as given; None for the default.

    Raises:
        InputError: one of them, or the workload, cannot be used.
    """
    name = choice("design", next(iter(MACHINES)) if design is None else design, tuple(MACHINES))
    machine = MACHINES[name]
    config_name = "paper" if config is None else config
    parameters = machine.config(config_name)
    simulator = check_simulator("verilator" if sim is None else sim)
    path = machine.bundled[config_name] if workload is None else Path(workload)
    names = () if layers is None else tuple(name.strip() for name in layers.split(","))
    options_mode = choice("mode", machine.modes[0] if mode is None else mode, machine.modes)
    profile = "none" if backpressure is None else backpressure
    options = {
        "design": name,
        "backpressure": choice("backpressure", profile, PROFILES),
        "seed": number("SEED", "1" if seed is None else seed, 0, MAX_SEED),
        "waves": _flag("WAVES", waves),
        "out": _out(out),
    }
    content = load(path)
    result = SimOptions(
        **options,  # type: ignore[arg-type]
        simulator=simulator,
        config_name=config_name,
        config=parameters,
        path=path.absolute(),
        workload=content,
        layers=names,
        images=_images(images, content, simulator, config_name),
        mode=options_mode,
    )
    for layer in result.selected:
        machine.check_layer(layer, parameters, options_mode)
    return result
