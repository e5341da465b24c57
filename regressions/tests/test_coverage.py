"""Coverage from file to report: parser, merge, exclusions, verdict, pages; Verilator's counts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from snn_rtl.machines import MACHINES
from snn_rtl.machines.spec import Spec
from snn_rtl.models.errors import InputError
from snn_rtl.regressions import testplan
from snn_rtl.regressions.cli import coverage
from snn_rtl.regressions.coverage import command
from snn_rtl.regressions.coverage import merge as merging
from snn_rtl.regressions.coverage.exclusions import apply, exclusions_of, load_exclusions, spans
from snn_rtl.regressions.coverage.page import annotate
from snn_rtl.regressions.coverage.plan import ELSEWHERE, plan_status
from snn_rtl.regressions.coverage.result import BARS, CoverageResult, Total
from snn_rtl.regressions.coverage.runs import RunResult, coverage_runs, run_name
from snn_rtl.regressions.coverage.toggles import summary
from snn_rtl.regressions.tests.regress_helpers import spec
from snn_rtl.run.code_coverage import KINDS, Hits, Point, holes, merge, parse, read
from snn_rtl.run.command import run_command
from snn_rtl.run.design import Design
from snn_rtl.run.places import ROOT
from snn_rtl.run.runner import CODE_COVERAGE, build, run
from snn_rtl.run.toggle_fix import corrected
from snn_rtl.tb.common import coverage as functional

FILE = "rtl/common/snn_fifo.v"


def record(page: str, line: int, text: str, count: int, **more: str) -> bytes:
    """Return a record as Verilator writes it."""
    fields = {"f": str(ROOT / FILE), "l": line, "n": 5, "t": page, "page": f"v_{page}/fifo__W8"}
    fields |= {"o": text, "h": "top.u_fifo", **more}
    key = "".join(f"\x01{name}\x02{value}" for name, value in fields.items())
    return f"C '{key}' {count}\n".encode()


def data(*records: bytes) -> bytes:
    """Return a coverage file."""
    return b"# SystemC::Coverage-3\n" + b"".join(records)


SAMPLE = (
    record("line", 56, "block", 7, S="56-58,61"),
    record("branch", 57, "if", 1, S="57"),
    record("branch", 57, "else", 6),
    record("expr", 44, "(s_valid==0) => 0", 3),
    record("toggle", 36, "cnt_q[0]:0->1", 2),
    record("toggle", 36, "cnt_q[0]:1->0", 2),
)


def point(kind: str, line: int, text: str) -> Point:
    return Point(file=FILE, line=line, column=5, kind=kind, text=text)


# ---- parser and merge ----


def test_points_are_parsed() -> None:
    hits = parse(data(*SAMPLE), ROOT)
    assert {p.kind for p in hits} == set(KINDS)
    assert hits[point("branch", 57, "else")] == 6
    block = next(p for p in hits if p.kind == "line")
    assert block.span() == [56, 57, 58, 61]
    assert block.module == "snn_fifo"
    assert str(block) == f"{FILE}:56: line: block"


def test_instances_add_up() -> None:
    other = record("line", 56, "block", 5, S="56-58,61", h="top.u_other")
    hits = parse(data(*SAMPLE, other), ROOT)
    assert hits[point("line", 56, "block")] == 12
    assert len(hits) == len(SAMPLE)


def test_quotes_in_a_text_are_kept() -> None:
    hits = parse(data(record("expr", 1, "(a == 4'h3)==1 => 1", 1)), ROOT)
    assert [p.text for p in hits] == ["(a == 4'h3)==1 => 1"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "line 1: not a Verilator"),
        (b"\x89PNG\n", "line 1: not a Verilator"),
        (data(), "no points"),
        (data(*SAMPLE)[:-1], "cut off"),
        (data(b"C 'nonsense' 3\n"), "line 2: no coverage record"),
        (data(SAMPLE[0], b"hello\n"), "line 3: no coverage record"),
        (data(record("user", 1, "x", 1)), "line 2: KeyError"),
        (data(record("line", 1, "x", 1, l="one")), "line 2: ValueError"),
        (data(record("line", 1, "x", 1, f="/elsewhere/x.v")), "line 2: ValueError"),
    ],
)
def test_damaged_files_are_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / CODE_COVERAGE
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read(path, ROOT)


def test_runs_add_up_and_builds_unite() -> None:
    first = parse(data(*SAMPLE[:3]), ROOT)
    second = parse(data(*SAMPLE[2:]), ROOT)
    total = merge([first, second])
    assert set(total) == set(first) | set(second)
    assert total[point("branch", 57, "else")] == 12
    assert total[point("branch", 57, "if")] == 1


def test_a_point_without_a_hit_stays_a_hole() -> None:
    missed = record("branch", 60, "if", 0)
    total = merge([parse(data(SAMPLE[0], missed), ROOT)] * 2)
    assert holes(total) == [point("branch", 60, "if")]


# ---- exclusions ----

REASON = "It cannot be, by construction."


@pytest.fixture
def exclusions(tmp_path: Path) -> Callable[..., Any]:
    """Return a function that reads entries given as dicts."""

    def load_them(*entries: Any) -> Any:
        path = tmp_path / "exclusions.yaml"
        path.write_text(json.dumps({"exclusions": list(entries)}))
        return load_exclusions(path, ROOT)

    return load_them


def entry(**more: Any) -> dict[str, Any]:
    return {"file": FILE, "kind": "toggle", "match": ".*", "reason": REASON, **more}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"reason": ""}, "exclusions[0].reason: must be a text that is not blank"),
        ({"reason": None}, "exclusions[0].reason: must be a text"),
        ({"reason": "  \n "}, "exclusions[0].reason: must be a text that is not blank"),
        ({"kind": "fsm"}, "unknown kind 'fsm'"),
        ({"file": "rtl/none.v"}, "there is no file rtl/none.v"),
        ({"because": "x"}, "exclusions[0].because: unknown key: choose from bits, file, "),
        ({"match": "("}, "exclusions[0].match: is no regular expression"),
        ({"lines": "3-"}, "neither a number nor a range"),
        ({"bits": "3"}, "need word"),
        ({"word": "x", "bits": 3}, "exclusions[0].word: must be a whole number"),
    ],
)
def test_wrong_entries_are_refused(
    exclusions: Callable[..., Any], wrong: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        exclusions(entry(**wrong))


def test_an_entry_without_a_reason_is_refused(exclusions: Callable[..., Any]) -> None:
    with pytest.raises(InputError, match=r"exclusions\.yaml:1: .*\.reason: is missing"):
        exclusions({"file": FILE, "kind": "line", "lines": 3})
    with pytest.raises(InputError, match="neither lines nor match"):
        exclusions({"file": FILE, "kind": "line", "reason": REASON})


@pytest.mark.parametrize("text", ["", "[]", "exclusions: 3", "exclusions: [3]", "a: [", "\tx"])
def test_a_file_without_entries_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "exclusions.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=r"exclusions\.yaml"):
        load_exclusions(path, ROOT)


def bits(name: str, count: int, hit: set[int] = frozenset()) -> Hits:  # type: ignore[assignment]
    """Return the toggles of a vector; both edges of some bits were hit."""
    return Hits(
        {
            point("toggle", 9, f"{name}[{bit}]:{edge}"): int(bit in hit)
            for bit in range(count)
            for edge in ("0->1", "1->0")
        }
    )


def test_bits_of_words_are_picked(exclusions: Callable[..., Any]) -> None:
    chosen = exclusions(entry(match=r"cnt\[.*", word=8, words="0,2", bits="6-7"))
    applied = apply(chosen, bits("cnt", 24))
    assert summary(sorted(applied.points)) == ["cnt[6-7, 22-23]"]
    assert applied.stale == []
    assert "words 0, 2, bits 6-7" in str(chosen[0])


def test_lines_and_kind_are_looked_at(exclusions: Callable[..., Any]) -> None:
    hits = Hits({point(kind, line, "x"): 0 for kind in ("line", "branch") for line in (3, 4, 5)})
    applied = apply(exclusions(entry(kind="line", lines="4-5", match="x")), hits)
    assert sorted((p.kind, p.line) for p in applied.points) == [("line", 4), ("line", 5)]


def test_an_entry_for_a_point_that_was_hit_is_stale(exclusions: Callable[..., Any]) -> None:
    applied = apply(exclusions(entry(match=r"cnt\[.*")), bits("cnt", 4, {2}))
    assert applied.points == {}
    assert len(applied.stale) == 1
    assert "covered after all" in applied.stale[0]
    assert "cnt[2]:0->1 and 1 more" in applied.stale[0]


def test_an_entry_for_no_point_is_stale(exclusions: Callable[..., Any]) -> None:
    applied = apply(exclusions(entry(), entry(), entry(match="gone")), bits("cnt", 2))
    assert len(applied.points) == 4
    assert [text.split(":")[0] for text in applied.stale] == ["exclusion 2", "exclusion 3"]
    assert all("there is no such point" in text for text in applied.stale)


@pytest.mark.parametrize("design", MACHINES)
def test_the_projects_exclusions_are_well_formed(design: str) -> None:
    entries = load_exclusions(exclusions_of(design, ROOT), ROOT)
    assert entries
    assert all(len(e.reason) > 20 for e in entries)


def test_numbers_become_ranges() -> None:
    assert spans([5, 3, 6, 7, 9]) == "3, 5-7, 9"
    assert spans([]) == ""


def test_toggles_become_ranges() -> None:
    points = [p for p in bits("a", 4) if not p.text.startswith("a[2]:0")]
    points.append(point("toggle", 3, "busy:0->1"))
    assert summary(points) == ["a[0-1, 3]", "a[2] (1->0 only)", "busy (0->1 only)"]


# ---- a session with runs that were not simulated ----

GROUP = functional.CoverGroup("test_layers_cg", "layers", [functional.Point("mode", ("a", "b"))])


def covered(**hit: int) -> dict[str, Any]:
    """Return functional coverage with hits of some bins."""
    exported = functional.export([GROUP])
    exported["groups"]["test_layers_cg"]["points"]["mode"]["bins"] |= hit
    return exported


class Session:
    """Runs `make coverage` on results that are made up."""

    def __init__(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.out = tmp_path / "coverage"
        self.exclusions = tmp_path / "exclusions.yaml"
        self.exclusions.write_text("exclusions: []")
        self.results: list[tuple[str, str, str | None, bytes, dict[str, Any]]] = []
        testpoint = testplan.Testpoint(
            name="layers", desc="d", stage="V1", tests=("layers.A",), tags=("f",)
        )
        self.plan = testplan.Plan(name="p", testpoints=(testpoint,), covergroups={})
        monkeypatch.setattr(merging, "exclusions_of", lambda design, root: self.exclusions)
        monkeypatch.setattr(merging, "load", lambda path: self.plan)
        monkeypatch.setattr(command, "coverage_runs", self._runs)
        monkeypatch.setattr(command, "execute_all", self._execute)

    def add(
        self,
        test: str = "layers.A",
        *,
        config: str = "small",
        failure: str | None = None,
        code: bytes = data(*SAMPLE),
        bins: dict[str, Any] | None = None,
    ) -> None:
        """Add a run with what it leaves in its folder."""
        self.results.append((test, config, failure, code, bins or covered(a=1, b=1)))

    def _runs(self, seed: int, *, design: str, quick: bool) -> list[Spec]:
        return [
            spec(name=test, design=design, config=config, seed=seed + i)
            for i, (test, config, *_) in enumerate(self.results)
        ]

    def _execute(
        self, items: list[Spec], out: Path, *, seed: int, jobs: int
    ) -> Iterator[RunResult]:
        for item, (_, _, failure, code, bins) in zip(items, self.results, strict=True):
            folder = out / run_name(item)
            folder.mkdir(parents=True)
            (folder / CODE_COVERAGE).write_bytes(code)
            (folder / functional.FILE_NAME).write_text(json.dumps(bins))
            yield RunResult(run=item, folder=folder, wall_s=1.5, failure=failure)

    def __call__(self, *options: str) -> int:
        """Return the exit status."""
        return run_command(coverage, [f"--out={self.out}", *options])

    @property
    def json(self) -> dict[str, Any]:
        """coverage.json."""
        return dict(json.loads((self.out / "coverage.json").read_text()))


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    return Session(tmp_path, monkeypatch)


def test_full_coverage_closes(session: Session) -> None:
    session.add()
    assert session() == 0
    assert session.json["closed"]
    assert session.json["problems"] == []
    assert {k: t["share"] for k, t in session.json["totals"].items()} == dict.fromkeys(BARS, 1.0)


def test_paper_closes_lines_and_branches_by_itself(session: Session) -> None:
    session.add()
    missed = record("branch", 60, "if", 0)
    session.add(config="paper", code=data(*SAMPLE, missed))
    session.add("layers.B", code=data(*SAMPLE, record("branch", 60, "if", 1)))
    assert session() == 1
    assert session.json["problems"] == [
        "branch (paper) coverage is 66.66 %, not 100 %",
        f"{FILE}:60: branch: if",
    ]
    assert session.json["totals"]["branch"]["met"]
    assert session.json["totals"]["line (paper)"]["met"]


@pytest.mark.parametrize("option", ["--quick=1", "--only=layers"])
def test_a_part_of_the_runs_passes_with_holes_and_does_not_close(
    session: Session, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    session.add(code=data(*SAMPLE, record("branch", 60, "if", 0)), bins=covered(a=1))
    assert session(option) == 0
    assert "closure is not judged" in capsys.readouterr().out
    assert "Closure is not judged" in (session.out / "index.html").read_text()
    assert (session.json["judged"], session.json["closed"]) == (False, False)
    assert session.json["holes"]
    assert session() == 1


def test_a_part_of_the_runs_fails_with_a_run(session: Session) -> None:
    session.add()
    session.add("layers.B", failure="wrong")
    assert session("--quick=1") == 1
    assert session.json["problems"] == ["run layers.B-small-none-2 failed: wrong"]


def test_holes_are_named_the_most_important_first(
    session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    missed = record("branch", 60, "if", 0), record("toggle", 36, "cnt_q[1]:0->1", 0)
    session.add(code=data(*SAMPLE, *missed), bins=covered(a=1))
    session.add("layers.B", failure="1 of 1 failed: wrong\nrerun: again")
    assert session() == 1
    expected = [
        "run layers.B-small-none-2 failed: 1 of 1 failed: wrong",
        "functional: test_layers_cg.mode: b was not hit",
        "branch coverage is 66.66 %, not 100 %",
        f"{FILE}:60: branch: if",
        "toggle coverage is 66.66 %, not 98 %",
        f"{FILE}: toggle: cnt_q[1] (0->1 only)",
    ]
    assert session.json["problems"] == expected
    printed = capsys.readouterr().out
    assert [printed.index(f"- {text}") for text in expected] == sorted(
        printed.index(f"- {text}") for text in expected
    )


def test_a_failing_run_is_not_merged(session: Session) -> None:
    session.add(code=data(*SAMPLE[:-1], record("toggle", 36, "cnt_q[0]:1->0", 0)))
    session.add(failure="broken", code=data(*SAMPLE), bins=covered(a=9))
    assert session() == 1
    assert [hole["text"] for hole in session.json["holes"]] == ["cnt_q[0]:1->0"]
    bins = session.json["functional"]["groups"]["test_layers_cg"]["points"]["mode"]["bins"]
    assert bins == {"a": 1, "b": 1}


def test_nothing_closes_without_a_passing_run(session: Session) -> None:
    session.add(failure="broken", code=b"")
    assert session() == 1
    assert "no passing run left code coverage" in session.json["problems"]
    assert "no passing run left functional coverage" in session.json["problems"]
    assert "testpoint layers: layers.A failed" in session.json["problems"]


def test_functional_coverage_of_another_shape_is_refused(
    session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    session.add()
    session.add(bins=covered(c=1))
    assert session() == 2
    assert "different shapes" in capsys.readouterr().err


def test_a_stale_exclusion_keeps_it_open(session: Session) -> None:
    session.exclusions.write_text(json.dumps({"exclusions": [entry(match=r"cnt_q\[0\].*")]}))
    session.add()
    assert session() == 1
    assert "covered after all" in session.json["problems"][0]


def test_an_exclusion_closes_a_hole(session: Session) -> None:
    chosen = entry(kind="branch", lines=60, match="if")
    session.exclusions.write_text(json.dumps({"exclusions": [chosen]}))
    session.add(code=data(*SAMPLE, record("branch", 60, "if", 0)))
    assert session() == 0
    assert session.json["exclusions"][0]["reason"] == REASON
    assert session.json["exclusions"][0]["points"] == ["if"]


def test_a_testpoint_whose_test_did_not_run_keeps_it_open(session: Session) -> None:
    session.add("layers.B")
    assert session() == 1
    assert session.json["problems"] == ["testpoint layers: layers.A not run"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--jobs", "none"], "JOBS: 'none' is not a valid whole number"),
        (["--jobs", "0"], "JOBS: 0 is not in the range"),
        (["--seed", "-1"], "SEED: -1 is not in the range"),
        (["--only", "nothing"], "no run's name holds 'nothing'"),
        (["--speed"], "No such option"),
    ],
)
def test_bad_options_are_refused_in_one_line(
    session: Session,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    message: str,
) -> None:
    session.add()
    assert session(*options) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (session.out / "index.html").exists()
    assert session() == 0, message


def test_a_missing_reason_is_refused_before_any_run(
    session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    session.exclusions.write_text(json.dumps({"exclusions": [entry(reason="")]}))
    session.add()
    assert session() == 2
    assert "reason: must be a text that is not blank" in capsys.readouterr().err
    assert not (session.out / "runs").exists()


# ---- what is written ----


class Page(HTMLParser):
    """Collects a page's text, links and what it would load."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(path.read_text())
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag not in ("meta", "br"):
            self.open.append(tag)
        self.loads += [str(values["src"])] if "src" in values else []
        if "href" in values:
            (self.links if tag == "a" else self.loads).append(str(values["href"]))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_report_opens_from_disk_and_names_holes(session: Session) -> None:
    chosen = entry(kind="branch", lines=61, match="if")
    session.exclusions.write_text(json.dumps({"exclusions": [chosen]}))
    missed = record("expr", 60, "(a<b)==1 => 1", 0), record("branch", 61, "if", 0)
    session.add(code=data(*SAMPLE, *missed), bins=covered(a=3))
    session.add("layers.B", failure="<script>alert(1)</script>")
    assert session() == 1
    index = Page(session.out / "index.html")
    assert index.loads == []
    targets = [link for link in index.links if not link.startswith("#")]
    assert "modules/snn_fifo.html" in targets
    assert all((session.out / link).is_file() for link in targets)
    for text in (
        *("Not closed", "(a<b)==1 => 1", "test_layers_cg.mode: b was not hit", REASON),
        *("layers.B", "<script>alert(1)</script>"),
    ):
        assert text in index.text
    bins = [line.strip() for line in index.text.splitlines() if re.fullmatch("[ab][0-9]+", line)]
    assert bins == ["b0", "a3"]
    module = Page(session.out / "modules" / "snn_fifo.html")
    assert module.loads == []
    assert "✗ expression: (a<b)==1 => 1" in module.text
    assert f"excluded: branch: if: {REASON}" in module.text


def test_source_lines_have_counts_and_states() -> None:
    hits = Hits(
        {
            Point(FILE, 1, 1, "line", "block", "1-2"): 4,
            Point(FILE, 2, 3, "branch", "if", "2"): 1,
            Point(FILE, 3, 3, "line", "elsif", "3"): 0,
            point("toggle", 4, "x:0->1"): 1,
            point("toggle", 4, "x:1->0"): 0,
        }
    )
    lines = annotate("a\nb\nc\nd\ne\n", hits, {})
    assert [line.hits for line in lines] == [4, 4, 0, None, None]
    assert [line.state for line in lines] == ["hit", "hit", "miss", "miss", ""]
    assert lines[2].missed == ["line: never"]
    assert lines[3].missed == ["toggle: x (1->0 only)"]


def test_lcov_and_junit(session: Session) -> None:
    session.add()
    session.add("layers.B", failure="wrong\nsee log")
    session()
    tracefile = (session.out / "coverage.info").read_text().splitlines()
    assert f"SF:{FILE}" in tracefile
    assert [line for line in tracefile if line.startswith("DA:")] == [
        *("DA:56,7", "DA:57,7", "DA:58,7", "DA:61,7")
    ]
    assert [line for line in tracefile if line.startswith("BRDA:")] == [
        *("BRDA:57,0,0,6", "BRDA:57,0,1,1")
    ]
    assert tracefile[-1] == "end_of_record"
    suite = ElementTree.parse(session.out / "junit.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    failure = suite.find("testcase/failure")
    assert failure is not None
    assert failure.get("message") == "wrong"


# ---- bars, runs, testplan ----


@pytest.mark.parametrize(
    ("kind", "points", "covered_points", "excluded", "met"),
    [
        ("line", 100, 100, 0, True),
        ("line", 1000, 999, 0, False),
        ("line", 1000, 999, 1, True),
        ("toggle", 100, 98, 0, True),
        ("toggle", 1000, 979, 0, False),
        ("toggle", 1000, 979, 1, False),
        ("branch", 0, 0, 0, False),
    ],
)
def test_bars(kind: str, points: int, covered_points: int, excluded: int, met: bool) -> None:
    total = Total(kind=kind, points=points, covered=covered_points, excluded=excluded)
    assert total.met is met


def test_a_share_is_never_rounded_up_to_all() -> None:
    assert Total(kind="toggle", points=30_000, covered=29_999).percent == "99.99 %"
    assert Total(kind="toggle", points=3, covered=3).percent == "100.00 %"


def test_nothing_measured_is_no_full_coverage() -> None:
    result = CoverageResult(seed=1, runs=[], hits=Hits())
    assert not any(total.met for total in result.totals())
    assert result.problems()


@pytest.mark.parametrize("design", MACHINES)
def test_every_testpoint_of_a_machine_has_its_runs(design: str) -> None:
    runs = coverage_runs(1, design=design)
    assert len({run_name(item) for item in runs}) == len(runs)
    results = [RunResult(run=item, folder=Path(), wall_s=0, failure=None) for item in runs]
    states = plan_status(testplan.load(testplan.source_of(design)), results)
    assert [state.trouble for state in states if state.trouble] == []
    assert all(set(s.testpoint.tags) & set(ELSEWHERE) for s in states if s.elsewhere)


def test_a_test_passes_only_if_all_its_runs_do() -> None:
    runs = [spec(name="layers.A", seed=seed) for seed in range(3)]
    results = [
        RunResult(run=item, folder=Path(), wall_s=0, failure="x" if item.seed == 1 else None)
        for item in runs
    ]
    plan = testplan.Plan(
        name="p",
        testpoints=(
            testplan.Testpoint(name="n", desc="", stage="V1", tests=("layers.A",), tags=("f",)),
        ),
        covergroups={},
    )
    assert plan_status(plan, results)[0].trouble == "layers.A failed"


# ---- Verilator ----


def test_the_correction_ends_loops_at_the_end_of_a_word() -> None:
    wrong = "for (int j = 0; j < width - i * VL_EDATASIZE; ++j) {"
    assert "j < VL_EDATASIZE && j < width" in corrected(wrong)
    assert corrected(corrected(wrong)) == corrected(wrong)
    assert corrected("something else") == "something else"


@pytest.mark.sim
def test_toggles_of_wide_signals_count_for_their_own_bit(tmp_path: Path) -> None:
    """Two 64-bit counters in one 128-bit register: each counts 1, then 255."""
    design = Design(
        top="snn_counter_bank",
        file_list="rtl/prosperity/prosperity.f",
        parameters={"NUM": 2, "INC_W": 8},
    )
    run(
        build(design, "verilator", coverage="full"),
        "snn_rtl.tb.unit.test_snn_counter_bank",
        run_dir=tmp_path / "run",
        seed=1,
        testcase="each_alone",
        env={"TB_PARAMETERS": json.dumps(design.parameters)},
    )
    hits = read(tmp_path / "run" / CODE_COVERAGE, ROOT)
    assert {p.kind for p in hits} == set(KINDS)
    moved = {
        int(found[1])
        for p, count in hits.items()
        if count and (found := re.fullmatch(r"cnt_q\[(\d+)\]:0->1", p.text))
    }
    assert moved == {0, 8, 64, 72}
