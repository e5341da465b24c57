"""What the commands and reports must know of a machine."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from snn_rtl.machines.design import MachineDesign
from snn_rtl.machines.testing import LARGEST, RANDOM, Testing
from snn_rtl.models.errors import InputError
from snn_rtl.models.parameters import with_parameters
from snn_rtl.models.randomness import generator
from snn_rtl.models.workload.layer import Layer
from snn_rtl.models.workload.network import reference_runner
from snn_rtl.models.workload.workload import Workload, seeded_weights
from snn_rtl.run.plots import Plot, Row, cycles_plot, model_plot

Report = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of the console's table beside those of every machine.

    Attributes:
        heading: of the column.
        cell: its text for a layer.
        total: its text for all of them, from the report's totals.
    """

    heading: str
    cell: Callable[[Row], str]
    total: Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A headline of the page: what it is, the number, a remark."""

    title: str
    value: str
    more: str


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a GeMM takes on a machine by its models; keys as in a report.

    Attributes:
        cycles: first input beat taken to last output beat taken.
        tiles: m tiles x k tiles x n tiles.
        process_cycles: cycles in which the machine works.
        stall_cycles: reason to the other cycles.
        counts: what else it counts.
    """

    cycles: int
    tiles: int
    process_cycles: int
    stall_cycles: dict[str, int]
    counts: dict[str, int]


def percent(part: float, whole: float) -> str:
    """Return a share as the console's table shows it."""
    return f"{100 * part / whole:.1f} %" if whole else "-"


class Machine(MachineDesign, ABC):
    """A machine: what it can run, how its counters are shown, how it is tested."""

    modes: ClassVar[tuple[str, ...]]
    """Values of MODE, the default first."""
    bundled: ClassVar[Mapping[str, Path]]
    """Workload of a configuration where none is given."""
    at_work: ClassVar[str]
    """What the machine does in the cycles in which it does not wait."""
    groups: ClassVar[Mapping[str, Mapping[str, str]]]
    """Columns of the page's table beside those of every machine: group to key to meaning."""
    stalls: ClassVar[Mapping[str, str]]
    """What the machine does in the other cycles: reason to meaning."""
    columns: ClassVar[tuple[Column, ...]]
    """Columns of the console's table beside those of every machine."""
    counters: ClassVar[Mapping[str, str]] = {}
    """Counters of the keys of groups whose names are not those of the keys."""
    testing: ClassVar[Testing]
    """How it is tested."""
    testplan_page: ClassVar[str]
    """File of its testplan in docs/reference/."""

    def counts(self) -> dict[str, str]:
        """Return the keys of groups with the RTL's counters."""
        keys = [key for group in self.groups.values() for key in group]
        return {key: self.counters.get(key, key.upper()) for key in keys}

    def drawn_config(self, name: str, parameters: Mapping[str, int], seed: int) -> Any:
        """Return the parameters of a configuration, which may be RANDOM.

        Args:
            name: of a named one, or RANDOM.
            parameters: values that replace those of the name.
            seed: what a random one is drawn from.

        Raises:
            InputError: there is no such parameter, or not with that value.
        """
        if name != RANDOM:
            return self.configuration(name, parameters).parameters
        drawn = self.testing.random_config(np.random.default_rng([seed]), LARGEST)
        return with_parameters(drawn, parameters)

    def rows_of(self, layer: Layer) -> int:
        """Return what DIM_M counts in a layer."""
        return layer.m

    def check_layer(self, layer: Layer, config: Any, mode: str) -> None:
        """Refuse a layer that the machine cannot run.

        Args:
            layer: the layer.
            config: parameters of the machine.
            mode: one of its modes.

        Raises:
            InputError: a dimension beyond the machine's limits, or time steps that it cannot run.
        """
        most = (1 << config.dim_w) - 1
        for gemm, _ in layer.gemms:
            for what, value, limit in (
                ("M", self.rows_of(gemm), most),
                ("K", gemm.k, config.max_k),
                ("N", gemm.n, most),
            ):
                if value > limit:
                    raise InputError(
                        f"{gemm}: {what}={value} exceeds this machine's limit of {limit}"
                    )
            self.check_steps(gemm, config, mode)

    @abstractmethod
    def check_steps(self, gemm: Layer, config: Any, mode: str) -> None:
        """Refuse a GeMM whose time steps the machine cannot run.

        Raises:
            InputError: it cannot.
        """

    @abstractmethod
    def measure(
        self,
        layer: Layer,
        matrix: NDArray[np.bool_],
        weights: NDArray[np.int8],
        config: Any,
        mode: str,
    ) -> Measured:
        """Return what the machine takes for a GeMM while its streams never starve or stall.

        Args:
            layer: the GeMM.
            matrix: its spikes, bool (M, K).
            weights: int8, (K, N).
            config: parameters of the machine.
            mode: one of its modes.
        """

    def _measured(
        self, timing: Mapping[str, int], counts: Mapping[str, int], work: str
    ) -> Measured:
        """Return what the models found; timing's field work counts the cycles at work."""
        return Measured(
            cycles=timing["cycles"],
            tiles=counts["tiles"],
            process_cycles=timing[work],
            stall_cycles={reason: timing[reason] for reason in self.stalls},
            counts={key: counts[key] for key in self.counts()},
        )

    def layer_weights(self, layer: Layer, workload: str, seed: int) -> NDArray[np.int8]:
        """Return a layer's weights; one that has none gets random ones.

        Args:
            layer: the layer.
            workload: name of its workload.
            seed: what they are drawn from.
        """
        if layer.weights is not None:
            return layer.weights
        return self.draw_weights(layer, workload, generator(f"weights {layer.name}", seed))

    def draw_weights(
        self, layer: Layer, workload: str, rng: np.random.Generator
    ) -> NDArray[np.int8]:
        """Return random weights for a layer of a workload of that name."""
        del workload
        return seeded_weights(layer, rng)

    def reference(self, layer: Layer, matrix: NDArray[np.bool_], mode: str) -> NDArray[np.integer]:
        """Return the output rows that a layer must have in a mode, without the machine."""
        del mode
        return reference_runner(layer, matrix)

    @abstractmethod
    def random_weights(self, workload: Workload) -> str:
        """Say which weights a layer gets that has none."""

    @abstractmethod
    def totals(self, rows: Sequence[Row]) -> dict[str, Any]:
        """Return what the layers' counts add up to: bit_density, product_density and others."""

    @abstractmethod
    def figures(self, report: Report) -> list[Figure]:
        """Return the headlines of the page beside those of every machine."""

    @abstractmethod
    def own_plots(self, layers: Sequence[Row], config: Mapping[str, Any]) -> list[Plot]:
        """Return the plots of the page beside those of every machine."""

    def plots(self, layers: Sequence[Row], config: Mapping[str, Any]) -> list[Plot]:
        """Return the plots of the page.

        Args:
            layers: the report's layers; without any there is no plot.
            config: the machine's parameters.
        """
        if not layers:
            return []
        own = self.own_plots(layers, config)
        return [cycles_plot(layers, self.at_work), *own, model_plot(layers)]
