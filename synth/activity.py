"""Relative energy of the blocks: how much capacitance a simulated network switches in each.

An estimate of shares, not of power: toggles are those of the signals that the source names, in
the small configuration, taken for the mean of all nets of a module; neither wires nor memories
count.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any, Final

from snn_rtl.machines.base import Machine
from snn_rtl.machines.spec import Spec
from snn_rtl.run.code_coverage import Hits, read
from snn_rtl.run.places import BUILD, ROOT
from snn_rtl.run.plots import share
from snn_rtl.run.runner import CODE_COVERAGE, RunFailure, build, run
from snn_rtl.synth.blocks import Blocks
from snn_rtl.synth.elaborate import Hierarchy
from snn_rtl.synth.mapping import Mapped
from snn_rtl.tb.common.machine.settings import EnvSettings

CONFIG: Final = "small"
"""The configuration that is simulated; larger ones would count only narrow signals."""

_SIMULATOR: Final = "verilator"
_CLOCK: Final = "clk:0->1"
_CLOCK_EDGES: Final = 2
_FOLDER: Final = BUILD / "synth" / "activity"


def rates(hits: Hits, top: str, instances: Mapping[str, int]) -> tuple[int, dict[str, float]]:
    """Return the cycles of a simulation, and the toggles of a net and cycle, module by module.

    Args:
        hits: code coverage; instances of a module are added up in it.
        top: module whose clock counts the cycles.
        instances: of each module.

    Raises:
        RunFailure: the clock never rose, or no toggles were counted.
    """
    toggles = [(point, count) for point, count in hits.items() if point.kind == "toggle"]
    cycles = sum(c for p, c in toggles if p.module == top and p.text == _CLOCK)
    if not cycles:
        raise RunFailure(f"no cycles of {top} were counted: the activity is unknown")
    edges: Counter[str] = Counter()
    ways: Counter[str] = Counter()
    for point, count in toggles:
        # The clock is counted by its pins.
        if not point.text.startswith("clk:"):
            edges[point.module] += count
            ways[point.module] += 1
    # A bit is two points: up and down.
    found = {
        module: edges[module] / (ways[module] / 2 * instances[module] * cycles)
        for module in ways
        if instances.get(module)
    }
    return cycles, found


def simulate(machine: Machine) -> tuple[str, Hits]:
    """Run one image of the bundled network on the small machine, with toggles counted.

    Returns:
        The network's name, and the code coverage.

    Raises:
        RunFailure: the build or the run failed.
    """
    config = machine.config(CONFIG)
    target = build(machine.build(config), _SIMULATOR, coverage="full")
    workload = machine.bundled[CONFIG]
    digest = hashlib.sha256(workload.read_bytes()).hexdigest()[:12]
    folder = _FOLDER / f"{target.folder.name}-{digest}"
    done = folder / "done"
    if not done.is_file():
        spec = Spec(
            kind="workload",
            design=machine.name,
            name=str(workload),
            config=CONFIG,
            simulator=_SIMULATOR,
            mode=machine.modes[0],
            images=1,
            seed=1,
        )
        settings = EnvSettings(spec=spec)
        run(target, machine.workload_test, run_dir=folder, seed=1, env=settings.to_env())
        done.touch()
    return workload.stem, read(folder / CODE_COVERAGE, ROOT)


def measure(
    machine: Machine,
    small: Hierarchy,
    hierarchy: Hierarchy,
    mapped: Mapping[str, Mapped],
    blocks: Blocks,
) -> dict[str, Any]:
    """Return the report's part on switching.

    Args:
        machine: what is simulated.
        small: the simulated machine, elaborated.
        hierarchy: the synthesised machine.
        mapped: its modules.
        blocks: of the machine.

    Raises:
        RunFailure: the simulation failed, or counted nothing.
    """
    instances: Counter[str] = Counter()
    for key, count in small.counts().items():
        instances[small.modules[key].name] += count
    name, hits = simulate(machine)
    cycles, found = rates(hits, machine.top, instances)
    switched = spread(hierarchy, mapped, blocks, found)
    total = sum(switched.values())
    return {
        "workload": name,
        "config": CONFIG,
        "cycles": cycles,
        "toggles_per_net_and_cycle": {key: round(rate, 6) for key, rate in sorted(found.items())},
        "blocks": {
            key: {"switched_pf": round(value, 4), "share": share(value, total)}
            for key, value in switched.items()
        },
        "note": f"A relative estimate: toggles of one image of {name} on the {CONFIG} machine "
        f"({cycles:,} cycles, resets and pauses included) times the capacitance of all inputs of "
        "a module's cells, plus two edges a cycle on every clock pin; no clock is gated. Neither "
        "wires nor memories count, and the paper's shares are of another process.",
    }


def spread(
    hierarchy: Hierarchy,
    mapped: Mapping[str, Mapped],
    blocks: Blocks,
    found: Mapping[str, float],
) -> dict[str, float]:
    """Return the capacitance that each block switches in a cycle, in pF.

    A module without named signals of its own is taken to switch as the mean of the others.
    """
    mean = share(sum(found.values()), len(found))
    switched: dict[str, float] = defaultdict(float, dict.fromkeys(blocks.blocks, 0.0))
    for (key, block), count in blocks.instances(hierarchy).items():
        own = mapped[key]
        rate = found.get(hierarchy.modules[key].name, mean)
        switched[block] += count * (rate * own.capacitance + _CLOCK_EDGES * own.clock_capacitance)
    return dict(switched)
