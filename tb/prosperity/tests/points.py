"""Random layers, one record each: what `make sweep-check` counts."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyuvm

from snn_rtl.tb.common.machine.sequences import run_layer
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.prosperity.base_test import ProsperityTest
from snn_rtl.tb.prosperity.scoreboard import TIMING_COUNTERS
from snn_rtl.tb.prosperity.stimulus import random_job


@dataclass(frozen=True, kw_only=True)
class Point:
    """One layer that was run.

    Attributes:
        index: its place among the random layers.
        name: its structure, shape, mode and neurons.
        mode: product, bit or dense.
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


@pyuvm.test()
class Points(ProsperityTest):
    """Random layers as layers.Random has them, all of them, whatever differs.

    Options: layers, tiles (as there), result (file that gets a line of JSON a layer), seed (that
    the layers are drawn from, where they are known before the simulation has one; the simulation's
    own without it), only (index of the one layer to run).
    """

    async def body(self) -> None:
        """Run them back to back."""
        options = self.settings.options
        self.env.scoreboard.stop_at_first = False
        rng = generator("layers", options.get("seed"))
        with Path(options["result"]).open("w") as result:
            for index in range(options["layers"]):
                # Layers that are left out are drawn all the same: the others stay as they are.
                job = random_job(rng, self.settings.config, options["tiles"])
                if options.get("only") not in (None, index):
                    continue
                point = await self._run(index, job)
                result.write(json.dumps(asdict(point)) + "\n")
                result.flush()

    async def _run(self, index: int, job: Any) -> Point:
        failures: list[str] = self.env.scoreboard.failures
        before = len(failures)
        counters = (await run_layer(self.env, job)).counters
        timing: Any = job.model_timing(self.settings.config)
        pairs = {name: [counters[name], getattr(timing, name.lower())] for name in TIMING_COUNTERS}
        return Point(
            index=index,
            name=job.name,
            mode=str(job.mode),
            neurons=job.spikes_out,
            cycles=counters["CYCLES"],
            model_cycles=timing.cycles,
            differences={name: pair for name, pair in pairs.items() if pair[0] != pair[1]},
            failures=failures[before:],
        )
