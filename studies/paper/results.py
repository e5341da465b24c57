"""Everything that is computed about a network, and the tasks that compute it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Final

from snn_rtl.models.baselines import BASELINES, BaselineResult, LayerCycles, LayerWork, Rules
from snn_rtl.models.baselines.common import CLOCK_HZ
from snn_rtl.models.baselines.energy import Energy, energy, network_dram_bits
from snn_rtl.models.baselines.prosperity_published import SWEEP_K, SWEEP_M
from snn_rtl.models.loas.config import PAPER as LOAS
from snn_rtl.models.prosperity.config import PAPER, ProsperityConfig
from snn_rtl.models.prosperity.prosperity import LayerCounts, Mode
from snn_rtl.studies.paper import dual_work, work
from snn_rtl.studies.paper.built import BUILT
from snn_rtl.studies.paper.inputs import Network, RtlReport, find_report
from snn_rtl.studies.sweep.grid import make_grid

Counters = dict[str, int]

SIZES: Final = tuple(
    dict.fromkeys(
        [(tile_m, PAPER.tile_k) for tile_m in SWEEP_M]
        + [(PAPER.tile_m, tile_k) for tile_k in SWEEP_K]
    )
)
"""Tiles (rows, columns) of the paper's sweeps."""

DUAL: Final = "dual sparse"
"""Name of the results about LoAS."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """One computation on one layer.

    Attributes:
        network: label of the network.
        layer: name of the layer.
        name: of the result.
        function: takes the layer's entries, one an image; a process can be told of it.
    """

    network: str
    layer: str
    name: str
    function: Callable[[Sequence[LayerWork]], Any]

    def __str__(self) -> str:
        """Return what it computes of what."""
        return f"{self.name} of {self.network}, {self.layer}"


def _sweep_configs(network: Network) -> dict[tuple[int, int], ProsperityConfig]:
    """Return the machines of the sweeps that the RTL can be."""
    layers = network.workload.layers
    grids = [
        make_grid(PAPER, {"tile_m": SWEEP_M}, layers),
        make_grid(PAPER, {"tile_k": SWEEP_K}, layers),
    ]
    return {(c.tile_m, c.tile_k): c for grid in grids for c in grid.configs}


def _has_lif(layer: LayerWork) -> bool:
    """Return whether the RTL can run a layer's neurons."""
    steps = layer.time_steps
    return bool(layer.neurons) and steps & (steps - 1) == 0 and steps <= PAPER.tile_m


def _loas_weights(network: Network) -> dict[str, dual_work.Weights]:
    """Return the weights by layer where LoAS can run it: not the products of an attention."""
    if network.workload.time_steps > LOAS.time_steps:
        return {}
    return {
        layer.name: dual_work.layer_weights(layer, network.workload.name)
        for layer in network.workload.layers
        if layer.name in network.layers
    }


def make_tasks(network: Network) -> list[Task]:
    """Return the tasks of a network."""
    tasks: list[Task] = []
    configs = _sweep_configs(network)
    weights = _loas_weights(network)
    for name, layers in network.layers.items():

        def add(
            result: str, function: Callable[[Sequence[LayerWork]], Any], at: str = name
        ) -> None:
            tasks.append(Task(network=network.label, layer=at, name=result, function=function))

        add("counts", work.counts)
        add("anatomy", work.anatomy)
        neurons = _has_lif(layers[0])
        timed = partial(work.timing, config=PAPER)
        for mode in Mode:
            add(f"full {mode}", partial(timed, mode=mode, spikes_out=neurons))
        if neurons != (name in network.rtl_neurons):
            add("raw", partial(timed, mode=Mode.PRODUCT, spikes_out=not neurons))
        for size, config in configs.items():
            if config == PAPER:
                continue
            timed = partial(work.timing, config=config, mode=Mode.PRODUCT, spikes_out=neurons)
            add(f"timing {size}", timed)
        for config in BUILT:
            timed = partial(work.timing, config=config, mode=Mode.PRODUCT, spikes_out=neurons)
            add(f"built {config}", timed)
        for model in BASELINES:
            add(model, partial(work.machine, model=model))
        found = weights.get(name)
        if found is not None:
            add(DUAL, partial(dual_work.dual_sparse, weights=found, spikes_out=neurons))
        for tile_m, tile_k in SIZES:
            add(f"size {tile_m, tile_k}", partial(work.tile_size, tile_m=tile_m, tile_k=tile_k))
    return tasks


@dataclass(frozen=True)
class Results:
    """Results of a network.

    Attributes:
        network: what they are about.
        found: by name of the task, then layer.
    """

    network: Network
    found: Mapping[str, Mapping[str, Any]]

    def _by_layer(self, name: str) -> dict[str, Any]:
        return {layer: self.found[name][layer] for layer in self.network.layers}

    @cached_property
    def counts(self) -> dict[str, list[LayerCounts]]:
        """What product sparsity finds, by layer, an entry an image."""
        return self._by_layer("counts")

    @cached_property
    def anatomy(self) -> dict[str, work.Anatomy]:
        """What the tiles are made of, by layer."""
        return self._by_layer("anatomy")

    @cached_property
    def anatomy_total(self) -> work.Anatomy:
        """What all tiles are made of."""
        total = work.Anatomy()
        for layer in self.anatomy.values():
            total.add(layer)
        return total

    @property
    def dual_sparse(self) -> dict[str, dual_work.DualSparse]:
        """What LoAS does with the layers that have weights, by layer."""
        return dict(self.found.get(DUAL, {}))

    @cached_property
    def rtl(self) -> dict[Mode, RtlReport]:
        """The RTL's reports at hand, by mode."""
        found = {mode: find_report(self.counts, mode) for mode in Mode}
        return {mode: report for mode, report in found.items() if report is not None}

    def as_rtl(self) -> dict[str, Counters]:
        """Return the timing model's counters by layer, neurons as the RTL runs them."""
        return self.full() | dict(self.found.get("raw", {}))

    def full(self, mode: Mode = Mode.PRODUCT) -> dict[str, Counters]:
        """Return the timing model's counters by layer with the neurons of all layers."""
        return self._by_layer(f"full {mode}")

    def total(self, mode: Mode = Mode.PRODUCT) -> Counters:
        """Return the sum of `full`."""
        layers = list(self.full(mode).values())
        return {key: sum(layer[key] for layer in layers) for key in layers[0]}

    def built(self, config: ProsperityConfig) -> Counters:
        """Return the timing model's counters, all layers, of a machine between paper and turbo."""
        if config == PAPER:
            return self.total()
        layers = list(self._by_layer(f"built {config}").values())
        return {key: sum(layer[key] for layer in layers) for key in layers[0]}

    def measured(self, config: ProsperityConfig) -> RtlReport | None:
        """Return the RTL's report on a machine in product mode, if there is one."""
        return find_report(self.counts, Mode.PRODUCT, config)

    def sized(self, size: tuple[int, int]) -> int | None:
        """Return the timing model's cycles with another tile; None if the RTL cannot be it."""
        if size == (PAPER.tile_m, PAPER.tile_k):
            return self.total()["cycles"]
        layers = self.found.get(f"timing {size}")
        return sum(layer["cycles"] for layer in layers.values()) if layers else None

    def published_size(self, size: tuple[int, int], rules: Rules) -> int:
        """Return the published model's cycles with another tile."""
        layers: Mapping[str, dict[Rules, LayerCycles]] = self.found[f"size {size}"]
        return sum(layer[rules].cycles for layer in layers.values())

    def machine(self, model: str, rules: Rules) -> BaselineResult:
        """Return the cycles of a machine."""
        return BaselineResult(
            model, rules, tuple(layer[rules] for layer in self._by_layer(model).values())
        )

    def energy(self, machine: str, cycles: float, rules: Rules) -> Energy:
        """Return the energy of a machine that takes so many cycles."""
        traffic = network_dram_bits(self.network.work, rules)
        return energy(machine, cycles / CLOCK_HZ, traffic)
