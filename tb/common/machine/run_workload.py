"""Runs a workload on the RTL: layer by layer, or a trained network image by image.

Its Spec says which; whoever starts it reads the result file.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cocotb
import numpy as np
from cocotb.triggers import Timer
from numpy.typing import NDArray

from snn_rtl.machines.base import Measured
from snn_rtl.machines.layer_row import LayerRow
from snn_rtl.models.workload.layer import Layer
from snn_rtl.models.workload.network import infer, inference
from snn_rtl.models.workload.workload import Workload, load, select_layers
from snn_rtl.tb.common.clock_reset import PERIOD_NS, cycle_now
from snn_rtl.tb.common.machine.base_test import MachineTest
from snn_rtl.tb.common.machine.job import MachineJob
from snn_rtl.tb.common.machine.sequences import run_layer

PROGRESS_INTERVAL_S = 0.3
"""About how many seconds pass between two looks at the progress."""


RESULT: Final = "result.json"
"""The result file, in the run's folder."""

PROGRESS: Final = "progress"
"""A file there that holds "done total what", in tiles."""


@dataclass(kw_only=True)
class LayerRecord(LayerRow):
    """What the RTL's counters said of a GeMM, and what was checked."""

    model_cycles: int = 0
    outputs_checked: int = 0
    mismatches: int = 0


class RunWorkload(MachineTest):
    """Runs the workload and writes the result file, also when something differs."""

    def layer_job(
        self, layer: Layer, matrix: NDArray[np.bool_], weights: NDArray[np.int8]
    ) -> MachineJob[Any]:
        """Return what the machine runs for a layer.

        Raises:
            NotImplementedError: a machine must say it.
        """
        raise NotImplementedError

    def reference(self, layer: Layer, matrix: NDArray[np.bool_]) -> NDArray[np.integer]:
        """Return a layer's output rows without the machine."""
        return self.settings.design.reference(layer, matrix, self.run.mode)

    async def body(self) -> None:
        """Run all layers."""
        self.run = self.settings.spec
        self.workload: Workload = load(self.run.name)
        self.layers = select_layers(self.workload, self.run.layers or None)
        self.records = {
            gemm.name: LayerRecord(name=gemm.name)
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
                for image in range(self.run.images or 0):
                    await self._infer(image)
            else:
                for layer in self.layers:
                    assert layer.spikes is not None
                    await self._run_layer(layer, layer.matrix())
        finally:
            self._write_result(time.perf_counter() - wall, cycle_now() - cycle)

    async def _run_layer(self, layer: Layer, matrix: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Run one GeMM and book it."""
        weights = self.settings.design.layer_weights(layer, self.workload.name, self.run.seed)
        job = self.layer_job(layer, matrix, weights)
        self.doing = layer.name
        beats = sum(tile.beats for tile in job.output_tiles(self.settings.config))
        self.output_beats = (self.env.outputs.monitor.beats, beats)
        result = await run_layer(self.env, job)
        if self.settings.keep:
            self._keep(job)
        record = self.records[layer.name]
        record.add((job.m, job.k, job.n), self._measured(result.counters), self.images)
        record.model_cycles += result.model_cycles
        record.outputs_checked += job.m * job.n
        record.mismatches += result.mismatches
        return result.outputs

    def _measured(self, counters: Mapping[str, int]) -> Measured:
        """Return what the counters say; the first part of the cycles is the machine's work."""
        work, *stalls = self.env.scoreboard.CYCLE_PARTS
        counts = self.settings.design.counts()
        return Measured(
            cycles=counters["CYCLES"],
            tiles=counters["TILES"],
            process_cycles=counters[work],
            stall_cycles={part.lower(): counters[part] for part in stalls},
            counts={key: counters[counter] for key, counter in counts.items()},
        )

    def _keep(self, job: MachineJob[Any]) -> None:
        """Keep what the layer was run with."""
        registers = self.env.registers.map
        folder = Path(self.settings.keep) / str(self.env.scoreboard.layers - 1)
        folder.mkdir(parents=True)
        for agent in (self.env.spikes, self.env.weights, self.env.outputs):
            shutil.copy(agent.monitor.file, folder)
        writes = job.configuration(registers).items()
        lines = [f"{registers.address(name)} {value}\n" for name, value in writes]
        (folder / "registers").write_text("".join(lines))

    async def _infer(self, image: int) -> None:
        """Infer one image; layers that are not selected run on the reference."""
        self.images = image + 1
        steps = inference(self.workload, image)
        layer, matrix = next(steps)
        while True:
            rows: NDArray[np.integer]
            if layer.name in self.records:
                rows = await self._run_layer(layer, matrix)
            else:
                rows = self.reference(layer, matrix)
            try:
                layer, matrix = steps.send(rows)
            except StopIteration as end:
                _, label = end.value
                break
        _, reference = infer(self.workload, image, self.reference)
        self.env.scoreboard.equal(f"class of image {image}", label, reference)
        truth = None if self.workload.labels is None else int(self.workload.labels[image])
        self.predictions.append(
            {"image": image, "label": truth, "rtl": label, "reference": reference}
        )

    def _total_tiles(self) -> int:
        tile_m, tile_k, tile_n = self.settings.config.tile
        total = 0
        for gemm, count in (product for layer in self.layers for product in layer.gemms):
            tiles = -(-self.settings.design.rows_of(gemm) // tile_m) * -(-gemm.k // tile_k)
            total += count * tiles * -(-gemm.n // tile_n)
        return total * ((self.run.images or 0) if self.workload.chained else 1)

    def _done_tiles(self) -> int:
        board = self.env.scoreboard
        done = board.tiles_seen
        if board.job is not None:
            # By the beats on the wires: the scoreboard may hear of them only at the layer's end.
            before, total = self.output_beats
            seen = self.env.outputs.monitor.beats - before
            sent = board.tile_count * seen // total
            done += sent * -(-board.job.k // self.settings.config.tile[1])
        return done

    async def _report_progress(self) -> None:
        path = Path(PROGRESS)
        total = self._total_tiles()
        parent = os.getppid()
        cycles, looked = 1000, time.perf_counter()
        while os.getppid() == parent:
            part = path.with_suffix(".part")
            part.write_text(f"{self._done_tiles()} {total} {self.doing}")
            part.replace(path)
            await Timer(cycles * PERIOD_NS, "ns")
            before, looked = looked, time.perf_counter()
            # How fast simulators are differs a thousandfold: the step is fitted to this one.
            cycles = cycles * 2 if looked - before < PROGRESS_INTERVAL_S else max(500, cycles // 2)
        raise RuntimeError("the command that started this simulation is gone")

    def _write_result(self, wall_s: float, cycles: int) -> None:
        scoreboard = self.env.scoreboard
        self.env.phases.enter("other")
        result = {
            "layers": [record.row() for record in self.records.values() if record.images],
            "predictions": self.predictions,
            "failures": scoreboard.failures,
            "checks": scoreboard.checks,
            "wall_s": wall_s,
            "simulated_cycles": cycles,
            "phases": self.env.phases.spent,
        }
        Path(RESULT).write_text(json.dumps(result, indent=1))
