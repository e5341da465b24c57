"""What outcomes mean: whether a job did what it had to, and what a module's proof lacks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from snn_rtl.formal.catalogue import Job, Module
from snn_rtl.formal.verdict import Outcome

_LABEL: Final = re.compile(r"[aic]_\w+")


@dataclass(frozen=True, kw_only=True)
class Result:
    """A job and what it came to.

    Attributes:
        job: the job.
        outcome: its outcome.
        cached: it was taken from an earlier run.
    """

    job: Job
    outcome: Outcome
    cached: bool = False

    @property
    def problem(self) -> str:
        """Why it did not do what it had to; empty if it did."""
        return _broken_problem(self) if self.job.variant else _task_problem(self)


def _names(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _undecided(outcome: Outcome) -> str:
    return f"{outcome.status}: {outcome.note}" if outcome.note else outcome.status


def _task_problem(result: Result) -> str:
    outcome, mode = result.outcome, result.job.task.mode
    what = "cover" if mode == "cover" else "property"
    failed = outcome.failed()
    if outcome.status == "UNKNOWN" and failed:
        return f"not proved: the induction step fails at {_names(failed)}"
    if failed:
        return f"{'not reached' if mode == 'cover' else 'fails'}: {_names(failed)}"
    if outcome.status != "PASS":
        return f"not {'reached' if mode == 'cover' else 'proved'} ({_undecided(outcome)})"
    if not outcome.properties:
        return f"it holds no {what}: nothing was checked"
    left = {item.name for item in outcome.properties if item.state != "held"}
    if left:
        return f"not decided: {_names(left)}"
    bad = {
        item.name or item.place for item in outcome.properties if not _LABEL.fullmatch(item.name)
    }
    return f"without a label a_, i_ or c_: {_names(bad)}" if bad else ""


def _broken_problem(result: Result) -> str:
    outcome, variant = result.outcome, result.job.variant
    assert variant is not None
    if outcome.status == "PASS":
        return f"not refuted: {variant.property} holds all the same"
    if outcome.status != "FAIL":
        return f"not refuted ({_undecided(outcome)})"
    failed = outcome.failed()
    if variant.property in failed:
        return ""
    return f"not refuted by {variant.property} but by {_names(failed) or 'nothing named'}"


@dataclass(frozen=True, kw_only=True)
class Claim:
    """How far a property of a module holds.

    Attributes:
        name: its label.
        place: file and line.
        proof: "k-induction", "bounded to N" or "" where it does not hold.
        reason: why it is bounded only.
        variants: broken variants that it refutes.
    """

    name: str
    place: str
    proof: str
    reason: str
    variants: tuple[str, ...]


def claims(module: Module, results: Mapping[str, Result]) -> list[Claim]:
    """Return the properties of a module; invariants that only help (i_) are left out.

    Args:
        module: the module.
        results: by name of the job; jobs that did not run are not there.
    """
    plain = [results[job.name] for job in module.jobs if not job.variant and job.name in results]
    places: dict[str, str] = {}
    proofs: dict[str, str] = {}
    for result in plain:
        mode, depth = result.job.task.mode, result.job.task.depth
        if mode == "cover":
            continue
        for item in result.outcome.properties:
            if item.name.startswith("i_"):
                continue
            places.setdefault(item.name, item.place)
            if item.state != "held" or result.problem:
                continue
            if mode == "prove":
                proofs[item.name] = "k-induction"
            elif proofs.get(item.name) != "k-induction":
                proofs[item.name] = f"bounded to {depth}"
    refuted: dict[str, list[str]] = {}
    for job in module.jobs:
        if job.variant and job.name in results and not results[job.name].problem:
            refuted.setdefault(job.variant.property, []).append(job.variant.name)
    return [
        Claim(
            name=name,
            place=places[name],
            proof=proofs.get(name, ""),
            reason=module.bounded.get(name, ""),
            variants=tuple(refuted.get(name, ())),
        )
        for name in sorted(places)
    ]


def module_problems(module: Module, results: Mapping[str, Result]) -> list[str]:
    """Return what a module's proof lacks as a whole; all of its jobs must have run."""
    found = []
    modes = {job.task.mode for job in module.jobs}
    if "cover" not in modes:
        found.append(f"{module.name}: no cover shows that its proofs are not vacuous")
    if not modes - {"cover"}:
        found.append(f"{module.name}: nothing is asserted")
    known = claims(module, results)
    variants = {job.variant.property for job in module.jobs if job.variant}
    for claim in known:
        where = f"{module.name}: {claim.name}"
        if claim.name not in variants:
            found.append(f"{where} has no broken variant that it must refute")
        if claim.proof.startswith("bounded") and not claim.reason:
            found.append(f"{where} is bounded only, and no reason is given")
        if claim.proof == "k-induction" and claim.reason:
            found.append(f"{where} is proved by k-induction: its reason for a bound is stale")
    names = {claim.name for claim in known}
    stray = (set(module.bounded) | variants) - names
    found += [f"{module.name}: there is no property {name}" for name in sorted(stray)]
    return found


def problems(modules: Sequence[Module], results: Mapping[str, Result], *, whole: bool) -> list[str]:
    """Return everything that is wrong.

    Args:
        modules: what was to be proved.
        results: by name of the job.
        whole: all jobs of the modules ran, so that what is missing shows.
    """
    found = [f"{name}: {r.problem}" for name, r in results.items() if r.problem]
    if not results:
        found.append("nothing was checked")
    if whole:
        for module in modules:
            found += module_problems(module, results)
    return found
