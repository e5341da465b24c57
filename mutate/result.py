"""What a campaign says as a whole: sums, problems, the report as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from snn_rtl.mutate.campaign import ModuleResult
from snn_rtl.mutate.explained import Explained
from snn_rtl.mutate.names import DEFAULT_COUNT, DEFAULT_SEED
from snn_rtl.mutate.netlist import Mutation
from snn_rtl.mutate.verdict import EQUIVALENT, ERROR, KILLED, SURVIVED, TIMEOUT, VERDICTS, Verdict

SCHEMA: Final = "mutate-report/1"
BAR: Final = 0.97
"""Least share of mutants that are killed or proven equivalent."""

"""What the explained survivors are kept for; other mutants may be met with other values."""


def share(result: ModuleResult) -> float:
    """Return the share of a module's mutants that are killed or proven equivalent."""
    return result.count(KILLED, TIMEOUT, EQUIVALENT) / max(1, len(result.verdicts))


@dataclass(frozen=True, kw_only=True)
class Result:
    """A campaign.

    Attributes:
        count: mutants of each module.
        seed: of their choice.
        modules: in the order of the call.
        explained: reasons for survivors.
        facts: what the report says about the session.
        tools: versions.
    """

    count: int
    seed: int
    modules: Sequence[ModuleResult]
    explained: Explained
    facts: Mapping[str, str] = field(default_factory=dict)
    tools: Mapping[str, str] = field(default_factory=dict)

    def total(self, *states: str) -> int:
        """Return how many mutants have one of these verdicts; all of them if none is named."""
        return sum(module.count(*(states or VERDICTS)) for module in self.modules)

    @property
    def share(self) -> float:
        """Share of all mutants that are killed or proven equivalent."""
        return self.total(KILLED, TIMEOUT, EQUIVALENT) / max(1, self.total())

    def survivors(self, module: ModuleResult) -> Iterator[tuple[Mutation, Verdict, str]]:
        """Yield a module's survivors with their reasons."""
        for mutation, verdict in zip(module.mutations, module.verdicts, strict=True):
            if verdict.state == SURVIVED:
                yield mutation, verdict, self.explained.reason(module.bench.module, mutation.key)

    def stale(self) -> list[str]:
        """Return the entries of explained.yaml that explain no survivor any more."""
        complete = (self.count, self.seed) == (DEFAULT_COUNT, DEFAULT_SEED)
        found = []
        for module in self.modules:
            if module.failure:
                continue
            pairs = list(zip(module.mutations, module.verdicts, strict=True))
            planted = {mutation.key for mutation, _ in pairs}
            # Several mutations may share a key: all of them must be noticed.
            killed = planted - {mutation.key for mutation, verdict in pairs if not verdict.killed}
            found += self.explained.stale(module.bench.module, planted, killed, complete=complete)
        return found

    def problems(self) -> list[str]:
        """Return what keeps the campaign from passing."""
        found = [f"{m.bench.module}: {m.failure}" for m in self.modules if m.failure]
        for module in self.modules:
            name = module.bench.module
            for mutation, verdict in zip(module.mutations, module.verdicts, strict=True):
                if verdict.state == ERROR:
                    found.append(f"{name}: mutant {mutation.number}: {verdict.message}")
            for mutation, _, reason in self.survivors(module):
                if not reason:
                    place = f"{mutation.file}:{mutation.line}" if mutation.file else name
                    found.append(f"{place}: survived without a reason: {mutation.key}")
        found += [f"explained.yaml: {text}" for text in self.stale()]
        if not self.total():
            found.append("no mutant was judged")
        elif self.share < BAR:
            found.append(
                f"{self.share:.1%} of the mutants are killed or proven equivalent, below {BAR:.0%}"
            )
        return found

    def _module(self, module: ModuleResult) -> dict[str, Any]:
        mutations = [
            {
                **{key: value for key, value in asdict(mutation).items() if key != "command"},
                **{key: value for key, value in asdict(verdict).items() if key != "cpu_s"},
                "reason": self.explained.reason(module.bench.module, mutation.key)
                if verdict.state == SURVIVED
                else "",
            }
            for mutation, verdict in zip(module.mutations, module.verdicts, strict=True)
        ]
        return {
            "module": module.bench.module,
            "source": module.bench.source,
            "parameters": dict(module.bench.parameters),
            "mutants": len(module.verdicts),
            **{state: module.count(state) for state in VERDICTS},
            "share": round(share(module), 4),
            "failure": module.failure,
            "fresh": module.fresh,
            "seconds": round(module.seconds, 2),
            "cpu_s": round(sum(verdict.cpu_s for verdict in module.verdicts), 2),
            "mutations": mutations,
        }

    def to_json(self) -> dict[str, Any]:
        """Return the report as JSON's types."""
        problems = self.problems()
        return {
            "schema": SCHEMA,
            "count": self.count,
            "seed": self.seed,
            "tools": dict(self.tools),
            **self.facts,
            "totals": {
                "mutants": self.total(),
                **{state: self.total(state) for state in VERDICTS},
                "share": round(self.share, 4),
            },
            "modules": [self._module(module) for module in self.modules],
            "stale": self.stale(),
            "problems": problems,
            "passed": not problems,
        }
