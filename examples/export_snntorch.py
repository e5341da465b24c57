"""Train a small snnTorch network on scikit-learn's digits and export it as a workload.

Run from the root of the repository, with the extra `train`:
``python -m snn_rtl.examples.export_snntorch [FILE]``, then ``make sim WORKLOAD=FILE IMAGES=2``.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import snntorch as snn
import torch
from torch import nn
from torch.nn import functional

from snn_rtl.examples.digits.data import CLASSES, PIXEL_MAX, load_split
from snn_rtl.exporter.export import export
from snn_rtl.exporter.neurons import reset
from snn_rtl.models.errors import InputError

TIME_STEPS = 4
EPOCHS = 15


def neurons() -> nn.Module:
    """Return neurons that keep their state from one call to the next."""
    return snn.Leaky(beta=0.75, reset_mechanism="zero", init_hidden=True)


def network() -> nn.Sequential:
    """Return a network whose call is one time step."""
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1),
        nn.BatchNorm2d(8),
        neurons(),
        nn.Conv2d(8, 16, 3, padding=1),
        nn.BatchNorm2d(16),
        neurons(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(16 * 4 * 4, CLASSES),
    )


def run(model: nn.Sequential, images: torch.Tensor) -> torch.Tensor:
    """Return logits (B, 10) for images (B, 1, 8, 8) of 0..16: the mean over all time steps."""
    for module in model:
        if isinstance(module, snn.Leaky):
            reset(module)
    return torch.stack([model(images / PIXEL_MAX) for _ in range(TIME_STEPS)]).mean(dim=0)


def main() -> int:
    """Train, export, report."""
    parser = argparse.ArgumentParser(description="Train and export a small snnTorch network.")
    parser.add_argument("file", nargs="?", type=Path, default=Path("build/export_snntorch.npz"))
    path = parser.parse_args().file
    torch.manual_seed(1)
    torch.set_num_threads(1)
    split = load_split()
    images, labels = split.train.tensors()
    model = network()
    optimiser = torch.optim.Adam(model.parameters(), lr=5e-3)
    for _ in range(EPOCHS):
        for batch in torch.split(torch.randperm(len(labels)), 64):
            loss = functional.cross_entropy(run(model, images[batch]), labels[batch])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        print(
            export(
                model,
                split.test.images,
                path,
                time_steps=TIME_STEPS,
                input_scale=1 / PIXEL_MAX,
                name="export_snntorch",
                labels=split.test.labels,
                source="scikit-learn's digits, trained by examples/export_snntorch.py",
            )
        )
    except (InputError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"written: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
