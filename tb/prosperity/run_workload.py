"""Runs a workload on the RTL: layer by layer, or a trained network image by image.

Started by regressions.sim, which passes a WorkloadRun as the settings' options and reads the
result file.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cocotb
import numpy as np
import pyuvm
from cocotb.triggers import Timer
from numpy.typing import NDArray

from models.layer import Layer
from models.network import infer, inference, reference_runner
from models.prosperity import Mode
from models.workload import Workload, load, seeded_weights, select_layers
from tb.common.clock_reset import PERIOD_NS, cycle_now
from tb.common.randomness import generator
from tb.prosperity.base_test import ProsperityTest
from tb.prosperity.job import LayerJob
from tb.prosperity.scoreboard import CYCLE_PARTS
from tb.prosperity.sequences import LayerResult, run_layer

PROGRESS_INTERVAL = 2000
"""Cycles between two looks at the progress."""


@dataclass(frozen=True, kw_only=True)
class WorkloadRun:
    """What to run, and where the results go.

    Attributes:
        workload: path of the file.
        layers: names; empty for all.
        images: how many images of a trained network.
        mode: product, bit or dense.
        result: path of the result file.
        progress: path of a file that holds "done total what".
    """

    workload: str
    layers: tuple[str, ...]
    images: int
    mode: str
    result: str
    progress: str


@dataclass(kw_only=True)
class LayerRecord:
    """One GeMM's row of the report, summed over images (see DESIGN's report schema).

    A layer is one GeMM an image; an attention has a row for each of its two products, summed
    over time steps and heads as well.
    """

    name: str
    m: int = 0
    k: int = 0
    n: int = 0
    images: int = 0
    tiles: int = 0
    cycles: int = 0
    model_cycles: int = 0
    process_cycles: int = 0
    stall_cycles: dict[str, int]
    bit_nnz: int = 0
    residual_nnz: int = 0
    exact_match_rows: int = 0
    partial_match_rows: int = 0
    zero_rows: int = 0
    outputs_checked: int = 0
    mismatches: int = 0

    def add(self, job: LayerJob, result: LayerResult, images: int) -> None:
        """Add one run of the GeMM, for the last of so many images."""
        counters = result.counters
        self.m += job.m
        self.k, self.n = job.k, job.n
        self.images = images
        self.tiles += counters["TILES"]
        self.cycles += counters["CYCLES"]
        self.model_cycles += result.model_cycles
        self.process_cycles += counters["PROCESS"]
        for part in CYCLE_PARTS[1:]:
            name = part.lower()
            self.stall_cycles[name] = self.stall_cycles.get(name, 0) + counters[part]
        self.bit_nnz += counters["BIT_NNZ"]
        self.residual_nnz += counters["RESIDUAL_NNZ"]
        self.exact_match_rows += counters["EXACT_ROWS"]
        self.partial_match_rows += counters["PARTIAL_ROWS"]
        self.zero_rows += counters["ZERO_ROWS"]
        self.outputs_checked += job.m * job.n
        self.mismatches += result.mismatches


@pyuvm.test()
class RunWorkload(ProsperityTest):
    """Runs the workload and writes the result file, also when something differs."""

    async def body(self) -> None:
        """Run all layers."""
        options = self.settings.options
        self.run = WorkloadRun(**(options | {"layers": tuple(options["layers"])}))
        self.workload: Workload = load(self.run.workload)
        self.layers = select_layers(self.workload, self.run.layers or None)
        self.records = {
            gemm.name: LayerRecord(name=gemm.name, stall_cycles={})
            for layer in self.layers
            for gemm, _ in layer.gemms
        }
        self.predictions: list[dict[str, Any]] = []
        # A workload is run to its end: the report says how much differs, and the test fails then.
        self.env.scoreboard.stop_at_first = False
        self.doing = ""
        self.images = 1
        cocotb.start_soon(self._report_progress())
        wall, cycle = time.perf_counter(), cycle_now()
        try:
            if self.workload.chained:
                for image in range(self.run.images):
                    await self._infer(image)
            else:
                for layer in self.layers:
                    assert layer.spikes is not None
                    await self._run_layer(layer, layer.matrix())
        finally:
            self._write_result(time.perf_counter() - wall, cycle_now() - cycle)

    async def _run_layer(self, layer: Layer, matrix: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Run one GeMM and book it."""
        weights = layer.weights
        if weights is None:
            weights = seeded_weights(layer, generator(f"weights {layer.name}"))
        job = LayerJob(
            name=layer.name,
            spikes=matrix,
            weights=weights,
            mode=Mode(self.run.mode),
            lif=layer.lif_params,
            time_steps=layer.time_steps,
        )
        self.doing = layer.name
        result = await run_layer(self.env, job)
        self.records[layer.name].add(job, result, self.images)
        return result.outputs

    async def _infer(self, image: int) -> None:
        """Infer one image; layers that are not selected run on the reference."""
        self.images = image + 1
        steps = inference(self.workload, image)
        layer, matrix = next(steps)
        while True:
            if layer.name in self.records:
                rows = await self._run_layer(layer, matrix)
            else:
                rows = reference_runner(layer, matrix)
            try:
                layer, matrix = steps.send(rows)
            except StopIteration as end:
                _, label = end.value
                break
        _, reference = infer(self.workload, image)
        self.env.scoreboard.equal(f"class of image {image}", label, reference)
        truth = None if self.workload.labels is None else int(self.workload.labels[image])
        self.predictions.append(
            {"image": image, "label": truth, "rtl": label, "reference": reference}
        )

    def _total_beats(self) -> int:
        config = self.settings.config
        total = 0
        for gemm, count in (product for layer in self.layers for product in layer.gemms):
            rows = [min(config.tile_m, gemm.m - i) for i in range(0, gemm.m, config.tile_m)]
            beats = count * sum(-(-r // config.beat_rows) for r in rows)
            total += beats * -(-gemm.k // config.tile_k) * -(-gemm.n // config.lanes)
        return total * (self.run.images if self.workload.chained else 1)

    async def _report_progress(self) -> None:
        path = Path(self.run.progress)
        total = self._total_beats()
        parent = os.getppid()
        while os.getppid() == parent:
            done = self.env.beats()["SPIKE_BEATS"]
            part = path.with_suffix(".part")
            part.write_text(f"{done} {total} {self.doing}")
            part.replace(path)
            await Timer(PROGRESS_INTERVAL * PERIOD_NS, "ns")
        raise RuntimeError("the command that started this simulation is gone")

    def _write_result(self, wall_s: float, cycles: int) -> None:
        scoreboard = self.env.scoreboard
        result = {
            "layers": [asdict(record) for record in self.records.values() if record.images],
            "predictions": self.predictions,
            "failures": scoreboard.failures,
            "checks": scoreboard.checks,
            "wall_s": wall_s,
            "simulated_cycles": cycles,
        }
        Path(self.run.result).write_text(json.dumps(result, indent=1))
