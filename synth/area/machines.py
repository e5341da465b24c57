"""The machines that the constants are fitted to: named ones, and small ones with one other size."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from snn_rtl.models.prosperity.config import CONFIGS, SMALL, SMALL_TURBO, ProsperityConfig

_OF_SMALL: Final[tuple[dict[str, Any], ...]] = (
    {"tile_m": 64},
    {"tile_k": 16, "spike_beat_w": 128},
    {"tile_k": 32, "spike_beat_w": 256},
    {"lanes": 16},
    {"lif_cells": 8},
    {"acc_w": 24},
    {"weight_ports": 4},
    {"spike_beat_w": 128},
    {"dim_w": 24},
)
_OF_SMALL_TURBO: Final[tuple[dict[str, Any], ...]] = (
    {"tile_m": 64},
    {"lanes": 16},
    {"sum_banks": 1},
    {"sum_banks": 2, "weight_ports": 1},
    {"sum_banks": 8},
    {"result_slots": 4},
)


def _variants(
    name: str, base: ProsperityConfig, changes: tuple[dict[str, Any], ...]
) -> dict[str, ProsperityConfig]:
    return {
        f"{name} {' '.join(f'{key.upper()}={value}' for key, value in change.items())}": replace(
            base, **change
        )
        for change in changes
    }


MACHINES: Final = {
    **CONFIGS,
    **_variants("small", SMALL, _OF_SMALL),
    **_variants("small_turbo", SMALL_TURBO, _OF_SMALL_TURBO),
}
"""By name."""
