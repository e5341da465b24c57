"""A plain spike matrix as a layer."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from snn_rtl.models.errors import InputError
from snn_rtl.models.workload.layer import Layer
from snn_rtl.models.workload.limits import MAX_STEPS, integer

_COLUMNS: Final = 128
"""Output columns where nothing says how many."""

_WEIGHTS: Final = np.iinfo(np.int8)


def _matrix(values: ArrayLike, what: str) -> NDArray[Any]:
    """Return values as a matrix of bools or integers, with rows and columns.

    Raises:
        InputError: they are none.
    """
    try:
        matrix = np.asarray(values)
    except (ValueError, TypeError) as error:
        raise InputError(f"{what} are no matrix: {error}") from None
    if matrix.ndim != 2 or not matrix.size:
        raise InputError(f"{what} must be a matrix, not an array of shape {matrix.shape}")
    if matrix.dtype.kind not in "biu":
        raise InputError(f"{what} must be integers, not {matrix.dtype.name}")
    return matrix


def _first_outside(matrix: NDArray[Any], low: int, high: int) -> str:
    """Say which element is the first outside low..high; empty if none is."""
    outside = (matrix < low) | (matrix > high)
    if not outside.any():
        return ""
    row, column = np.unravel_index(int(outside.argmax()), matrix.shape)
    return f"not {matrix[row, column]} (row {row}, column {column})"


def _weights(values: ArrayLike, k: int) -> NDArray[np.int8]:
    """Return weights as int8, (K, N).

    Raises:
        InputError: they are none, or of another K.
    """
    matrix = _matrix(values, "weights")
    if matrix.shape[0] != k:
        raise InputError(f"weights must have {k} rows, as spikes have columns, not {len(matrix)}")
    wrong = _first_outside(matrix, _WEIGHTS.min, _WEIGHTS.max)
    if wrong:
        raise InputError(f"weights must be {_WEIGHTS.min}..{_WEIGHTS.max}, {wrong}")
    return matrix.astype(np.int8)


def matrix_layer(
    spikes: ArrayLike,
    n: int | None,
    weights: ArrayLike | None,
    *,
    time_steps: int,
    name: str,
) -> Layer:
    """Return a layer of raw sums whose spike matrix is the given one.

    Args:
        spikes: bool or integers 0 and 1, (M, K), row position * T + t.
        n: output columns; None for those of the weights, or 128.
        weights: integers -128..127, (K, N); None for none.
        time_steps: T, which divides M.
        name: of the layer.

    Raises:
        InputError: an argument that does not fit.
    """
    matrix = _matrix(spikes, "spikes")
    wrong = _first_outside(matrix, 0, 1)
    if wrong:
        raise InputError(f"spikes must be 0 or 1, {wrong}")
    m, k = matrix.shape
    steps = integer(time_steps, "time_steps", 1, MAX_STEPS)
    if m % steps:
        raise InputError(f"spikes have {m} rows, which time_steps={steps} does not divide")
    known = None if weights is None else _weights(weights, k)
    if known is not None and n not in (None, known.shape[1]):
        raise InputError(f"n is {n!r:.60}, but the weights have {known.shape[1]} columns")
    if n is None:
        n = _COLUMNS if known is None else known.shape[1]
    # A convolution of kernel size 1 over a map one wide is a plain product.
    maps = matrix.astype(np.bool_).reshape(m // steps, steps, k).transpose(1, 2, 0)
    return Layer(
        name=name,
        kind="conv2d",
        input_shape=(steps, k, m // steps, 1),
        out_channels=n,
        spikes=np.ascontiguousarray(maps[..., np.newaxis]),
        weights=known,
    )
