"""What feeds what: the rules for the layers of captured and of chained workloads."""

from __future__ import annotations

import math
from collections.abc import Sequence

from snn_rtl.models.errors import InputError
from snn_rtl.models.workload.attention import Attention
from snn_rtl.models.workload.layer import Layer


def check_captured(layers: Sequence[Layer]) -> None:
    """Check that every layer has its own spikes, and takes no others.

    Raises:
        InputError: it is not so.
    """
    for layer in layers:
        if isinstance(layer, Attention):
            raise InputError(f"{layer} is an attention, which only a chained workload can have")
        if layer.inputs:
            raise InputError(f"{layer} has inputs, which only a chained workload can have")
        if layer.spikes is None:
            raise InputError(f"{layer} has no spikes, and nothing that makes them")


def check_chain(encoder: Layer, layers: Sequence[Layer]) -> None:
    """Check that every layer can be computed from the layers before it, and is of use.

    Args:
        encoder: the layer on the pixels.
        layers: all others, in order; at least one.

    Raises:
        InputError: it is not so.
    """
    if encoder.kind != "conv2d":
        raise InputError(f"the encoder, {encoder}, must be a conv2d")
    if encoder.spikes is not None or encoder.inputs:
        raise InputError(f"the encoder, {encoder}, takes images, not spikes")
    *inner, last = layers
    if last.kind != "linear" or last.threshold is not None:
        raise InputError(f"the last layer, {last}, must be linear and have no threshold")
    for layer in (encoder, *layers):
        if layer.weights is None and "weights" in layer.ARRAYS:
            raise InputError(f"{layer} has no weights, which a chained workload needs")
    for layer in (encoder, *inner):
        if layer.threshold is None:
            raise InputError(f"{layer} has no threshold; only the last layer may have none")
    _check_edges(encoder, layers)


def _check_edges(encoder: Layer, layers: Sequence[Layer]) -> None:
    made = {encoder.name: encoder}
    unused = {encoder.name}
    before = encoder
    for layer in layers:
        for name in layer.sources or (before.name,):
            if name not in made:
                raise InputError(f"{layer} takes the output of {name!r}, no layer before it")
            source = made[name]
            given, taken = source.output_shape, layer.input_shape
            flat = (given[0], math.prod(given[1:]))
            if taken != (flat if layer.kind == "linear" else given):
                raise InputError(f"{layer} takes {taken}, but {source} makes {given}")
            unused.discard(name)
        made[layer.name] = layer
        unused.add(layer.name)
        before = layer
    for name in sorted(unused - {before.name}):
        raise InputError(f"{made[name]} makes spikes that no layer takes")
