"""Training: first in real numbers, then in integers with straight-through gradients."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from snn_rtl.examples.digits.data import Part, Split, random_shift
from snn_rtl.examples.digits.network import NetworkSpec, SpikingNetwork

BATCH: Final = 64
# Firing is penalised above this share of ones, measured where the next layer reads it.
TARGET_DENSITY: Final = 0.15
DENSITY_WEIGHT: Final = 10.0


@dataclass(frozen=True)
class Score:
    """Result on one part of the data.

    Attributes:
        correct: images classified as labelled.
        classes: int64 (I,), the class of every image.
        loss: mean cross entropy.
        densities: share of ones in each tensor of spikes.
    """

    correct: int
    classes: NDArray[np.int64]
    loss: float
    densities: tuple[float, ...]

    def __str__(self) -> str:
        total = len(self.classes)
        shares = ", ".join(f"{density:.3f}" for density in self.densities)
        return (
            f"{self.correct}/{total} = {self.correct / total:.2%}, "
            f"loss {self.loss:.4f}, spike densities {shares}"
        )


@torch.no_grad()
def evaluate(network: nn.Module, part: Part) -> Score:
    """Score a network that gives an Activity, in the arithmetic it is set to."""
    images, labels = part.tensors()
    activity = network(images)
    classes = activity.logits.argmax(dim=1)
    return Score(
        correct=int((classes == labels).sum()),
        classes=classes.numpy(),
        loss=float(functional.cross_entropy(activity.logits, labels)),
        densities=tuple(float(spikes.mean()) for spikes in activity.spikes),
    )


def fit(
    network: nn.Module,
    split: Split,
    *,
    epochs: int,
    rate: float,
    seed: int,
    least_density: float = 0.0,
    before_step: Callable[[float], None] | None = None,
    settled: int = 0,
) -> None:
    """Train in place; keep the weights of the best epoch on the validation part.

    Args:
        network: gives an Activity for images.
        split: the data.
        epochs: how often the training part is shown.
        rate: the largest learning rate.
        seed: of order and shifts.
        least_density: firing below this share of ones is penalised as well.
        before_step: called before each step with the share of the training that is done, 0..1.
        settled: epochs at the beginning that are not kept, whatever their score.
    """
    images, labels = split.train.tensors()
    generator = torch.Generator().manual_seed(seed)
    optimiser = torch.optim.Adam(network.parameters(), lr=rate)
    steps = epochs * -(-len(labels) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=rate, total_steps=steps)
    best: tuple[int, float] | None = None
    best_state: dict[str, torch.Tensor] = {}
    for epoch in range(epochs):
        order = torch.randperm(len(labels), generator=generator)
        for batch in torch.split(order, BATCH):
            if before_step is not None:
                before_step(schedule.last_epoch / steps)
            activity = network(random_shift(images[batch], generator))
            density = torch.stack([spikes.mean() for spikes in activity.spikes])
            excess = (density - TARGET_DENSITY).relu() + (least_density - density).relu()
            loss = functional.cross_entropy(activity.logits, labels[batch])
            loss = loss + DENSITY_WEIGHT * excess.square().sum()
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
        score = evaluate(network, split.validation)
        print(f"  epoch {epoch + 1:2d}/{epochs}: validation {score}", flush=True)
        if epoch < settled:
            continue
        if best is None or (score.correct, -score.loss) > best:
            best = (score.correct, -score.loss)
            best_state = copy.deepcopy(network.state_dict())
    network.load_state_dict(best_state)


def train(spec: NetworkSpec, split: Split, seed: int) -> tuple[SpikingNetwork, Score]:
    """Train one network.

    Returns:
        The network, set to integer arithmetic, and the test score before quantisation.
    """
    torch.manual_seed(seed)
    network = SpikingNetwork(spec)
    print(f"{spec.name}: real-valued")
    fit(network, split, epochs=spec.epochs[0], rate=spec.rates[0], seed=seed)
    real_score = evaluate(network, split.test)
    network.integer = True
    print(f"{spec.name}: integer")
    fit(network, split, epochs=spec.epochs[1], rate=spec.rates[1], seed=seed + 1)
    return network, real_score
