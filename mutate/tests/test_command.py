"""The command around the mutants: bad input, reasons, digests, reports; no simulator."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from snn_rtl.models.errors import InputError
from snn_rtl.mutate import sources as sources_module
from snn_rtl.mutate.benches import Bench, load, select, sources
from snn_rtl.mutate.campaign import ModuleResult
from snn_rtl.mutate.cli import mutate
from snn_rtl.mutate.explained import Explained, load_explained
from snn_rtl.mutate.names import DEFAULT_COUNT, DEFAULT_SEED
from snn_rtl.mutate.netlist import Mutation
from snn_rtl.mutate.page import render
from snn_rtl.mutate.result import SCHEMA, Result
from snn_rtl.mutate.sources import test_digest as digest_of_test
from snn_rtl.mutate.sources import verilog_digest
from snn_rtl.mutate.verdict import (
    EQUIVALENT,
    ERROR,
    KILLED,
    SURVIVED,
    TIMEOUT,
    Verdict,
    read_verdict,
)
from snn_rtl.run.command import run_command
from snn_rtl.run.places import ROOT


def mutation(number: int, what: str) -> Mutation:
    return Mutation(
        number=number,
        command="",
        what=what,
        file="rtl/common/snn_fifo.v",
        line=number,
        text="a <= b",
    )


def campaign(explained: Explained, *states: str, seed: int = DEFAULT_SEED) -> Result:
    bench = Bench(
        module="snn_fifo",
        source="rtl/common/snn_fifo.v",
        file_list="",
        parameters={"W": 8},
        suites=[],
    )
    module = ModuleResult(
        bench=bench,
        mutations=[mutation(n, f"change {n}") for n in range(1, len(states) + 1)],
        verdicts=[Verdict(state=state) for state in states],
    )
    return Result(count=DEFAULT_COUNT, seed=seed, modules=[module], explained=explained)


def reasons(*keys: str) -> Explained:
    return Explained(reasons={"snn_fifo": dict.fromkeys(keys, "because it <is> so")})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--module=nonesuch"], "unknown module"),
        (["--design=eyeriss"], "DESIGN: 'eyeriss' is not one of 'common', 'prosperity', 'loas'"),
        (["--design=loas", "--module=snn_fifo"], "none of these modules belongs to loas"),
        (["--n=0"], "N: 0 is not in the range 1<=x<="),
        (["--jobs=many"], "JOBS: 'many' is not a valid whole number"),
        (["--explained=nowhere.yaml"], "nowhere.yaml"),
        (["--frob"], "--frob"),
    ],
)
def test_bad_input_is_one_line(
    options: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run_command(mutate, [f"--out={tmp_path}", *options]) == 2
    errors = capsys.readouterr().err
    assert message in errors
    assert errors.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_every_module_has_a_bench() -> None:
    names = select(None, None)
    assert names == list(sources())
    benches = load(names)
    assert [bench.module for bench in benches] == names
    assert all(bench.suites for bench in benches)


def test_calls_at_the_same_time_do_not_mix_their_benches() -> None:
    with ThreadPoolExecutor() as pool:
        found = list(pool.map(lambda name: load([name]), ["snn_fifo", "prosperity_pruner"]))
    assert [bench.module for benches in found for bench in benches] == [
        "snn_fifo",
        "prosperity_pruner",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("explained: 3", "explained.yaml:1: explained: must be a list"),
        ("explained: [{module: snn_fifo, mutations: [a]}]", r"explained\[0\].reason: is missing"),
        (
            "explained: [{module: snn_fifo, mutations: [a], reason: ' '}]",
            "that is not blank",
        ),
        ("explained: [{module: tardis, mutations: [a], reason: b}]", "no module"),
        ("explained: [{module: snn_fifo, mutations: a, reason: b}]", "mutations: must be a list"),
        ("explained: [{module: snn_fifo, mutations: [a, a], reason: b}]", "a reason already"),
        ("explained: [", "explained.yaml"),
    ],
)
def test_damaged_reasons_are_refused(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "explained.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        load_explained(path, sources())


def test_the_reasons_that_are_kept_can_be_read() -> None:
    load_explained(ROOT / "mutate" / "explained.yaml", sources())


def test_a_survivor_needs_a_reason() -> None:
    states = [KILLED] * 99 + [SURVIVED]
    assert len(campaign(Explained(), *states).problems()) == 1
    assert campaign(reasons("change 100 | a <= b"), *states).problems() == []


def test_a_stale_reason_is_a_problem() -> None:
    killed = campaign(reasons("change 1 | a <= b"), KILLED)
    assert killed.problems() == ["explained.yaml: snn_fifo: change 1 | a <= b: is noticed now"]
    assert campaign(reasons("change 1 | a <= b"), EQUIVALENT).problems() == []
    gone = campaign(reasons("change 7 | a <= b"), KILLED)
    assert "there is no such mutation" in gone.problems()[0]
    # Other mutants were drawn: the file is not kept for these.
    assert campaign(reasons("change 7 | a <= b"), KILLED, seed=DEFAULT_SEED + 1).problems() == []


def test_errors_and_nothing_at_all_do_not_pass() -> None:
    assert any("mutant 1" in text for text in campaign(Explained(), ERROR).problems())
    assert campaign(Explained()).problems() == ["no mutant was judged"]


def test_reports() -> None:
    result = campaign(reasons("change 2 | a <= b"), KILLED, SURVIVED, TIMEOUT)
    report = result.to_json()
    assert report["schema"] == SCHEMA
    assert report["totals"]["mutants"] == 3
    assert report["modules"][0]["mutations"][1]["reason"] == "because it <is> so"
    assert not report["passed"]
    page = render(result)
    assert "Not passed" in page
    assert "because it &lt;is&gt; so" in page
    assert "rtl/common/snn_fifo.v:2" in page


_CASE = '<testsuites><testcase classname="m" name="t" time="1">{}</testcase></testsuites>'


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (_CASE.format('<failure error_type="AssertionError" error_msg="no"/>'), KILLED),
        (_CASE.format('<failure error_type="SimTimeoutError" error_msg=""/>'), TIMEOUT),
        (_CASE.format(""), SURVIVED),
        (_CASE.format("<skipped/>"), ERROR),
        ("<testsuites/>", ERROR),
        ("<testsui", ERROR),
    ],
)
def test_the_results_file_decides(text: str, state: str, tmp_path: Path) -> None:
    path = tmp_path / "results.xml"
    assert read_verdict(path, cpu_s=0).state == ERROR
    path.write_text(text)
    assert read_verdict(path, cpu_s=0).state == state


def test_digests_follow_what_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources_module, "ROOT", tmp_path)
    files = [tmp_path / f"{name}.v" for name in ("top", "cell", "other")]
    monkeypatch.setattr(sources_module, "read_file_list", lambda _: (files, []))
    for path in files:
        path.write_text(f"module {path.stem}; endmodule\n")
    files[0].write_text("module top; cell u_cell (); endmodule\n")
    before = verilog_digest("top", "x.f")
    files[2].write_text("module other; wire changed; endmodule\n")
    assert verilog_digest("top", "x.f") == before
    files[1].write_text("module cell; wire changed; endmodule\n")
    assert verilog_digest("top", "x.f") != before


def test_digest_of_a_test_follows_its_imports() -> None:
    units = ("snn_rtl.tb.unit.test_snn_fifo", "snn_rtl.tb.unit.test_snn_popcount")
    assert len({digest_of_test(name) for name in units}) == 2
    used = {path.name for path in sources_module.files_of_test(units[0])}
    assert {"test_snn_fifo.py", "clock_reset.py", "unit.py", "runner.py"} <= used
    assert "test_snn_popcount.py" not in used
