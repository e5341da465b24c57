"""One module from sources to verdicts, and many of them at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import Final

from snn_rtl.models.errors import InputError
from snn_rtl.mutate import yosys
from snn_rtl.mutate.benches import Bench
from snn_rtl.mutate.cache import Cache, key_of
from snn_rtl.mutate.equivalence import METHOD, proven_equivalent
from snn_rtl.mutate.names import SESSION
from snn_rtl.mutate.netlist import Mutation, Netlist, make_netlist
from snn_rtl.mutate.simulate import baseline, run_mutants
from snn_rtl.mutate.sources import test_digest
from snn_rtl.mutate.verdict import EQUIVALENT, SURVIVED, Verdict
from snn_rtl.run.jobs import run_jobs
from snn_rtl.run.runner import RunFailure, build
from snn_rtl.run.simulators import simulator_version

SIMULATOR: Final = "verilator"
"""What the mutants run on: built once a module, it starts and runs them fastest."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a campaign is asked for.

    Attributes:
        count: mutants of each module.
        seed: of their choice, and base of the tests' randomness.
        jobs: processes at a time.
        proof_s: seconds of work for each proof of equivalence; 0 for none.
        folder: of the runs.
        cache: of the verdicts.
    """

    count: int
    seed: int
    jobs: int
    proof_s: int
    folder: Path
    cache: Cache


@dataclass(frozen=True, kw_only=True)
class ModuleResult:
    """What became of a module's mutants.

    Attributes:
        bench: the module and its tests.
        mutations: its mutants.
        verdicts: theirs, in the same order; none if `failure`.
        failure: why the module could not be judged, empty if it was.
        seconds: how long it took.
        fresh: mutants that were run, the others' verdicts were known.
    """

    bench: Bench
    mutations: Sequence[Mutation] = ()
    verdicts: Sequence[Verdict] = ()
    failure: str = ""
    seconds: float = 0.0
    fresh: int = 0

    def count(self, *states: str) -> int:
        """Return how many mutants have one of these verdicts."""
        return sum(verdict.state in states for verdict in self.verdicts)


def tool_versions() -> dict[str, str]:
    """Return the versions of what a verdict depends on."""
    packages = ("cocotb", "numpy", "pyuvm")
    return {
        "yosys": yosys.version(),
        SIMULATOR: simulator_version(SIMULATOR),
        "python": python_version(),
        **{name: version(name) for name in packages},
    }


@dataclass
class _Module:
    """A module under way."""

    settings: Settings
    bench: Bench
    jobs: int
    tell: Callable[[Verdict], None]
    verdicts: dict[int, Verdict] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.netlist: Netlist = make_netlist(self.bench, self.settings.count, self.settings.seed)
        tests = [
            [suite.name, sorted(suite.env.items()), test_digest(suite.test_module)]
            for suite in self.bench.suites
        ]
        self.common = [tests, test_digest(SESSION), self.settings.seed, tool_versions()]
        self.keys = {
            mutation.number: key_of(self.netlist.sources, mutation.alone, self.common)
            for mutation in self.netlist.mutations
        }

    def _judge(self, number: int, verdict: Verdict) -> None:
        self.settings.cache.put(self.keys[number], verdict)
        self._accept(number, verdict)

    def _accept(self, number: int, verdict: Verdict) -> None:
        self.verdicts[number] = verdict
        if verdict.state != SURVIVED:
            self.tell(verdict)

    def _run(self, numbers: Sequence[int]) -> None:
        """Run mutants through the suites; each meets the survivors of the one before."""
        target = build(self.netlist.design, SIMULATOR)
        alive = list(numbers)
        spent = dict.fromkeys(numbers, 0.0)
        for index, suite in enumerate(self.bench.suites):
            if not alive:
                break
            last = index == len(self.bench.suites) - 1
            folder = self.settings.folder / self.bench.module / str(index)
            reference = baseline(target, suite, folder, self.settings.seed)

            def done(number: int, verdict: Verdict, last: bool = last) -> None:
                spent[number] += verdict.cpu_s
                if verdict.state != SURVIVED or last:
                    alive.remove(number)
                    self._judge(number, replace(verdict, cpu_s=spent[number]))

            run_mutants(
                target,
                suite,
                folder,
                seed=self.settings.seed,
                mutants=list(alive),
                reference=reference,
                jobs=self.jobs,
                done=done,
            )

    def _prove(self, mutation: Mutation) -> Verdict:
        """Return a survivor's last verdict."""
        limit_s = self.settings.proof_s
        if not limit_s:
            return self.verdicts[mutation.number]
        key = key_of(self.netlist.sources, mutation.alone, METHOD, yosys.version(), limit_s)
        known = self.settings.cache.get(key)
        if known is None:
            proven = proven_equivalent(self.netlist, mutation, limit_s)
            known = Verdict(state=EQUIVALENT if proven else SURVIVED)
            self.settings.cache.put(key, known)
        return known if known.state == EQUIVALENT else self.verdicts[mutation.number]

    def run(self) -> int:
        """Find all verdicts; return how many mutants had to be run."""
        for number, key in self.keys.items():
            known = self.settings.cache.get(key)
            if known is not None:
                self._accept(number, known)
        missing = [number for number in self.keys if number not in self.verdicts]
        if missing:
            self._run(missing)
        for mutation in self.netlist.mutations:
            if self.verdicts[mutation.number].state == SURVIVED:
                verdict = self._prove(mutation)
                self.verdicts[mutation.number] = verdict
                self.tell(verdict)
        return len(missing)


def run_module(
    bench: Bench, settings: Settings, *, jobs: int, tell: Callable[[Verdict], None]
) -> ModuleResult:
    """Judge a module's mutants.

    Args:
        bench: the module.
        settings: of the campaign.
        jobs: mutants at a time.
        tell: told of each verdict.
    """
    started = time.perf_counter()
    try:
        module = _Module(settings, bench, jobs, tell)
        fresh = module.run()
    except (RunFailure, InputError, OSError) as error:
        failure = str(error).partition("\nrerun: ")[0]
        return ModuleResult(bench=bench, failure=failure, seconds=time.perf_counter() - started)
    mutations = module.netlist.mutations
    return ModuleResult(
        bench=bench,
        mutations=mutations,
        verdicts=[module.verdicts[mutation.number] for mutation in mutations],
        seconds=time.perf_counter() - started,
        fresh=fresh,
    )


def run_all(
    benches: Sequence[Bench], settings: Settings, tell: Callable[[Bench, Verdict], None]
) -> Iterator[ModuleResult]:
    """Judge many modules, several at a time, and yield what became of them.

    The threads end with the process: after Ctrl-C nothing is waited for, simulations notice
    that nobody listens, and the verdicts found so far are in the cache.

    Args:
        benches: the modules.
        settings: of the campaign.
        tell: told of each verdict, in any thread.
    """
    workers = min(settings.jobs, len(benches))

    def work(bench: Bench) -> ModuleResult:
        jobs = settings.jobs // workers
        return run_module(bench, settings, jobs=jobs, tell=partial(tell, bench))

    return (result for _, result in run_jobs(work, benches, jobs=workers, threads=True))
