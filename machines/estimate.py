"""What a workload takes on a machine, by the models alone: cycles, what they go to, densities."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from snn_rtl.machines import MACHINES
from snn_rtl.machines.base import Machine
from snn_rtl.machines.estimated import Estimate
from snn_rtl.machines.layer_row import LayerRow
from snn_rtl.models.errors import InputError
from snn_rtl.models.parameters import MachineParameters, with_parameters
from snn_rtl.models.workload.layer import Layer
from snn_rtl.models.workload.limits import integer
from snn_rtl.models.workload.network import infer
from snn_rtl.models.workload.workload import Workload, load, select_layers

IMAGES: Final = 20
"""Images that are inferred unless told otherwise."""

_MAX_SEED: Final = (1 << 63) - 1


def _images(given: int | None, workload: Workload) -> int:
    if workload.images is None:
        if given is not None:
            raise InputError(f"workload {workload.name!r} has no images: leave images out")
        return 0
    count = len(workload.images)
    return min(IMAGES, count) if given is None else integer(given, "images", 1, count)


def machine_of(design: str) -> Machine:
    """Return a machine by name.

    Raises:
        InputError: there is none of that name.
    """
    if design not in MACHINES:
        raise InputError(f"unknown design {design!r:.80}: choose from {', '.join(MACHINES)}")
    return MACHINES[design]


def bundled(design: str = "prosperity", config: str = "paper") -> Path:
    """Return the file of the trained network that comes with a configuration of a machine.

    Raises:
        InputError: there is no such machine or configuration.
    """
    machine = machine_of(design)
    return machine.bundled[machine.configuration(config).base]


def estimate(
    workload: Workload | str | os.PathLike[str],
    design: str = "prosperity",
    config: str | MachineParameters = "paper",
    mode: str | None = None,
    *,
    layers: Sequence[str] | None = None,
    images: int | None = None,
    seed: int = 1,
    **parameters: int,
) -> Estimate:
    """Return what a workload takes on a machine: exactly what the RTL takes, without it.

    Args:
        workload: it, or its file.
        design: name of the machine.
        config: name of a configuration, a YAML file with one, or the parameters themselves.
        mode: what the machine skips; the machine's own first mode by default.
        layers: names of the layers to look at; all by default.
        images: how many images of a trained network to infer (default: 20 or all).
        seed: what the weights of layers that have none are drawn from.
        parameters: of the machine, in place of the configuration's, such as lanes=64.

    Raises:
        InputError: an argument that cannot be used, or a layer that the machine cannot run.
    """
    machine = machine_of(design)
    base = machine.config(config) if isinstance(config, str) else config
    if not isinstance(base, machine.parameters):
        raise InputError(f"config is no configuration of {design}: {base!r:.80}")
    sizes = with_parameters(base, parameters)
    mode = machine.modes[0] if mode is None else mode
    if mode not in machine.modes:
        raise InputError(f"unknown mode {mode!r:.80}: choose from {', '.join(machine.modes)}")
    integer(seed, "seed", 0, _MAX_SEED)
    network = workload if isinstance(workload, Workload) else load(workload)
    count = _images(images, network)
    selected = select_layers(network, layers)
    for layer in selected:
        machine.check_layer(layer, sizes, mode)
    found = {gemm.name: LayerRow(name=gemm.name) for layer in selected for gemm, _ in layer.gemms}

    def measure(layer: Layer, matrix: NDArray[np.bool_], images: int) -> None:
        weights = machine.layer_weights(layer, network.name, seed)
        measured = machine.measure(layer, matrix, weights, sizes, mode)
        found[layer.name].add((layer.m, layer.k, layer.n), measured, images)

    for image in range(count):

        def runner(
            layer: Layer, matrix: NDArray[np.bool_], image: int = image
        ) -> NDArray[np.integer]:
            if layer.name in found:
                measure(layer, matrix, image + 1)
            return machine.reference(layer, matrix, mode)

        infer(network, image, runner)
    if not network.chained:
        for layer in selected:
            measure(layer, layer.matrix(), 1)
    done = tuple(found.values())
    totals = {
        "cycles": sum(layer.cycles for layer in done),
        **machine.totals([layer.row() for layer in done]),
    }
    return Estimate(
        design=design,
        config=sizes,
        mode=mode,
        workload=network.name,
        layers=done,
        totals=totals,
    )
