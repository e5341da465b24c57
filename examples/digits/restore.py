"""Turn a workload back into the network that it was exported from."""

from __future__ import annotations

from typing import Final

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from snn_rtl.examples.digits.data import PIXEL_MAX, Part
from snn_rtl.examples.digits.network import NetworkSpec, SpikingNetwork
from snn_rtl.models.errors import InputError
from snn_rtl.models.workload.layer import Layer
from snn_rtl.models.workload.workload import Workload

SCALES: Final = range(-12, 0)
"""Exponents of the scales that the read-out may get."""


def _fill(module: nn.Module, layer: Layer, unit: torch.Tensor, input_max: int) -> None:
    """Give a convolution or linear layer the real numbers of a workload's integers.

    Raises:
        InputError: the layer has other sizes, or lacks an array.
    """
    assert isinstance(module, nn.Conv2d | nn.Linear)
    if layer.weights is None or layer.bias is None:
        raise InputError(f"{layer} has no weights or no bias")
    if layer.weights.shape != (module.weight[0].numel(), len(module.weight)):
        raise InputError(f"{layer} has weights {layer.weights.shape}, the network others")
    weights = torch.from_numpy(layer.weights.T.astype(np.float32)) * unit[:, None] * input_max
    with torch.no_grad():
        module.weight.copy_(weights.reshape(module.weight.shape))
        assert module.bias is not None
        module.bias.copy_(torch.from_numpy(layer.bias.astype(np.float32)) * unit)


def restore(spec: NetworkSpec, workload: Workload, part: Part) -> SpikingNetwork:
    """Return a network that computes what a workload does.

    Its real threshold is 1, so a spiking channel's scale is its threshold's inverse. The
    read-out's scale is nowhere in a file, as no class depends on it: it becomes the power of two
    with the least loss.

    Args:
        spec: of the network that was exported.
        workload: what was exported.
        part: images and labels to measure the loss with.

    Returns:
        The network, set to integer arithmetic.

    Raises:
        InputError: the workload is not of this network.
    """
    network = SpikingNetwork(spec)
    network.integer = True
    encoder, (*spiking, readout) = workload.encoder, workload.layers
    if encoder is None or len(spiking) + 1 != len(spec.convs):
        raise InputError(f"workload {workload.name!r} is not of the network {spec.name!r}")
    for index, layer in enumerate([encoder, *spiking]):
        if layer.threshold is None:
            raise InputError(f"{layer} has no threshold")
        unit = 1 / torch.from_numpy(layer.threshold.astype(np.float32))
        _fill(network.convs[index], layer, unit, 1 if index else PIXEL_MAX)

    _fill(network.linear, readout, torch.ones(readout.n), 1)
    images, labels = part.tensors()
    with torch.no_grad():
        logits = network(images).logits
    losses = {2.0**i: float(functional.cross_entropy(logits * 2.0**i, labels)) for i in SCALES}
    best = min(losses, key=losses.__getitem__)
    _fill(network.linear, readout, torch.full((readout.n,), best), 1)
    return network
