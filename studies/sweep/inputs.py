"""The workloads of a sweep, and how many images of each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from snn_rtl.machines.prosperity import PROSPERITY
from snn_rtl.models.errors import InputError
from snn_rtl.models.workload.workload import Workload, load

IMAGES: Final = 5
"""Images of a trained network."""


def _label(workload: Workload, path: Path, taken: Sequence[str]) -> str:
    """Return what a workload is called; a name that is taken gets its file's, then a number."""
    names = [workload.name, f"{workload.name} ({path.name})"]
    names += [f"{names[1]} {number}" for number in range(2, len(taken) + 3)]
    return next(name for name in names if name not in taken)


def read_workloads(
    files: Sequence[str], images: int | None
) -> tuple[list[Workload], list[dict[str, Any]]]:
    """Return workloads, and label, file, images and layers of each."""
    paths = list(dict.fromkeys(Path(file) for file in files)) or [PROSPERITY.bundled["paper"]]
    loaded: list[Workload] = []
    facts: list[dict[str, Any]] = []
    for path in paths:
        workload = load(path)
        count = 0
        if workload.chained:
            assert workload.images is not None
            most = len(workload.images)
            count = min(IMAGES, most) if images is None else images
            if count > most:
                raise InputError(f"IMAGES: {workload.name!r} has {most} images, not {images}")
        label = _label(workload, path, [fact["label"] for fact in facts])
        names = [layer.name for layer in workload.layers]
        facts.append({"label": label, "file": path.name, "images": count, "layers": names})
        loaded.append(workload)
    if images is not None and not any(fact["images"] for fact in facts):
        raise InputError("no workload has images: leave IMAGES out")
    return loaded, facts
