"""Builds as tasks of a cluster: made once, handed to the machines that need them by content."""

from __future__ import annotations

import io
import re
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from snn_rtl.machines.spec import SIMULATED, Spec
from snn_rtl.models.errors import InputError
from snn_rtl.regressions.coverage.runs import MEASURES
from snn_rtl.run.builds import kept
from snn_rtl.run.design import Design
from snn_rtl.run.places import BUILD
from snn_rtl.run.runner import Build, RunFailure, build

_LOG_LINES: Final = 60


@dataclass(frozen=True, kw_only=True)
class Product:
    """What a build left.

    Attributes:
        name: folder below build/sim/, which its content names; empty if it failed.
        archive: what a run needs of it, a compressed tar.
        failure: why it failed; empty if it did not.
        log: end of the build's log, if it failed.
    """

    name: str = ""
    archive: bytes = b""
    failure: str = ""
    log: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Target:
    """What to build.

    Attributes:
        design: top, sources and parameters.
        simulator: verilator or icarus.
        coverage: code coverage that it measures.
        waves: its runs write a waveform.
    """

    design: Design
    simulator: str
    coverage: str
    waves: bool

    @property
    def key(self) -> str:
        """What tells the build from the others of a session."""
        values = {**self.design.parameters, **self.design.defines}
        parameters = ",".join(f"{k}={v}" for k, v in sorted(values.items()))
        flags = f"{self.coverage or '-'},{'waves' if self.waves else '-'}"
        return f"build {self.design.top} {self.simulator} {flags} {parameters}"

    def make(self) -> Build:
        """Build it unless it is there."""
        return build(self.design, self.simulator, waves=self.waves, coverage=self.coverage)


def target(spec: Spec, *, waves: bool = False) -> Target | None:
    """Return the build that a run needs; None for those that build for themselves."""
    if spec.kind not in SIMULATED:
        return None
    design = spec.machine
    played = spec.kind == "workload"
    return Target(
        design=(design.played if played else design.build)(spec.machine_config),
        simulator=spec.simulator,
        coverage=MEASURES[spec.config] if spec.coverage else "",
        waves=waves,
    )


def _pack(made: Build) -> bytes:
    """Return the files of a build that a simulation starts from."""
    executable = "sim.vvp" if made.simulator == "icarus" else made.design.top
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", compresslevel=1) as archive:
        archive.add(made.folder / executable, executable)
    return buffer.getvalue()


def make(what: Target) -> Product:
    """Build; a task. A failure is a result, so that the runs that need it can say so."""
    try:
        made = what.make()
        return Product(name=made.folder.name, archive=_pack(made))
    except (RunFailure, InputError, OSError) as error:
        found = re.search(r"see (\S+)$", str(error))
        return Product(failure=str(error), log=tail(Path(found[1])) if found else ())


def tail(*logs: Path) -> tuple[str, ...]:
    """Return the last lines of the first log that has any."""
    for log in logs:
        try:
            lines = log.read_text(errors="replace").splitlines()
        except OSError:
            continue
        if lines:
            return tuple(lines[-_LOG_LINES:])
    return ()


def unpack(product: Product) -> None:
    """Put a build where the runner looks for it, unless it is there."""
    folder = BUILD / "sim" / product.name

    def extract() -> None:
        with tarfile.open(fileobj=io.BytesIO(product.archive)) as archive:
            archive.extractall(folder, filter="data")

    kept(folder, extract)
