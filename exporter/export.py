"""`export`: a PyTorch spiking network to a workload file, checked class by class."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from snn_rtl.exporter.convert import layer_name, to_layers
from snn_rtl.exporter.drafts import Draft
from snn_rtl.exporter.neurons import is_neurons, reset
from snn_rtl.exporter.trace import Tracer
from snn_rtl.models.errors import InputError
from snn_rtl.models.workload.network import infer
from snn_rtl.models.workload.workload import Workload, save

_BATCH = 256


@dataclass(frozen=True)
class Exported:
    """Result of an export.

    Attributes:
        workload: what was written.
        model_classes: int64 (I,), the PyTorch model's class of every image.
        classes: int64 (I,), that of the integer network.
        notes: what could not be kept exactly, beside the rounding of weights.
    """

    workload: Workload
    model_classes: NDArray[np.int64]
    classes: NDArray[np.int64]
    notes: tuple[str, ...]

    @property
    def agreement(self) -> float:
        """Share of the images that both give the same class."""
        return float((self.classes == self.model_classes).mean())

    def __str__(self) -> str:
        total = len(self.classes)
        same = int((self.classes == self.model_classes).sum())
        lines = [
            f"{self.workload.name}: model and integer network agree on {same} of {total} images"
        ]
        if self.workload.labels is not None:
            found = {"model": self.model_classes, "integer network": self.classes}
            for who, classes in found.items():
                correct = int((classes == self.workload.labels).sum())
                lines.append(f"  {who}: {correct}/{total} = {correct / total:.2%} correct")
        return "\n".join([*lines, *(f"  {note}" for note in self.notes)])


def export(
    model: nn.Module,
    sample_input: NDArray[np.uint8] | torch.Tensor,
    path: str | os.PathLike[str] | None,
    *,
    time_steps: int,
    input_scale: float,
    name: str,
    labels: NDArray[np.uint8] | torch.Tensor | None = None,
    source: str = "",
    license: str = "",
    least_agreement: float = 0.0,
) -> Exported:
    """Write a PyTorch spiking network as a chained workload.

    The model is run on the first image to find its layers. Its forward pass is either one time
    step (neurons that keep their state) or all of them (a loop inside). Weights are rounded to
    int8, one scale a channel; then every image is classified by the model and by the integer
    network.

    Args:
        model: of Conv2d, Linear, BatchNorm, max pooling, flatten, the neurons that
            `snn_rtl.exporter.neurons` knows and the layers of `snn_rtl.exporter.blocks`;
            (B, C, H, W) in. Its state and mode are restored, but for the potentials of its neurons.
        sample_input: uint8 (I, C, H, W), images that the file keeps and that are compared.
        path: the file; None to write none.
        time_steps: T.
        input_scale: what the model takes for a pixel of 1: it is given pixels * input_scale.
        name: of the network.
        labels: uint8 (I,), the images' classes, where known.
        source: where the network comes from.
        license: of its data.
        least_agreement: below this share of equal classes nothing is written.

    Returns:
        The workload and the classes.

    Raises:
        InputError: something cannot be mapped, the two agree too rarely, or the file cannot be
            written.
    """
    images = _array(sample_input)
    if images.dtype != np.uint8 or images.ndim != 4 or not len(images):
        raise InputError(
            f"sample_input must be uint8 (I, C, H, W), not {images.dtype.name} {images.shape}"
        )
    if not (np.isfinite(input_scale) and input_scale > 0):
        raise InputError(f"input_scale must be above 0, not {input_scale}")
    was_training = {module: module.training for module in model.modules()}
    model.eval()
    try:
        with torch.no_grad():
            drafts, per_step = _trace(model, _inputs(model, images[:1], input_scale), time_steps)
            encoder, *layers = to_layers(drafts, time_steps, 1 / input_scale)
            workload = Workload(
                name=name,
                source=source,
                license=license,
                time_steps=time_steps,
                layers=layers,
                encoder=encoder,
                images=images,
                labels=None if labels is None else _array(labels),
            )
            workload.validate()
            passes = time_steps if per_step else 1
            model_classes = _classes(model, images, input_scale, passes, layers[-1].n)
    finally:
        for module, mode in was_training.items():
            module.training = mode
    classes = np.array([infer(workload, image)[1] for image in range(len(images))])
    result = Exported(workload, model_classes, classes, _notes(drafts))
    if result.agreement < least_agreement:
        raise InputError(
            f"model and integer network agree on {result.agreement:.1%} of the images, less than "
            f"{least_agreement:.1%}"
        )
    if workload.labels is not None:
        workload.test_accuracy = {
            "correct": int((classes == workload.labels).sum()),
            "total": len(classes),
            "model_correct": int((model_classes == workload.labels).sum()),
        }
    if path is not None:
        save(workload, path)
    return result


def _array(values: NDArray[np.uint8] | torch.Tensor) -> NDArray[np.uint8]:
    """Return a copy as an array."""
    return np.array(values.cpu().numpy() if isinstance(values, torch.Tensor) else values)


def _inputs(model: nn.Module, images: NDArray[np.uint8], scale: float) -> torch.Tensor:
    """Return images as the model takes them, in the type of its weights."""
    kind = next((weights.dtype for weights in model.parameters()), torch.float32)
    return torch.from_numpy(images.copy()).to(kind) * scale


def _reset(model: nn.Module) -> None:
    for module in model.modules():
        if is_neurons(module):
            reset(module)


def _trace(model: nn.Module, pixels: torch.Tensor, time_steps: int) -> tuple[list[Draft], bool]:
    """Return the layers of a model, and whether its forward pass is one time step."""
    tracer = Tracer(model)
    _reset(model)
    with tracer.running(pixels):
        model(pixels)
    neurons = {
        name: tracer.calls.get(name, 0)
        for name, module in model.named_modules()
        if is_neurons(module)
    }
    if not neurons or not tracer.drafts:
        raise InputError("the model has no layers or no neurons that the exporter knows")
    steps = max(neurons.values())
    if steps not in (1, time_steps):
        raise InputError(
            f"neurons are called {steps} times a forward pass: it must be once, or {time_steps} "
            "times for as many time steps"
        )
    drafts = list(tracer.drafts.values())
    once = {draft.name for draft in drafts if draft.on_pixels}
    for name, count in (neurons | tracer.calls).items():
        if count != steps and not (name in once and count == 1):
            raise InputError(f"{name!r} is called {count} times a forward pass, others {steps}")
    return drafts, steps == 1


def _classes(
    model: nn.Module, images: NDArray[np.uint8], scale: float, passes: int, outputs: int
) -> NDArray[np.int64]:
    """Return the model's classes: the largest output, summed over passes or a leading time axis."""
    found = []
    for start in range(0, len(images), _BATCH):
        batch = _inputs(model, images[start : start + _BATCH], scale)
        _reset(model)
        total: Any = 0
        for _ in range(passes):
            logits = model(batch)
            while isinstance(logits, (tuple, list)):
                logits = logits[0]
            total = total + (logits.sum(dim=0) if logits.dim() == 3 else logits)
        if total.shape != (len(batch), outputs):
            raise InputError(
                f"the model gives {tuple(total.shape)}; it must give the outputs of its last "
                f"layer, {outputs} an image"
            )
        found.append(total.argmax(dim=1).numpy())
    return np.concatenate(found).astype(np.int64)


def _notes(drafts: list[Draft]) -> tuple[str, ...]:
    notes = []
    for draft in drafts:
        neurons = draft.neurons
        if neurons is not None and abs(neurons.kept - neurons.keep) > 1e-6:
            notes.append(
                f"{layer_name(draft.name)}: neurons keep {neurons.kept:g} of their potential a "
                f"step instead of {neurons.keep:g}"
            )
    return tuple(notes)
