"""Every way in which a proof can fail to be one is seen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from snn_rtl.formal.catalogue import Module, read_all
from snn_rtl.formal.judge import Result, claims, problems
from snn_rtl.formal.tests.helpers import BROKEN, project
from snn_rtl.formal.verdict import Outcome, Property, read_verdict

XML = """<testsuites><testsuite name="t">
<testcase name="build execution"/>
<testcase type="ASSERT" location="h.v:1" id="{name}">{inside}</testcase>
<testcase type="COVER" location="h.v:2" id="u_rules.c_end">{cover}</testcase>
</testsuite></testsuites>"""


def outcome(status: str, state: str, name: str = "a_bound", kind: str = "assert") -> Outcome:
    """Return the outcome of a task with one property."""
    return Outcome(
        status=status, properties=(Property(name=name, kind=kind, place="h.v:1", state=state),)
    )


GOOD = {
    "counter/prove": outcome("PASS", "held"),
    "counter/cover": outcome("PASS", "held", "c_end", "cover"),
    "counter/prove:counts_on": outcome("FAIL", "failed"),
}


def judged(module: Module, **changed: Outcome) -> list[str]:
    """Return what is wrong when the outcomes are good but for some, named by the task's end."""
    results = {}
    for job in module.jobs:
        found = next((o for end, o in changed.items() if job.name.endswith(end)), GOOD[job.name])
        results[job.name] = Result(job=job, outcome=found)
    return problems([module], results, whole=True)


@pytest.fixture
def module(tmp_path: Path) -> Module:
    """Return the small proof."""
    return read_all(project(tmp_path))[0]


def test_good(module: Module) -> None:
    assert judged(module) == []


@pytest.mark.parametrize(
    ("found", "message"),
    [
        (outcome("FAIL", "failed"), "fails: a_bound"),
        (outcome("UNKNOWN", "failed"), "the induction step fails at a_bound"),
        (outcome("UNKNOWN", "open"), "not proved (UNKNOWN)"),
        (
            Outcome(status="LIMIT", note="stopped after 3 s"),
            "not proved (LIMIT: stopped after 3 s)",
        ),
        (Outcome(status="ERROR", note="no result"), "not proved (ERROR: no result)"),
        (Outcome(status="PASS"), "nothing was checked"),
        (outcome("PASS", "open"), "not decided: a_bound"),
        (outcome("PASS", "held", "_witness_.check"), "without a label"),
    ],
)
def test_bad_proof(found: Outcome, message: str, module: Module) -> None:
    assert any(message in text for text in judged(module, **{"prove": found}))


@pytest.mark.parametrize(
    ("found", "message"),
    [
        (outcome("FAIL", "failed", "c_end", "cover"), "not reached: c_end"),
        (Outcome(status="PASS"), "it holds no cover: nothing was checked"),
    ],
)
def test_vacuous(found: Outcome, message: str, module: Module) -> None:
    assert any(message in text for text in judged(module, cover=found))


@pytest.mark.parametrize(
    ("found", "message"),
    [
        (outcome("PASS", "held"), "not refuted: a_bound holds all the same"),
        (outcome("FAIL", "failed", "a_other"), "not refuted by a_bound but by a_other"),
        (outcome("UNKNOWN", "failed"), "not refuted (UNKNOWN)"),
        (Outcome(status="ERROR"), "not refuted (ERROR)"),
        (Outcome(status="LIMIT"), "not refuted (LIMIT)"),
    ],
)
def test_variant_not_refuted(found: Outcome, message: str, module: Module) -> None:
    assert any(message in text for text in judged(module, counts_on=found))


def test_what_a_proof_lacks(module: Module) -> None:
    alone = replace(module, jobs=module.jobs[:1], bounded={"a_none": "why"})
    results = {job.name: Result(job=job, outcome=GOOD[job.name]) for job in alone.jobs}
    assert problems([alone], results, whole=True) == [
        "counter: no cover shows that its proofs are not vacuous",
        "counter: a_bound has no broken variant that it must refute",
        "counter: there is no property a_none",
    ]
    assert problems([alone], {}, whole=False) == ["nothing was checked"]


def test_bounded_needs_a_reason(module: Module) -> None:
    jobs = tuple(
        replace(job, task=replace(job.task, mode="bmc")) if job.task.mode == "prove" else job
        for job in module.jobs
    )
    bounded = replace(module, jobs=jobs)
    assert judged(bounded) == ["counter: a_bound is bounded only, and no reason is given"]
    reasoned = replace(bounded, bounded={"a_bound": "too large"})
    assert judged(reasoned) == []
    results = {job.name: Result(job=job, outcome=GOOD[job.name]) for job in jobs}
    (claim,) = claims(reasoned, results)
    assert (claim.proof, claim.reason, claim.variants) == (
        "bounded to 8",
        "too large",
        ("counts_on",),
    )


def test_stale_reason(module: Module) -> None:
    (problem,) = judged(replace(module, bounded={"a_bound": "too large"}))
    assert "its reason for a bound is stale" in problem


def test_variant_of_no_property(tmp_path: Path) -> None:
    broken = BROKEN.replace("property: a_bound", "property: a_gone")
    found = judged(read_all(project(tmp_path, broken=broken))[0])
    assert "counter: there is no property a_gone" in found


@pytest.mark.parametrize(
    ("inside", "state"), [("", "held"), ("<skipped/>", "open"), ("<failure/>", "failed")]
)
def test_verdict_from_files(inside: str, state: str, tmp_path: Path) -> None:
    (tmp_path / "status").write_text("PASS 0 1\n")
    (tmp_path / "t.xml").write_text(XML.format(name="a_x", inside=inside, cover="<skipped/>"))
    (found,) = read_verdict(tmp_path, "prove").properties
    assert (found.name, found.kind, found.state) == ("a_x", "assert", state)
    (cover,) = read_verdict(tmp_path, "cover").properties
    assert (cover.name, cover.state) == ("c_end", "open")


@pytest.mark.parametrize("kept", ["nothing", "status", "xml", "half"])
def test_no_verdict_without_files(kept: str, tmp_path: Path) -> None:
    if kept == "status":
        (tmp_path / "status").write_text("PASS 0 1\n")
    if kept in ("xml", "half"):
        text = XML.format(name="a_x", inside="", cover="")
        (tmp_path / "t.xml").write_text(text if kept == "xml" else text[:80])
    if kept == "half":
        (tmp_path / "status").write_text("PASS 0 1\n")
    assert read_verdict(tmp_path, "prove").status == "ERROR"
