"""Spiking self-attention as spike GeMMs whose weights are spikes and counts of spikes.

Source: Spikformer (ICLR 2023, arXiv:2209.15425): softmax is left out, queries, keys and values
are spikes, so Q (K^T V) are two products of a spike matrix with small integers. As in the
simulator published with Prosperity (HPCA 2025, arXiv:2503.03379), every time step and head has
GeMMs of its own; here K^T V always comes first.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from typing import ClassVar, Final, Literal

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.errors import InputError
from snn_rtl.models.lif import lif
from snn_rtl.models.workload.layer import Layer
from snn_rtl.models.workload.limits import integer, layer_name

MAX_TOKENS: Final = 127
"""Most positions: K^T V counts spikes over them, and its counts are int8 weights."""


@dataclass(kw_only=True, eq=False)
class Attention(Layer):
    """Attention between the positions of maps: LIF(Q (K^T V)), in one or more heads.

    Its bias and threshold are those of the neurons; it has no weights. What `Layer` says of a
    convolution holds as for one of kernel size 1 from C to C channels: m = T * H * W, n = C.

    Attributes:
        heads: parts that the channels are split into; head h has channels h * C / heads and up.
        query: name of the layer that gives Q, of output shape input_shape.
        key: the same for K.
        value: the same for V.

    Raises:
        InputError: when made: a geometry that contradicts itself or exceeds the limits.
    """

    kind: Literal["conv2d", "linear", "attention"] = "attention"
    heads: int = 1
    query: str
    key: str
    value: str
    out_channels: int | None = field(default=None, init=False)

    _KINDS: ClassVar[tuple[str, ...]] = ("attention",)
    ARRAYS: ClassVar[tuple[str, ...]] = ("bias", "threshold")

    def _check_kind(self) -> None:
        if self.inputs:
            raise InputError(f"{self}: an attention has query, key and value instead of inputs")
        for role in ("query", "key", "value"):
            layer_name(getattr(self, role), f"{self}: {role}")
        if (self.kernel_size, self.stride, self.padding, self.pool) != (1, 1, 0, 1):
            raise InputError(f"{self}: an attention has no kernel, stride, padding or pooling")
        if self.out_features is not None:
            raise InputError(f"{self}: out_features belongs to a linear layer")
        channels, height, width = self.input_shape[1:]
        self.heads = integer(self.heads, f"{self}: heads", 1, channels)
        if channels % self.heads:
            raise InputError(f"{self}: {channels} channels cannot be split into {self.heads} heads")
        if height * width > MAX_TOKENS:
            raise InputError(
                f"{self} has {height * width} positions, more than {MAX_TOKENS}: "
                "counts of their spikes must fit into int8 weights"
            )
        layer_name(f"{self.name}.qkv", f"{self}: the name of its product")
        self.out_channels = channels

    @property
    def sources(self) -> tuple[str, ...]:
        """Names of the layers that give Q, K and V."""
        return self.query, self.key, self.value

    @property
    def names(self) -> tuple[str, ...]:
        """The layer's name and those of its products."""
        return self.name, *(layer.name for layer, _ in self.gemms)

    @property
    def gemms(self) -> tuple[tuple[Layer, int], ...]:
        """The two products of one time step and head, without weights, and T * heads."""
        count = self.time_steps * self.heads
        return tuple((self._product(suffix), count) for suffix in ("kv", "qkv"))

    def _product(self, suffix: str) -> Layer:
        """Return one product as a layer of raw sums; K^T V: (D, L) x (L, D), then (L, D) x (D, D).

        A convolution of kernel size 1 over a map one wide is a plain product.
        """
        tokens, size = math.prod(self.map_size), self.n // self.heads
        rows, columns = (size, tokens) if suffix == "kv" else (tokens, size)
        return Layer(
            name=f"{self.name}.{suffix}",
            kind="conv2d",
            input_shape=(1, columns, rows, 1),
            out_channels=size,
        )

    def run(
        self, query: NDArray[np.bool_], key: NDArray[np.bool_], value: NDArray[np.bool_]
    ) -> Generator[tuple[Layer, NDArray[np.bool_]], NDArray[np.integer], NDArray[np.bool_]]:
        """Compute the layer, product by product, whoever multiplies.

        The neurons are computed here: their inputs of one position come from GeMMs with
        different weights, so the machine never has all time steps of a position at hand.

        Args:
            query: spikes, bool, of input_shape.
            key: the same.
            value: the same.

        Yields:
            A product as a layer of raw sums with its weights, and its spike matrix, bool (M, K);
            the caller sends its sums, (M, N).

        Returns:
            Spikes, bool (L * T, C), row position * T + t.

        Raises:
            InputError: the layer has no threshold.
        """
        params = self.lif_params
        if params is None:
            raise InputError(f"{self} has no threshold")
        steps, size, tokens = self.time_steps, self.n // self.heads, math.prod(self.map_size)
        q, k, v = (x.reshape(steps, self.heads, size, tokens) for x in (query, key, value))
        kv_layer, qkv_layer = (layer for layer, _ in self.gemms)
        sums = np.zeros((tokens, steps, self.heads, size), np.int64)
        for t, head in np.ndindex(steps, self.heads):
            weights = np.ascontiguousarray(v[t, head].T, np.int8)
            counts = yield replace(kv_layer, weights=weights), k[t, head]
            # Right counts are 0..L; wrong ones, from a faulty machine, may wrap.
            weights = np.ascontiguousarray(counts, np.int64).astype(np.int8)
            rows = np.ascontiguousarray(q[t, head].T)
            sums[:, t, head] = yield replace(qkv_layer, weights=weights), rows
        flat = sums.reshape(tokens * steps, self.n)
        return lif(flat, steps, params.bias, params.threshold, params.config)
