"""What all baseline models share: their input, their result and the arithmetic of pipelines.

Every model answers by two sets of rules. ``artifact`` follows the simulator published with
Prosperity (HPCA 2025, arXiv:2503.03379), rounding and omissions included, so that its totals
come out to the cycle. ``honest`` keeps each machine's arithmetic but

- takes the overlap of a machine's stages (load, search, process) a tile at a time: a step costs
  the longest of its stages, where the artifact takes the longest of whole layers;
- charges a search its cycle every time it is made, once for every n tile;
- loads every tile from memory at 1024 bits a cycle, where the artifact gives most machines
  their operands for nothing and the others an average over the layer;
- rounds quotients up, where the artifact rounds some of them down, one of them to nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.errors import InputError
from snn_rtl.models.workload.layer import Layer
from snn_rtl.models.workload.network import inference, reference_runner
from snn_rtl.models.workload.workload import Workload

Cycles = NDArray[np.int64]

CLOCK_HZ: Final = 500_000_000
MEMORY_BITS: Final = 1024
"""Bits the memory gives in a cycle: 64 GB/s at 500 MHz."""
WEIGHT_BITS: Final = 8

LISTED_NEURONS: Final = {("vgg9_cifar10", "fc_0"): 4096}
"""Neurons of a layer that the artifact's tables of networks list otherwise than the layer has.

VGG9's last layer has 1024 outputs; the artifact lists 4096 neurons (its number of inputs), and
the published totals contain them."""


class Rules(StrEnum):
    """Which rules a model follows."""

    ARTIFACT = "artifact"
    HONEST = "honest"


@dataclass(frozen=True, kw_only=True, eq=False)
class LayerWork:
    """One layer as the baseline models take it.

    Attributes:
        name: of the layer.
        spikes: bool, (M, K), row position * T + t.
        n: output columns.
        time_steps: T.
        kernel_size: side of the kernel; 1 for a linear layer.
        neurons: LIF neurons, that is outputs of one time step; 0 where raw sums leave the layer.
        listed_neurons: what the artifact lists instead, None for the same.

    Raises:
        InputError: when made: the rows are no whole number of positions.
    """

    name: str
    spikes: NDArray[np.bool_]
    n: int
    time_steps: int
    kernel_size: int = 1
    neurons: int
    listed_neurons: int | None = None

    def __post_init__(self) -> None:
        """Check that every position has all its time steps."""
        if self.m % self.time_steps:
            raise InputError(
                f"layer {self.name!r}: {self.m} rows are no multiple of {self.time_steps} steps"
            )

    @classmethod
    def from_layer(
        cls,
        layer: Layer,
        spikes: NDArray[np.bool_] | None = None,
        *,
        fires: bool = True,
        listed_neurons: int | None = None,
    ) -> LayerWork:
        """Take a layer of a workload.

        Args:
            layer: the layer.
            spikes: its spike matrix, bool (M, K); None for that of its own spikes.
            fires: it has LIF neurons.
            listed_neurons: see the class.

        Raises:
            InputError: the layer has no spikes.
        """
        return cls(
            name=layer.name,
            spikes=layer.matrix() if spikes is None else spikes,
            n=layer.n,
            time_steps=layer.time_steps,
            kernel_size=layer.kernel_size,
            neurons=layer.m // layer.time_steps * layer.n if fires else 0,
            listed_neurons=listed_neurons,
        )

    @property
    def m(self) -> int:
        """Rows of the spike matrix."""
        return int(self.spikes.shape[0])

    @property
    def k(self) -> int:
        """Columns of the spike matrix."""
        return int(self.spikes.shape[1])

    @property
    def positions(self) -> int:
        """P: rows of one time step."""
        return self.m // self.time_steps

    def by_step(self) -> NDArray[np.bool_]:
        """Return the spikes as (T, P, K)."""
        return self.spikes.reshape(self.positions, self.time_steps, self.k).transpose(1, 0, 2)

    def lif_neurons(self, rules: Rules) -> int:
        """Return the neurons that the rules count."""
        if rules is Rules.ARTIFACT and self.listed_neurons is not None:
            return self.listed_neurons
        return self.neurons


def network_work(workload: Workload, image: int = 0) -> list[LayerWork]:
    """Return the layers of a workload with the spikes they get.

    All layers of a captured workload have neurons, whether their thresholds are known or not.

    Args:
        workload: the network.
        image: which image of a chained workload is inferred; captured ones have their spikes.

    Raises:
        InputError: a chained workload has no such image.
    """
    if not workload.chained:
        return [
            LayerWork.from_layer(
                layer, listed_neurons=LISTED_NEURONS.get((workload.name, layer.name))
            )
            for layer in workload.layers
        ]
    found = []
    steps = inference(workload, image)
    layer, matrix = next(steps)
    while True:
        found.append(LayerWork.from_layer(layer, matrix, fires=layer.threshold is not None))
        try:
            layer, matrix = steps.send(reference_runner(layer, matrix))
        except StopIteration:
            return found


@dataclass(frozen=True)
class LayerCycles:
    """Cycles of one layer on one machine.

    Attributes:
        name: of the layer.
        compute: the machine works on the product; searching, where it takes longer, included.
        stalls: it waits for memory, or (honest rules) for another stage, fill and drain.
        lif: cycles of the neurons that nothing else hides.
    """

    name: str
    compute: int
    stalls: int
    lif: int

    @property
    def cycles(self) -> int:
        """Sum of the parts."""
        return self.compute + self.stalls + self.lif


@dataclass(frozen=True)
class BaselineResult:
    """Cycles of a network on one machine.

    Attributes:
        model: name of the model.
        rules: which rules it followed.
        layers: the layers in order.
    """

    model: str
    rules: Rules
    layers: tuple[LayerCycles, ...]

    @property
    def compute(self) -> int:
        """Sum of the layers' compute cycles."""
        return sum(layer.compute for layer in self.layers)

    @property
    def stalls(self) -> int:
        """Sum of the layers' stalls."""
        return sum(layer.stalls for layer in self.layers)

    @property
    def lif(self) -> int:
        """Sum of the layers' exposed cycles of neurons."""
        return sum(layer.lif for layer in self.layers)

    @property
    def cycles(self) -> int:
        """All cycles of the network."""
        return self.compute + self.stalls + self.lif

    @property
    def seconds(self) -> float:
        """Time at the clock that all machines are given, 500 MHz."""
        return self.cycles / CLOCK_HZ


def ceil_div(dividend: int, divisor: int) -> int:
    """Return the quotient rounded up."""
    return -(-dividend // divisor)


def extents(size: int, tile: int) -> Cycles:
    """Return the sizes of an axis's tiles; the last one has what is left.

    Args:
        size: of the axis, at least 1.
        tile: of a whole tile.

    Returns:
        int64, (ceil(size / tile),).
    """
    count = ceil_div(size, tile)
    return np.minimum(tile, size - tile * np.arange(count, dtype=np.int64))


def lockstep(stages: Sequence[Cycles]) -> Cycles:
    """Return the steps of a pipeline whose stages change tiles together.

    In step i the first stage works on tile i, the second on tile i - 1 and so on; the step takes
    as long as the slowest of them. It is what buffers for two tiles between the stages give.

    Args:
        stages: cycles of each tile in each stage, int64 (tiles,).

    Returns:
        int64, (tiles + stages - 1,): cycles of each step.
    """
    count = len(stages[0])
    steps = np.zeros(count + len(stages) - 1, np.int64)
    for lag, stage in enumerate(stages):
        np.maximum(steps[lag : lag + count], stage, out=steps[lag : lag + count])
    return steps
