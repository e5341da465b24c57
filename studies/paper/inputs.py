"""What the page is about: the workloads, and the RTL's reports on them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from snn_rtl.machines import MACHINES
from snn_rtl.machines.prosperity import PROSPERITY
from snn_rtl.models.baselines import LayerWork, network_work
from snn_rtl.models.errors import InputError
from snn_rtl.models.prosperity.config import PAPER, ProsperityConfig
from snn_rtl.models.prosperity.prosperity import LayerCounts
from snn_rtl.models.workload.workload import Workload, load
from snn_rtl.run.places import ROOT
from snn_rtl.run.provenance import rtl_digest
from snn_rtl.sim.report import RESULTS

IMAGES: Final = 20
"""Images of a trained network, as many as `make sim` infers, so that its report fits."""

_SHARED: Final = ROOT.parent / "shared" / "workloads"


@dataclass(frozen=True, kw_only=True, eq=False)
class Network:
    """A workload as the models take it.

    Attributes:
        label: unique name.
        file: name of its file.
        workload: its content, without the arrays that the models do not need.
        images: how many are inferred, 0 for captured spikes.
        layers: the layers by name, each with an entry for every image (or product).
        rtl_neurons: names of the layers whose neurons the RTL runs; of the others it gives raw
            sums.
    """

    label: str
    file: str
    workload: Workload
    images: int
    layers: dict[str, list[LayerWork]]
    rtl_neurons: frozenset[str]

    @property
    def work(self) -> list[LayerWork]:
        """All layers of all images."""
        return [work for works in self.layers.values() for work in works]


@dataclass(frozen=True, kw_only=True)
class RtlReport:
    """What the RTL counted on a workload.

    Attributes:
        layers: rows of the report by layer.
        source: when it was measured, and on which revision.
    """

    layers: dict[str, dict[str, Any]]
    source: str

    @property
    def cycles(self) -> int:
        """Cycles of all layers."""
        return sum(row["cycles"] for row in self.layers.values())


def workload_files(given: Sequence[str] | None) -> list[Path]:
    """Return the files the page is about; the bundled networks, dense and pruned, are the first.

    Args:
        given: paths; None for the captured workloads beside the repository,
            where there are some.
    """
    more = sorted(_SHARED.glob("*.npz")) if given is None else [Path(name) for name in given]
    bundled = (machine.bundled["paper"] for machine in MACHINES.values())
    files = {path.absolute(): path for path in (*bundled, *more)}
    return list(files.values())


def read_network(path: Path, images: int, taken: Sequence[str]) -> Network:
    """Return a workload's layers with their spikes.

    Args:
        path: its file.
        images: how many of a trained network are inferred at most.
        taken: labels of other networks.

    Raises:
        InputError: it cannot be used, or the machine could not run it.
    """
    workload = load(path)
    for layer in workload.layers:
        try:
            PROSPERITY.check_layer(layer, PAPER, PROSPERITY.modes[0])
        except InputError as error:
            raise InputError(f"{path}: {error}") from None
    count = 0
    if workload.images is not None:
        count = min(images, len(workload.images))
    layers: dict[str, list[LayerWork]] = {}
    for image in range(count or 1):
        for work in network_work(workload, image):
            layers.setdefault(work.name, []).append(work)
    if workload.chained:
        neurons = {name for name, works in layers.items() if works[0].neurons}
    else:
        neurons = {layer.name for layer in workload.layers if layer.threshold is not None}
    label = workload.name
    if label in taken:
        label = f"{label} #{1 + sum(name.startswith(label) for name in taken)}"
    return Network(
        label=label,
        file=path.name,
        workload=workload,
        images=count,
        layers=layers,
        rtl_neurons=frozenset(neurons),
    )


def _fits(
    report: dict[str, Any],
    counts: dict[str, list[LayerCounts]],
    mode: str,
    machine: ProsperityConfig,
) -> bool:
    """Return whether a report is of this machine, these spikes and streams at full speed."""
    config = {**report["config"]}
    config.pop("name")
    if (report["schema"], report["mode"], report["backpressure"], report["passed"]) != (
        "sim-report/1",
        mode,
        "none",
        True,
    ):
        return False
    if config != asdict(machine) or {row["name"] for row in report["layers"]} != set(counts):
        return False
    # Every one, match and row counted alike: these are the same spikes, whatever the file's name.
    return all(
        row[key] == sum(getattr(layer, key) for layer in counts[row["name"]])
        for row in report["layers"]
        for key in ("m", "bit_nnz", "residual_nnz", "exact_match_rows", "zero_rows")
    )


def find_report(
    counts: dict[str, list[LayerCounts]], mode: str = "product", machine: ProsperityConfig = PAPER
) -> RtlReport | None:
    """Return the newest report that `make sim` has kept of these spikes and this Verilog, if any.

    Args:
        counts: what the functional model counts, by layer.
        mode: what the machine skips.
        machine: its sizes.
    """
    found: list[tuple[float, RtlReport]] = []
    rtl = rtl_digest(PROSPERITY.file_list)
    for path in RESULTS.glob("*.json"):
        try:
            report = json.loads(path.read_text())
            if report["rtl"] != rtl or not _fits(report, counts, mode, machine):
                continue
            measured = path.stat().st_mtime
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            continue
        when = datetime.fromtimestamp(measured, UTC).strftime("%Y-%m-%d")
        rows = {row["name"]: row for row in report["layers"]}
        source = f"{report['simulator']}, {when}, revision {report['git'] or 'unknown'}"
        found.append((measured, RtlReport(layers=rows, source=source)))
    return max(found, key=lambda one: one[0])[1] if found else None
