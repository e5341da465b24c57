"""Baselines, the history and its trends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from snn_rtl.models.errors import InputError
from snn_rtl.regressions.baseline import renewed
from snn_rtl.regressions.charts import Sample, trend
from snn_rtl.regressions.cli import baseline
from snn_rtl.regressions.guard import Baseline, compare, load, save
from snn_rtl.regressions.history import History
from snn_rtl.regressions.lists import Guard
from snn_rtl.regressions.metrics import Metrics, synthesis
from snn_rtl.regressions.page import write_report
from snn_rtl.regressions.tests.regress_helpers import judged, network, record, spec
from snn_rtl.run.tests.helpers import call

BASE: Metrics = {"cycles": {"a": 1000}, "coverage": {"c": 99.5}, "speed": {"s": 20000}}
GUARD = Guard(cycles=1, coverage=0.2, speed=50)


@pytest.mark.parametrize(
    ("kind", "value", "level"),
    [
        ("cycles", 1000, "same"),
        ("cycles", 1010, "same"),
        ("cycles", 1011, "fail"),
        ("cycles", 999, "better"),
        ("coverage", 99.5, "same"),
        ("coverage", 99.3, "same"),
        ("coverage", 99.29, "fail"),
        ("coverage", 99.6, "better"),
        ("speed", 10000, "same"),
        ("speed", 9999, "warn"),
    ],
)
def test_levels(kind: str, value: float, level: str) -> None:
    name = next(iter(BASE[kind]))
    baseline = Baseline(name="x", metrics={kind: BASE[kind]})
    (finding,) = compare(baseline, {kind: {name: value}}, GUARD)
    assert finding.level == level


@pytest.mark.parametrize(
    ("name", "value", "level"),
    [
        ("area, um2", 104, "same"),
        ("area, um2", 106, "warn"),
        ("area, um2", 99, "better"),
        ("FPGA, MHz", 96, "same"),
        ("FPGA, MHz", 94, "warn"),
        ("FPGA, MHz", 101, "better"),
    ],
)
def test_levels_of_a_synthesis(name: str, value: float, level: str) -> None:
    baseline = Baseline(name="x", metrics={"synthesis": {name: 100}})
    (finding,) = compare(baseline, {"synthesis": {name: value}}, GUARD)
    assert finding.level == level
    assert compare(baseline, {}, GUARD) == [], "nothing was synthesised: no fault of the RTL"


def test_a_synthesis_has_trends() -> None:
    one = spec(kind="synth", name="synth", simulator="yosys")
    numbers = {"checks": 36, "area_um2": 5.5, "path_ns": 7.0, "fpga_mhz": 30.0}
    found = synthesis([record(one, numbers=numbers), record(spec()), record(one, failure="x")])
    assert found == {
        "prosperity small area, um2": 5.5,
        "prosperity small longest path, ns": 7.0,
        "prosperity small FPGA, MHz": 30.0,
    }
    assert one.id == "prosperity.synth-small-yosys.1"


def test_what_is_not_measured_any_more_fails() -> None:
    found = {f.name: f.level for f in compare(Baseline(name="x", metrics=BASE), {}, GUARD)}
    assert found == {"a": "fail", "c": "fail"}


def test_what_is_new_is_told() -> None:
    (finding,) = compare(Baseline(name="x", metrics={}), {"cycles": {"a": 5}}, GUARD)
    assert (finding.level, finding.text) == ("new", "cycles of a: 5, not in the baseline")


def test_a_finding_says_which_and_by_how_much() -> None:
    worse: Metrics = {"cycles": {"a": 1100}, "coverage": {"c": 98.0}, "speed": {"s": 5000}}
    texts = [finding.text for finding in compare(Baseline(name="x", metrics=BASE), worse, GUARD)]
    assert texts == [
        "cycles of a: 1,100, baseline 1,000 (+10.00 %)",
        "coverage of c: 98 %, baseline 99.5 % (-1.50 points)",
        "speed of s: 5,000 cycles/s, baseline 20,000 cycles/s (-75.00 %)",
    ]


def test_a_baseline_is_not_edited_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    assert load(path) is None
    baseline = Baseline(name="x", metrics=BASE, changes=({"reason": "first"},))
    save(baseline, path)
    assert load(path) == baseline
    path.write_text(path.read_text().replace("1000", "9000"))
    with pytest.raises(InputError, match="was changed by hand"):
        load(path)
    path.write_text("[]")
    with pytest.raises(InputError, match=r"x\.json: must be keys and values, not a list"):
        load(path)


def test_a_baseline_records_why(tmp_path: Path) -> None:
    before = Baseline(name="some", metrics={}, changes=({"reason": "old"},))
    made = renewed(judged(tmp_path, [network(1000)]), before, {"reason": "new", "when": "now"})
    old, new = made.changes
    assert old == {"reason": "old"}
    assert (new["reason"], new["when"], new["revision"]) == ("new", "now", "abc")
    name = "cycles of prosperity.net-small-verilator-none-product total"
    assert new["changed"][name] == [None, 1000]


def test_a_red_session_is_no_baseline(tmp_path: Path) -> None:
    failed = judged(tmp_path, [record(spec(), failure="wrong")])
    with pytest.raises(InputError, match="is no baseline: 1 failed: wrong"):
        renewed(failed, None, {})
    partial = judged(tmp_path, [], specs=(spec(),))
    with pytest.raises(InputError, match="1 of 1 runs have no result"):
        renewed(partial, None, {})


def test_the_command_writes_it(tmp_path: Path) -> None:
    judged(tmp_path, [network(1000)])
    refused = call(baseline, "--reason=because", f"--out={tmp_path}")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "must say in 3 words or more why" in refused.stderr
    done = call(baseline, "--reason=the first of all", f"--out={tmp_path}")
    assert done.returncode == 0, done.stderr
    content = json.loads((tmp_path / "baseline.json").read_text())
    assert content["changes"][0]["reason"] == "the first of all"
    assert judged(tmp_path, [network(1001)]).passed is False


# ---- history ----


def test_two_sessions_show_a_trend(tmp_path: Path) -> None:
    for cycles, started in ((1000, 1000.0), (1100, 2000.0)):
        result = judged(tmp_path, [network(cycles)], started=started)
        write_report(result)
        # Reported twice, it is there once.
        write_report(result)
    # A session that is not complete is no part of it.
    more = (spec(seed=7), spec(seed=8))
    write_report(judged(tmp_path, [record(more[0])], specs=more, started=2500.0))
    history = History(tmp_path)
    sessions = history.sessions("some")
    name = "prosperity.net-small-verilator-none-product total"
    assert [entry.metrics["cycles"][name] for entry in sessions] == [1000, 1100]
    assert history.sessions("other") == []
    assert history.durations() == {"prosperity.net-small-verilator-none-product": 2.0}
    page = write_report(judged(tmp_path, [network(1100)], started=3000.0)).read_text()
    assert "1,000 to 1,100 in 3 sessions" in page
    # The network's row compares with the last session.
    assert "+0.00 %" in page


def test_a_trend_says_what_changed() -> None:
    samples = [Sample(label=str(i), value=v, passed=True) for i, v in enumerate((5, 1000, 1100))]
    found = trend("cycles", samples)
    assert (found.last, found.change) == ("1,100", "+100 (+10.00 %)")
    assert found.svg.count("<circle") == 3
    assert trend("x", samples[:1]).change == ""


def test_a_damaged_history_is_refused(tmp_path: Path) -> None:
    report = write_report(judged(tmp_path, [network(1000)])).with_name("report.json")
    text = report.read_text()
    for damage, message in (
        ("{", r"report\.json:1: damaged: "),
        (text.replace('"tools": {', '"tool": {'), r"report\.json: tools: is missing"),
        (text.replace('"started": ', '"started": "x", "was": '), r"started: must be a number"),
    ):
        report.write_text(damage)
        with pytest.raises(InputError, match=message):
            History(tmp_path)
