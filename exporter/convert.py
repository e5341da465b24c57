"""Turns what was found of a network into layers of a workload."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from snn_rtl.exporter.drafts import PIXELS, Draft, weights_of
from snn_rtl.exporter.quantise import LayerParameters, as_int32, quantise
from snn_rtl.models.errors import InputError
from snn_rtl.models.workload.attention import Attention
from snn_rtl.models.workload.layer import Layer


def to_layers(drafts: Sequence[Draft], time_steps: int, input_max: float) -> list[Layer]:
    """Quantise a network.

    Args:
        drafts: its layers, in order.
        time_steps: T.
        input_max: the pixel that stands for a real input of 1.

    Returns:
        The layers; the first is the encoder, on the pixels.

    Raises:
        InputError: a layer cannot be mapped.
    """
    on_pixels = [draft for draft in drafts if draft.on_pixels]
    if not on_pixels or not isinstance(on_pixels[0].module, nn.Conv2d):
        raise InputError("the network has no Conv2d that takes the pixels")
    if len(on_pixels) > 1:
        raise InputError(f"{on_pixels[1].name!r} takes the pixels, as {on_pixels[0].name!r} does")
    _set_pools(drafts)
    layers: list[Layer] = []
    for draft in drafts:
        is_last = draft is drafts[-1]
        try:
            if draft.neurons is None and not is_last:
                raise InputError("it has no neurons behind it")
            if is_last and (draft.neurons is not None or not isinstance(draft.module, nn.Linear)):
                raise InputError(
                    "the last layer must be a Linear without neurons; its sums over time are the "
                    "logits"
                )
            layer = _layer(draft, drafts, time_steps, input_max if draft.on_pixels else 1.0)
        except InputError as error:
            raise InputError(f"{draft.name!r} ({type(draft.module).__name__}): {error}") from None
        layers.append(layer)
    return layers


def _set_pools(drafts: Sequence[Draft]) -> None:
    """Find how far each layer's output is pooled; all that take it must agree."""
    known = {draft.name: draft for draft in drafts}
    taken: dict[str, int] = {}
    for draft in drafts:
        for name, pool in (source for joined in draft.sources for source in joined):
            if taken.setdefault(name, pool) != pool:
                raise InputError(
                    f"the output of {name!r} is taken with windows of {taken[name]} and of {pool}"
                )
            if name != PIXELS:
                known[name].pool = pool


def layer_name(name: str) -> str:
    """Return the name of a module's layer: its path in the model."""
    return name if name[:1].isalpha() else f"layer{name}"


def _layer(draft: Draft, drafts: Sequence[Draft], time_steps: int, input_max: float) -> Layer:
    module: Any = draft.module
    names = [layer_name(other.name) for other in drafts]
    inputs = [
        tuple(name for name in names if name in {layer_name(source) for source, _ in joined})
        for joined in draft.sources
    ]
    fields: dict[str, Any] = {
        "name": layer_name(draft.name),
        "input_shape": (time_steps, *draft.given),
        "lif": None if draft.neurons is None else draft.neurons.config,
    }
    if not isinstance(module, (nn.Conv2d, nn.Linear)):
        if any(len(joined) != 1 for joined in inputs) or len(draft.given) != 3:
            raise InputError("queries, keys and values must each be the spikes of one layer")
        query, key, value = (joined[0] for joined in inputs)
        return Attention(
            **fields,
            **_attention_arrays(draft),
            heads=module.heads,
            query=query,
            key=key,
            value=value,
        )
    arrays = _parameters(draft, input_max).arrays()
    index = drafts.index(draft)
    if index and inputs[0] != (names[index - 1],):
        fields["inputs"] = inputs[0]
    if draft.neurons is not None:
        fields["threshold"] = arrays.threshold
    fields |= {"weights": arrays.weights, "bias": arrays.bias}
    if isinstance(module, nn.Linear):
        if draft.pool != 1:
            raise InputError("its spikes are pooled")
        return Layer(**fields, kind="linear", out_features=draft.shape[0])
    return Layer(
        **fields,
        kind="conv2d",
        out_channels=draft.shape[0],
        kernel_size=module.kernel_size[0],
        stride=module.stride[0],
        padding=int(module.padding[0]),
        pool=draft.pool,
    )


def _parameters(draft: Draft, input_max: float) -> LayerParameters:
    weight, bias = _relative_weights(draft)
    if not bool(weight.isfinite().all() and bias.isfinite().all()):
        raise InputError("its weights are not all finite numbers")
    return quantise(weight, bias, input_max=input_max, per_channel=draft.neurons is not None)


def _relative_weights(draft: Draft) -> tuple[torch.Tensor, torch.Tensor]:
    """Return weights and bias relative to the threshold, which is then 1."""
    weight, bias = weights_of(draft)
    if draft.neurons is None:
        return weight, bias
    threshold = draft.neurons.threshold
    if threshold.numel() not in (1, len(bias)):
        raise InputError("thresholds differ within a channel")
    factor = draft.neurons.gain / threshold.expand(len(bias))
    return weight * factor.reshape(-1, *[1] * (weight.dim() - 1)), bias * factor


def _attention_arrays(draft: Draft) -> dict[str, Any]:
    """Return bias and threshold of an attention: counts are integers, only their worth is real.

    A count passes a threshold when it passes the integer below it (">") or above it (">=").
    """
    worth, bias = _relative_weights(draft)
    if draft.pool != 1:
        raise InputError("its spikes are pooled")
    if not bool((worth > 0).all()):
        raise InputError("its scale, with the normalisation behind it, must be above 0")
    unit = worth.reshape(-1).numpy()
    counts = 1 / unit
    nearest = counts.round()
    assert draft.neurons is not None
    passed = np.floor(counts) if draft.neurons.config.fire == ">" else np.ceil(counts)
    # 1 / (1 / 49) is not 49.
    threshold = np.where(np.isclose(counts, nearest, rtol=1e-9, atol=0), nearest, passed)
    return {
        "bias": as_int32((bias.numpy() / unit).round(), "bias"),
        "threshold": as_int32(threshold, "threshold"),
    }
