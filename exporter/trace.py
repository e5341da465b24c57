"""Follows the tensors of a forward pass to find a network's layers and what feeds them.

Every tensor that comes from the pixels carries a tag: pixels, a layer's current, spikes, or the
operation that it cannot be followed through. Modules with meaning (convolutions, neurons, ...)
are seen by hooks, everything else by PyTorch's function mode. Only the first time step counts;
later ones must repeat it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from snn_rtl.exporter.drafts import Current, Draft, Pixels, Spikes, Unmapped, Value, pooled
from snn_rtl.exporter.neurons import is_neurons
from snn_rtl.models.errors import InputError

_KEEP: Final = frozenset({"clone", "contiguous", "detach", "float", "to"})
"""Operations that leave the values as they are."""
_RESHAPE: Final = frozenset({"flatten", "reshape", "view"})
_OR: Final = frozenset({"logical_or", "maximum"})
_DROPOUT_ARGUMENTS: Final = ("input", "p", "training", "inplace")
_POOL_ARGUMENTS: Final = (
    "input",
    "kernel_size",
    "stride",
    "padding",
    "dilation",
    "ceil_mode",
    "return_indices",
)


class Tracer(TorchFunctionMode):
    """Finds the layers of a model while it runs; a context manager around one forward pass.

    Attributes:
        drafts: the layers found, in the order of their first use.
        calls: how often each layer with weights or neurons was called, by the module's name.
    """

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.drafts: dict[str, Draft] = {}
        self.calls: dict[str, int] = {}
        self._model = model
        self._names = {id(module): name for name, module in model.named_modules()}
        self._within: list[nn.Module] = []
        # The tensors are kept: the id of one that is gone may be given to another.
        self._tags: dict[int, tuple[torch.Tensor, Value]] = {}

    @contextmanager
    def running(self, pixels: torch.Tensor) -> Iterator[None]:
        """Follow what the block does with the pixels."""
        self._tag(pixels, Pixels(tuple(pixels.shape[1:])))
        with ExitStack() as hooks:
            for module in self._model.modules():
                before = module.register_forward_pre_hook(self._enter)
                after = module.register_forward_hook(self._leave)
                hooks.callback(before.remove)
                hooks.callback(after.remove)
            hooks.enter_context(self)
            yield

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Run an operation and follow what it does."""
        kwargs = kwargs or {}
        result = func(*args, **kwargs)
        given = [value for value in map(self._value, _tensors((args, kwargs))) if value]
        if given:
            name = getattr(func, "__name__", str(func))
            for tensor in _tensors(result):
                self._tag(tensor, self._after(name, args, kwargs, given, tensor))
        return result

    def _after(
        self,
        name: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        given: list[Value],
        result: torch.Tensor,
    ) -> Value:
        """Return the tag of an operation's result."""
        shape = tuple(result.shape[1:])
        value = next((value for value in given if isinstance(value, Unmapped)), given[0])
        if len(given) == 1:
            if name in _KEEP or (name in _RESHAPE and shape == value.shape):
                return value
            if name == "dropout":
                arguments = dict(zip(_DROPOUT_ARGUMENTS, args, strict=False)) | kwargs
                return self._unmapped(name, value) if arguments.get("training", True) else value
            if isinstance(value, Spikes):
                if name in _RESHAPE and len(shape) == 1 and result.numel() == _count(args[0]):
                    return Spikes(value.sources, shape)
                if name.startswith("max_pool2d"):
                    arguments = dict(zip(_POOL_ARGUMENTS, args, strict=False)) | kwargs
                    return pooled(value, arguments, shape)
        elif name in _OR and len(given) == 2:
            return _either(given) or self._unmapped(name, value)
        return self._unmapped(name, value)

    def _unmapped(self, name: str, value: Value) -> Unmapped:
        if isinstance(value, Unmapped):
            return value
        where = self._within[-1] if self._within else self._model
        place = self._names[id(where)]
        owner = f"{place!r} ({type(where).__name__})" if place else "the model"
        return Unmapped(f"what {owner} computes by {name} from {value}")

    def _value(self, tensor: torch.Tensor) -> Value | None:
        return self._tags.get(id(tensor), (tensor, None))[1]

    def _tag(self, tensor: torch.Tensor, value: Value) -> None:
        self._tags[id(tensor)] = (tensor, value)

    def _enter(self, module: nn.Module, args: tuple[Any, ...]) -> None:
        self._within.append(module)

    def _leave(self, module: nn.Module, args: tuple[Any, ...], output: Any) -> None:
        self._within.pop()
        name = self._names[id(module)]
        kind = "neurons" if is_neurons(module) else type(module).__name__
        handler = _HANDLERS.get(kind)
        if handler is None:
            return
        given = [self._value(tensor) for tensor in _tensors(args)]
        result = next(iter(_tensors(output)))
        if kind != "SpikeOr":  # it has no state: one may serve several places
            self.calls[name] = self.calls.get(name, 0) + 1
        try:
            shape = tuple(result.shape[1:])
            self._tag(result, handler(self, name, module, given, shape))
        except InputError as error:
            raise InputError(f"{name!r} ({type(module).__name__}): {error}") from None

    def synapses(
        self, name: str, module: nn.Module, given: list[Value | None], shape: tuple[int, ...]
    ) -> Value:
        """Handle a layer with weights, or an attention."""
        found = self.drafts.get(name)
        draft = Draft.of(name, module, given, shape)
        if found is None:
            self.drafts[name] = draft
            return Current(draft)
        if (found.sources, found.shape) != (draft.sources, draft.shape):
            raise InputError("it takes something else than in the time step before")
        return Current(found)

    def norm(
        self, name: str, module: nn.Module, given: list[Value | None], shape: tuple[int, ...]
    ) -> Value:
        """Handle a batch normalisation."""
        current = _one(given, Current, "it must follow a Conv2d or Linear")
        current.draft.add_norm(module)
        return current

    def neurons(
        self, name: str, module: nn.Module, given: list[Value | None], shape: tuple[int, ...]
    ) -> Value:
        """Handle a layer of neurons."""
        current = _one(given[:1], Current, "neurons must follow a Conv2d, Linear or SpikeAttention")
        current.draft.add_neurons(name, module)
        return Spikes(frozenset({(current.draft.name, 1)}), shape)

    def either(
        self, name: str, module: nn.Module, given: list[Value | None], shape: tuple[int, ...]
    ) -> Value:
        """Handle an OR of spikes."""
        joined = _either(given)
        if joined is None:
            raise InputError(f"it takes {_wrong(given, Spikes)}: it must take spikes of one shape")
        return joined


def _either(given: list[Any]) -> Spikes | None:
    """Return the OR of spikes of one shape; None if it is something else."""
    if not all(isinstance(value, Spikes) for value in given):
        return None
    if len({value.shape for value in given}) > 1:
        return None
    return Spikes(frozenset().union(*(value.sources for value in given)), given[0].shape)


def _one(given: list[Value | None], kind: type[Current], rule: str) -> Current:
    if len(given) != 1 or not isinstance(given[0], kind):
        raise InputError(f"it takes {_wrong(given, kind)}: {rule}")
    return given[0]


def _wrong(given: list[Value | None], kind: type[Value]) -> str:
    wrong = [value for value in given if not isinstance(value, kind)]
    return str(wrong[0]) if wrong and wrong[0] else "what does not come from the pixels"


def _count(value: Any) -> int:
    return value.numel() if isinstance(value, torch.Tensor) else 0


def _tensors(value: Any) -> list[torch.Tensor]:
    """Return all tensors inside of nested lists, tuples and dicts."""
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [tensor for item in value for tensor in _tensors(item)]
    return []


_HANDLERS: Final = {
    "Conv2d": Tracer.synapses,
    "Linear": Tracer.synapses,
    "SpikeAttention": Tracer.synapses,
    "SpikeOr": Tracer.either,
    "BatchNorm1d": Tracer.norm,
    "BatchNorm2d": Tracer.norm,
    "neurons": Tracer.neurons,
}
