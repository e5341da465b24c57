"""Synthesises a machine: every module once, in parallel, and what that adds up to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from snn_rtl.run.jobs import run_jobs
from snn_rtl.run.runner import RunFailure
from snn_rtl.run.store import Store
from snn_rtl.synth.blocks import Blocks
from snn_rtl.synth.cache import code_digest, timing_from_json, timing_to_json
from snn_rtl.synth.elaborate import YOSYS, Hierarchy, Module
from snn_rtl.synth.graph import ModuleTiming, Path
from snn_rtl.synth.library import Library
from snn_rtl.synth.mapping import NETLIST, Mapped, map_module
from snn_rtl.synth.netlist import read_netlist
from snn_rtl.synth.processes import Processes
from snn_rtl.synth.timing import CombinationalLoopError, time_module


@dataclass(frozen=True, kw_only=True)
class ModuleResult:
    """What was found of a module.

    Attributes:
        module: as elaborated.
        instances: of it in the machine.
        mapped: itself, without its children.
        timing: with them.
    """

    module: Module
    instances: int
    mapped: Mapped
    timing: ModuleTiming

    @property
    def memory_bits(self) -> int:
        """Bits of its memories, of one instance."""
        return sum(self.mapped.memories.values())


@dataclass(frozen=True, kw_only=True)
class BlockTotal:
    """What a block adds up to.

    Attributes:
        area: um2 of standard cells.
        cells: of these.
        flip_flops: bits.
        memory_bits: of arrays that stayed memories.
    """

    area: float = 0.0
    cells: int = 0
    flip_flops: int = 0
    memory_bits: int = 0


@dataclass(frozen=True, kw_only=True)
class MachineResult:
    """What was found of a machine; modules come before those that hold them."""

    hierarchy: Hierarchy
    modules: dict[str, ModuleResult]
    blocks: Mapping[str, BlockTotal]

    @property
    def total(self) -> BlockTotal:
        """The whole machine."""
        return _sum(list(self.blocks.values()))

    @property
    def worst(self) -> tuple[ModuleResult, Path]:
        """The longest path between registers, and the module that it is in.

        Raises:
            RunFailure: there is none.
        """
        found = [
            (result, path)
            for result in self.modules.values()
            if (path := _clocked(result, self.hierarchy.top)) is not None
        ]
        if not found:
            raise RunFailure("no path between registers was found")
        return max(found, key=lambda pair: pair[1].delay)


def _clocked(result: ModuleResult, top: str) -> Path | None:
    """Return the path that bounds the clock: ports count at the top alone."""
    timing = result.timing
    return timing.longest if result.module.key == top else timing.register_path


def _sum(parts: Sequence[BlockTotal]) -> BlockTotal:
    return BlockTotal(
        area=sum(part.area for part in parts),
        cells=sum(part.cells for part in parts),
        flip_flops=sum(part.flip_flops for part in parts),
        memory_bits=sum(part.memory_bits for part in parts),
    )


def tool_version() -> str:
    """Return yosys's version."""
    return version(YOSYS)


def stubs_of(module: Module, hierarchy: Hierarchy) -> str:
    """Return RTLIL of the ports of a module's children."""
    kinds = sorted(set(module.children.values()))
    return "".join(hierarchy.modules[kind].stub for kind in kinds)


def map_all(
    hierarchy: Hierarchy,
    *,
    library: Library,
    processes: Processes,
    jobs: int,
    limit_s: float,
    done: Callable[[Module, Mapped, bool], None],
) -> dict[str, Mapped]:
    """Map all modules, the largest first.

    Args:
        hierarchy: the machine.
        library: the standard cells.
        processes: that the tools belong to.
        jobs: at a time.
        limit_s: time limit of one.
        done: told of each, and whether it was there before.

    Raises:
        RunFailure: one failed; the others are kept.
        KeyboardInterrupt: Ctrl-C, once the tools have ended; says how much is kept.
    """
    modules = sorted(hierarchy.modules.values(), key=lambda m: len(m.text), reverse=True)
    found: dict[str, Mapped] = {}
    failures: list[str] = []

    def work(module: Module) -> tuple[Mapped, bool] | RunFailure:
        try:
            return map_module(
                module,
                stubs_of(module, hierarchy),
                library=library,
                version=tool_version(),
                processes=processes,
                limit_s=limit_s,
            )
        except RunFailure as failure:
            return failure

    try:
        for module, result in run_jobs(
            work, modules, jobs=jobs, threads=True, stop=processes.stopped
        ):
            if isinstance(result, RunFailure):
                failures.append(str(result))
                continue
            found[module.key], kept = result
            done(module, found[module.key], kept)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(
            f"{len(found)} of {len(modules)} modules are kept; the same command goes on"
        ) from None
    if failures:
        raise RunFailure("\n".join(failures))
    return found


def _timing_name(mapped: Mapped, children: Mapping[str, ModuleTiming]) -> str:
    """Return the name of a timing, beside the netlist: what it follows from is part of it."""
    known = {key: timing_to_json(timing) for key, timing in children.items()}
    text = json.dumps([code_digest(), mapped.key, known], sort_keys=True)
    return f"timing.{hashlib.sha256(text.encode()).hexdigest()}"


def time_all(
    hierarchy: Hierarchy,
    mapped: Mapping[str, Mapped],
    library: Library,
    done: Callable[[Module], None],
) -> dict[str, ModuleTiming]:
    """Time all modules, children before their parents.

    Raises:
        RunFailure: a net depends on itself.
    """
    found: dict[str, ModuleTiming] = {}
    for key, module in hierarchy.modules.items():
        children = {kind: found[kind] for kind in module.children.values()}
        own = mapped[key]
        name = _timing_name(own, children)
        store = Store(own.folder)
        timing = timing_from_json(store.read(name))
        if timing is None:
            netlist = read_netlist(own.folder / NETLIST, key)
            try:
                timing = time_module(netlist, library.cells, children)
            except CombinationalLoopError as loop:
                raise RunFailure(f"{module.label}: a combinational loop through {loop}") from None
            store.write(name, timing_to_json(timing))
        found[key] = timing
        done(module)
    return found


def add_up(
    hierarchy: Hierarchy, mapped: Mapping[str, Mapped], blocks: Blocks
) -> dict[str, BlockTotal]:
    """Return what each block adds up to.

    Raises:
        RunFailure: a module has no block.
    """
    missing = blocks.uncovered(module.name for module in hierarchy.modules.values())
    if missing:
        raise RunFailure(f"synth/blocks.yaml gives no block to {', '.join(missing)}")
    parts: dict[str, list[BlockTotal]] = {block: [] for block in blocks.blocks}
    for (key, block), count in blocks.instances(hierarchy).items():
        own = mapped[key]
        parts[block].append(
            BlockTotal(
                area=own.area * count,
                cells=own.cells * count,
                flip_flops=own.flip_flops * count,
                memory_bits=sum(own.memories.values()) * count,
            )
        )
    return {block: _sum(found) for block, found in parts.items()}


def problems(result: MachineResult) -> list[str]:
    """Return what is wrong with a machine: latches, and arrays that did not stay memories."""
    found = []
    for entry in result.modules.values():
        label = entry.module.label
        if entry.mapped.latches:
            found.append(f"{label}: {entry.mapped.latches} bits in latches")
        for name, bits in entry.module.arrays.items():
            kept = entry.mapped.memories.get(name)
            if kept is None:
                found.append(f"{label}: array {name} became flip-flops")
            elif kept != bits:
                found.append(f"{label}: array {name} has {kept} bits instead of {bits}")
    if not result.total.cells:
        found.append("no cells: nothing was synthesised")
    return found
