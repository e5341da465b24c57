"""Fits what one of each quantity takes to what was measured."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.prosperity.area import PARTS, SCHEMA, Part, Synthesised, Units, area_from

Numbers = NDArray[np.float64]


def non_negative(matrix: Numbers, target: Numbers) -> Numbers:
    """Return the x >= 0 that leaves the least squares of matrix @ x - target.

    With so few columns every choice of those that are not zero can be tried.

    Args:
        matrix: float64, (equations, unknowns).
        target: float64, (equations,).
    """
    unknowns = matrix.shape[1]
    best, least = np.zeros(unknowns), float((target**2).sum())
    for count in range(1, unknowns + 1):
        for chosen in map(list, itertools.combinations(range(unknowns), count)):
            found, *_ = np.linalg.lstsq(matrix[:, chosen], target, rcond=None)
            left = float(((matrix[:, chosen] @ found - target) ** 2).sum())
            if (found >= 0).all() and left < least * (1 - 1e-9):
                best, least = np.zeros(unknowns), left
                best[chosen] = found
    return best


def _fit_part(part: Part, machines: Sequence[Synthesised]) -> dict[str, float]:
    """Fit a part; a machine counts by its relative error, so that small ones count too."""
    measured = [m for m in machines if m.parts[part.name] > 0]
    if not measured:
        return dict.fromkeys(part.quantities, 0.0)
    areas = np.array([m.parts[part.name] for m in measured])
    matrix = np.array([[float(q(m.config)) for q in part.quantities.values()] for m in measured])
    # Columns of like size: amounts differ by orders of magnitude.
    sizes = np.maximum(np.abs(matrix).max(axis=0), 1.0)
    found = non_negative(matrix / sizes / areas[:, np.newaxis], np.ones(len(measured))) / sizes
    return {name: float(value) for name, value in zip(part.quantities, found, strict=True)}


def fit(machines: Sequence[Synthesised]) -> dict[str, dict[str, float]]:
    """Return the um2 of one of each quantity, by part.

    Args:
        machines: what was measured.
    """
    return {part.name: _fit_part(part, machines) for part in PARTS}


def error(machine: Synthesised, units: Units) -> float:
    """Return by which share of the measured cells the model is above them."""
    return area_from(machine.config, units).cells / machine.cells - 1


def errors(machines: Sequence[Synthesised], units: Units) -> dict[str, tuple[float, float]]:
    """Return the errors by machine: of the fit, and of one that does not know the machine."""
    return {
        machine.name: (
            error(machine, units),
            error(machine, fit([other for other in machines if other is not machine])),
        )
        for machine in machines
    }


def to_json(
    machines: Sequence[Synthesised], *, units: Units, tools: Mapping[str, str], rtl: str
) -> dict[str, Any]:
    """Return what area_constants.json holds."""
    return {
        "schema": SCHEMA,
        "tools": dict(tools),
        "rtl": rtl,
        "units": {part: dict(found) for part, found in units.items()},
        "machines": [asdict(machine) for machine in machines],
    }
