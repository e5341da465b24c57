"""`make area`: fit the constants of the area model to synthesised machines.

Exit status: 0 when they were written, 1 if a machine could not be synthesised or the model does not
fit, 2 on bad input.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from snn_rtl.machines.prosperity import PROSPERITY
from snn_rtl.models.prosperity.area import CONSTANTS, PARTS, Synthesised, memory_bits, part_of
from snn_rtl.models.prosperity.config import ProsperityConfig
from snn_rtl.run.alive import Bars
from snn_rtl.run.command import make_console
from snn_rtl.run.places import BUILD
from snn_rtl.run.provenance import rtl_digest
from snn_rtl.run.runner import RunFailure
from snn_rtl.synth.area.fit import errors, fit, to_json
from snn_rtl.synth.area.machines import MACHINES
from snn_rtl.synth.elaborate import elaborate
from snn_rtl.synth.library import NAME, Library, load_library
from snn_rtl.synth.processes import Processes
from snn_rtl.synth.session import map_all, tool_version

MOST_ERROR: Final = 0.10
"""Share of its cells by which the model may miss a machine that it was fitted to."""


def synthesise(
    name: str,
    config: ProsperityConfig,
    *,
    library: Library,
    processes: Processes,
    jobs: int,
    limit_s: float,
) -> Synthesised:
    """Map a machine and add up its parts.

    Raises:
        RunFailure: it cannot be synthesised, or its arrays are not those of storage.py.
    """
    folder = BUILD / "synth" / "work" / ("area-" + name.replace(" ", "-"))
    hierarchy = elaborate(PROSPERITY.build(config), folder, processes)
    mapped = map_all(
        hierarchy,
        library=library,
        processes=processes,
        jobs=jobs,
        limit_s=limit_s,
        done=lambda *_: None,
    )
    parts = {part.name: 0.0 for part in PARTS}
    bits = 0
    for key, count in hierarchy.counts().items():
        parts[part_of(hierarchy.modules[key].name)] += mapped[key].area * count
        bits += sum(mapped[key].memories.values()) * count
    if bits != sum(memory_bits(config)):
        raise RunFailure(f"{name} has {bits} bits of memory, not {sum(memory_bits(config))}")
    return Synthesised(name=name, config=config, parts=parts, memory_bits=bits)


def _print(
    machines: Sequence[Synthesised],
    found: Mapping[str, tuple[float, float]],
    console: Console,
) -> None:
    table = Table(title="cells: synthesised, and by the model")
    table.add_column("machine")
    for heading in ("mm2", "model", "model without it"):
        table.add_column(heading, justify="right")
    for machine in machines:
        fitted, unknown = found[machine.name]
        table.add_row(
            machine.name, f"{machine.cells / 1e6:.3f}", f"{fitted:+.1%}", f"{unknown:+.1%}"
        )
    console.print(table)


def area(*, limit: int, jobs: int) -> int:
    """Fit the constants of the area model and write models/prosperity/area_constants.json."""
    console = make_console()
    library, processes = load_library(), Processes()
    machines: list[Synthesised] = []
    columns = (TextColumn("machines"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=console) as progress:
        bar = progress.add_task("machines", total=len(MACHINES))
        for name, config in MACHINES.items():
            machines.append(
                synthesise(
                    name,
                    config,
                    library=library,
                    processes=processes,
                    jobs=jobs,
                    limit_s=limit,
                )
            )
            progress.advance(bar)
    units = fit(machines)
    found = errors(machines, units)
    _print(machines, found, console)
    worst = max(found, key=lambda name: abs(found[name][0]))
    if abs(found[worst][0]) > MOST_ERROR:
        raise RunFailure(
            f"the model misses {worst} by {found[worst][0]:+.1%}, more than {MOST_ERROR:.0%}: "
            "its parts in models/prosperity/area.py no longer describe the RTL; nothing was written"
        )
    content = to_json(
        machines,
        units=units,
        tools={"yosys": tool_version(), "cells": NAME},
        rtl=rtl_digest(PROSPERITY.file_list),
    )
    CONSTANTS.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    console.print(f"constants: {CONSTANTS}", soft_wrap=True, markup=False)
    return 0
