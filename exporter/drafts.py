"""What is known of a layer while a network is traced, and what a tensor stands for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import torch
from torch import nn

from snn_rtl.exporter.neurons import Neurons, neurons_of
from snn_rtl.models.errors import InputError

Shape = tuple[int, ...]

PIXELS: Final = ""
"""Source of the layer that takes the pixels."""


@dataclass(frozen=True)
class Pixels:
    """The input of the model."""

    shape: Shape

    def __str__(self) -> str:
        return "pixels"


@dataclass(frozen=True)
class Spikes:
    """The OR of layers' outputs.

    Attributes:
        sources: name of the layer, and side of the pooling windows its output went through.
        shape: without batch.
    """

    sources: frozenset[tuple[str, int]]
    shape: Shape

    def __str__(self) -> str:
        return "spikes"


@dataclass(frozen=True)
class Current:
    """The output of a layer before its neurons."""

    draft: Draft

    @property
    def shape(self) -> Shape:
        """Shape without batch."""
        return self.draft.shape

    def __str__(self) -> str:
        return f"the currents of {self.draft.name!r}"


@dataclass(frozen=True)
class Unmapped:
    """Something that came from the pixels by an operation that cannot be mapped."""

    what: str
    shape: Shape = ()

    def __str__(self) -> str:
        return self.what


Value = Pixels | Spikes | Current | Unmapped


@dataclass(eq=False, kw_only=True)
class Draft:
    """A layer as far as it is known.

    Attributes:
        name: of its module.
        module: Conv2d, Linear or SpikeAttention.
        sources: for every input, the layers that it is the OR of and how far they are pooled.
        given: shape of its input, without batch.
        shape: shape of its currents, without batch.
        norm: batch normalisation behind it.
        neurons: behind it; None: its output is raw sums.
        pool: side of the pooling windows behind the neurons.
    """

    name: str
    module: nn.Module
    sources: tuple[frozenset[tuple[str, int]], ...]
    given: Shape
    shape: Shape
    norm: nn.Module | None = None
    neurons: Neurons | None = None
    pool: int = 1
    _neurons_name: str = field(default="", repr=False)

    @classmethod
    def of(cls, name: str, module: nn.Module, given: list[Value | None], shape: Shape) -> Draft:
        """Make a draft of a module that was called.

        Raises:
            InputError: what it does or takes cannot be mapped.
        """
        taken = [value for value in given if isinstance(value, (Pixels, Spikes))]
        if len(taken) < len(given) or not taken:
            wrong = next((value for value in given if value not in taken and value), None)
            raise InputError(
                f"it takes {wrong or 'what does not come from the pixels'}; it must take spikes"
            )
        if isinstance(module, nn.Conv2d):
            check_convolution(module)
        elif isinstance(module, nn.Linear):
            if len(taken[0].shape) != 1:
                raise InputError(
                    f"it takes maps {taken[0].shape}: flatten them first, or use a Conv2d of "
                    "kernel size 1 for the same weights at every position"
                )
        elif len(taken) != 3 or any(isinstance(value, Pixels) for value in taken):
            raise InputError("it must take three maps of spikes")
        return cls(
            name=name,
            module=module,
            sources=tuple(
                value.sources if isinstance(value, Spikes) else frozenset({(PIXELS, 1)})
                for value in taken
            ),
            given=taken[0].shape,
            shape=shape,
        )

    @property
    def on_pixels(self) -> bool:
        """It takes the pixels."""
        return self.sources == (frozenset({(PIXELS, 1)}),)

    def add_norm(self, module: nn.Module) -> None:
        """Note the batch normalisation behind the layer.

        Raises:
            InputError: there is another one, or it has no statistics.
        """
        if self.norm not in (None, module) or (self.neurons is not None and self.norm is None):
            raise InputError(f"it is not the only thing behind {self.name!r}")
        if getattr(module, "running_mean", None) is None:
            raise InputError("it keeps no running statistics")
        self.norm = module

    def add_neurons(self, name: str, module: nn.Module) -> None:
        """Note the neurons behind the layer.

        Raises:
            InputError: there are others, or they cannot be mapped.
        """
        if self._neurons_name not in ("", name):
            raise InputError(f"{self.name!r} has neurons already: {self._neurons_name!r}")
        if not self._neurons_name:
            self.neurons = neurons_of(module)
            self._neurons_name = name


def check_convolution(module: nn.Conv2d) -> None:
    """Refuse a convolution that a workload cannot hold.

    Raises:
        InputError: it is not square, or dilated, grouped, or padded by anything but zeros.
    """
    for what in ("kernel_size", "stride", "padding"):
        sizes: Any = getattr(module, what)
        if isinstance(sizes, str) or len(set(sizes)) > 1:
            raise InputError(f"its {what} is {sizes!r}; it must be a number, the same on both axes")
    if set(module.dilation) != {1} or module.groups != 1:
        raise InputError("it is dilated or grouped")
    if module.padding_mode != "zeros":
        raise InputError(f"its padding mode is {module.padding_mode!r}, not 'zeros'")


def pooled(spikes: Spikes, arguments: dict[str, Any], shape: Shape) -> Value:
    """Return max-pooled spikes; the OR of pooled maps is the pooled OR.

    Args:
        spikes: before.
        arguments: of torch.max_pool2d, by name.
        shape: of the result, without batch.
    """
    size, stride = (_side(arguments.get(what)) for what in ("kernel_size", "stride"))
    plain = (
        size is not None
        and (arguments.get("stride") in (None, [], ()) or stride == size)
        and _side(arguments.get("padding", 0)) == 0
        and _side(arguments.get("dilation", 1)) == 1
        and not arguments.get("ceil_mode")
    )
    if not plain or size is None:
        return Unmapped("spikes pooled by windows that overlap, are padded or not square")
    return Spikes(frozenset((name, pool * size) for name, pool in spikes.sources), shape)


def _side(sizes: Any) -> int | None:
    """Return the one number of a size; None if there are several."""
    if isinstance(sizes, int):
        return sizes
    if isinstance(sizes, (list, tuple)) and len(set(sizes)) == 1:
        return int(sizes[0])
    return None


def weights_of(draft: Draft) -> tuple[torch.Tensor, torch.Tensor]:
    """Return real weights (N, ...) and bias (N,) in double precision, normalisation folded in.

    For an attention the weights are what one count is worth, (N, 1).

    Raises:
        InputError: an attention is normalised with a factor that is not above 0.
    """
    module: Any = draft.module
    outputs = draft.shape[0]
    bias = torch.zeros(outputs, dtype=torch.float64)
    if isinstance(draft.module, (nn.Conv2d, nn.Linear)):
        weight = module.weight.detach().double()
        if module.bias is not None:
            bias = module.bias.detach().double()
    else:
        weight = torch.full((outputs, 1), float(module.scale), dtype=torch.float64)
    if draft.norm is not None:
        norm: Any = draft.norm
        mean, variance = norm.running_mean.double(), norm.running_var.double()
        factor = 1 / (variance + norm.eps).sqrt()
        if norm.affine:
            factor = factor * norm.weight.detach().double()
        weight = weight * factor.reshape(-1, *[1] * (weight.dim() - 1))
        bias = (bias - mean) * factor
        if norm.affine:
            bias = bias + norm.bias.detach().double()
    return weight, bias
