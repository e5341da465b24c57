"""The JSON manifest of a workload file ("snn-workload/1")."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import Any, Final

from snn_rtl.models.errors import InputError
from snn_rtl.models.lif import LifConfig
from snn_rtl.models.workload.attention import Attention
from snn_rtl.models.workload.layer import Layer
from snn_rtl.models.workload.limits import MAX_STEPS, integer

FORMAT: Final = "snn-workload/1"
MAX_LAYERS: Final = 1024
_SIZES: Final = {
    "conv2d": ("out_channels", "kernel_size", "stride", "padding"),
    "linear": ("out_features",),
    "attention": ("heads", "query", "key", "value"),
}

Json = dict[str, Any]


def parse_manifest(text: str) -> Json:
    """Parse a manifest's text into a JSON object.

    Raises:
        InputError: it is no JSON object, names a key twice, or is of another format.
    """
    try:
        manifest = json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_finite
        )
    except InputError:
        raise
    except (ValueError, RecursionError) as error:
        raise InputError(f"the manifest is not valid JSON: {str(error) or 'nested'}") from None
    if not isinstance(manifest, dict):
        raise InputError("the manifest is not a JSON object")
    if manifest.get("format") != FORMAT:
        found = manifest.get("format")
        raise InputError(f"the manifest's format is {found!r:.60}, not {FORMAT!r}")
    return manifest


def _object(pairs: list[tuple[str, Any]]) -> Json:
    keys = dict(pairs)
    if len(keys) != len(pairs):
        raise InputError("the manifest names a key twice in one object")
    return keys


def _finite(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise InputError(f"the manifest holds the number {digits:.60}, which is too large")
    return value


def _constant(name: str) -> None:
    raise InputError(f"the manifest holds {name}, which is not JSON")


def text_of(owner: Json, key: str, default: str | None = None, where: str = "") -> str:
    """Return a string of the manifest.

    Args:
        owner: the object that has the key.
        key: its name.
        default: what a missing key stands for; None: it must be there.
        where: what messages call the object.

    Raises:
        InputError: it is missing, no string, or not one line of printable text.
    """
    value = owner.get(key, default)
    what = f"the manifest's {where}: {key}" if where else f"the manifest's {key}"
    if not isinstance(value, str):
        raise InputError(f"{what} must be a string, not {value!r:.60}")
    if not value.isprintable():
        raise InputError(f"{what} holds characters that cannot be printed: {value!r:.60}")
    return value


def time_steps_of(manifest: Json) -> int:
    """Return the number of time steps.

    Raises:
        InputError: it is missing or no sensible number.
    """
    return integer(manifest.get("time_steps"), "the manifest's time_steps", 1, MAX_STEPS)


def layers_of(manifest: Json) -> list[Layer]:
    """Return the layers, without arrays.

    Raises:
        InputError: the list is missing, empty or too long, or a layer is not sound.
    """
    entries = manifest.get("layers")
    if not isinstance(entries, list) or not 1 <= len(entries) <= MAX_LAYERS:
        raise InputError(f"the manifest's layers must be a list of 1..{MAX_LAYERS} layers")
    return [layer_of(entry, f"layers[{index}]") for index, entry in enumerate(entries)]


def layer_of(entry: object, where: str) -> Layer:
    """Make a layer, without arrays, from its manifest entry.

    Raises:
        InputError: the entry is not sound.
    """
    if not isinstance(entry, dict):
        raise InputError(f"the manifest's {where} is not an object")
    kind = text_of(entry, "kind", where=where)
    if kind not in _SIZES:
        raise InputError(f"the manifest's {where}: unknown kind {kind!r:.60}")
    shape = entry.get("input_shape")
    if not isinstance(shape, list):
        raise InputError(f"the manifest's {where}: input_shape must be a list, not {shape!r:.60}")
    fields: Json = {"name": text_of(entry, "name", where=where), "kind": kind, "input_shape": shape}
    for key in _SIZES[kind]:
        if key not in entry:
            raise InputError(f"the manifest's {where} has no {key}")
        fields[key] = entry[key]
    if "pool" in entry:
        fields["pool"] = entry["pool"]
    if "inputs" in entry:
        fields["inputs"] = _inputs_of(entry["inputs"], where)
    if "lif" in entry:
        fields["lif"] = _lif_of(entry["lif"], where)
    return Attention(**fields) if kind == "attention" else Layer(**fields)


def _inputs_of(names: object, where: str) -> tuple[str, ...]:
    if not isinstance(names, list) or not names:
        raise InputError(f"the manifest's {where}: inputs must be a list of layers' names")
    return tuple(names)


def _lif_of(entry: object, where: str) -> LifConfig:
    if not isinstance(entry, dict):
        raise InputError(f"the manifest's {where}: lif is not an object")
    known = asdict(LifConfig())
    for key in entry:
        if key not in known:
            raise InputError(f"the manifest's {where}: lif has an unknown key {key!r:.60}")
    try:
        return LifConfig(**entry)
    except InputError as error:
        raise InputError(f"the manifest's {where}: {error}") from None


def entry_of(layer: Layer) -> Json:
    """Return the manifest entry of a layer."""
    keys = ("name", "kind", "input_shape", *_SIZES[layer.kind])
    entry: Json = {key: getattr(layer, key) for key in keys}
    if layer.inputs:
        entry["inputs"] = layer.inputs
    if layer.pool != 1:
        entry["pool"] = layer.pool
    if layer.lif is not None:
        entry["lif"] = asdict(layer.lif)
    return entry
