"""Turn a trained network into a chained workload."""

from __future__ import annotations

from typing import Final

from snn_rtl.examples.digits.data import CLASSES, Part
from snn_rtl.examples.digits.network import IMAGE_SIZE, TIME_STEPS, ConvSpec, SpikingNetwork
from snn_rtl.exporter.quantise import LayerParameters
from snn_rtl.models.lif import LifConfig
from snn_rtl.models.workload.workload import Layer, Workload

SOURCE: Final = (
    "scikit-learn's digits, a copy of the test set of the UCI Optical Recognition of Handwritten "
    "Digits data (E. Alpaydin, C. Kaynak, 1998); trained by examples/digits/train.py, seed {seed}"
)
LICENSE: Final = (
    "images: as distributed with scikit-learn (BSD-3-Clause), from the UCI Machine Learning "
    "Repository; weights: Apache-2.0"
)


def _convolution(
    spec: ConvSpec, parameters: LayerParameters, input_shape: tuple[int, ...]
) -> Layer:
    arrays = parameters.arrays()
    return Layer(
        name=spec.name,
        kind="conv2d",
        input_shape=input_shape,
        out_channels=spec.out_channels,
        kernel_size=3,
        padding=1,
        weights=arrays.weights,
        bias=arrays.bias,
        threshold=arrays.threshold,
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
    arrays = network.parameters_of(len(layers)).arrays()
    readout = Layer(
        name="fc",
        kind="linear",
        input_shape=(TIME_STEPS, network.spec.features),
        out_features=CLASSES,
        weights=arrays.weights,
        bias=arrays.bias,
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
