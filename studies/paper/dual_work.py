"""What is computed on one layer about LoAS: a function that worker processes run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from snn_rtl.machines.loas import LOAS
from snn_rtl.models.baselines import DUAL_SPARSE, LayerWork
from snn_rtl.models.baselines.dual_sparse import DualSparseWork
from snn_rtl.models.loas.config import PAPER, TURBO
from snn_rtl.models.loas.formats import pack_words
from snn_rtl.models.loas.loas import LayerCounts, count_layer
from snn_rtl.models.loas.packed_density import count_packed
from snn_rtl.models.loas.timing import predict_layer
from snn_rtl.models.loas.traffic import compressed_weights, compressed_words, stream_beats
from snn_rtl.models.prosperity.prosperity import LayerCounts as ProductCounts
from snn_rtl.models.workload.layer import Layer

Weights = NDArray[np.int8]

_SEED = 1

BEYOND: Final = {
    "joined columns": replace(PAPER, joined_columns=TURBO.joined_columns),
    "more chunk banks, longer queues": replace(
        PAPER, chunk_banks=TURBO.chunk_banks, queue_depth=TURBO.queue_depth
    ),
    "turbo: both": TURBO,
}
"""What the machine of the paper can be given, and all of it."""


@dataclass(frozen=True, kw_only=True)
class DualSparse:
    """A layer on LoAS, all images together.

    Attributes:
        machines: cycles by machine, keys of snn_rtl.models.baselines.DUAL_SPARSE.
        timing: the RTL's counters by the timing model.
        beyond: its cycles with each of BEYOND.
        counts: what dual sparsity finds, an entry an image.
        packed: what product sparsity finds in the packed matrix, an entry an image.
        compressed: bytes of spikes and weights, each moved once.
        streamed: bytes of the beats of the input streams.
    """

    machines: dict[str, int]
    timing: dict[str, int]
    beyond: dict[str, int]
    counts: list[LayerCounts]
    packed: list[ProductCounts]
    compressed: float
    streamed: float


def layer_weights(layer: Layer, workload: str) -> Weights:
    """Return a layer's weights; one that has none gets random ones, pruned at random.

    They are those that `make sim DESIGN=loas` gives it with its default seed.

    Args:
        layer: the layer.
        workload: name of its workload, which the sparsity follows.
    """
    return LOAS.layer_weights(layer, workload, _SEED)


def dual_sparse(works: Sequence[LayerWork], weights: Weights, spikes_out: bool) -> DualSparse:
    """Run a layer through the models of LoAS and of the machines beside it.

    Args:
        works: the layer, an entry an image.
        weights: int8, (K, N).
        spikes_out: LIF neurons are on.
    """
    machines = dict.fromkeys(DUAL_SPARSE, 0)
    timing: dict[str, int] = {}
    beyond = dict.fromkeys(BEYOND, 0)
    counts, packed = [], []
    compressed = streamed = 0.0
    for work in works:
        pair = DualSparseWork(
            name=work.name, spikes=work.spikes, weights=weights, time_steps=work.time_steps
        )
        for name, machine in DUAL_SPARSE.items():
            machines[name] += machine.layer_cycles(pair).cycles
        words = pack_words(work.spikes, work.time_steps, PAPER.time_steps)
        for name, value in asdict(predict_layer(words, weights, spikes_out=spikes_out)).items():
            timing[name] = timing.get(name, 0) + value
        for name, config in BEYOND.items():
            beyond[name] += predict_layer(words, weights, config, spikes_out=spikes_out).cycles
        counts.append(count_layer(work.spikes, weights, work.time_steps))
        packed.append(count_packed(work.spikes, work.n, work.time_steps))
        beats = stream_beats(words, weights, spikes_out=spikes_out)
        compressed += compressed_words(words).bytes + compressed_weights(weights).bytes
        streamed += (beats.spike + beats.weight) * PAPER.beat_w / 8
    return DualSparse(
        machines=machines,
        timing=timing,
        beyond=beyond,
        counts=counts,
        packed=packed,
        compressed=compressed,
        streamed=streamed,
    )
