"""Sessions without a simulator: results on disk, buckets, verdict, files for other programs."""

from __future__ import annotations

import datetime
import json
import resource
import shlex
from pathlib import Path
from xml.etree import ElementTree

import pytest

from snn_rtl.models.errors import InputError
from snn_rtl.regressions import guard
from snn_rtl.regressions.buckets import buckets, normalise
from snn_rtl.regressions.execute import RECORD
from snn_rtl.regressions.files import badge, junit, rerun_command, to_json
from snn_rtl.regressions.guard import Baseline
from snn_rtl.regressions.known import KnownFailure
from snn_rtl.regressions.lists import Guard
from snn_rtl.regressions.record import Record
from snn_rtl.regressions.sessions import Session
from snn_rtl.regressions.tests.regress_helpers import (
    WRONG,
    judged,
    network,
    plan,
    record,
    session,
    spec,
)
from snn_rtl.tb.common.summary import judge as judge_run

SPECS = tuple(spec(seed=seed) for seed in (1, 2, 3))


# ---- results on disk ----


def test_results_are_added_and_read_again(tmp_path: Path) -> None:
    made = session(tmp_path, [record(SPECS[0]), record(SPECS[1], failure="x")], specs=SPECS)
    again = Session.open(made.name, tmp_path)
    assert again.plan == made.plan
    assert again.records == made.records
    assert again.missing == [SPECS[2]]
    assert again.add(record(SPECS[1]))
    assert Session.open("last", tmp_path).records[SPECS[1].id].passed
    assert len((made.folder / "results.jsonl").read_text().splitlines()) == 3


def test_a_line_that_was_cut_off_is_a_run_without_result(tmp_path: Path) -> None:
    made = session(tmp_path, [record(SPECS[0]), record(SPECS[1])], specs=SPECS)
    path = made.folder / "results.jsonl"
    path.write_bytes(path.read_bytes()[:-20])
    again = Session.open(made.name, tmp_path)
    assert again.missing == [SPECS[1], SPECS[2]]
    # What is added then does not continue the cut line.
    assert again.add(record(SPECS[2]))
    assert Session.open(made.name, tmp_path).missing == [SPECS[1]]


def test_a_run_that_finished_without_its_driver_is_booked(tmp_path: Path) -> None:
    made = session(tmp_path, [record(SPECS[0])], specs=SPECS)
    for one, written in ((SPECS[1], SPECS[1]), (SPECS[2], spec(seed=9))):
        folder = made.run_folder(one)
        folder.mkdir(parents=True)
        (folder / RECORD).write_bytes(record(written).to_line())
    again = Session.open(made.name, tmp_path)
    # The other folder holds another run's record.
    assert again.missing == [SPECS[2]]
    assert Session.open(made.name, tmp_path).records == again.records


def test_a_result_waits_for_room_on_the_disk(tmp_path: Path) -> None:
    made = session(tmp_path, [], specs=SPECS)
    path = made.folder / "results.jsonl"
    path.unlink(missing_ok=True)
    path.mkdir()
    assert not made.add(record(SPECS[0]))
    path.rmdir()
    assert made.add(record(SPECS[1]))
    assert Session.open(made.name, tmp_path).missing == [SPECS[2]]


def test_a_full_disk_cuts_no_line_in_two(tmp_path: Path) -> None:
    made = session(tmp_path, [record(SPECS[0])], specs=SPECS)
    size = (made.folder / "results.jsonl").stat().st_size
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 30, hard))
    try:
        assert not made.add(record(SPECS[1]))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert made.flush()
    assert Session.open(made.name, tmp_path).missing == [SPECS[2]]


def test_sessions_of_one_second_have_names_of_their_own(tmp_path: Path) -> None:
    names = {Session.create(plan(SPECS, tmp_path), tmp_path).name for _ in range(3)}
    assert len(names) == 3


@pytest.mark.parametrize(
    ("name", "message"), [("none", "no session 'none'"), ("last", "no session in")]
)
def test_unknown_session(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Session.open(name, tmp_path)


def test_damaged_session_is_refused(tmp_path: Path) -> None:
    made = session(tmp_path, [])
    (made.folder / "session.json").write_text('{"schema": "other/1"}')
    with pytest.raises(InputError, match=r"session\.json: schema: .*'other/1'"):
        Session.open(made.name, tmp_path)
    (made.folder / "session.json").write_text("{")
    with pytest.raises(InputError, match="damaged"):
        Session.open(made.name, tmp_path)


# ---- verdict of a run ----


@pytest.mark.parametrize(
    ("failure", "checks", "must_fail", "expected"),
    [
        ("", 3, "", ""),
        ("", 0, "", "checked nothing"),
        ("wrong", 3, "", "wrong"),
        ("got 3", 0, r"got \d", ""),
        ("wrong", 0, r"got \d", r"did not fail with 'got \\d': wrong"),
        ("", 3, "wrong", "did not fail with 'wrong': it passed"),
    ],
)
def test_verdict_of_a_run(failure: str, checks: int, must_fail: str, expected: str) -> None:
    assert judge_run(failure, {"checks": checks}, must_fail) == expected


def test_without_a_summary_nothing_was_checked() -> None:
    assert judge_run("", {}, "") == "checked nothing"


# ---- buckets ----


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            WRONG + "expected 2",
            WRONG.replace("tie_rows 19x16x9", "one_bit_rows 1x2x3") + "expected 7",
        ),
        (
            "a 1x2x3 bit lif T=4: counter TILES: got 3, expected 4",
            "conv2: counter TILES: got 9, expected 1",
        ),
        ("build failed: see /a/b/build.log", "build failed: see /c/build.log"),
        ("not finished after 300 s", "not finished after 2.5 s"),
    ],
)
def test_failures_of_one_kind_are_one_bucket(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a: counter TILES: got 3, expected 4", "a: counter CYCLES: got 3, expected 4"),
        (WRONG + "expected 2", WRONG.replace("model", "oracle") + "expected 2"),
        ("error register: got NONE, expected BUSY", "irq after BUSY: got False, expected True"),
        ("", "checked nothing"),
    ],
)
def test_failures_of_different_kinds_are_two(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


def test_buckets_are_sorted_and_their_first_failure_is_the_earliest() -> None:
    failures = [
        record(SPECS[2], failure="b 1", started=5),
        record(SPECS[1], failure="b 2", started=3),
        record(SPECS[0], failure="a", started=1),
    ]
    first, second = buckets(failures)
    assert (first.title, [r.spec.seed for r in first.records]) == ("b #", [2, 3])
    assert second.title == "a"


# ---- verdict of a session ----


def test_a_session_passes(tmp_path: Path) -> None:
    result = judged(tmp_path, [record(one) for one in SPECS])
    assert result.passed
    assert result.warnings() == ["list some has no baseline: nothing guards it"]
    assert result.totals()["tiles"] == 36


def test_one_failure_makes_it_red(tmp_path: Path) -> None:
    result = judged(tmp_path, [record(SPECS[0]), record(SPECS[1], failure="wrong 7")])
    assert result.problems() == ["1 failed: wrong #"]


def test_a_run_without_result_makes_it_red(tmp_path: Path) -> None:
    result = judged(tmp_path, [record(SPECS[0])], specs=SPECS)
    assert result.problems() == ["2 of 3 runs have no result"]


def known(test: str) -> KnownFailure:
    day = datetime.date(2030, 1, 1)
    return KnownFailure(test=test, message="wrong", reason="it is hard", expires=day)


def test_a_known_failure_leaves_it_green(tmp_path: Path) -> None:
    failed = record(SPECS[1], failure="wrong 7")
    result = judged(tmp_path, [record(SPECS[0]), failed], known=(known("*"),))
    assert result.passed
    assert result.totals()["known"] == 1


def test_a_known_failure_that_does_not_occur_is_named(tmp_path: Path) -> None:
    result = judged(tmp_path, [record(SPECS[0])], known=(known("other"),))
    assert "known failure other did not occur: it is hard" in result.warnings()


def test_a_lost_worker_is_told(tmp_path: Path) -> None:
    result = judged(tmp_path, [record(SPECS[0], attempts=2)])
    assert any("was begun 2 times: its worker was lost" in line for line in result.warnings())


def test_a_slower_machine_makes_it_red(tmp_path: Path) -> None:
    baseline = Baseline(name="some", metrics=judged(tmp_path, [network(1000)]).metrics)
    guard.save(baseline, tmp_path / "baseline.json")
    assert judged(tmp_path, [network(1000)]).passed
    result = judged(tmp_path, [network(1010)])
    name = "prosperity.net-small-verilator-none-product"
    assert result.problems() == [
        f"cycles of {name} conv<2>: 1,010, baseline 1,000 (+1.00 %)",
        f"cycles of {name} total: 1,010, baseline 1,000 (+1.00 %)",
    ]
    assert judged(tmp_path, [network(1010)], guard=Guard(cycles=2)).passed


# ---- for other programs ----


def test_json_and_junit_and_badge(tmp_path: Path) -> None:
    records: list[Record] = [
        record(SPECS[0]),
        record(SPECS[1], failure="wrong 7", log=("bad \x1b[31m line",)),
        record(SPECS[2], failure="it is wrong"),
    ]
    entry = known(SPECS[2].id)
    missing = spec(seed=4)
    result = judged(tmp_path, records, known=(entry,), specs=(*SPECS, missing))
    content = json.loads(json.dumps(to_json(result)))
    assert content["schema"] == "regress-report/1"
    assert [run["state"] for run in content["runs"]] == ["passed", "failed", "known"]
    assert content["missing"] == [missing.id]
    assert content["buckets"][0]["runs"] == [SPECS[1].id]
    suite = ElementTree.fromstring(junit(result))[0]
    assert {key: suite.get(key) for key in ("tests", "failures", "errors", "skipped")} == {
        "tests": "4",
        "failures": "1",
        "errors": "1",
        "skipped": "1",
    }
    assert "1 failed" in badge(result)
    ElementTree.fromstring(badge(result))


def test_badge_says_passed(tmp_path: Path) -> None:
    assert "1 passed" in badge(judged(tmp_path, [record(SPECS[0])]))


def test_rerun_command_names_all_it_needs(tmp_path: Path) -> None:
    made = session(tmp_path, [])
    command = rerun_command(made, SPECS[0])
    assert command == f"make rerun ID={made.name}/{SPECS[0].id} OUT={tmp_path} WAVES=1"
    labelled = rerun_command(made, spec(label="4 lanes & 2 ports"))
    assert shlex.split(labelled)[2].endswith("-4 lanes & 2 ports.1")
    unit = spec(kind="unit", design="", config="", name="unit.snn_fifo")
    assert "WAVES" not in rerun_command(made, unit)
