"""What a point of a sweep is computed from, and its computation."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.prosperity.config import ProsperityConfig
from snn_rtl.models.prosperity.timing import LayerTiming, predict_layer
from snn_rtl.models.workload.layer import Layer
from snn_rtl.models.workload.network import infer, reference_runner
from snn_rtl.models.workload.workload import Workload
from snn_rtl.run.places import ROOT

Result = dict[str, dict[str, int]]
"""Layer name to cycles and counters (fields of LayerTiming), summed over images."""

COUNTERS: Final = tuple(field.name for field in fields(LayerTiming))
_MODEL: Final = "snn_rtl.models.prosperity.timing"


@dataclass(frozen=True, kw_only=True)
class SpikeLayer:
    """The input of one layer, packed.

    Attributes:
        name: of the layer.
        shape: M and K.
        n: output columns.
        spikes_out: the layer has neurons.
        bits: the spike matrix, packed in C order.
    """

    name: str
    shape: tuple[int, int]
    n: int
    spikes_out: bool
    bits: bytes

    def matrix(self) -> NDArray[np.bool_]:
        """Return the spike matrix, bool (M, K)."""
        rows, columns = self.shape
        flat = np.unpackbits(np.frombuffer(self.bits, np.uint8), count=rows * columns)
        return flat.astype(np.bool_).reshape(rows, columns)


def _pack(layer: Layer, matrix: NDArray[np.bool_]) -> SpikeLayer:
    return SpikeLayer(
        name=layer.name,
        shape=(layer.m, layer.k),
        n=layer.n,
        spikes_out=layer.threshold is not None,
        bits=np.packbits(matrix).tobytes(),
    )


def spike_layers(workload: Workload, images: int) -> list[SpikeLayer]:
    """Return the inputs of all layers.

    Args:
        workload: captured, or chained: then it is inferred on the reference.
        images: how many images of a chained workload.
    """
    if not workload.chained:
        return [_pack(layer, layer.matrix()) for layer in workload.layers]
    found = []

    def runner(layer: Layer, matrix: NDArray[np.bool_]) -> NDArray[np.int64]:
        found.append(_pack(layer, matrix))
        return reference_runner(layer, matrix)

    for image in range(images):
        infer(workload, image, runner)
    return found


def content_digest(layers: Iterable[SpikeLayer]) -> str:
    """Return a digest of everything in the layers that cycles depend on."""
    digest = hashlib.sha256()
    for layer in layers:
        digest.update(repr((layer.name, layer.shape, layer.n, layer.spikes_out)).encode())
        digest.update(layer.bits)
    return digest.hexdigest()


def _imports(source: str) -> set[str]:
    """Return the names of the modules that a module may import."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def model_sources() -> dict[str, Path]:
    """Return the modules below models/ that the timing model is made of."""
    sources: dict[str, Path] = {}
    waiting = [_MODEL]
    while waiting:
        name = waiting.pop()
        path = ROOT.joinpath(*name.split(".")[1:]).with_suffix(".py")
        if name in sources or not name.startswith("snn_rtl.models.") or not path.is_file():
            continue
        sources[name] = path
        waiting += sorted(_imports(path.read_text()))
    return sources


@cache
def model_digest() -> str:
    """Return a digest of the timing model's source text."""
    digest = hashlib.sha256()
    for name, path in sorted(model_sources().items()):
        digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def evaluate(layers: Sequence[SpikeLayer], config: ProsperityConfig, mode: str) -> Result:
    """Compute a point.

    Args:
        layers: inputs.
        config: the machine.
        mode: what it skips.
    """
    result: Result = {}
    for layer in layers:
        timing = predict_layer(layer.matrix(), layer.n, config, mode, spikes_out=layer.spikes_out)
        sums = result.setdefault(layer.name, dict.fromkeys(COUNTERS, 0))
        for counter, value in asdict(timing).items():
            sums[counter] += int(value)
    return result
