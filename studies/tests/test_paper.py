"""`make paper`: the page, its numbers and where they come from, and what it refuses."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from dataclasses import asdict, replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from snn_rtl.machines.prosperity import PROSPERITY
from snn_rtl.models.baselines import LayerWork, loas_published, sparten_snn
from snn_rtl.models.baselines.dual_sparse import DualSparseWork
from snn_rtl.models.loas.config import PAPER as LOAS
from snn_rtl.models.loas.config import TURBO as LOAS_TURBO
from snn_rtl.models.loas.formats import pack_words
from snn_rtl.models.loas.timing import predict_layer as predict_dual_sparse
from snn_rtl.models.prosperity.area import area
from snn_rtl.models.prosperity.config import PAPER, TURBO, ProsperityConfig
from snn_rtl.models.prosperity.product_sparsity import decompose, pack_rows
from snn_rtl.models.prosperity.storage import storage
from snn_rtl.models.prosperity.timing import predict_layer
from snn_rtl.models.tests.helpers import captured_workload
from snn_rtl.models.workload.workload import load, save
from snn_rtl.run.places import ROOT
from snn_rtl.run.provenance import rtl_digest
from snn_rtl.run.tests.helpers import Json, call
from snn_rtl.studies.cli import paper
from snn_rtl.studies.paper import dual_work, inputs, work
from snn_rtl.studies.paper.results import make_tasks
from snn_rtl.studies.paper.tables import LEGEND, change, text_of

SHARED = ROOT.parent / "shared" / "workloads" / "vgg9_cifar10.npz"
VGG9_TOTALS = {
    "Eyeriss": 3892326,
    "PTB": 2516598,
    "SATO": 2123456,
    "MINT": 939977,
    "Prosperity (published model)": 360240,
}
"""Totals that the artifact prints."""

TABLES = {
    *("density", "cycles", "bridge", "machines", "speed", "energy", "headlines", "ablation"),
    *("beyond", "sweep_m", "sweep_k", "timing", "rows", "limiters", "chains"),
    *("turbo_added", "turbo_removed"),
    *("loas_cycles", "loas_parts", "loas_beyond", "loas_speeds"),
    *("loas_packed", "loas_traffic"),
}
OVERVIEWS = {"networks", "speeds"}


def run_paper(*options: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run the command behind `make paper`."""
    return subprocess.run(
        [sys.executable, "-m", "snn_rtl", "paper", *options],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Make the page of two images and of a tiny captured network; return folder and output."""
    folder = tmp_path_factory.mktemp("paper")
    save(captured_workload(), folder / "tiny.npz")
    options = (f"--workloads={folder / 'tiny.npz'}", "--images=2", "--jobs=1")
    done = run_paper(*options, f"--out={folder / 'out'}")
    assert (done.returncode, done.stderr) == (0, "")
    return folder / "out", done.stdout


def read(out: Path) -> Json:
    """Read paper.json."""
    report: Json = json.loads((out / "paper.json").read_text(encoding="utf-8"))
    assert report["schema"] == "paper/1"
    return report


def number(workload: Json, table: str, row: str, column: str) -> float:
    """Return one number of a workload."""
    (found,) = (r for r in workload["tables"][table]["rows"] if r["name"] == row)
    value: float = found["cells"][column]["value"]
    return value


def test_paper_has_every_table_of_every_workload(small: tuple[Path, str]) -> None:
    out, printed = small
    report = read(out)
    assert [w["name"] for w in report["workloads"]] == ["digits", "digits_pruned", "tiny"]
    assert [w["images"] for w in report["workloads"]] == [2, 2, 0]
    assert set(report["summary"]) == OVERVIEWS
    for workload in report["workloads"]:
        assert set(workload["tables"]) == TABLES
    assert "digits" in printed
    assert "tiny" in printed


def test_paper_says_where_every_number_comes_from(small: tuple[Path, str]) -> None:
    out, _ = small
    origins = {str(origin) for origin in LEGEND}
    report = read(out)
    groups = [report["summary"], *(workload["tables"] for workload in report["workloads"])]
    for table in (table for group in groups for table in group.values()):
        for row in table["rows"]:
            assert {cell["origin"] for cell in row["cells"].values()} <= origins
    digits = report["workloads"][0]["tables"]
    assert digits["density"]["rows"][-1]["cells"]["bit_published"]["origin"] == "citation"
    (stellar,) = (row for row in digits["speed"]["rows"] if row["name"] == "Stellar")
    assert {cell["origin"] for cell in stellar["cells"].values()} == {"citation"}
    (ours,) = (row for row in digits["speed"]["rows"] if row["name"] == "This RTL")
    assert ours["cells"]["published"]["origin"] == "timing model"


def test_paper_files_hold_the_same_numbers(small: tuple[Path, str]) -> None:
    out, _ = small
    report = read(out)
    assert {path.stem for path in out.glob("*.csv")} == TABLES | OVERVIEWS
    for name in TABLES:
        with (out / f"{name}.csv").open(encoding="utf-8") as file:
            lines = list(csv.DictReader(file))
        expected = [
            (workload["name"], row["name"], key, float(cell["value"]), cell["origin"])
            for workload in report["workloads"]
            for row in workload["tables"][name]["rows"]
            for key, cell in row["cells"].items()
        ]
        keys = ("workload", "row", "quantity", "value", "origin")
        found = [tuple(line[key] for key in keys) for line in lines]
        assert [(*f[:3], float(f[3]), f[4]) for f in found] == expected


def test_paper_numbers_agree_with_the_models(small: tuple[Path, str]) -> None:
    digits = read(small[0])["workloads"][0]
    network = inputs.read_network(PROSPERITY.bundled["paper"], 2, [])
    cycles = sum(
        predict_layer(layer.spikes, layer.n, spikes_out=layer.neurons > 0).cycles
        for layer in network.work
    )
    assert number(digits, "cycles", "all layers", "timing") == cycles
    assert number(digits, "cycles", "all layers", "full") == cycles
    assert number(digits, "bridge", "total", "timing") == cycles
    for column in ("published", "timing", "difference"):
        *parts, total = digits["tables"]["bridge"]["rows"]
        assert sum(p["cells"][column]["value"] for p in parts) == total["cells"][column]["value"]
    ours = digits["tables"]["timing"]["rows"][-1]["cells"]
    parts = ("process", "wait_detect", "wait_spikes", "wait_weights", "wait_output")
    assert sum(ours[part]["value"] for part in (*parts, "fill", "drain")) == cycles
    assert number(digits, "sweep_m", "256 x 16", "timing_cycles") == cycles
    assert number(digits, "sweep_m", "256 x 16", "cycles") == number(
        digits, "machines", "Prosperity (published model)", "total"
    )
    # The RTL has no tiles of 128 columns.
    assert "timing" not in digits["tables"]["sweep_k"]["rows"][-1]["cells"]


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append(value)
            if name in ("src", "href") and value:
                self.links.append(value)


def test_paper_holds_loas_against_its_models(small: tuple[Path, str]) -> None:
    tiny = read(small[0])["workloads"][-1]
    cycles = published = sparten = turbo = 0
    for layer in captured_workload().layers:
        weights = dual_work.layer_weights(layer, "tiny")
        words = pack_words(layer.matrix(), layer.time_steps, LOAS.time_steps)
        predicted = predict_dual_sparse(words, weights, spikes_out=True).cycles
        assert number(tiny, "loas_cycles", layer.name, "timing") == predicted
        both = DualSparseWork.from_layer(layer, weights)
        cycles += predicted
        turbo += predict_dual_sparse(words, weights, LOAS_TURBO, spikes_out=True).cycles
        published += loas_published.layer_cycles(both).cycles
        sparten += sparten_snn.layer_cycles(both).cycles
    assert number(tiny, "loas_cycles", "all layers", "timing") == cycles
    assert number(tiny, "loas_cycles", "all layers", "published") == published
    parts = [row["cells"]["timing"]["value"] for row in tiny["tables"]["loas_parts"]["rows"]]
    assert sum(parts[:-1]) == parts[-1] == cycles
    assert number(tiny, "loas_beyond", "the paper's machine", "timing") == cycles
    assert number(tiny, "loas_beyond", "turbo: both", "timing") == turbo
    assert number(tiny, "loas_beyond", "turbo: both", "published") == turbo / published
    assert number(tiny, "loas_speeds", "SparTen-SNN", "model") == sparten / published
    assert number(tiny, "loas_speeds", "SparTen-SNN", "ours") == sparten / cycles


def test_paper_page_needs_no_network(small: tuple[Path, str]) -> None:
    out, _ = small
    page = _Page()
    page.feed((out / "paper.html").read_text(encoding="utf-8"))
    assert len(set(page.ids)) == len(page.ids)
    assert (out / "plotly.min.js").is_file()
    assert "plotly.min.js" in page.links
    for link in page.links:
        assert link == "plotly.min.js" or link.removeprefix("#") in page.ids


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--workloads=none.npz",), "paper: none.npz: cannot be read: No such file or directory"),
        (("--workloads=README.md",), "paper: README.md: is not a readable .npz (zip) file"),
        (("--workloads=a.npz,,b.npz",), "paper: WORKLOADS: 'a.npz,,b.npz' has an empty name"),
        (("--images=0",), "paper: IMAGES: 0 is not in the range x>=1"),
        (("--jobs=many",), "paper: JOBS: 'many' is not a valid whole number"),
        (("--out=README.md",), "paper: OUT: README.md: "),
        (("--speed=1",), "paper: No such option '--speed'"),
    ],
)
def test_paper_refuses_bad_input(options: tuple[str, ...], expected: str, tmp_path: Path) -> None:
    out = () if any(option.startswith("--out") for option in options) else (f"--out={tmp_path}/o",)
    done = call(paper, *options, *out)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(expected)
    assert not (tmp_path / "o").exists()


@pytest.mark.skipif(not SHARED.is_file(), reason="the captured VGG9 is not at hand")
def test_paper_shows_the_published_totals_of_vgg9(tmp_path: Path) -> None:
    done = run_paper(f"--workloads={SHARED}", "--images=1", "--jobs=2", f"--out={tmp_path}")
    assert (done.returncode, done.stderr) == (0, "")
    vgg9 = read(tmp_path)["workloads"][-1]
    for machine, cycles in VGG9_TOTALS.items():
        assert number(vgg9, "machines", machine, "total") == cycles
        assert number(vgg9, "machines", machine, "change") == 0
    assert number(vgg9, "cycles", "all layers", "published") == 360240
    assert number(vgg9, "cycles", "all layers", "timing") <= 1.05 * 360240
    assert number(vgg9, "density", "all layers", "bit") == pytest.approx(0.135011, abs=5e-7)
    assert number(vgg9, "density", "all layers", "product") == pytest.approx(0.0455644, abs=5e-8)
    assert number(vgg9, "density", "all layers", "product_change") == 0
    computed = {
        "dense": 6029312,
        "bit sparsity": 814025,
        "product sparsity, costly dispatch": 416516,
    }
    for step, cycles in computed.items():
        assert number(vgg9, "ablation", step, "compute") == cycles
    page = (tmp_path / "paper.html").read_text(encoding="utf-8")
    for cycles in (*VGG9_TOTALS.values(), *computed.values()):
        assert f"{cycles:,}" in page


def cycles_of(network: inputs.Network, config: ProsperityConfig) -> int:
    """Return a network's cycles by the timing model."""
    return sum(
        predict_layer(layer.spikes, layer.n, config, spikes_out=layer.neurons > 0).cycles
        for layer in network.work
    )


def test_paper_shows_what_each_parameter_of_turbo_brings(small: tuple[Path, str]) -> None:
    digits = read(small[0])["workloads"][0]
    network = inputs.read_network(PROSPERITY.bundled["paper"], 2, [])
    paper, turbo = cycles_of(network, PAPER), cycles_of(network, TURBO)
    steps = [row["name"] for row in digits["tables"]["turbo_added"]["rows"]]
    assert steps == [
        "paper",
        "+ WEIGHT_PORTS = 2",
        "+ MERGE_ROWS = 1",
        "+ ROW_STRIDE = 4",
        "+ SUM_BANKS = 4",
        "+ RESULT_SLOTS = 8",
        "+ TILE_K = 8",
        "+ QUEUE_DEPTH = 64",
        "+ WEIGHT_TILES = 2",
    ]
    assert number(digits, "turbo_added", "paper", "cycles") == paper
    two = replace(PAPER, weight_ports=2)
    assert number(digits, "turbo_added", steps[1], "cycles") == cycles_of(network, two)
    assert number(digits, "turbo_added", steps[-1], "cycles") == turbo
    assert number(digits, "turbo_added", steps[-1], "speed") == paper / turbo
    assert number(digits, "turbo_added", steps[-1], "storage") == storage(TURBO).total
    assert number(digits, "turbo_added", steps[-1], "area") == area(TURBO).total / 1e6
    # (1 + 1) x 128 adders of 12 and of 24 bits; then two of 11 and four of 24 in each lane
    assert number(digits, "turbo_added", "paper", "adders") == 256
    assert number(digits, "turbo_added", "paper", "adder_bits") == 128 * (12 + 24)
    assert number(digits, "turbo_added", steps[-1], "adders") == 6 * 128
    assert number(digits, "turbo_added", steps[-1], "adder_bits") == 128 * (2 * 11 + 4 * 24)
    assert number(digits, "turbo_removed", "turbo", "cycles") == turbo
    assert number(digits, "turbo_removed", "- WEIGHT_PORTS: 1", "cycles") == cycles_of(
        network, replace(TURBO, weight_ports=1)
    )
    # Without merged rows nothing is left of turbo but its weight ports.
    sizes = {field: getattr(TURBO, field) for field in ("tile_k", "queue_depth", "weight_tiles")}
    assert number(digits, "turbo_removed", "- MERGE_ROWS: 0", "cycles") == cycles_of(
        network, replace(two, **sizes)
    )
    assert number(digits, "beyond", "two weight rows a cycle", "cycles") == cycles_of(network, two)
    assert number(digits, "beyond", "both, and two searches a cycle", "cycles") == turbo
    bound = digits["tables"]["beyond"]["rows"][-1]
    assert bound["name"] == "one cycle a distinct row (bound): not built"
    assert set(bound["cells"]) == {"compute", "gain"}


def test_measured_cycles_of_turbo_are_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(captured_workload(), tmp_path / "tiny.npz")
    network = inputs.read_network(tmp_path / "tiny.npz", 1, [])
    monkeypatch.setattr(inputs, "RESULTS", tmp_path)
    report = report_of(network) | {"config": {"name": "turbo", **asdict(TURBO)}}
    (tmp_path / "kept.json").write_text(json.dumps(report))
    counts = {name: work.counts(layers) for name, layers in network.layers.items()}
    assert inputs.find_report(counts) is None
    found = inputs.find_report(counts, machine=TURBO)
    assert found is not None
    assert found.cycles == 7 * len(network.layers)


def test_anatomy_of_the_papers_figure() -> None:
    tile = np.array([[int(bit) for bit in row] for row in FIGURE], np.bool_)
    layer = LayerWork(name="figure", spikes=tile, n=4, time_steps=1, neurons=24)
    found = work.anatomy([layer])
    assert found.rows == {
        "zero": 0,
        "one bit": 1,
        "exact match": 1,
        "partial match": 3,
        "no prefix": 1,
    }
    assert (found.first_ones, found.later_ones, found.empty_tiles) == (5, 1, 0)
    # 1011 twice: the second builds on the first, the first on 1010, that on 0010.
    assert found.row_depths == {0: 2, 1: 2, 2: 1, 3: 1}
    assert found.tile_depths == {3: 1}
    assert found.limiters["compute"] == 1


FIGURE = ("1010", "1001", "1011", "0010", "1011", "1101")
"""Rows of the figure that the paper explains product sparsity with."""


def test_row_depths_follow_the_prefixes() -> None:
    tile = np.array([[int(bit) for bit in row] for row in FIGURE], np.bool_)
    dec = decompose(pack_rows(tile))
    depths = work.row_depths(dec.prefix)
    for row, prefix in enumerate(dec.prefix):
        assert depths[row] == (depths[prefix] + 1 if prefix >= 0 else 0)


def report_of(network: inputs.Network) -> Json:
    """Return what `make sim` would report of a network, as far as it is read."""
    counts = {name: work.counts(layers) for name, layers in network.layers.items()}
    config = {"name": "paper", **asdict(PAPER)}
    return {
        "schema": "sim-report/1",
        "mode": "product",
        "backpressure": "none",
        "passed": True,
        "config": config,
        "simulator": "verilator",
        "git": None,
        "rtl": rtl_digest(PROSPERITY.file_list),
        "layers": [
            {
                "name": name,
                "cycles": 7,
                **{
                    key: sum(getattr(layer, key) for layer in layers)
                    for key in ("m", "bit_nnz", "residual_nnz", "exact_match_rows", "zero_rows")
                },
            }
            for name, layers in counts.items()
        ],
    }


@pytest.mark.parametrize(
    ("damage", "fits"),
    [
        ({}, True),
        ({"backpressure": "light"}, False),
        ({"passed": False}, False),
        ({"mode": "bit"}, False),
        ({"rtl": "other sources"}, False),
        ({"config": {"name": "small"}}, False),
        ({"layers": []}, False),
        ({"layers": None}, False),
    ],
)
def test_reports_are_taken_of_the_same_spikes_only(
    damage: Json, fits: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(captured_workload(), tmp_path / "tiny.npz")
    network = inputs.read_network(tmp_path / "tiny.npz", 1, [])
    monkeypatch.setattr(inputs, "RESULTS", tmp_path)
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "kept.json").write_text(json.dumps(report_of(network) | damage))
    counts = {name: work.counts(layers) for name, layers in network.layers.items()}
    found = inputs.find_report(counts)
    assert (found is not None) == fits
    if found:
        assert found.cycles == 7 * len(network.layers)
    other = {name: [*layers, layers[0]] for name, layers in counts.items()}
    assert inputs.find_report(other) is None


def test_networks_of_one_name_are_told_apart() -> None:
    assert inputs.read_network(PROSPERITY.bundled["paper"], 1, ["digits"]).label == "digits #2"


def test_tasks_cover_every_layer() -> None:
    network = inputs.read_network(PROSPERITY.bundled["paper"], 1, [])
    tasks = make_tasks(network)
    layers = load(PROSPERITY.bundled["paper"]).layers
    assert {task.layer for task in tasks} == {layer.name for layer in layers}
    assert len({(task.layer, task.name) for task in tasks}) == len(tasks)


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (1234567, "count", "1,234,567"),
        (0.0, "change", "0 %"),
        (-0.01702, "change", "-1.70 %"),
        (0.135011, "density", "0.135011"),
        (0.311, "ratio", "0.311"),
        (14.128, "ratio", "14.13x"),
        (0.5, "share", "50.0%"),
        (41.387, "area", "41.39"),
        (8.5, "time", "8.50"),
        (1.25, "energy", "1.25"),
    ],
)
def test_numbers_as_people_read_them(value: float, kind: str, text: str) -> None:
    assert text_of(value, kind) == text


def test_change_is_unknown_without_a_published_value() -> None:
    assert change(3, None) is None
    assert change(None, 3) is None
    assert change(3, 0) is None
    assert change(3, 2) == 0.5
