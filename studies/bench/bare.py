"""The bare loop: builds bare.cpp around a machine, runs it on layers that a run has kept."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from snn_rtl.machines.base import Machine
from snn_rtl.models.parameters import MachineParameters
from snn_rtl.run.builds import kept
from snn_rtl.run.places import BUILD
from snn_rtl.run.processes import run
from snn_rtl.run.runner import VERILATOR_ARGS, RunFailure, fingerprint, literal
from snn_rtl.run.simulators import make_runner, verilator_folder
from snn_rtl.tb.common.register_map import register_map

_SOURCE: Final = Path(__file__).with_name("bare.cpp")
_PROGRAM: Final = "bare"
# Far more cycles than any layer takes: a machine that hangs ends the loop.
_LIMIT: Final = 10**9


@dataclass(frozen=True, kw_only=True)
class BareLayer:
    """What the loop says of a layer.

    Attributes:
        cycles: of the loop, from the write that starts the layer to the interrupt.
        cpu_s: their processor seconds.
        wall_s: their seconds.
        counted: the machine's counter CYCLES.
        outputs: beats of the output.
    """

    cycles: int
    cpu_s: float
    wall_s: float
    counted: int
    outputs: int


def _macros(machine: Machine, config: MachineParameters) -> dict[str, int]:
    registers = register_map(machine.name)
    spikes, weights, _ = config.stream_widths
    return {
        "SPIKE_BITS": spikes,
        "WEIGHT_BITS": weights,
        "LIMIT": _LIMIT,
        "START": 1 << registers.bit("CTRL", "START"),
        "CYCLES": registers.counters["CYCLES"],
        **{name: registers.address(name) for name in ("CTRL", "IRQ_STATUS", "IRQ_ENABLE")},
    }


def build_bare(machine: Machine, config: MachineParameters) -> Path:
    """Build the loop unless it is there, and return the program.

    It is built as a simulation under cocotb is, but for what cocotb needs: access to signals.

    Raises:
        InputError: there is no Verilator.
        RunFailure: the build failed; the message names its log.
    """
    make_runner("verilator")
    design = machine.build(config)
    macros = [f"-D{name}={value}" for name, value in _macros(machine, config).items()]
    own = hashlib.sha256((_SOURCE.read_text() + repr(macros)).encode()).hexdigest()[:8]
    name = f"bare-{design.top}-{fingerprint(design, 'verilator')}-{own}"
    folder = BUILD / "sim" / name
    program, log = folder / _PROGRAM, folder / "build.log"

    def make() -> None:
        sources, includes = design.sources()
        command = [
            *(str(verilator_folder() / "verilator"), "--cc", "--exe", "--build"),
            *("--prefix", "Vbare", "--Mdir", str(folder), "-o", _PROGRAM),
            *("--top-module", design.top),
            *VERILATOR_ARGS,
            *(f"-G{key}={literal(value)}" for key, value in design.parameters.items()),
            *(f"+incdir+{path}" for path in includes),
            *("-CFLAGS", " ".join(["-std=c++17", *macros])),
            *map(str, sources),
            str(_SOURCE),
        ]
        if run(command, log).status or not program.is_file():
            raise RunFailure(f"build of the bare loop around {design.top} failed: see {log}")

    kept(folder, make, program.is_file)
    return program


def run_bare(program: Path, kept: Path, scratch: Path) -> list[BareLayer]:
    """Run the loop on kept layers.

    Args:
        program: the loop.
        kept: folder with a folder for each layer, by number.
        scratch: folder for its result.

    Raises:
        RunFailure: it failed, or did not run every layer.
    """
    folders = sorted((path for path in kept.iterdir() if path.is_dir()), key=lambda p: int(p.name))
    result = scratch / "bare.txt"
    result.unlink(missing_ok=True)
    ended = subprocess.run(
        [str(program), str(result), *map(str, folders)],
        capture_output=True,
        text=True,
        check=False,
        env=dict(os.environ),
    )
    if ended.returncode:
        raise RunFailure(f"the bare loop failed: {ended.stderr.strip() or ended.returncode}")
    return read_result(result, len(folders))


def read_result(result: Path, layers: int) -> list[BareLayer]:
    """Return what the loop left.

    Raises:
        RunFailure: it is not the result of so many layers.
    """
    try:
        rows = [line.split() for line in result.read_text().splitlines()]
        found = [
            BareLayer(
                cycles=int(cycles),
                cpu_s=float(cpu_s),
                wall_s=float(wall_s),
                counted=int(counted),
                outputs=int(outputs),
            )
            for cycles, cpu_s, wall_s, counted, outputs in rows
        ]
    except (OSError, ValueError) as error:
        raise RunFailure(f"the bare loop left no result: {error}") from None
    if not found or len(found) != layers:
        raise RunFailure(f"the bare loop ran {len(found)} layers of {layers}")
    return found


def totals(layers: Sequence[BareLayer]) -> BareLayer:
    """Return the sums."""
    return BareLayer(
        cycles=sum(layer.cycles for layer in layers),
        cpu_s=sum(layer.cpu_s for layer in layers),
        wall_s=sum(layer.wall_s for layer in layers),
        counted=sum(layer.counted for layer in layers),
        outputs=sum(layer.outputs for layer in layers),
    )
