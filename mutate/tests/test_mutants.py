"""Mutation testing of a tiny module: what it finds, what it must not take for a kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from snn_rtl.mutate import simulate
from snn_rtl.mutate.benches import Bench, Suite
from snn_rtl.mutate.cache import Cache
from snn_rtl.mutate.campaign import ModuleResult, Settings, run_all, run_module
from snn_rtl.mutate.equivalence import proven_equivalent
from snn_rtl.mutate.explained import Explained
from snn_rtl.mutate.netlist import make_netlist
from snn_rtl.mutate.result import Result
from snn_rtl.mutate.verdict import EQUIVALENT, ERROR, KILLED, SURVIVED, TIMEOUT, Verdict
from snn_rtl.run.places import ROOT

pytestmark = pytest.mark.sim

COUNT = 60


def bench(*tests: str, **env: str) -> Bench:
    return Bench(
        module="tiny",
        source="mutate/tests/rtl/tiny.v",
        file_list="mutate/tests/rtl/tiny.f",
        parameters={},
        suites=[
            Suite(test_module=f"snn_rtl.mutate.tests.benches.{test}", env=env) for test in tests
        ],
    )


def settings(folder: Path, *, count: int = COUNT, proof_s: int = 0) -> Settings:
    return Settings(
        count=count,
        seed=1,
        jobs=2,
        proof_s=proof_s,
        folder=folder / "runs",
        cache=Cache(folder / "cache"),
    )


def judge(what: Bench, how: Settings) -> ModuleResult:
    return run_module(what, how, jobs=2, tell=lambda _: None)


def result_of(module: ModuleResult, explained: Explained | None = None) -> Result:
    return Result(count=COUNT, seed=1, modules=[module], explained=explained or Explained())


def test_a_good_test_leaves_only_what_is_proven_equivalent(tmp_path: Path) -> None:
    found = judge(bench("good"), settings(tmp_path, proof_s=20))
    assert not found.failure
    assert found.count(SURVIVED, ERROR, TIMEOUT) == 0
    assert found.count(KILLED) > 40
    assert found.count(EQUIVALENT) > 0
    assert result_of(found).problems() == []
    assert all(mutation.file == "mutate/tests/rtl/tiny.v" for mutation in found.mutations)
    killed = next(verdict for verdict in found.verdicts if verdict.state == KILLED)
    assert killed.test == "counts_as_predicted"
    assert killed.message


def test_a_hollow_test_leaves_survivors_that_keep_it_from_passing(tmp_path: Path) -> None:
    found = judge(bench("hollow"), settings(tmp_path))
    survivors = [
        mutation
        for mutation, verdict in zip(found.mutations, found.verdicts, strict=True)
        if verdict.state == SURVIVED
    ]
    assert len(survivors) > 20
    problems = result_of(found).problems()
    assert any("survived without a reason" in text for text in problems)
    assert any("below 97%" in text for text in problems)
    reasons = {"tiny": {mutation.key: "a test" for mutation in survivors}}
    explained = result_of(found, Explained(reasons=reasons)).problems()
    assert len(explained) == 1
    assert "below 97%" in explained[0]


def test_survivors_meet_the_next_suite(tmp_path: Path) -> None:
    found = judge(bench("hollow", "good"), settings(tmp_path))
    assert {v.test for v in found.verdicts if v.state == KILLED} == {
        "is_zero_after_reset",
        "counts_as_predicted",
    }


def test_a_mutant_that_matters_is_never_proven_equivalent(tmp_path: Path) -> None:
    found = judge(bench("good"), settings(tmp_path))
    netlist = make_netlist(bench("good"), COUNT, 1)
    pairs = zip(netlist.mutations, found.verdicts, strict=True)
    killed = [mutation for mutation, verdict in pairs if verdict.state == KILLED]
    # Clocks among them, which a solver takes for granted.
    assert any("CLK" in mutation.what for mutation in killed[:6])
    assert not any(proven_equivalent(netlist, mutation, 20) for mutation in killed[:6])


def test_a_harness_that_fails_without_mutants_aborts_the_module(tmp_path: Path) -> None:
    found = judge(bench("wrong"), settings(tmp_path))
    assert "the unmutated netlist does not pass" in found.failure
    assert not found.verdicts
    assert "no mutant was judged" in result_of(found).problems()


def test_a_harness_that_dies_kills_no_mutant(tmp_path: Path) -> None:
    how = settings(tmp_path, count=3)
    found = judge(bench("fragile", FRAGILE="dies"), how)
    assert found.count(ERROR) == 3
    assert sum("the simulation died" in text for text in result_of(found).problems()) == 3
    # An error is not kept: the next call tries again.
    assert judge(bench("fragile", FRAGILE="dies"), how).fresh == 3


def test_a_mutant_that_hangs_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulate, "_LEAST_CPU_S", 0.5)
    found = judge(bench("fragile", FRAGILE="hangs"), settings(tmp_path, count=2))
    assert found.count(TIMEOUT) == 2
    assert found.count(KILLED) == 0


def test_what_is_known_is_not_run_again(tmp_path: Path) -> None:
    how = settings(tmp_path)
    first = judge(bench("good"), how)
    again = judge(bench("good"), how)
    assert first.fresh == len(first.verdicts)
    assert again.fresh == 0
    assert [v.state for v in again.verdicts] == [v.state for v in first.verdicts]
    assert judge(bench("hollow"), how).fresh == len(first.verdicts)


def test_a_damaged_verdict_is_none(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("a", Verdict(state=KILLED))
    assert cache.get("a") == Verdict(state=KILLED)
    (tmp_path / "a.json").write_text('{"state": "kil')
    assert cache.get("a") is None
    cache.write("a", {"state": "alive"})
    assert cache.get("a") is None
    cache.write("a", {"state": KILLED, "colour": "red"})
    assert cache.get("a") is None
    cache.put("a", Verdict(state=ERROR))
    assert cache.get("a") is None


_CAMPAIGN = """
import sys
from pathlib import Path
from snn_rtl.mutate.tests.test_mutants import bench, settings, judge
judge(bench("fragile", FRAGILE="dawdles"), settings(Path(sys.argv[1]), count=8))
"""


def test_what_a_killed_campaign_found_is_kept(tmp_path: Path) -> None:
    program = subprocess.Popen(
        [sys.executable, "-c", _CAMPAIGN, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )
    until = time.monotonic() + 120
    try:
        while len(list((tmp_path / "cache").glob("*.json"))) < 2 and time.monotonic() < until:
            time.sleep(0.02)
    finally:
        os.killpg(program.pid, signal.SIGKILL)
        program.wait()
    kept = len(list((tmp_path / "cache").glob("*.json")))
    assert 2 <= kept < 8
    found = judge(bench("fragile", FRAGILE="dawdles"), settings(tmp_path, count=8))
    assert len(found.verdicts) == 8
    assert found.fresh == 8 - kept


def test_news_come_for_every_mutant_and_the_module(tmp_path: Path) -> None:
    verdicts: list[Verdict] = []
    what = bench("good")

    def tell(module: Bench, verdict: Verdict) -> None:
        assert module is what
        verdicts.append(verdict)

    (found,) = run_all([what], settings(tmp_path, count=5), tell)
    assert len(verdicts) == len(found.verdicts) == 5
