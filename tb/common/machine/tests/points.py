"""Random layers, one record each: what `make sweep-check` counts."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from snn_rtl.tb.common.machine.sequences import run_layer
from snn_rtl.tb.common.machine.tests.layers import Random


@dataclass(frozen=True, kw_only=True)
class Point:
    """One layer that was run.

    Attributes:
        index: its place among the random layers.
        name: its structure, shape, mode and neurons.
        mode: one of the machine's.
        neurons: its output is spikes.
        cycles: what the RTL counted.
        model_cycles: what the timing model says.
        differences: timing counters that differ: name to [RTL, model].
        failures: all failed checks, the counters among them.
    """

    index: int
    name: str
    mode: str
    neurons: bool
    cycles: int
    model_cycles: int
    differences: dict[str, list[int]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


class Points(Random):
    """All of the random layers, whatever differs.

    Options: those of layers.Random, result (file that gets a line of JSON a layer).
    """

    async def body(self) -> None:
        """Run them back to back."""
        self.env.scoreboard.stop_at_first = False
        self.result = Path(self.settings.options["result"])
        self.result.write_text("")
        await super().body()

    async def run_job(self, index: int, job: Any) -> None:
        """Run one and write its record."""
        board = self.env.scoreboard
        before = len(board.failures)
        counters = (await run_layer(self.env, job)).counters
        pairs = {name: [counters[name], v] for name, v in board.expected(job).timing.items()}
        point = Point(
            index=index,
            name=job.name,
            mode=str(job.mode),
            neurons=job.spikes_out,
            cycles=counters["CYCLES"],
            model_cycles=pairs["CYCLES"][1],
            differences={name: pair for name, pair in pairs.items() if pair[0] != pair[1]},
            failures=board.failures[before:],
        )
        with self.result.open("a") as result:
            result.write(json.dumps(asdict(point)) + "\n")
