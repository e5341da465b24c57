"""`make synth`: area, timing and relative energy of a machine by synthesis, module by module.

Exit status: 0 when all modules were synthesised as they should be, 1 when not, 2 on bad input.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn

from snn_rtl.machines import MACHINES
from snn_rtl.machines.base import Machine
from snn_rtl.models.errors import InputError
from snn_rtl.run.alive import Bars, working
from snn_rtl.run.board import Board
from snn_rtl.run.command import create_folder, make_console
from snn_rtl.run.page import write_page
from snn_rtl.run.places import BUILD, OUT
from snn_rtl.run.provenance import rtl_digest
from snn_rtl.run.report import REPORT, write_json
from snn_rtl.synth import activity, fpga, gate_tests
from snn_rtl.synth.blocks import Blocks, load_blocks
from snn_rtl.synth.console import print_report
from snn_rtl.synth.elaborate import ELABORATED, Hierarchy, Module, elaborate
from snn_rtl.synth.gates import gate_level
from snn_rtl.synth.library import Library, load_library
from snn_rtl.synth.mapping import Mapped
from snn_rtl.synth.page import PAGE, render
from snn_rtl.synth.processes import Processes
from snn_rtl.synth.report import make_report
from snn_rtl.synth.session import MachineResult, ModuleResult, add_up, map_all, time_all


def _synthesise(
    hierarchy: Hierarchy,
    library: Library,
    blocks: Blocks,
    console: Console,
    *,
    processes: Processes,
    jobs: int,
    limit_s: float,
) -> MachineResult:
    """Map and time all modules, and show how far it is."""
    columns = (
        *(TextColumn("{task.description:>8}"), BarColumn(), MofNCompleteColumn()),
        *(TextColumn("modules"), TimeElapsedColumn()),
    )
    with Bars(*columns, console=console) as progress:
        mapping = progress.add_task("mapping", total=len(hierarchy.modules))
        timing = progress.add_task("timing", total=len(hierarchy.modules))

        def is_mapped(module: Module, mapped: Mapped, kept: bool) -> None:
            progress.update(mapping, advance=1)
            if not kept:
                progress.console.print(
                    f"mapped {module.label}: {mapped.cells:,} cells", markup=False, highlight=False
                )

        mapped = map_all(
            hierarchy,
            library=library,
            processes=processes,
            jobs=jobs,
            limit_s=limit_s,
            done=is_mapped,
        )
        timings = time_all(hierarchy, mapped, library, lambda _: progress.update(timing, advance=1))
    counts = hierarchy.counts()
    modules = {
        key: ModuleResult(
            module=module, instances=counts[key], mapped=mapped[key], timing=timings[key]
        )
        for key, module in hierarchy.modules.items()
    }
    return MachineResult(
        hierarchy=hierarchy, modules=modules, blocks=add_up(hierarchy, mapped, blocks)
    )


def _below(hierarchy: Hierarchy, name: str | None) -> Hierarchy:
    """Return the part of a machine below modules of a name, as if the first were the top.

    Raises:
        InputError: there is none of that name.
    """
    if name is None:
        return hierarchy
    found = [m for m in hierarchy.modules.values() if name in (m.name, m.label)]
    if not found:
        known = sorted({module.name for module in hierarchy.modules.values()})
        raise InputError(f"unknown module {name!r:.60}: choose from {', '.join(known)}")
    kept: set[str] = set()
    waiting = [found[0].key]
    while waiting:
        key = waiting.pop()
        kept.add(key)
        waiting += hierarchy.modules[key].children.values()
    modules = {key: module for key, module in hierarchy.modules.items() if key in kept}
    return Hierarchy(found[0].key, modules)


def work_folder(design: str, config: str) -> Path:
    """Return the folder of an elaborated machine."""
    return BUILD / "synth" / "work" / f"{design}-{config}"


def _activity(
    machine: Machine,
    whole: Hierarchy,
    result: MachineResult,
    blocks: Blocks,
    processes: Processes,
) -> dict[str, Any]:
    """Return what a simulation of the small machine says of switching."""
    target = machine.build(machine.config(activity.CONFIG))
    small = elaborate(target, work_folder(machine.name, activity.CONFIG), processes)
    mapped = {key: entry.mapped for key, entry in result.modules.items()}
    return activity.measure(machine, small, whole, mapped, blocks)


def _gates(machine: Machine, folder: Path, console: Console, jobs: int) -> list[dict[str, Any]]:
    """Run the smoke tests on the netlist of the small machine."""
    with working(console, "synthesising the netlist that is simulated"):
        netlist = gate_level(machine.build(machine.config(gate_tests.CONFIG)))
    specs = gate_tests.smoke_tests(machine.name)
    found = []
    with Board(console, "tests on gates", len(specs)) as board:
        for result in gate_tests.run_all(netlist, specs, folder / "gates", jobs):
            took = f"{result.wall_s:.1f} s, {result.cycles_per_s:.0f} cycles/s"
            board.finished(f"gates: {result.test}", took, result.failure or "")
            found.append(result.to_json())
    return found


def _write(report: dict[str, Any], folder: Path) -> Path:
    write_json(folder / REPORT, report)
    return write_page(folder / PAGE, render(report))


def synth(
    *,
    design: str,
    config: str,
    module: str | None,
    limit: int,
    fitted: bool,
    gates: bool,
    toggled: bool,
    jobs: int,
    out: Path | None,
) -> int:
    """Synthesise a machine and report its area and timing."""
    console = make_console()
    machine = MACHINES[design]
    chosen = machine.configuration(config)
    config, parameters = chosen.slug, chosen.parameters
    blocks = load_blocks(machine.name)
    name = f"{machine.name}-{config}" + (f"-{module}" if module else "")
    folder = create_folder(out or OUT / "synth" / name)
    for old in (REPORT, PAGE):
        (folder / old).unlink(missing_ok=True)
    library = load_library()
    processes = Processes()
    target = machine.build(parameters)
    work = work_folder(machine.name, config)
    with working(console, f"elaborating {target.top} ({config})"):
        whole = elaborate(target, work, processes)
    hierarchy = _below(whole, module)
    result = _synthesise(
        hierarchy,
        library,
        blocks,
        console,
        processes=processes,
        jobs=jobs,
        limit_s=limit,
    )
    routed = None
    if fitted and module is None and config in fpga.CONFIGS:
        with working(console, f"placing and routing on {fpga.DEVICE}"):
            routed = fpga.place_and_route(whole, work / ELABORATED, processes)
    switching = None
    if toggled and module is None:
        with working(console, "simulating a network with toggles counted"):
            switching = _activity(machine, whole, result, blocks, processes)
    simulated = None
    if gates:
        simulated = _gates(machine, folder, console, jobs)
    report = make_report(
        design=machine.name,
        config=config,
        parameters=target.parameters,
        result=result,
        blocks=blocks,
        fpga=routed,
        activity=switching,
        gates=simulated,
        tools=fpga.versions() if routed else {},
        rtl=rtl_digest(target.file_list),
    )
    print_report(report, console)
    console.print(f"report: {_write(report, folder)}", soft_wrap=True, markup=False)
    return 0 if report["passed"] else 1
