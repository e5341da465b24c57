"""One layer of a spiking network: its geometry, and its arrays where they are known."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.errors import InputError
from snn_rtl.models.lif import LifConfig, LifParams
from snn_rtl.models.workload.gemm import im2col, linear_rows, output_size
from snn_rtl.models.workload.limits import (
    MAX_ELEMENTS,
    MAX_INPUTS,
    MAX_OUTPUTS,
    MAX_SIZE,
    MAX_STEPS,
    MAX_WINDOW,
    integer,
    layer_name,
)

_MAPS: Final = ("T", "C", "H", "W")
_AXES: Final = {"conv2d": _MAPS, "attention": _MAPS, "linear": ("T", "F")}


@dataclass(kw_only=True, eq=False)
class Layer:
    """A spiking GeMM layer of a network.

    Attributes:
        name: letters, digits, "_", "-", "."; at most 64.
        kind: "conv2d" or "linear"; "attention" is `snn_rtl.models.workload.attention.Attention`.
        inputs: names of the layers whose output spikes, joined by OR, this one takes (residual
            edges of a chained workload); empty for the layer before it.
        input_shape: (T, C, H, W) or (T, F).
        out_channels: N of a convolution.
        kernel_size: side of the kernel (convolution).
        stride: step (convolution).
        padding: zeros on each side (convolution).
        out_features: N of a linear layer.
        spikes: bool, of input_shape; None where an earlier layer makes them.
        weights: int8, (K, N).
        bias: int32, (N,), added every time step; None for zeros.
        threshold: int32, (N,); None: the layer has no neurons, its output is raw sums.
        lif: the neurons' behaviour; None for the default.
        pool: side of the max pooling of the output spikes, 1 for none (convolution).

    Raises:
        InputError: when made: a geometry that contradicts itself or exceeds the limits.
    """

    name: str
    kind: Literal["conv2d", "linear", "attention"]
    input_shape: tuple[int, ...]
    inputs: tuple[str, ...] = ()
    out_channels: int | None = None
    kernel_size: int = 1
    stride: int = 1
    padding: int = 0
    out_features: int | None = None
    spikes: NDArray[np.bool_] | None = None
    weights: NDArray[np.int8] | None = None
    bias: NDArray[np.int32] | None = None
    threshold: NDArray[np.int32] | None = None
    lif: LifConfig | None = None
    pool: int = 1

    _KINDS: ClassVar[tuple[str, ...]] = ("conv2d", "linear")
    ARRAYS: ClassVar[tuple[str, ...]] = ("spikes", "weights", "bias", "threshold")
    """Arrays that a layer of this class may have in a file."""

    def __post_init__(self) -> None:
        """Check the geometry, so that every property below is sound."""
        layer_name(self.name, "layer name")
        if self.kind not in self._KINDS:
            raise InputError(f"{self}: unknown kind {self.kind!r:.60}")
        self.inputs = tuple(layer_name(name, f"{self}: input") for name in self.inputs)
        if len(self.inputs) > MAX_INPUTS or len(set(self.inputs)) < len(self.inputs):
            raise InputError(f"{self}: inputs must be at most {MAX_INPUTS} different layers")
        axes = _AXES[self.kind]
        if len(self.input_shape) != len(axes):
            raise InputError(f"{self}: input_shape must be [{', '.join(axes)}]")
        self.input_shape = tuple(
            integer(
                size, f"{self}: {axis} of input_shape", 1, MAX_STEPS if axis == "T" else MAX_SIZE
            )
            for size, axis in zip(self.input_shape, axes, strict=True)
        )
        self._check_kind()
        self._limit("spike matrix", self.m * self.k, MAX_ELEMENTS)
        self._limit("weight matrix", self.k * self.n, MAX_ELEMENTS)
        self._limit("output", self.m * self.n, MAX_OUTPUTS)

    def _check_kind(self) -> None:
        if self.kind == "linear":
            self._check_linear()
        else:
            self._check_conv2d()

    def _check_conv2d(self) -> None:
        if self.out_features is not None:
            raise InputError(f"{self}: out_features belongs to a linear layer")
        self.out_channels = integer(self.out_channels, f"{self}: out_channels", 1, MAX_SIZE)
        self.kernel_size = integer(self.kernel_size, f"{self}: kernel_size", 1, MAX_WINDOW)
        self.stride = integer(self.stride, f"{self}: stride", 1, MAX_WINDOW)
        self.padding = integer(self.padding, f"{self}: padding", 0, MAX_WINDOW)
        self.pool = integer(self.pool, f"{self}: pool", 1, MAX_WINDOW)
        steps, channels, height, width = self.input_shape
        padded = (height + 2 * self.padding) * (width + 2 * self.padding)
        self._limit("padded input", steps * channels * padded, MAX_ELEMENTS)
        if min(self.map_size) < 1:
            raise InputError(f"{self}: the kernel is larger than the padded input")
        if min(self.map_size) < self.pool:
            raise InputError(f"{self}: the pooling window is larger than the output")

    def _check_linear(self) -> None:
        if self.out_channels is not None:
            raise InputError(f"{self}: out_channels belongs to a convolution")
        if (self.kernel_size, self.stride, self.padding, self.pool) != (1, 1, 0, 1):
            raise InputError(f"{self}: a linear layer has no kernel, stride, padding or pooling")
        self.out_features = integer(self.out_features, f"{self}: out_features", 1, MAX_SIZE)

    def _limit(self, what: str, elements: int, most: int) -> None:
        if elements > most:
            raise InputError(f"{self}: the {what} has {elements} elements, more than {most}")

    def __str__(self) -> str:
        """Return how messages call the layer."""
        return f"layer {self.name!r}"

    @property
    def time_steps(self) -> int:
        """T."""
        return self.input_shape[0]

    @property
    def map_size(self) -> tuple[int, int]:
        """Height and width of the output before pooling; (1, 1) for a linear layer."""
        if self.kind == "linear":
            return 1, 1
        height, width = (
            output_size(size, self.kernel_size, self.stride, self.padding)
            for size in self.input_shape[2:]
        )
        return height, width

    @property
    def m(self) -> int:
        """Rows of the spike matrix: positions x time steps."""
        return math.prod(self.map_size) * self.time_steps

    @property
    def k(self) -> int:
        """Columns of the spike matrix: channels x kernel size squared, or features."""
        return self.input_shape[1] * self.kernel_size**2

    @property
    def n(self) -> int:
        """Output columns: channels or features."""
        size = self.out_features if self.kind == "linear" else self.out_channels
        assert size is not None
        return size

    @property
    def output_shape(self) -> tuple[int, ...]:
        """Shape of the output after pooling: (T, N, H, W) or (T, N)."""
        if self.kind == "linear":
            return self.time_steps, self.n
        height, width = self.map_size
        return self.time_steps, self.n, height // self.pool, width // self.pool

    @property
    def sources(self) -> tuple[str, ...]:
        """Names of the layers whose outputs this one takes; empty for the layer before it."""
        return self.inputs

    @property
    def names(self) -> tuple[str, ...]:
        """Every name by which the layer or a part of it is called: no other layer may have it."""
        return (self.name,)

    @property
    def gemms(self) -> tuple[tuple[Layer, int], ...]:
        """The spike GeMMs that the machine runs for the layer, and how often it runs each."""
        return ((self, 1),)

    @property
    def lif_params(self) -> LifParams | None:
        """The neurons, with zeros for a missing bias; None where the layer has none."""
        if self.threshold is None:
            return None
        bias = np.zeros(self.n, np.int32) if self.bias is None else self.bias
        return LifParams(bias, self.threshold, self.lif or LifConfig())

    def matrix(self, spikes: NDArray[np.bool_] | None = None) -> NDArray[np.bool_]:
        """Return the layer's spike matrix.

        Args:
            spikes: bool, input_shape or what flattens to it; None for the layer's own.

        Returns:
            bool, (M, K), row position * T + t.

        Raises:
            InputError: there are no spikes, or they do not fit.
        """
        found = self.spikes if spikes is None else spikes
        if found is None:
            raise InputError(f"{self} has no spikes of its own")
        if found.shape[0] != self.time_steps or found.size != math.prod(self.input_shape):
            raise InputError(f"{self} takes spikes {self.input_shape}, not {found.shape}")
        shaped = found.reshape(self.input_shape)
        if self.kind == "linear":
            return linear_rows(shaped)
        return im2col(shaped, self.kernel_size, self.stride, self.padding)

    def check_arrays(self) -> None:
        """Check type and shape of the arrays.

        Raises:
            InputError: an array that does not fit the geometry.
        """
        expected: dict[str, tuple[NDArray[Any] | None, type[np.generic], tuple[int, ...]]] = {
            "spikes": (self.spikes, np.bool_, self.input_shape),
            "weights": (self.weights, np.int8, (self.k, self.n)),
            "bias": (self.bias, np.int32, (self.n,)),
            "threshold": (self.threshold, np.int32, (self.n,)),
        }
        for what, (array, dtype, shape) in expected.items():
            if array is None:
                continue
            if what not in self.ARRAYS:
                raise InputError(f"{self}: a layer of kind {self.kind!r} has no {what}")
            if array.dtype != dtype or array.shape != shape:
                raise InputError(
                    f"{self}: {what} must be {np.dtype(dtype).name} {shape}, "
                    f"not {array.dtype.name} {array.shape}"
                )
