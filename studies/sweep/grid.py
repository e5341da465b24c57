"""The machines of a sweep: every combination of the ranges that is legal."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final

from snn_rtl.machines.prosperity import PROSPERITY
from snn_rtl.models.errors import InputError
from snn_rtl.models.prosperity.config import ProsperityConfig
from snn_rtl.models.workload.layer import Layer

PARAMETERS: Final = tuple(field.name for field in fields(ProsperityConfig))
MOST_COMBINATIONS: Final = 100_000


@dataclass(frozen=True, kw_only=True)
class Grid:
    """What a sweep covers.

    Attributes:
        configs: legal machines that run every layer.
        skipped: combinations that are left out, counted by reason.
    """

    configs: list[ProsperityConfig]
    skipped: dict[str, int]


def _fitted(values: Mapping[str, int], given: Mapping[str, Any]) -> dict[str, int]:
    """Return what the parameters that were not given must become for the others.

    A spike beat holds whole rows and divides a tile, the LIF cells divide the lanes: both keep
    the base's size or go to the next smaller one that fits.
    """
    fitted: dict[str, int] = {}
    if "spike_beat_w" not in given and values["tile_k"] > 0:
        rows = max(1, min(values["tile_m"], values["spike_beat_w"] // values["tile_k"]))
        fitted["spike_beat_w"] = values["tile_k"] * (1 << (rows.bit_length() - 1))
    if "lif_cells" not in given:
        cells = min(values["lif_cells"], values["lanes"])
        fitted["lif_cells"] = next(n for n in range(cells, 0, -1) if values["lanes"] % n == 0)
    return fitted


def make_grid(
    base: ProsperityConfig, ranges: Mapping[str, Sequence[int]], layers: Sequence[Layer]
) -> Grid:
    """Combine ranges.

    Args:
        base: values of the parameters without a range.
        ranges: values by parameter.
        layers: what the machines must be able to run.

    Raises:
        InputError: too many combinations, or none that is legal.
    """
    count = math.prod(len(values) for values in ranges.values())
    if count > MOST_COMBINATIONS:
        raise InputError(f"{count} combinations are more than {MOST_COMBINATIONS}")
    configs: list[ProsperityConfig] = []
    skipped: dict[str, int] = {}
    for combination in itertools.product(*ranges.values()):
        chosen = dict(zip(ranges, combination, strict=True))
        try:
            config = replace(base, **chosen, **_fitted(asdict(base) | chosen, ranges))
            for layer in layers:
                PROSPERITY.check_layer(layer, config, PROSPERITY.modes[0])
        except InputError as error:
            skipped[str(error)] = skipped.get(str(error), 0) + 1
        else:
            configs.append(config)
    if not configs:
        reason = max(skipped, key=lambda text: skipped[text])
        raise InputError(f"none of {count} combinations can be used: {reason}")
    return Grid(configs=configs, skipped=skipped)


def varied(configs: Sequence[ProsperityConfig]) -> list[str]:
    """Return the parameters that differ among machines."""
    return [name for name in PARAMETERS if len({getattr(c, name) for c in configs}) > 1]
