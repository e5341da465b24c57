"""scikit-learn's digits: a fixed, stratified split and one-pixel shifts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

# The test split is the same for every training seed, so accuracies can be compared.
SPLIT_SEED: Final = 2025
TEST_FRACTION: Final = 0.25
VALIDATION_FRACTION: Final = 0.15

PIXEL_MAX: Final = 16
CLASSES: Final = 10


@dataclass(frozen=True)
class Part:
    """One part of the data set.

    Attributes:
        images: uint8 (I, 1, 8, 8), values 0..16.
        labels: uint8 (I,), values 0..9.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]

    def tensors(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Return images as float32 (I, 1, 8, 8), still 0..16, and labels as int64 (I,)."""
        return torch.from_numpy(self.images).float(), torch.from_numpy(self.labels).long()


@dataclass(frozen=True)
class Split:
    """The three parts: weights are fitted on train, chosen on validation, reported on test."""

    train: Part
    validation: Part
    test: Part


def _stratified(part: Part, fraction: float) -> tuple[Part, Part]:
    rest, held_out = train_test_split(
        np.arange(len(part.labels)),
        test_size=fraction,
        stratify=part.labels,
        random_state=SPLIT_SEED,
    )
    # Sorted, so that image i of a part does not depend on how the splitter shuffles.
    rest.sort()
    held_out.sort()
    return (
        Part(part.images[rest], part.labels[rest]),
        Part(part.images[held_out], part.labels[held_out]),
    )


def load_split() -> Split:
    """Return the digits split 75 % / 25 %, with 15 % of the first part for validation."""
    digits = load_digits()
    everything = Part(digits.images.astype(np.uint8)[:, None, :, :], digits.target.astype(np.uint8))
    fitting, test = _stratified(everything, TEST_FRACTION)
    train, validation = _stratified(fitting, VALIDATION_FRACTION)
    return Split(train, validation, test)


def random_shift(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Shift each image by -1, 0 or 1 pixel in both directions; zeros move in.

    Args:
        images: (B, C, H, W).
        generator: source of the shifts.

    Returns:
        Shifted copies, same shape.
    """
    count, channels, height, width = images.shape
    padded = torch.nn.functional.pad(images, (1, 1, 1, 1))
    shifts = torch.randint(0, 3, (2, count, 1), generator=generator)
    rows = shifts[0] + torch.arange(height)
    columns = shifts[1] + torch.arange(width)
    return padded[
        torch.arange(count)[:, None, None, None],
        torch.arange(channels)[None, :, None, None],
        rows[:, None, :, None],
        columns[:, None, None, :],
    ]
