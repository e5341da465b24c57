"""Inference of a chained workload, image by image.

Only the glue between the layers is here. What a layer computes is up to a runner, so that
the RTL, the reference model and the oracle can run the same network.
"""

from __future__ import annotations

from collections.abc import Callable, Generator

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.errors import InputError
from snn_rtl.models.lif import lif
from snn_rtl.models.prosperity.prosperity import layer_outputs
from snn_rtl.models.workload.attention import Attention
from snn_rtl.models.workload.gemm import col2map, im2col, max_pool
from snn_rtl.models.workload.layer import Layer
from snn_rtl.models.workload.workload import Workload

LayerRunner = Callable[[Layer, NDArray[np.bool_]], NDArray[np.integer]]
"""Takes a layer and its spike matrix, bool (M, K); returns its rows (M, N): spikes 0 or 1, or raw
sums without bias where the layer has no threshold."""


def encode(workload: Workload, image: int) -> NDArray[np.bool_]:
    """Turn an image into the spikes of the first layer.

    The encoder's convolution of the pixels is the same input current at every time step.

    Args:
        workload: a chained workload.
        image: index of the image.

    Returns:
        bool, (T, C, H, W), pooled.

    Raises:
        InputError: there is no such image, or the workload has no encoder.
    """
    encoder, images = workload.encoder, workload.images
    if encoder is None or images is None or encoder.weights is None:
        raise InputError(f"workload {workload.name!r} has no images to infer")
    params = encoder.lif_params
    if params is None:
        raise InputError(f"the encoder, {encoder}, has no threshold")
    if not 0 <= image < len(images):
        raise InputError(f"there is no image {image}: the workload has {len(images)}")
    pixels = images[image : image + 1].astype(np.int64)
    columns = im2col(pixels, encoder.kernel_size, encoder.stride, encoder.padding)
    current = columns @ encoder.weights.astype(np.int64)
    sums = np.repeat(current, encoder.time_steps, axis=0)
    rows = lif(sums, encoder.time_steps, params.bias, params.threshold, params.config)
    return chain_input(encoder, rows)


def chain_input(layer: Layer, rows: NDArray[np.integer] | NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Turn a layer's output rows into the input of the next layer.

    Args:
        layer: the layer that made the rows.
        rows: (M, N), spikes, false or zero for none.

    Returns:
        bool, output_shape of the layer: (T, N, H, W) after pooling, or (T, N). The next
        layer's matrix() flattens it where it must.
    """
    spikes = rows.astype(np.bool_)
    if layer.kind == "linear":
        return spikes
    return max_pool(col2map(spikes, layer.time_steps, *layer.map_size), layer.pool)


def join_inputs(layer: Layer, outputs: dict[str, NDArray[np.bool_]]) -> NDArray[np.bool_]:
    """Return the spikes that a layer takes: the OR of the outputs it names.

    Args:
        layer: a convolution or linear layer.
        outputs: output spikes of the layers before it, by name and in order.

    Returns:
        bool, input_shape of the layer.
    """
    names = layer.inputs or (next(reversed(outputs)),)
    given = [outputs[name].reshape(layer.input_shape) for name in names]
    joined: NDArray[np.bool_] = np.logical_or.reduce(given)
    return joined


def reference_runner(layer: Layer, matrix: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Run a layer on the reference model.

    Raises:
        InputError: the layer has no weights.
    """
    if layer.weights is None:
        raise InputError(f"{layer} has no weights")
    return layer_outputs(matrix, layer.weights, lif=layer.lif_params, time_steps=layer.time_steps)


def inference(
    workload: Workload, image: int
) -> Generator[tuple[Layer, NDArray[np.bool_]], NDArray[np.integer], tuple[NDArray[np.int64], int]]:
    """Infer one image, a layer at a time, whoever computes the layers.

    Args:
        workload: a chained workload.
        image: index of the image.

    Yields:
        A layer and its input matrix, bool (M, K); the caller sends the rows it gives, (M, N).
        An attention comes as its products, each a layer of raw sums with the weights that it
        has for this image, time step and head.

    Returns:
        The logits, int64 (N,) of the last layer: its sums over time plus T times its bias;
        and the class, the index of the largest logit (the lowest index of equals).

    Raises:
        InputError: there is no such image, or the workload has no encoder.
    """
    spikes = encode(workload, image)
    assert workload.encoder is not None
    outputs = {workload.encoder.name: spikes}
    *inner, last = workload.layers
    for layer in inner:
        rows: NDArray[np.integer] | NDArray[np.bool_]
        if isinstance(layer, Attention):
            rows = yield from layer.run(*(outputs[name] for name in layer.sources))
        else:
            rows = yield layer, layer.matrix(join_inputs(layer, outputs))
        outputs[layer.name] = chain_input(layer, rows)
    sums = yield last, last.matrix(join_inputs(last, outputs))
    logits = sums.sum(axis=0, dtype=np.int64)
    if last.bias is not None:
        logits = logits + workload.time_steps * last.bias.astype(np.int64)
    return logits, int(logits.argmax())


def infer(
    workload: Workload, image: int, layer_runner: LayerRunner = reference_runner
) -> tuple[NDArray[np.int64], int]:
    """Infer one image with a function that computes a layer.

    Args:
        workload: a chained workload.
        image: index of the image.
        layer_runner: computes a layer.

    Returns:
        Logits and class, as `inference` returns them.

    Raises:
        InputError: there is no such image, or the workload has no encoder.
    """
    steps = inference(workload, image)
    layer, matrix = next(steps)
    while True:
        try:
            layer, matrix = steps.send(layer_runner(layer, matrix))
        except StopIteration as end:
            logits, label = end.value
            return logits, label
