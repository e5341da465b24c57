"""The sweep: ranges, legal combinations, Pareto fronts, the cache, processes, the command."""

from __future__ import annotations

import csv
import json
import re
import signal
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from snn_rtl.models.errors import InputError
from snn_rtl.models.prosperity.area import area
from snn_rtl.models.prosperity.config import PAPER, SMALL, ProsperityConfig
from snn_rtl.models.prosperity.storage import clog2, storage
from snn_rtl.models.prosperity.timing import predict_layer
from snn_rtl.models.tests.helpers import captured_workload, chained_workload
from snn_rtl.models.workload.network import inference, reference_runner
from snn_rtl.models.workload.workload import Workload, save
from snn_rtl.run.command import run_command
from snn_rtl.run.places import ROOT
from snn_rtl.run.runner import RunFailure
from snn_rtl.studies import cli
from snn_rtl.studies.sweep import command
from snn_rtl.studies.sweep.cache import Cache, point_key
from snn_rtl.studies.sweep.fill import Task, compute
from snn_rtl.studies.sweep.grid import make_grid, varied
from snn_rtl.studies.sweep.ranges import Range
from snn_rtl.studies.sweep.report import make_rows, pareto_front
from snn_rtl.studies.sweep.work import (
    COUNTERS,
    Result,
    content_digest,
    evaluate,
    model_sources,
    spike_layers,
)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("16", (16,)),
        ("64,32,64", (32, 64)),
        ("32:512:*2", (32, 64, 128, 256, 512)),
        ("32:500:*2", (32, 64, 128, 256)),
        ("3:100:*3", (3, 9, 27, 81)),
        ("1:1000000:*10", (1, 10, 100, 1000, 10000, 100000, 1000000)),
        ("8:64:+8", (8, 16, 24, 32, 40, 48, 56, 64)),
        ("8:20:+8", (8, 16)),
        ("7:7:+1", (7,)),
        ("4, 8:32:*2 ,5", (4, 5, 8, 16, 32)),
    ],
)
def test_range(text: str, values: tuple[int, ...]) -> None:
    assert Range().convert(text, None, None) == values


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "'' is not a valid whole number"),
        ("8,", "'' is not a valid whole number"),
        ("many", "'many' is not a valid whole number"),
        ("1.5", "'1.5' is not a valid whole number"),
        ("0", "0 is not in the range 1<=x<=1048576"),
        ("-4", "-4 is not in the range 1<=x<=1048576"),
        ("9" * 5000, "9... is not a valid whole number"),
        ("4:8", "'4:8' is neither a number nor first:last:*2 nor :+8"),
        ("4:8:2", "'4:8:2' is neither"),
        ("4:8:*1", "1 is not in the range 2<=x<=1048576"),
        ("4:8:+0", "0 is not in the range 1<=x<=1048576"),
        ("8:4:+1", "the range '8:4:+1' ends before it begins"),
        ("1:1048576:+1", "'1:1048576:+1' is more than 1000 values"),
        ("1:600:+1,601:1100:+1", "more than 1000 values"),
    ],
)
def test_bad_range(text: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(cli.sweep, [f"--tile-m={text}"]) == 2
    printed = capsys.readouterr().err
    assert printed.startswith("sweep: TILE_M: ")
    assert message in printed
    assert len(printed) < 250


def test_grid_is_the_product_of_the_ranges() -> None:
    grid = make_grid(PAPER, {"tile_m": (128, 256), "queue_depth": (16, 512, 600)}, [])
    assert grid.skipped == {}
    assert grid.configs == [
        replace(PAPER, tile_m=m, queue_depth=q) for m in (128, 256) for q in (16, 512, 600)
    ]
    assert varied(grid.configs) == ["tile_m", "queue_depth"]


def test_what_is_not_given_is_fitted() -> None:
    def only(**values: int) -> ProsperityConfig:
        (config,) = make_grid(PAPER, {name: (v,) for name, v in values.items()}, []).configs
        return config

    # 1024 bits would be 64 rows of 16, 128 rows of 8, 42.7 rows of 24
    assert only(tile_m=32).spike_beat_w == 32 * 16
    assert only(tile_m=64, tile_k=8).spike_beat_w == 64 * 8
    assert only(tile_k=24).spike_beat_w == 32 * 24
    assert only(tile_m=512).spike_beat_w == 1024
    assert only(lanes=8).lif_cells == 8
    assert only(lanes=48).lif_cells == 24
    assert only(lanes=37).lif_cells == 1
    assert only(lanes=64).lif_cells == 32


def test_illegal_combinations_are_counted_by_reason() -> None:
    workload = captured_workload()
    ranges = {"tile_m": (32, 33), "lif_cells": (3, 32), "dim_w": (7, 24)}
    grid = make_grid(PAPER, ranges, workload.layers)
    assert grid.configs == [replace(PAPER, tile_m=32, spike_beat_w=512)]
    assert {reason.partition(":")[0]: count for reason, count in grid.skipped.items()} == {
        # a combination counts once, with the first reason
        "tile_m=33 is not a legal Prosperity parameter": 4,
        "lif_cells=3 is not a legal Prosperity parameter": 2,
        "dim_w=7 is not a legal Prosperity parameter": 1,
    }


def test_layers_that_do_not_fit_are_a_reason() -> None:
    workload = captured_workload()
    k = max(layer.k for layer in workload.layers)
    narrow = (k - 1).bit_length() - 1 + PAPER.weight_w
    grid = make_grid(PAPER, {"acc_w": (narrow, 24)}, workload.layers)
    assert grid.configs == [PAPER]
    ((reason, count),) = grid.skipped.items()
    assert count == 1
    assert "exceeds this machine's limit" in reason


def test_nothing_legal_is_bad_input() -> None:
    with pytest.raises(InputError, match=r"none of 2 combinations can be used: tile_m=3 is not"):
        make_grid(PAPER, {"tile_m": (3, 5)}, [])
    with pytest.raises(InputError, match="1000000 combinations are more than 100000"):
        make_grid(PAPER, {"tile_m": range(1, 1001), "tile_k": range(1, 1001)}, [])


def test_pareto_front() -> None:
    points = [(1, 90), (2, 50), (2, 60), (3, 50), (4, 20), (5, 20), (6, 10), (7, 30), (4, 20)]
    assert pareto_front(points) == {(1, 90), (2, 50), (4, 20), (6, 10)}
    assert pareto_front([]) == set()
    assert pareto_front([(5, 5)]) == {(5, 5)}


def _result(cycles: int) -> Result:
    return {"fc": dict.fromkeys(COUNTERS, 1) | {"cycles": cycles}}


def test_rows_are_sorted_and_on_their_own_modes_front() -> None:
    big = replace(SMALL, queue_depth=64)
    results = {
        ("b", "product", SMALL): _result(20),
        ("b", "bit", SMALL): _result(30),
        ("b", "product", big): _result(20),
        ("b", "bit", big): _result(25),
        ("a", "product", big): _result(5),
    }
    rows = make_rows(results)
    assert [(r.workload, r.mode, r.config, r.cycles, sorted(r.fronts)) for r in rows] == [
        ("b", "product", SMALL, 20, ["adders", "area", "storage"]),
        # as fast as the smaller machine and as many adders, but more storage
        ("b", "product", big, 20, []),
        ("b", "bit", big, 25, ["adders", "area", "storage"]),
        ("b", "bit", SMALL, 30, ["area", "storage"]),
        ("a", "product", big, 5, ["adders", "area", "storage"]),
    ]
    assert rows[0].storage == storage(SMALL)
    assert rows[0].adders == 2 * SMALL.lanes
    assert rows[0].area == area(SMALL)


def test_captured_layers_are_the_models() -> None:
    workload = captured_workload()
    result = evaluate(spike_layers(workload, 0), SMALL, "product")
    assert list(result) == [layer.name for layer in workload.layers]
    for layer in workload.layers:
        want = predict_layer(layer.matrix(), layer.n, SMALL, spikes_out=layer.threshold is not None)
        assert result[layer.name] == {name: getattr(want, name) for name in COUNTERS}


def test_images_are_inferred_and_summed() -> None:
    workload = chained_workload()
    want = dict.fromkeys((layer.name for layer in workload.layers), 0)
    for image in range(2):
        steps = inference(workload, image)
        layer, matrix = next(steps)
        while True:
            neurons = layer.threshold is not None
            timing = predict_layer(matrix, layer.n, SMALL, "bit", spikes_out=neurons)
            want[layer.name] += timing.cycles
            try:
                layer, matrix = steps.send(reference_runner(layer, matrix))
            except StopIteration:
                break
    result = evaluate(spike_layers(workload, 2), SMALL, "bit")
    assert {name: sums["cycles"] for name, sums in result.items()} == want


def test_digest_covers_what_cycles_depend_on() -> None:
    layers = spike_layers(captured_workload(), 0)
    first = layers[0]
    bits = bytes([first.bits[0] ^ 0x80]) + first.bits[1:]
    variants = [
        layers,
        layers[1:],
        [replace(first, bits=bits), *layers[1:]],
        [replace(first, n=first.n + 1), *layers[1:]],
        [replace(first, spikes_out=not first.spikes_out), *layers[1:]],
        [replace(first, name="other"), *layers[1:]],
    ]
    assert len({content_digest(variant) for variant in variants}) == len(variants)
    assert content_digest(layers) == content_digest(spike_layers(captured_workload(), 0))


def test_key_covers_content_parameters_and_mode() -> None:
    keys = {
        point_key(content, config, mode)
        for content in ("a", "b")
        for config in (PAPER, SMALL, replace(PAPER, queue_depth=64))
        for mode in ("product", "bit")
    }
    assert len(keys) == 12


def test_model_sources_are_the_timing_models_own() -> None:
    names = set(model_sources())
    assert names >= {
        "snn_rtl.models.prosperity.config",
        "snn_rtl.models.workload.gemm",
        "snn_rtl.models.prosperity.product_sparsity",
        "snn_rtl.models.prosperity.prosperity",
        "snn_rtl.models.prosperity.timing",
    }
    assert not names & {
        "snn_rtl.models.workload.workload",
        "snn_rtl.models.workload.network",
        "snn_rtl.models.oracle.dense",
        "snn_rtl.models.prosperity.storage",
    }


def test_a_changed_model_has_other_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    before = point_key("a", PAPER, "product")
    monkeypatch.setattr("snn_rtl.studies.sweep.cache.model_digest", lambda: "another model")
    assert point_key("a", PAPER, "product") != before


def test_cache_gives_back_what_was_put(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "deep" / "cache")
    assert cache.get("key") is None
    cache.put("key", _result(7))
    assert cache.get("key") == _result(7)
    assert [path.name for path in cache.folder.iterdir()] == ["key.json"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        lambda text: text[: len(text) // 2],
        lambda text: text.replace("77", "78"),
        lambda text: "[]",
        lambda text: "null",
        lambda text: "{}",
        lambda text: "[" * 100_000,
        lambda text: json.dumps({"result": {"fc": 5}, "checksum": ""}),
        lambda text: "\0" * len(text),
    ],
)
def test_damaged_entries_are_not_there(tmp_path: Path, damage: Any) -> None:
    cache = Cache(tmp_path)
    cache.put("key", _result(77))
    path = tmp_path / "key.json"
    path.write_text(damage(path.read_text()))
    assert cache.get("key") is None
    cache.put("key", _result(77))
    assert cache.get("key") == _result(77)


def test_entry_under_another_name_is_not_there(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("key", _result(77))
    (tmp_path / "key.json").rename(tmp_path / "other.json")
    assert cache.get("other") is None


def _tasks(workload: Workload, *configs: ProsperityConfig) -> tuple[list[Task], dict[str, Any]]:
    layers = spike_layers(workload, 0)
    content = content_digest(layers)
    tasks = [
        Task(key=point_key(content, c, "product"), content=content, config=c, mode="product")
        for c in configs
    ]
    return tasks, {content: layers}


def test_processes_compute_and_keep(tmp_path: Path) -> None:
    tasks, layers = _tasks(captured_workload(), SMALL, replace(SMALL, tile_m=8, spike_beat_w=32))
    cache = Cache(tmp_path)
    got: dict[str, Result] = {}
    compute(tasks, layers, cache, 2, lambda task, result: got.update({task.key: result}))
    for task in tasks:
        want = evaluate(layers[task.content], task.config, task.mode)
        assert got[task.key] == cache.get(task.key) == want


def test_interrupt_keeps_what_is_done(tmp_path: Path) -> None:
    configs = [replace(SMALL, queue_depth=depth) for depth in range(2, 40)]
    tasks, layers = _tasks(captured_workload(), *configs)
    cache = Cache(tmp_path)

    def interrupt(task: Task, result: Result) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt, match=r"\d+ of 38 new points are kept; the same") as stop:
        compute(tasks, layers, cache, 1, interrupt)
    kept = sum(cache.get(task.key) is not None for task in tasks)
    assert str(stop.value).startswith(f"{kept} of 38 ")
    assert 1 <= kept <= 38


_SWEEP = """
import sys
from pathlib import Path
from snn_rtl.run.command import run_command
from snn_rtl.studies import cli
from snn_rtl.studies.sweep import command
command.CACHE = Path({folder!r}, "cache")
sys.exit(run_command(cli.sweep, ["--jobs=2", "--out=" + {folder!r}]))
"""


def test_interrupt_at_the_start(tmp_path: Path) -> None:
    """As soon as the first process is there, the command can be ended."""
    program = subprocess.Popen(
        [sys.executable, "-c", _SWEEP.format(folder=str(tmp_path))],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        # A suite that runs in the background ignores Ctrl-C, and so would this program.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    until = time.monotonic() + 120
    while not (workers := psutil.Process(program.pid).children()):
        assert time.monotonic() < until, "it did not start"
        time.sleep(0.01)
    program.send_signal(signal.SIGINT)
    _, said = program.communicate(timeout=10)
    assert program.returncode == 130
    assert said.startswith("sweep: interrupted; 0 of 15 new points are kept")
    assert not any(worker.is_running() for worker in workers)


def test_a_point_that_fails_is_a_failed_run(tmp_path: Path) -> None:
    tasks, layers = _tasks(captured_workload(), SMALL)
    with pytest.raises(RunFailure, match="a point could not be computed: KeyError"):
        compute([replace(tasks[0], content="gone")], layers, Cache(tmp_path), 1, lambda *_: None)


def test_page_gives_the_formulas_of_storage() -> None:
    text = (ROOT / "docs" / "user" / "sweep.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| \[\w+\]\S+ \| (.*) \|$", text, re.MULTILINE)
    odd = replace(PAPER, tile_m=32, tile_k=11, lanes=6, lif_cells=3, spike_beat_w=88, bias_w=40)
    for config in (PAPER, SMALL, odd):
        names = {name.upper(): value for name, value in asdict(config).items()}
        bits = {name: eval(rule, {"clog2": clog2, "max": max}, names) for name, rule in rows}
        assert bits == asdict(storage(config))


class Sweep:
    """The command, with a cache of its own."""

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.folder = folder
        self.out = folder / "out"
        self.cache = folder / "cache"
        self.capsys = capsys
        monkeypatch.setattr(command, "CACHE", self.cache)

    def __call__(self, *options: str) -> tuple[int, str, str]:
        """Run it; return its exit status and what it printed."""
        status = run_command(cli.sweep, [f"--out={self.out}", *options])
        printed = self.capsys.readouterr()
        return status, printed.out, printed.err

    def files(self) -> dict[str, bytes]:
        """Return the report's files."""
        return {path.name: path.read_bytes() for path in self.out.iterdir()}


@pytest.fixture
def sweep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Sweep:
    return Sweep(tmp_path, monkeypatch, capsys)


def test_command(sweep: Sweep) -> None:
    captured, chained = sweep.folder / "captured.npz", sweep.folder / "chained.npz"
    save(captured_workload(), captured)
    save(chained_workload(time_steps=4), chained)
    options = (
        *(f"--workload={captured}", f"--workload={chained}", "--config=small", "--jobs=2"),
        *("--tile-m=8:16:*2,12", "--tile-k=4,8", "--mode=product,bit", "--images=2"),
    )
    status, out, err = sweep(*options)
    assert (status, err) == (0, "")
    assert "skipped 2 combinations: tile_m=12 is not a legal Prosperity parameter" in out
    assert "16 points computed" in out
    assert ", 0 from the cache" in out

    report = json.loads((sweep.out / "sweep.json").read_text())
    assert report["schema"] == "sweep/1"
    assert report["ranges"] == {"tile_m": [8, 12, 16], "tile_k": [4, 8]}
    assert [skip["count"] for skip in report["skipped"]] == [2]
    assert [workload["images"] for workload in report["workloads"]] == [0, 2]
    points = report["points"]
    assert len(points) == 16
    labels = [workload["label"] for workload in report["workloads"]]
    assert [point["workload"] for point in points] == [labels[0]] * 8 + [labels[1]] * 8
    for part in (points[:8], points[8:]):
        assert [p["cycles"] for p in part] == sorted(p["cycles"] for p in part)
        assert any(p["pareto"] for p in part)
    for point in points:
        config = ProsperityConfig(**point["config"])
        assert point["storage_bits"]["total"] == storage(config).total
        assert point["adders"] == 2 * config.lanes
        assert point["area_um2"]["total"] == round(area(config).total)
        assert point["cycles"] == sum(layer["cycles"] for layer in point["layers"].values())
        parts = ("process", "wait_detect", "wait_spikes", "wait_weights", "wait_output")
        assert point["cycles"] == sum(point["totals"][p] for p in (*parts, "fill", "drain"))

    with (sweep.out / "sweep.csv").open() as file:
        table = list(csv.DictReader(file))
    assert [int(row["cycles"]) for row in table] == [point["cycles"] for point in points]
    assert [int(row["area_um2"]) for row in table] == [p["area_um2"]["total"] for p in points]
    assert [int(row["tile_k"]) for row in table] == [point["config"]["tile_k"] for point in points]

    page = (sweep.out / "sweep.html").read_text()
    assert '<script src="plotly.min.js">' in page
    assert (sweep.out / "plotly.min.js").stat().st_size > 1_000_000
    assert page.count("<tr") == 16 + 2
    assert f"{points[0]['cycles']:,}" in page
    # Nothing is fetched: the page opens from disk.
    assert not re.search(r"(src|href)=.https?:", page)


def test_cached_sweep_gives_the_same_files(sweep: Sweep) -> None:
    path = sweep.folder / "captured.npz"
    save(captured_workload(), path)
    options = (f"--workload={path}", "--config=small", "--queue-depth=2,8,32", "--jobs=1")
    assert sweep(*options)[0] == 0
    first = sweep.files()

    assert "0 points computed in 0.0 s, 3 from the cache" in sweep(*options)[1]
    assert sweep.files() == first

    entry = sorted(sweep.cache.iterdir())[0]
    entry.write_text(entry.read_text()[:-9])
    assert "1 points computed" in sweep(*options)[1]
    assert sweep.files() == first

    # A wider sweep computes what is new.
    assert "1 points computed" in sweep(*options, "--queue-depth=2,8,32,64")[1]


def test_interrupted_command_says_what_is_kept(
    sweep: Sweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt("3 of 9 new points are kept; the same command goes on from there")

    monkeypatch.setattr("snn_rtl.studies.sweep.fill.compute", interrupted)
    status, _, err = sweep("--config=small", "--images=1")
    assert status == 130
    assert err.strip().splitlines() == [
        "sweep: interrupted; 3 of 9 new points are kept; the same command goes on from there"
    ]
    assert not list(sweep.out.glob("sweep.*"))


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--tile-m=3", "none of 1 combinations can be used: tile_m=3 is not a legal"),
        ("--tile-m=x", "TILE_M: 'x' is not a valid whole number"),
        ("--tile-m=", "TILE_M: '' is not a valid whole number"),
        ("--queue-depth=8:2:*2", "QUEUE_DEPTH: the range '8:2:*2' ends before it begins"),
        ("--mode=product,sparse", "MODE: unknown 'sparse': choose from product, bit, dense"),
        ("--config=huge", "unknown configuration 'huge': choose from paper, small"),
        ("--jobs=0", "JOBS: 0 is not in the range 1<=x<="),
        ("--images=0", "IMAGES: 0 is not in the range x>=1"),
        ("--workload=none.npz", "none.npz: cannot be read: No such file or directory"),
        ("--workload=README.md", "README.md: is not a readable .npz (zip) file"),
        ("--out=README.md", "OUT: README.md: "),
        ("--out=/proc/none", "OUT=/proc/none: "),
        ("--speed=9", "No such option '--speed'"),
        ("--tile-m", "Option '--tile-m' requires an argument"),
    ],
)
def test_bad_input_is_one_line_and_status_2(sweep: Sweep, option: str, message: str) -> None:
    status, out, err = sweep(option)
    (line,) = err.splitlines()
    assert (status, out) == (2, "")
    assert line.startswith(f"sweep: {message}")
    assert not sweep.cache.exists()


def test_images_of_a_captured_workload_are_bad_input(sweep: Sweep) -> None:
    path = sweep.folder / "captured.npz"
    save(captured_workload(), path)
    status, _, err = sweep(f"--workload={path}", "--images=2")
    assert (status, err) == (2, "sweep: no workload has images: leave IMAGES out\n")


def test_hostile_names_are_only_text(sweep: Sweep) -> None:
    path = sweep.folder / "captured.npz"
    workload = captured_workload()
    workload.name = "<img src=x onerror=alert(1)> [red][/] [/b]</script>"
    save(workload, path)
    status, out, err = sweep(f"--workload={path}", "--config=small", "--tile-m=8,16", "--jobs=1")
    assert (status, err) == (0, "")
    assert workload.name in out
    page = (sweep.out / "sweep.html").read_text()
    assert "<img" not in page
    assert page.count("</script>") == 3
