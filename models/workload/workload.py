"""Workloads: the layers of a spiking network with captured spikes, or images to infer.

A workload file ("snn-workload/1") is a .npz with a JSON manifest; docs describe the format.
A *captured* workload holds the input spikes of every layer. A *chained* one holds images and
a direct-coded first layer, the encoder, that the host computes; every other layer's input is
the pooled output of the layer before it, or of the layers that it names.
"""

from __future__ import annotations

import json
import math
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from snn_rtl.models.errors import InputError
from snn_rtl.models.workload import manifest as mf
from snn_rtl.models.workload.chain import check_captured, check_chain
from snn_rtl.models.workload.layer import Layer
from snn_rtl.models.workload.limits import MAX_STEPS, integer
from snn_rtl.models.workload.matrix import matrix_layer
from snn_rtl.models.workload.npz import NpzReader, write_npz

__all__ = ["Layer", "Workload", "load", "save", "seeded_weights", "select_layers"]

MAX_BYTES: Final = 1 << 30
"""Most memory the arrays of a workload may take, spikes counted as one byte each."""
MAX_IMAGES: Final = 1 << 20


@dataclass(kw_only=True, eq=False)
class Workload:
    """A network's spiking layers and what feeds them.

    Attributes:
        name: of the network.
        source: where it comes from.
        license: of its data.
        time_steps: T.
        layers: in order.
        images: uint8, (I, C, H, W), of a chained workload.
        labels: uint8, (I,): the images' classes, where known.
        encoder: conv2d on the integer pixels, with weights and thresholds; the same input
            current every time step.
        test_accuracy: what the trained network reached, as its source says.
    """

    name: str
    time_steps: int
    layers: list[Layer]
    source: str = ""
    license: str = ""
    images: NDArray[np.uint8] | None = None
    labels: NDArray[np.uint8] | None = None
    encoder: Layer | None = None
    test_accuracy: dict[str, Any] | None = None

    @classmethod
    def from_matrix(
        cls,
        spikes: ArrayLike,
        n: int | None = None,
        weights: ArrayLike | None = None,
        *,
        time_steps: int = 1,
        name: str = "matrix",
    ) -> Self:
        """Return a captured workload of one layer of raw sums: a spike matrix and its weights.

        Args:
            spikes: bool or integers 0 and 1, (M, K), row position * T + t.
            n: output columns; by default those of the weights, or 128.
            weights: integers -128..127, (K, N); random ones if None.
            time_steps: T, which divides M.
            name: of the workload and its layer.

        Raises:
            InputError: an argument that does not fit.
        """
        layer = matrix_layer(spikes, n, weights, time_steps=time_steps, name=name)
        workload = cls(name=name, time_steps=layer.time_steps, layers=[layer])
        workload.validate()
        return workload

    @property
    def chained(self) -> bool:
        """Whether the layers feed each other, from images."""
        return self.encoder is not None

    def validate(self) -> None:
        """Check that all parts fit each other.

        Raises:
            InputError: they do not.
        """
        integer(self.time_steps, "time_steps", 1, MAX_STEPS)
        if not self.layers:
            raise InputError("the workload has no layers")
        every = [*self.layers, *([self.encoder] if self.encoder else [])]
        names = Counter(name for layer in every for name in layer.names)
        for name, count in names.items():
            if count > 1:
                raise InputError(f"two layers have the name {name!r}")
        for layer in every:
            if layer.time_steps != self.time_steps:
                raise InputError(
                    f"{layer} has {layer.time_steps} time steps, the workload {self.time_steps}"
                )
            layer.check_arrays()
        if self.encoder is not None:
            check_chain(self.encoder, self.layers)
            self._check_images(self.encoder)
        elif self.images is not None or self.labels is not None:
            raise InputError("the workload has images but no encoder")
        else:
            check_captured(self.layers)

    def _check_images(self, encoder: Layer) -> None:
        images, labels = self.images, self.labels
        if images is None:
            raise InputError("the workload has an encoder but no images")
        if images.dtype != np.uint8 or images.shape[1:] != encoder.input_shape[1:]:
            raise InputError(
                f"images must be uint8 (count, {encoder.input_shape[1:]}), "
                f"not {images.dtype.name} {images.shape}"
            )
        integer(len(images), "number of images", 1, MAX_IMAGES)
        if labels is None:
            return
        if labels.dtype != np.uint8 or labels.shape != (len(images),):
            raise InputError(
                f"labels must be uint8 ({len(images)},), not {labels.dtype.name} {labels.shape}"
            )
        if labels.max() >= self.layers[-1].n:
            raise InputError(f"label {labels.max()} is not among {self.layers[-1].n} classes")


def load(path: str | os.PathLike[str]) -> Workload:
    """Read a workload file; damaged or hostile ones are refused.

    Args:
        path: a .npz file in the format "snn-workload/1".

    Returns:
        The workload, validated.

    Raises:
        InputError: it cannot be used; one line names the file and what is wrong.
    """
    try:
        with NpzReader(path) as file:
            return _load(file)
    except InputError as error:
        raise InputError(" ".join(f"{os.fspath(path)}: {error}".split())) from None


def _load(file: NpzReader) -> Workload:
    top = mf.parse_manifest(file.text("manifest"))
    workload = Workload(
        name=mf.text_of(top, "name"),
        source=mf.text_of(top, "source", ""),
        license=mf.text_of(top, "license", ""),
        time_steps=mf.time_steps_of(top),
        layers=mf.layers_of(top),
    )
    if "encoder" in top:
        workload.encoder = mf.layer_of(top["encoder"], "encoder")
    every = [*workload.layers, *([workload.encoder] if workload.encoder else [])]
    count = _image_count(top)
    present = set(file.names())
    top_arrays = {"manifest", "images", "labels"} if count else {"manifest"}
    _refuse_strays(present - top_arrays, {layer.name: layer.ARRAYS for layer in every})
    _limit_memory(every, present, workload.encoder, count)

    for layer in every:
        _read_arrays(file, layer, present)
    if count and workload.encoder:
        workload.images = file.array("images", np.uint8, (count, *workload.encoder.input_shape[1:]))
        if "labels" in present:
            workload.labels = file.array("labels", np.uint8, (count,))
    elif count:
        raise InputError("the manifest has images but no encoder")
    accuracy = top.get("test_accuracy")
    if accuracy is not None and not isinstance(accuracy, dict):
        raise InputError(f"the manifest's test_accuracy is not an object: {accuracy!r:.60}")
    workload.test_accuracy = accuracy
    workload.validate()
    return workload


def _image_count(top: mf.Json) -> int:
    if "images" not in top:
        return 0
    entry = top["images"]
    if not isinstance(entry, dict):
        raise InputError("the manifest's images is not an object")
    return integer(entry.get("count"), "the manifest's images.count", 1, MAX_IMAGES)


def _refuse_strays(arrays: set[str], layers: Mapping[str, tuple[str, ...]]) -> None:
    """Refuse arrays of no layer: a misspelt one would be replaced by random weights."""
    for name in sorted(arrays):
        owner, _, suffix = name.partition("/")
        if suffix not in layers.get(owner, ()):
            raise InputError(f"array {name!r:.200} belongs to nothing in the manifest")


def _limit_memory(
    layers: Sequence[Layer], present: set[str], encoder: Layer | None, count: int
) -> None:
    total = count * math.prod(encoder.input_shape[1:]) if encoder else 0
    for layer in layers:
        sizes = (math.prod(layer.input_shape), layer.k * layer.n, 4 * layer.n, 4 * layer.n)
        for suffix, size in zip(Layer.ARRAYS, sizes, strict=True):
            total += size if f"{layer.name}/{suffix}" in present else 0
    if total > MAX_BYTES:
        raise InputError(f"the arrays take {total} bytes, more than {MAX_BYTES}")


def _read_arrays(file: NpzReader, layer: Layer, present: set[str]) -> None:
    def read(suffix: str, dtype: type[np.generic], shape: tuple[int, ...]) -> NDArray[Any] | None:
        name = f"{layer.name}/{suffix}"
        return file.array(name, dtype, shape) if name in present else None

    count = math.prod(layer.input_shape)
    packed = read("spikes", np.uint8, (-(-count // 8),))
    if packed is not None:
        bits = np.unpackbits(packed)
        if bits[count:].any():
            raise InputError(f"array '{layer.name}/spikes' has ones beyond its last element")
        layer.spikes = bits[:count].astype(np.bool_).reshape(layer.input_shape)
    layer.weights = read("weights", np.int8, (layer.k, layer.n))
    layer.bias = read("bias", np.int32, (layer.n,))
    layer.threshold = read("threshold", np.int32, (layer.n,))


def save(workload: Workload, path: str | os.PathLike[str]) -> None:
    """Write a workload file; equal workloads give equal files.

    Raises:
        InputError: the workload is not sound, or the file cannot be written.
    """
    workload.validate()
    top: mf.Json = {
        "format": mf.FORMAT,
        "name": workload.name,
        "source": workload.source,
        "license": workload.license,
        "time_steps": workload.time_steps,
        "layers": [mf.entry_of(layer) for layer in workload.layers],
    }
    arrays: dict[str, NDArray[Any]] = {}
    every = list(workload.layers)
    if workload.encoder is not None and workload.images is not None:
        every.append(workload.encoder)
        top["encoder"] = mf.entry_of(workload.encoder)
        top["images"] = {"count": len(workload.images)}
        arrays["images"] = workload.images
        if workload.labels is not None:
            arrays["labels"] = workload.labels
    if workload.test_accuracy is not None:
        top["test_accuracy"] = workload.test_accuracy
    for layer in every:
        if layer.spikes is not None:
            arrays[f"{layer.name}/spikes"] = np.packbits(layer.spikes)
        for suffix in ("weights", "bias", "threshold"):
            array = getattr(layer, suffix)
            if array is not None:
                arrays[f"{layer.name}/{suffix}"] = array
    try:
        text = json.dumps(top, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InputError(f"{os.fspath(path)}: test_accuracy is not JSON: {error}") from None
    write_npz(path, {"manifest": np.array(text), **arrays})


def select_layers(workload: Workload, names: Sequence[str] | None = None) -> list[Layer]:
    """Return some layers of a workload, in its order.

    Args:
        workload: the workload.
        names: the layers' names; None for all.

    Raises:
        InputError: no name at all, or one that the workload does not have.
    """
    if names is None:
        return list(workload.layers)
    known = [layer.name for layer in workload.layers]
    for name in names:
        if name not in known:
            raise InputError(f"unknown layer {name!r:.80}: choose from {', '.join(known)}")
    if not names:
        raise InputError(f"no layer is selected: choose from {', '.join(known)}")
    return [layer for layer in workload.layers if layer.name in names]


def seeded_weights(layer: Layer, rng: np.random.Generator) -> NDArray[np.int8]:
    """Return random weights for a layer that has none: int8, (K, N), all of -128..127."""
    return rng.integers(-128, 128, (layer.k, layer.n), np.int8)
