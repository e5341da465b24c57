"""The report: what follows from the counts, and a page that survives any content."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import plotly.graph_objects as go
import pytest

from snn_rtl.machines.loas import LOAS
from snn_rtl.machines.prosperity import PROSPERITY, row_classes
from snn_rtl.models.tests.helpers import captured_workload, chained_workload
from snn_rtl.models.workload.workload import Workload, save
from snn_rtl.run.page import write_page
from snn_rtl.run.report import REPORT, write_json
from snn_rtl.run.tests.helpers import PRODUCT, STALLS, Json, read_report
from snn_rtl.sim.html_report import PAGE, render
from snn_rtl.sim.launch import RunOutcome
from snn_rtl.sim.options import SimOptions, check_options
from snn_rtl.sim.report import make_report

HOSTILE = "<script>alert('x')</script>\"'><img src=x onerror=alert(1)>&amp;[/bold]{{ 7 * 7 }}"


def layer_row(name: str, **given: object) -> Json:
    """Return a layer's row as the simulation writes it."""
    row = {
        "name": name,
        **{"m": 40, "k": 20, "n": 8, "images": 1, "tiles": 9, "cycles": 130, "model_cycles": 130},
        "process_cycles": 100,
        "stall_cycles": {reason: 5 for reason in sorted(STALLS)},
        **{"bit_nnz": 200, "residual_nnz": 80, "exact_match_rows": 30, "partial_match_rows": 40},
        **{"zero_rows": 12, "outputs_checked": 320, "mismatches": 0},
    }
    return row | given


def options_for(workload: Workload, folder: Path) -> SimOptions:
    """Return options to run a workload that was written to a folder."""
    save(workload, folder / "w.npz")
    return check_options(workload=str(folder / "w.npz"), config="small", out=folder)


def outcome_of(folder: Path, *, failure: str | None = None, **given: object) -> RunOutcome:
    """Return the outcome of a run of two layers."""
    result: Json = {
        "layers": [layer_row("conv"), layer_row("fc_0", n=300, bit_nnz=700, residual_nnz=500)],
        "predictions": [],
        "failures": [],
        "checks": 1,
        "wall_s": 2.0,
        "simulated_cycles": 1000,
    }
    return RunOutcome(result | given, failure, folder)


@pytest.fixture
def options(tmp_path: Path) -> SimOptions:
    return options_for(captured_workload(), tmp_path)


def predictions(*classes: tuple[int | None, int, int]) -> list[Json]:
    """Return predictions from (label, RTL, reference)."""
    return [
        {"image": i, "label": label, "rtl": rtl, "reference": reference}
        for i, (label, rtl, reference) in enumerate(classes)
    ]


def test_report_has_the_schema(options: SimOptions, tmp_path: Path) -> None:
    report = make_report(options, outcome_of(tmp_path))
    write_json(tmp_path / REPORT, report)
    assert read_report(tmp_path) == json.loads(json.dumps(report))
    assert report["passed"] is True
    assert report["accuracy"] is None
    assert report["sim"] == {"wall_s": 2.0, "cycles_per_s": 500.0}
    assert report["workload"]["source"] == "noise"
    assert (report["totals"]["cycles"], report["totals"]["outputs_checked"]) == (260, 640)


def test_report_weighs_densities_by_n_tiles(options: SimOptions, tmp_path: Path) -> None:
    totals = make_report(options, outcome_of(tmp_path))["totals"]
    # 300 outputs are three tiles of 128, 8 are one.
    assert totals["bit_density"] == (200 + 3 * 700) / (4 * 800)
    assert totals["product_density"] == (80 + 3 * 500) / (4 * 800)


def test_report_accuracy_counts_known_labels(options: SimOptions, tmp_path: Path) -> None:
    seen = predictions((3, 3, 3), (4, 5, 4), (None, 1, 1), (6, 6, 7), (8, 8, 8))
    accuracy = make_report(options, outcome_of(tmp_path, predictions=seen))["accuracy"]
    assert accuracy == {"rtl": 3 / 4, "reference": 3 / 4, "images": 4}
    seen = predictions((None, 1, 1))
    assert make_report(options, outcome_of(tmp_path, predictions=seen))["accuracy"] is None


def test_report_of_a_failure_says_why(options: SimOptions, tmp_path: Path) -> None:
    found = outcome_of(tmp_path, failure="1 of 1 failed\nrerun: x", failures=["conv: wrong"])
    report = make_report(options, found)
    assert (report["passed"], report["failures"]) == (False, ["conv: wrong"])
    stopped = make_report(options, outcome_of(tmp_path, failure="no progress\nrerun: x"))
    assert (stopped["passed"], stopped["failures"]) == (False, ["no progress"])
    early = make_report(options, outcome_of(tmp_path, failure="died", layers=[]))
    assert (early["passed"], early["totals"]["bit_density"]) == (False, 0.0)
    assert "died" in render(early, options.workload)
    assert make_report(options, outcome_of(tmp_path, layers=[]))["passed"] is False


def loas_row(name: str, **given: object) -> Json:
    """Return a layer's row as the simulation of LoAS writes it."""
    row = layer_row(name)
    for key in PRODUCT:
        del row[key]
    stalls = dict.fromkeys(LOAS.stalls, 4)
    counts = {key: 7 for group in LOAS.groups.values() for key in group}
    return row | {"stall_cycles": stalls} | counts | {"bit_nnz": 200} | given


def test_report_of_loas(tmp_path: Path) -> None:
    save(captured_workload(), tmp_path / "w.npz")
    options = check_options(
        design="loas", workload=str(tmp_path / "w.npz"), config="small", out=tmp_path
    )
    rows = [loas_row("conv", matches=60, corrections=45), loas_row("fc_0", matches=40, n=300)]
    report = make_report(options, outcome_of(tmp_path, layers=rows))
    write_json(tmp_path / REPORT, report)
    assert read_report(tmp_path) == json.loads(json.dumps(report))
    totals = report["totals"]
    # 300 outputs are three tiles of 128, 8 are one.
    assert totals["bit_density"] == (200 + 3 * 200) / (4 * 800)
    assert (totals["product_density"], totals["matches"], totals["corrections"]) == (None, 100, 52)
    weights = report["workload"]["weights"]
    assert weights == (
        "where the workload has none: random int8, pruned at random to 98.20% zeros, the published "
        "sparsity of VGG16"
    )
    page = Page(render(report, options.workload)).text
    assert {"Speculation hits", "48.0%", "Matches", "corrections", weights} <= set(page)
    assert [plot.key for plot in LOAS.plots(rows, {})] == ["cycles", "matches", "beats", "model"]
    for plot in LOAS.plots(rows, {}):
        go.Figure(plot.data, plot.layout)


def test_report_needs_results(options: SimOptions, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no results"):
        make_report(options, RunOutcome(None, "died", tmp_path))


class Page(HTMLParser):
    """What a page consists of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text.append(data.strip())

    @property
    def references(self) -> set[str]:
        """What the page loads, without what it holds itself."""
        urls = {value for name, value in self.attributes if name in ("src", "href", "data")}
        return {url for url in urls if not url.startswith("data:image/png;base64,")}


def test_page_shows_every_number(options: SimOptions, tmp_path: Path) -> None:
    rows = [
        layer_row(name, **{key: 1000 * at + i for i, key in enumerate(NUMBERS)})
        for at, name in enumerate(("conv", "fc_0"), start=1)
    ]
    report = make_report(options, outcome_of(tmp_path, layers=rows))
    cells = Page(render(report, options.workload)).text
    for row in rows:
        assert row["name"] in cells
        for key in NUMBERS:
            assert f"{row[key]:,}" in cells, key
    for name, value in report["config"].items():
        assert name == "name" or (name.upper() in cells and str(value) in cells)
    for fact in (*report["tools"], "noise", "CC0-1.0", report["command"]):
        assert fact in cells
    assert "Passed" in " ".join(cells)


NUMBERS = [key for key, value in layer_row("x").items() if isinstance(value, int)]


def test_page_shows_a_column_it_does_not_know(options: SimOptions, tmp_path: Path) -> None:
    row = layer_row("conv", bubbles=4711)
    report = make_report(options, outcome_of(tmp_path, layers=[row]))
    cells = Page(render(report, options.workload)).text
    assert {"bubbles", "4,711"} <= set(cells)


def test_page_shows_failures_first(options: SimOptions, tmp_path: Path) -> None:
    failures = [f"conv: trouble {i}" for i in range(25)]
    rows = [layer_row("conv", mismatches=7)]
    found = outcome_of(tmp_path, failure="25 failures", failures=failures, layers=rows)
    page = render(make_report(options, found), options.workload)
    assert "<title>FAILED: " in page
    assert page.index("✗ Failed") < page.index("conv: trouble 0") < page.index("<table>")
    assert "and 15 more, in report.json" in page
    assert '<td class=" bad">7</td>' in page
    assert "Passed" not in page


def test_page_escapes_hostile_text(tmp_path: Path) -> None:
    workload = captured_workload()
    workload.name = workload.source = workload.license = HOSTILE
    options = options_for(workload, tmp_path)
    rows = [layer_row(HOSTILE)]
    found = outcome_of(tmp_path, failure=HOSTILE, failures=[HOSTILE], layers=rows)
    text = render(make_report(options, found), workload)
    page = Page(text)
    assert page.tags.count("script") == 3
    assert "img" not in page.tags
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert page.text.count(HOSTILE) >= 3
    assert page.references == {"plotly.min.js"}
    # Nor does a plot's label, in which Plotly reads HTML, begin a tag.
    drawn = PROSPERITY.plots(rows, {"tile_k": 8})
    labels = [label for plot in drawn for trace in plot.data for label in trace["y"]]
    assert not any("<" in label for label in labels)


def test_page_draws_images_with_their_classes(tmp_path: Path) -> None:
    workload = chained_workload(time_steps=4)
    options = options_for(workload, tmp_path)
    seen = predictions((3, 3, 3), (4, 5, 5), (1, 1, 2))
    report = make_report(options, outcome_of(tmp_path, predictions=seen))
    text = render(report, workload)
    page = Page(text)
    assert page.tags.count("img") == 3
    assert text.count('<li class="wrong">') == 2
    assert {"is 4", "ref. 2"} <= set(page.text)
    assert page.references == {"plotly.min.js"}


def test_page_lies_beside_its_library(options: SimOptions, tmp_path: Path) -> None:
    report = make_report(options, outcome_of(tmp_path))
    page = render(report, options.workload)
    path = write_page(tmp_path / PAGE, page)
    assert path == tmp_path / "report.html"
    assert path.stat().st_size < 100_000
    library = tmp_path / "plotly.min.js"
    written = library.stat()
    assert written.st_size > 1_000_000
    write_page(path, page)
    assert library.stat().st_mtime_ns == written.st_mtime_ns
    library.write_text("half")
    write_page(path, page)
    assert library.stat().st_size == written.st_size


def test_plots_are_plotly_figures() -> None:
    rows = [layer_row("conv"), layer_row("fc_0", cycles=150)]
    drawn = PROSPERITY.plots(rows, {"tile_k": 8})
    assert [plot.key for plot in drawn] == ["cycles", "rows", "densities", "model"]
    for plot in drawn:
        figure = go.Figure(plot.data, plot.layout)  # raises on anything that Plotly does not know
        assert all(tuple(trace.y) == ("conv", "fc_0") for trace in figure.data)
    parts = [sum(values) for values in zip(*(t["x"] for t in drawn[0].data), strict=True)]
    assert parts == [135, 135]
    assert "They differ in fc_0." in drawn[3].caption
    assert PROSPERITY.plots([], {"tile_k": 8}) == []


def test_row_classes_cover_every_row() -> None:
    # 20 columns are three tiles of eight: 40 rows each.
    assert row_classes(layer_row("x"), 8) == {
        "zero": 12,
        "exact match": 30,
        "partial match": 40,
        "without prefix": 38,
    }
