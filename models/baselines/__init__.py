"""Cycle models of the machines that Prosperity and LoAS are compared with, and the published ones.

Each module holds one machine, `common` and `dual_sparse` what they share; `cited` and `loas_cited`
have published numbers, `energy` Prosperity's published rule of energy. `BASELINES` lists the models
of Prosperity's paper by name, `DUAL_SPARSE` those of LoAS's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from snn_rtl.models.baselines import (
    eyeriss,
    gamma_snn,
    gospa_snn,
    loas_published,
    mint,
    prosperity_published,
    ptb,
    sato,
    sparten_snn,
)
from snn_rtl.models.baselines.common import (
    BaselineResult,
    LayerCycles,
    LayerWork,
    Rules,
    network_work,
)
from snn_rtl.models.baselines.dual_sparse import DualSparseWork
from snn_rtl.models.errors import InputError

__all__ = [
    "BASELINES",
    "DUAL_SPARSE",
    "Baseline",
    "BaselineResult",
    "DualSparseBaseline",
    "DualSparseWork",
    "LayerCycles",
    "LayerWork",
    "Rules",
    "evaluate",
    "evaluate_all",
    "evaluate_dual_sparse",
    "network_work",
]


@dataclass(frozen=True)
class Baseline:
    """A model of a machine.

    Attributes:
        title: what people call it.
        energy_as: the machine whose power and traffic are published, a key of
            `energy.ON_CHIP_MW`; variants of Prosperity have that of Prosperity.
        layer_cycles: takes a layer and the rules, returns the layer's cycles.
    """

    title: str
    energy_as: str
    layer_cycles: Callable[[LayerWork, Rules], LayerCycles]


def _variant(title: str, machine: prosperity_published.PublishedMachine) -> Baseline:
    model = partial(prosperity_published.layer_cycles, machine=machine)
    return Baseline(title, "prosperity", model)


BASELINES: Final = {
    "eyeriss": Baseline("Eyeriss", "eyeriss", eyeriss.layer_cycles),
    "ptb": Baseline("PTB", "ptb", ptb.layer_cycles),
    "sato": Baseline("SATO", "sato", sato.layer_cycles),
    "mint": Baseline("MINT", "mint", mint.layer_cycles),
    "dense": _variant("Prosperity, dense", prosperity_published.DENSE),
    "bit": _variant("Prosperity, bit sparsity", prosperity_published.BIT),
    "costly": _variant("Prosperity, costly dispatch", prosperity_published.COSTLY),
    "prosperity": _variant("Prosperity (published model)", prosperity_published.PRODUCT),
}
"""The models by name, roughly from slow to fast."""


def evaluate(
    name: str, network: Sequence[LayerWork], rules: Rules | str = Rules.ARTIFACT
) -> BaselineResult:
    """Run one model on a network.

    Args:
        name: a key of BASELINES.
        network: the layers, as `network_work` returns them.
        rules: "artifact" or "honest".

    Raises:
        InputError: an unknown model or unknown rules.
    """
    if name not in BASELINES:
        raise InputError(f"unknown model {name!r:.60}: choose from {', '.join(BASELINES)}")
    if rules not in list(Rules):
        raise InputError(f"unknown rules {rules!r:.60}: choose from {', '.join(Rules)}")
    rules = Rules(rules)
    layer_cycles = BASELINES[name].layer_cycles
    return BaselineResult(name, rules, tuple(layer_cycles(work, rules) for work in network))


def evaluate_all(
    network: Sequence[LayerWork], rules: Rules | str = Rules.ARTIFACT
) -> dict[str, BaselineResult]:
    """Run every model on a network; see `evaluate`."""
    return {name: evaluate(name, network, rules) for name in BASELINES}


@dataclass(frozen=True)
class DualSparseBaseline:
    """A model of a machine that skips zeros of spikes and weights.

    Attributes:
        title: what people call it.
        layer_cycles: takes a layer, returns its cycles.
    """

    title: str
    layer_cycles: Callable[[DualSparseWork], LayerCycles]


DUAL_SPARSE: Final = {
    "sparten_snn": DualSparseBaseline("SparTen-SNN", sparten_snn.layer_cycles),
    "gospa_snn": DualSparseBaseline("GoSPA-SNN", gospa_snn.layer_cycles),
    "gamma_snn": DualSparseBaseline("Gamma-SNN", gamma_snn.layer_cycles),
    "loas": DualSparseBaseline("LoAS (published model)", loas_published.layer_cycles),
    "loas_ft": DualSparseBaseline(
        "LoAS-FT (published model)", partial(loas_published.layer_cycles, ft=True)
    ),
}
"""The models of LoAS's paper by name, from slow to fast."""


def evaluate_dual_sparse(network: Sequence[DualSparseWork]) -> dict[str, tuple[LayerCycles, ...]]:
    """Run every model of LoAS's paper on a network; return the layers' cycles by model."""
    return {
        name: tuple(map(baseline.layer_cycles, network)) for name, baseline in DUAL_SPARSE.items()
    }
