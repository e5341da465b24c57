"""Accuracy, densities and sparsities of a chained workload file, by the integer reference.

NumPy is all it needs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.errors import InputError
from snn_rtl.models.loas.formats import pack_words
from snn_rtl.models.prosperity.config import CONFIGS, ProsperityConfig, named_config
from snn_rtl.models.prosperity.prosperity import LayerCounts, count_layer, densities
from snn_rtl.models.workload.layer import Layer
from snn_rtl.models.workload.network import infer, reference_runner
from snn_rtl.models.workload.workload import Workload, load

Counts = TypeVar("Counts")


@dataclass(frozen=True)
class DualCounts:
    """What is left out of one GeMM on a machine for dual sparsity.

    Attributes:
        words: positions x K; a word is what a neuron does in all time steps.
        silent: words without a spike.
        once: words of exactly one spike.
        weights: K x N.
        zeros: weights that are zero.
    """

    words: int
    silent: int
    once: int
    weights: int
    zeros: int


def predictions(workload: Workload) -> NDArray[np.int64]:
    """Return the reference's class of every image, int64 (I,).

    Raises:
        InputError: the workload has no images.
    """
    return np.array([infer(workload, image)[1] for image in range(_image_count(workload))])


def _image_count(workload: Workload) -> int:
    if workload.images is None:
        raise InputError(f"workload {workload.name!r} has no images to infer")
    return len(workload.images)


def _collect(
    workload: Workload, count: Callable[[Layer, NDArray[np.bool_]], Counts]
) -> dict[str, list[Counts]]:
    """Infer all images and count in every layer that runs.

    Returns:
        Layer name to the counts of each of its GeMMs: one an image; an attention's two products
        have one for each image, time step and head.

    Raises:
        InputError: the workload has no images.
    """
    counts: dict[str, list[Counts]] = {}

    def counting_runner(layer: Layer, matrix: NDArray[np.bool_]) -> NDArray[np.int64]:
        counts.setdefault(layer.name, []).append(count(layer, matrix))
        return reference_runner(layer, matrix)

    for image in range(_image_count(workload)):
        infer(workload, image, counting_runner)
    return counts


def count_layers(workload: Workload, config: ProsperityConfig) -> dict[str, list[LayerCounts]]:
    """Count what product sparsity finds, layer by layer; see `_collect`."""
    return _collect(workload, lambda layer, matrix: count_layer(matrix, layer.n, config))


def count_dual(workload: Workload) -> dict[str, list[DualCounts]]:
    """Count zeros of words and weights, layer by layer; see `_collect`."""

    def count(layer: Layer, matrix: NDArray[np.bool_]) -> DualCounts:
        assert layer.weights is not None
        words = pack_words(matrix, layer.time_steps, layer.time_steps)
        return DualCounts(
            words=words.size,
            silent=int(np.count_nonzero(words == 0)),
            once=int(np.count_nonzero(np.bitwise_count(words) == 1)),
            weights=layer.weights.size,
            zeros=int(np.count_nonzero(layer.weights == 0)),
        )

    return _collect(workload, count)


def density_table(workload: Workload, config: ProsperityConfig) -> str:
    """Return a text table of the layers' sizes, bit and product densities."""
    counts = count_layers(workload, config)
    width = max(8, *map(len, counts))
    lines = [f"{'layer':{width}} {'M':>5} {'K':>5} {'N':>4}  bit density  product density"]
    for name, found in counts.items():
        bit, product = densities(found, config.lanes)
        first = found[0]
        sizes = f"{first.m:5} {first.k:5} {first.n:4}"
        lines.append(f"{name:{width}} {sizes}  {bit:11.4f}  {product:15.4f}")
    bit, product = densities([count for found in counts.values() for count in found], config.lanes)
    lines.append(f"{'all':{width + 16}}  {bit:11.4f}  {product:15.4f}")
    return "\n".join(lines)


def dual_table(workload: Workload) -> str:
    """Return a text table of the layers' zero weights, silent words and words of one spike."""
    counts = count_dual(workload)
    width = max(8, *map(len, counts))
    lines = [f"{'layer':{width}}  zero weights  silent words  words of one spike"]
    everything = [count for found in counts.values() for count in found]
    for name, found in [*counts.items(), ("all", everything)]:
        zeros = sum(count.zeros for count in found) / sum(count.weights for count in found)
        words = sum(count.words for count in found)
        silent = sum(count.silent for count in found) / words
        once = sum(count.once for count in found) / words
        lines.append(f"{name:{width}}  {zeros:12.4f}  {silent:12.4f}  {once:18.4f}")
    return "\n".join(lines)


def main() -> int:
    """Print accuracy and densities of the file named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="a chained workload")
    parser.add_argument("--config", default="paper", help=f"machine: {', '.join(CONFIGS)}")
    arguments = parser.parse_args()
    try:
        config = named_config(arguments.config)
        workload = load(arguments.file)
        found = predictions(workload)
        if workload.labels is not None:
            correct, total = int((found == workload.labels).sum()), len(found)
            print(f"{workload.name}: integer reference {correct}/{total} = {correct / total:.2%}")
        print(density_table(workload, config))
        print(dual_table(workload))
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
