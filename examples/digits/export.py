"""Turn a trained network into a chained workload."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from examples.digits.data import CLASSES, Part
from examples.digits.network import IMAGE_SIZE, TIME_STEPS, ConvSpec, SpikingNetwork
from examples.digits.quantise import LayerParameters
from models.lif import LifConfig
from models.workload import Layer, Workload

SOURCE: Final = (
    "scikit-learn's digits, a copy of the test set of the UCI Optical Recognition of Handwritten "
    "Digits data (E. Alpaydin, C. Kaynak, 1998); trained by examples/digits/train.py, seed {seed}"
)
LICENSE: Final = (
    "images: as distributed with scikit-learn (BSD-3-Clause), from the UCI Machine Learning "
    "Repository; weights: Apache-2.0"
)


def _arrays(
    parameters: LayerParameters,
) -> tuple[NDArray[np.int8], NDArray[np.int32], NDArray[np.int32]]:
    """Return weights (K, N), bias and threshold (N,).

    A convolution's weights are (N, C, ky, kx), so flattening them gives K in the order
    (channel, ky, kx); a linear layer's K is (channel, y, x) of the map before it.
    """
    weight, bias, threshold = (
        tensor.detach().numpy()
        for tensor in (parameters.weight, parameters.bias, parameters.threshold)
    )
    weights = np.ascontiguousarray(weight.reshape(len(weight), -1).T)
    return weights.astype(np.int8), bias.astype(np.int32), threshold.astype(np.int32)


def _convolution(
    spec: ConvSpec, parameters: LayerParameters, input_shape: tuple[int, ...]
) -> Layer:
    weights, bias, threshold = _arrays(parameters)
    return Layer(
        name=spec.name,
        kind="conv2d",
        input_shape=input_shape,
        out_channels=spec.out_channels,
        kernel_size=3,
        padding=1,
        weights=weights,
        bias=bias,
        threshold=threshold,
        lif=LifConfig(leak_shift=spec.leak_shift, reset="soft" if spec.soft_reset else "hard"),
        pool=spec.pool,
    )


def to_workload(network: SpikingNetwork, test: Part, seed: int) -> Workload:
    """Return the workload of a network with all images of the test split.

    Args:
        network: set to integer arithmetic.
        test: images and labels to store.
        seed: of the training, for the record.

    Raises:
        ValueError: the network is set to real numbers.
    """
    if not network.integer:
        raise ValueError("only integer networks can be exported")
    layers: list[Layer] = []
    shape: tuple[int, ...] = (TIME_STEPS, 1, IMAGE_SIZE, IMAGE_SIZE)
    for index, spec in enumerate(network.spec.convs):
        layer = _convolution(spec, network.parameters_of(index), shape)
        layers.append(layer)
        shape = layer.output_shape
    weights, bias, _ = _arrays(network.parameters_of(len(layers)))
    readout = Layer(
        name="fc",
        kind="linear",
        input_shape=(TIME_STEPS, network.spec.features),
        out_features=CLASSES,
        weights=weights,
        bias=bias,
    )
    encoder, *spiking = layers
    return Workload(
        name=network.spec.name,
        source=SOURCE.format(seed=seed),
        license=LICENSE,
        time_steps=TIME_STEPS,
        layers=[*spiking, readout],
        images=test.images,
        labels=test.labels,
        encoder=encoder,
    )
