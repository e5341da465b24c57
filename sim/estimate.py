"""`snn-rtl estimate`: the cycles of a workload by the models alone, in a moment."""

from __future__ import annotations

from typing import Any

from snn_rtl.machines import estimate as machines


def estimate(
    *, workload: str | None, design: str, config: str, mode: str | None, **given: Any
) -> int:
    """Print the table of layers."""
    own = {name: value for name, value in given.items() if value is not None}
    path = machines.bundled(design, config) if workload is None else workload
    print(machines.estimate(path, design, config, mode, **own))
    return 0
