"""`make pareto`: fronts of known points, what one would build, the page, the command."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from snn_rtl.models.errors import InputError
from snn_rtl.models.prosperity.area import area, constants
from snn_rtl.models.prosperity.config import PAPER, SMALL, SMALL_TURBO, TURBO, ProsperityConfig
from snn_rtl.models.prosperity.timing import predict_layer
from snn_rtl.models.tests.helpers import captured_workload
from snn_rtl.models.workload.workload import save
from snn_rtl.run.command import run_command
from snn_rtl.studies import cli
from snn_rtl.studies.pareto import command, page, result
from snn_rtl.studies.pareto.result import (
    OVERALL,
    Point,
    better,
    make_points,
    make_report,
    mean,
    on_front,
    to_build,
    words,
)
from snn_rtl.studies.pareto.subjects import PROSPERITY, SUBJECTS, Subject
from snn_rtl.synth.reports import SynthReport, SynthReports

NO_REPORTS = SynthReports(found=(), refused={})
TINY = Subject(
    design="prosperity",
    title="Prosperity",
    named={"small": SMALL, "small_turbo": SMALL_TURBO},
    grids=(
        (SMALL, {"tile_m": (8, 16), "weight_ports": (1, 2, 99)}),
        (SMALL_TURBO, {"sum_banks": (2, 4)}),
    ),
)
FEW = replace(
    TINY,
    named={"paper": PAPER, "turbo": TURBO},
    grids=(
        (PAPER, {"tile_m": (128, 256), "weight_ports": (1, 2, 99)}),
        (TURBO, {"sum_banks": (2, 4)}),
    ),
)
"""Machines of the paper's size: they take the bundled network's layers in few tiles."""


class _Size:
    """An area that is known."""

    def __init__(self, total: float) -> None:
        self.total = total
        self.cells = self.memory = total / 2


AREAS = {
    SMALL: 100.0,
    SMALL_TURBO: 200.0,
    replace(SMALL, queue_depth=64): 110.0,
    replace(SMALL, lanes=16): 150.0,
    replace(SMALL_TURBO, lanes=16): 200.0,
}
CYCLES: dict[ProsperityConfig, dict[str, int]] = {
    SMALL: {"a": 1000, "b": 400},
    # as fast as the smaller one
    replace(SMALL, queue_depth=64): {"a": 1000, "b": 400},
    # half the cycles on one workload, an eighth on the other
    replace(SMALL, lanes=16): {"a": 500, "b": 50},
    SMALL_TURBO: {"a": 400, "b": 100},
    replace(SMALL_TURBO, lanes=16): {"a": 300, "b": 100},
}


@pytest.fixture
def points(monkeypatch: pytest.MonkeyPatch) -> list[Point]:
    """Points whose area and cycles are known."""
    monkeypatch.setattr(result, "area", lambda config: _Size(AREAS[config]))
    return make_points(TINY, CYCLES, NO_REPORTS)


def found(points: list[Point], config: ProsperityConfig) -> Point:
    (point,) = (point for point in points if point.config == config)
    return point


def test_geometric_mean() -> None:
    assert mean([0.5, 0.125]) == pytest.approx(0.25)
    assert mean([3.0]) == pytest.approx(3.0)


def test_points_are_relative_to_the_base(points: list[Point]) -> None:
    base = found(points, SMALL)
    assert (base.relative_cycles, base.relative_area, base.product) == (1.0, 1.0, 1.0)
    assert base.name == "small"
    wide = found(points, replace(SMALL, lanes=16))
    assert wide.relative_cycles == pytest.approx((0.5 * 0.125) ** 0.5)
    assert wide.product == pytest.approx(1.5 * 0.25)
    assert [p.product for p in points] == sorted(p.product for p in points)


def test_fronts_of_known_points(points: list[Point]) -> None:
    fronts = {p.config: p.fronts for p in points}
    assert fronts == {
        SMALL: {OVERALL, "a", "b"},
        # no faster than a smaller one
        replace(SMALL, queue_depth=64): set(),
        replace(SMALL, lanes=16): {OVERALL, "a", "b"},
        SMALL_TURBO: set(),
        # the fastest on a; in the mean and on b the smaller one is faster
        replace(SMALL_TURBO, lanes=16): {"a"},
    }
    assert [p.area.total for p in on_front(points, "a")] == [100, 150, 200]


def test_what_one_would_build_has_the_least_product(points: list[Point]) -> None:
    assert to_build(points, SMALL).config == replace(SMALL, lanes=16)


def test_what_one_would_build_needs_no_more_traffic(points: list[Point]) -> None:
    # Least of those with as many lanes, and of those with as many rows.
    assert to_build(points, replace(SMALL, lanes=16)).config == replace(SMALL, lanes=16)
    narrow = [point for point in points if point.config.lanes == 8]
    assert to_build(narrow, SMALL).config == SMALL_TURBO
    with pytest.raises(ValueError, match="empty"):
        to_build(points, replace(SMALL, tile_m=32))


def test_what_beats_a_point(points: list[Point]) -> None:
    turbo = found(points, SMALL_TURBO)
    assert {what: p and p.config for what, p in better(points, turbo).items()} == {
        "fastest of no more area": replace(SMALL, lanes=16),
        "smallest of no more cycles": replace(SMALL, lanes=16),
    }
    assert set(better(points, found(points, SMALL)).values()) == {None}
    assert not turbo.beats(turbo)


def test_a_longer_path_is_longer_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result, "area", lambda config: _Size(AREAS[config]))
    reports = SynthReports(
        found=tuple(
            SynthReport(
                parameters=config.verilog_parameters(), cells_um2=1.0, memory_bits=1, path_ns=path
            )
            for config, path in ((SMALL, 8.0), (SMALL_TURBO, 12.0))
        ),
        refused={},
    )
    points = make_points(TINY, CYCLES, reports)
    turbo = found(points, SMALL_TURBO)
    assert turbo.relative_path == pytest.approx(1.5)
    assert turbo.relative_time == pytest.approx(1.5 * (0.4 * 0.25) ** 0.5)
    assert found(points, replace(SMALL, lanes=16)).relative_time is None
    # Without a path of the base nothing is known of anyone's time.
    alone = SynthReports(found=reports.found[1:], refused={})
    assert found(make_points(TINY, CYCLES, alone), SMALL_TURBO).relative_time is None


def test_machines_in_words(points: list[Point]) -> None:
    assert words(found(points, SMALL_TURBO), TINY) == "small_turbo"
    assert words(found(points, replace(SMALL, lanes=16)), TINY) == "small, LANES=16"
    assert words(found(points, replace(SMALL_TURBO, lanes=16)), TINY) == "small_turbo, LANES=16"


def test_every_machine_once_and_named_ones_among_them() -> None:
    configs, skipped = TINY.machines([])
    assert len(configs) == len(set(configs)) == 6
    assert configs[:2] == [SMALL, SMALL_TURBO]
    ((reason, count),) = skipped.items()
    assert (reason.partition(":")[0], count) == (
        "weight_ports=99 is not a legal Prosperity parameter",
        2,
    )
    with pytest.raises(InputError, match="none of 1 combinations"):
        replace(TINY, grids=((SMALL, {"tile_m": (3,)}),)).machines([])


def test_the_grids_of_the_page() -> None:
    assert SUBJECTS == (PROSPERITY,)
    configs, _ = PROSPERITY.machines([])
    assert PROSPERITY.base == PAPER
    assert {PAPER, TURBO} <= set(configs)
    for name in ("tile_m", "tile_k", "lanes", "weight_ports", "row_stride", "sum_banks"):
        assert len({getattr(config, name) for config in configs}) > 2, name
    assert len(configs) < 700


def test_report_holds_every_point(points: list[Point]) -> None:
    report = make_report([(TINY, points, {"too small": 3}, NO_REPORTS)], [])
    (design,) = report["designs"]
    assert design["build"]["machine"] == "small, LANES=16"
    assert design["base"] == "small"
    assert design["better"]["small"]["fastest of no more area"] is None
    assert design["better"]["small_turbo"]["fastest of no more area"]["cycles"] == {
        "a": 500,
        "b": 50,
    }
    assert [p["product"] for p in design["points"]] == [p.product for p in points]
    assert design["skipped"] == [{"reason": "too small", "count": 3}]
    json.dumps(report)


class Command:
    """The command on few machines, with a cache of its own and no syntheses at hand."""

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.folder, self.out = folder, folder / "out"
        self.monkeypatch, self.capsys = monkeypatch, capsys
        monkeypatch.setattr(command, "CACHE", folder / "cache")
        monkeypatch.setattr(command, "SUBJECTS", (FEW,))
        monkeypatch.setattr(command, "read_reports", lambda _: NO_REPORTS)

    def __call__(self, *options: str) -> tuple[int, str, str]:
        """Run it; return its exit status and what it printed."""
        status = run_command(cli.pareto, [f"--out={self.out}", *options])
        printed = self.capsys.readouterr()
        return status, printed.out, printed.err

    def report(self) -> Any:
        """Return pareto.json."""
        return json.loads((self.out / "pareto.json").read_text(encoding="utf-8"))


@pytest.fixture
def pareto(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    return Command(tmp_path, monkeypatch, capsys)


def test_command(pareto: Command) -> None:
    workload = captured_workload()
    workload.name = "<img src=x onerror=alert(1)>"
    save(workload, pareto.folder / "tiny.npz")
    options = (f"--workloads={pareto.folder / 'tiny.npz'}", "--images=1", "--jobs=2")
    status, out, err = pareto(*options)
    assert (status, err) == (0, "")
    assert "12 points computed" in out
    assert "★ least area x cycles: " in out

    report = pareto.report()
    assert report["schema"] == "pareto/1"
    labels = [fact["label"] for fact in report["workloads"]]
    assert labels == ["digits", workload.name]
    (design,) = report["designs"]
    assert len(design["points"]) == 6
    for point in design["points"]:
        config = ProsperityConfig(**point["config"])
        want = sum(
            predict_layer(
                layer.matrix(), layer.n, config, spikes_out=layer.threshold is not None
            ).cycles
            for layer in workload.layers
        )
        assert point["cycles"][workload.name] == want
        assert point["area_um2"]["total"] == round(area(config).total)
        assert point["synthesis"] is None
    assert {p["name"] for p in design["points"]} == {"", "paper", "turbo"}
    few = [p for p in design["points"] if p["config"]["tile_m"] >= PAPER.tile_m]
    assert design["build"] == few[0]

    text = (pareto.out / "pareto.html").read_text(encoding="utf-8")
    assert "<img" not in text
    assert (pareto.out / "plotly.min.js").is_file()
    assert not re.search(r"(src|href)=.https?:", text)
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    # each machine is in the table of all of them
    assert text.count("<tr") > 6
    figures = json.loads(re.search(r"const figures = (.*);", text).group(1))  # type: ignore[union-attr]
    assert [f["key"] for f in figures] == ["d0-plot0", "d0-plot1", "d0-plot2"]
    names = [trace["name"] for trace in figures[0]["data"]]
    assert names[2:] == ["Pareto front", "synthesised", "named", "what one would build"]
    assert set(figures[0]["data"][4]["text"]) == {"paper", "turbo"}

    # The same again comes from the cache.
    assert "0 points computed" in pareto(*options)[1]
    assert pareto.report() == report


def test_a_slower_clock_is_said(pareto: Command) -> None:
    reports = SynthReports(
        found=tuple(
            SynthReport(
                parameters=config.verilog_parameters(), cells_um2=1e6, memory_bits=1, path_ns=path
            )
            for config, path in ((PAPER, 8.0), (TURBO, 16.0))
        ),
        refused={"prosperity-small": "it is of other sources"},
    )
    pareto.monkeypatch.setattr(command, "read_reports", lambda _: reports)
    status, out, _ = pareto("--images=1", "--jobs=1")
    assert status == 0
    assert "turbo, synthesised: longest path x 2.00" in out
    text = (pareto.out / "pareto.html").read_text(encoding="utf-8")
    assert "turbo as it is needs a slower clock" in text
    assert (
        "The report of make synth in prosperity-small is not used: it is of other sources" in text
    )


def test_constants_of_other_sources_are_said(
    points: list[Point], monkeypatch: pytest.MonkeyPatch
) -> None:
    report = make_report([(TINY, points, {}, NO_REPORTS)], [])
    chapters: list[Any] = [(TINY, points, {}, NO_REPORTS)]
    monkeypatch.setattr(page, "rtl_digest", lambda _: constants().rtl)
    text = page.render(report, chapters)
    assert "has changed since the fit" not in text
    # The claim has its restriction beside it, and what lies below it without that.
    assert "machines that need no more traffic than" in text
    monkeypatch.setattr(page, "rtl_digest", lambda _: "other sources")
    assert "The Verilog has changed since the fit" in page.render(report, chapters)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--workloads=none.npz", "none.npz: cannot be read: No such file or directory"),
        ("--workloads=a.npz,,b.npz", "WORKLOADS: 'a.npz,,b.npz' has an empty name"),
        ("--images=0", "IMAGES: 0 is not in the range x>=1"),
        ("--jobs=0", "JOBS: 0 is not in the range 1<=x<="),
        ("--out=README.md", "OUT: README.md: "),
        ("--speed=9", "No such option '--speed'"),
    ],
)
def test_bad_input_is_one_line_and_status_2(pareto: Command, option: str, message: str) -> None:
    status, out, err = pareto(option)
    (line,) = err.splitlines()
    assert (status, out) == (2, "")
    assert line.startswith(f"pareto: {message}")
    assert not pareto.out.exists()


def test_an_interrupt_says_what_is_kept(pareto: Command) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt("3 of 9 new points are kept; the same command goes on from there")

    pareto.monkeypatch.setattr("snn_rtl.studies.sweep.fill.compute", interrupted)
    status, _, err = pareto("--images=1")
    assert (status, err) == (
        130,
        "pareto: interrupted; 3 of 9 new points are kept; the same command goes on from there\n",
    )
    assert not list(pareto.out.glob("pareto.*"))


def test_names_of_the_machines_are_those_of_their_class() -> None:
    for config in PROSPERITY.named.values():
        assert type(config) is ProsperityConfig
        assert set(asdict(config)) == set(asdict(PAPER))
