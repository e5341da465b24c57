"""`snn-rtl sim`, the command behind `make sim`, as a user runs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from snn_rtl.machines import MACHINES
from snn_rtl.machines.estimate import estimate
from snn_rtl.models.tests.helpers import captured_workload, transformer_workload
from snn_rtl.models.workload.workload import save
from snn_rtl.run.places import ROOT
from snn_rtl.run.tests.helpers import Json, call, command, read_report, run_sim
from snn_rtl.sim.cli import sim
from snn_rtl.sim.report import RESULTS

SMALL = ("--config=small", "--images=1")
MODES = ("product", "bit", "dense")


def refusal(*options: str) -> str:
    """Run the command with bad input and return the one line it prints."""
    done = call(sim, *options)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    return line


@pytest.fixture
def workload(tmp_path: Path) -> Path:
    path = tmp_path / "captured.npz"
    save(captured_workload(), path)
    return path


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("--design=loas9", "sim: DESIGN: 'loas9' is not one of 'prosperity', 'loas'"),
        ("--sim=vcs", "sim: SIM: 'vcs' is not one of 'verilator', 'icarus'"),
        ("--mode=sparse", "sim: MODE: 'sparse' is not one of 'product', 'bit', 'dense'"),
        ("--mode=ft", "sim: prosperity has no mode 'ft': choose from product, bit, dense"),
        ("--config=huge", "sim: unknown configuration 'huge': choose from paper, small"),
        ("--backpressure=max", "sim: BACKPRESSURE: 'max' is not one of 'none', 'light', 'heavy'"),
        ("--layers=conv1", "sim: unknown layer 'conv1': choose from conv2, conv3, fc"),
        ("--images=451", "sim: IMAGES: 'digits' has 450 images, not 451"),
        ("--images=some", "sim: IMAGES: 'some' is not a valid whole number"),
        ("--seed=-1", "sim: SEED: -1 is not in the range 0<=x<="),
        ("--waves=2", "sim: WAVES: '2' is neither 0 nor 1"),
        ("--workload=none.npz", "sim: none.npz: cannot be read: No such file or directory"),
        ("--workload=README.md", "sim: README.md: is not a readable .npz (zip) file"),
        ("--workload=two\nlines", "sim: two lines: cannot be read: No such file or directory"),
        ("--speed=9", "sim: No such option '--speed'"),
        ("--seed", "sim: Option '--seed' requires an argument"),
        ("fast", "sim: Got unexpected extra argument (fast)"),
    ],
)
def test_sim_refuses_bad_input(tmp_path: Path, option: str, expected: str) -> None:
    assert refusal(f"--out={tmp_path / 'out'}", option).startswith(expected)
    assert not (tmp_path / "out").exists()


def test_sim_refuses_a_damaged_workload(tmp_path: Path, workload: Path) -> None:
    data = bytearray(workload.read_bytes())
    data[len(data) // 3] ^= 0xFF
    workload.write_bytes(data)
    line = refusal(f"--workload={workload}", f"--out={tmp_path / 'out'}")
    assert line.startswith(f"sim: {workload}: ")
    assert not (tmp_path / "out").exists()


def test_sim_refuses_contradictory_options(tmp_path: Path, workload: Path) -> None:
    line = refusal(f"--workload={workload}", "--images=2", f"--out={tmp_path / 'out'}")
    assert line == "sim: workload 'tiny' has no images: leave IMAGES out"
    assert not (tmp_path / "out").exists()


def test_sim_refuses_an_out_it_cannot_make(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    line = refusal(*SMALL, f"--out={file / 'out'}")
    assert line == f"sim: OUT: {file / 'out'}: {file} is not a folder"
    line = refusal(*SMALL, "--out=/proc/out")
    assert line == "sim: OUT=/proc/out cannot be written: No such file or directory"


def check_layer(layer: Json) -> None:
    """Check that a layer's numbers agree with each other, and with the model."""
    assert layer["cycles"] == layer["model_cycles"]
    assert layer["process_cycles"] + sum(layer["stall_cycles"].values()) == layer["cycles"]
    assert layer["outputs_checked"] == layer["m"] * layer["n"]
    assert layer["mismatches"] == 0


def check_estimate(report: Json, workload: Path | None = None) -> None:
    """Check that the models alone give what the RTL's registers said."""
    machine = MACHINES[report["design"]]
    config = machine.parameters(**{k: v for k, v in report["config"].items() if k != "name"})
    found = estimate(
        workload or machine.bundled[machine.described(config).base],
        report["design"],
        config,
        report["mode"],
        layers=list(dict.fromkeys(row["name"].split(".")[0] for row in report["layers"])),
        images=max(row["images"] for row in report["layers"]) if report["predictions"] else None,
        seed=report["seed"],
    )
    rows = [layer.row() for layer in found.layers]
    assert [{key: row[key] for key in rows[0]} for row in report["layers"]] == rows
    assert {key: report["totals"][key] for key in found.totals} == found.totals


@pytest.mark.sim
def test_sim_infers_the_bundled_network(tmp_path: Path) -> None:
    done = run_sim(*SMALL, "--seed=5", f"--out={tmp_path}")
    assert (done.returncode, done.stderr) == (0, "")
    report = read_report(tmp_path)
    assert report["passed"]
    assert (report["design"], report["simulator"], report["mode"]) == (
        "prosperity",
        "verilator",
        "product",
    )
    assert (report["seed"], report["config"]["tile_m"]) == (5, 16)
    assert [layer["name"] for layer in report["layers"]] == ["conv2", "conv3", "fc"]
    for layer in report["layers"]:
        check_layer(layer)
    assert report["totals"]["cycles"] == report["totals"]["model_cycles"]
    assert report["totals"]["mismatches"] == 0
    assert report["accuracy"]["images"] == 1
    assert report["accuracy"]["rtl"] == report["accuracy"]["reference"]

    page = (tmp_path / "report.html").read_text()
    assert (tmp_path / "plotly.min.js").is_file()
    for layer in report["layers"]:
        assert layer["name"] in page
        assert layer["name"] in done.stdout
    assert "Passed" in page
    assert done.stdout.rstrip().endswith("passed")


@pytest.mark.sim
@pytest.mark.parametrize(
    ("design", "own"),
    [
        ("prosperity", ["TILE_K=4", "LANES=12", "WEIGHT_TILES=3"]),
        ("loas", ["TIME_STEPS=8", "CHUNK=64", "TPPES=3", "COLUMNS=16", "ACC_W=21", "BEAT_W=512"]),
    ],
)
def test_sim_takes_parameters_of_the_machine(tmp_path: Path, design: str, own: list[str]) -> None:
    words = [f"--{word.lower().replace('_', '-')}" for word in own]
    where = ("--sim=icarus", "--images=1", "--layers=fc", f"--out={tmp_path}")
    done = run_sim(f"--design={design}", "--config=small", *words, *where)
    assert (done.returncode, done.stderr) == (0, "")
    report = read_report(tmp_path)
    assert report["config"]["name"] == f"small, {' '.join(own)}"
    assert f" CONFIG=small {' '.join(own)} " in report["command"]
    for word in own:
        name, value = word.lower().split("=")
        assert report["config"][name] == int(value)
    for layer in report["layers"]:
        check_layer(layer)
    check_estimate(report)
    assert f"small, {' '.join(own)} configuration" in (tmp_path / "report.html").read_text()


@pytest.mark.sim
def test_sim_takes_a_configuration_of_ones_own(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("base: small\nlanes: 4\n")
    options = (f"--config={own}", "--queue-depth=9", "--sim=icarus", "--images=1", "--layers=fc")
    done = run_sim(*options, f"--out={tmp_path / 'out'}")
    assert (done.returncode, done.stderr) == (0, "")
    report = read_report(tmp_path / "out")
    assert report["config"]["name"] == "small, LANES=4 QUEUE_DEPTH=9"
    check_estimate(report)


def test_sim_refuses_what_cannot_be_built(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("base: small\nlanez: 4\n")
    for word, line in (
        (f"--config={own}", f"sim: {own}:2: lanez: unknown key; did you mean lanes?"),
        ("--lif-cells=3", "sim: lif_cells=3 is not a legal Prosperity parameter: neurons updated"),
        ("--tile-k=128", "sim: tile_k=128 is not a legal Prosperity parameter: columns of a spike"),
    ):
        assert refusal(word, f"--out={tmp_path / 'out'}").startswith(line)
        assert not (tmp_path / "out").exists()


@pytest.mark.sim
def test_sim_runs_every_mode_on_both_simulators(tmp_path: Path) -> None:
    layers = {}
    for simulator, mode in [("icarus", "product"), *(("verilator", m) for m in MODES)]:
        out = tmp_path / f"{simulator}-{mode}"
        options = ("--layers=fc", f"--mode={mode}", f"--sim={simulator}")
        done = run_sim(*SMALL, *options, f"--out={out}")
        assert (done.returncode, done.stderr) == (0, "")
        report = read_report(out)
        assert (report["mode"], report["simulator"]) == (mode, simulator)
        (layers[simulator, mode],) = report["layers"]
        check_estimate(report)
        check_layer(layers[simulator, mode])
    product, bit, dense = (layers["verilator", mode] for mode in MODES)
    assert layers["icarus", "product"] == product
    assert product["residual_nnz"] < product["bit_nnz"] == bit["residual_nnz"]
    assert bit["exact_match_rows"] == bit["partial_match_rows"] == 0
    assert product["process_cycles"] < bit["process_cycles"] < dense["process_cycles"]


@pytest.mark.sim
def test_sim_runs_captured_layers_under_backpressure(tmp_path: Path, workload: Path) -> None:
    options = ("--config=small", f"--workload={workload}", "--backpressure=heavy")
    done = run_sim(*options, f"--out={tmp_path}")
    assert (done.returncode, done.stderr) == (0, "")
    report = read_report(tmp_path)
    assert [layer["name"] for layer in report["layers"]] == ["conv", "fc_0"]
    assert report["totals"]["cycles"] > report["totals"]["model_cycles"]
    assert report["totals"]["mismatches"] == 0
    assert report["accuracy"] is None
    assert report["workload"]["license"] == "CC0-1.0"


@pytest.mark.sim
@pytest.mark.parametrize("simulator", ["verilator", "icarus"])
def test_sim_runs_a_spiking_transformer(tmp_path: Path, simulator: str) -> None:
    path = tmp_path / "transformer.npz"
    save(transformer_workload(4, images=2, time_steps=4), path)
    options = ("--config=small", f"--workload={path}", f"--sim={simulator}")
    done = run_sim(*options, f"--out={tmp_path / 'all'}")
    assert (done.returncode, done.stderr) == (0, "")
    report = read_report(tmp_path / "all")
    check_estimate(report, path)
    rows = {row["name"]: row for row in report["layers"]}
    assert list(rows) == [*"qkv", "attn.kv", "attn.qkv", "proj", "fc1", "fc2", "last"]
    for row in rows.values():
        check_layer(row)
        assert row["images"] == 2
    # two images, four steps, two heads: 16 products of 2 x 12 x 2 and of 12 x 2 x 2
    sizes = [[rows[f"attn.{name}"][key] for key in "mkn"] for name in ("kv", "qkv")]
    assert sizes == [[32, 12, 2], [192, 2, 2]]

    done = run_sim(*options, "--layers=attn,last", f"--out={tmp_path / 'some'}")
    assert (done.returncode, done.stderr) == (0, "")
    some = read_report(tmp_path / "some")["layers"]
    assert some == [rows[name] for name in ("attn.kv", "attn.qkv", "last")]


@pytest.mark.sim
def test_sim_infers_the_bundled_network_on_loas(tmp_path: Path) -> None:
    rows = {}
    for simulator, mode in (("verilator", "dual"), ("icarus", "ft"), ("verilator", "ft")):
        out = tmp_path / f"{simulator}-{mode}"
        options = ("--design=loas", f"--mode={mode}", f"--sim={simulator}", f"--out={out}")
        done = run_sim(*SMALL, *options)
        assert (done.returncode, done.stderr) == (0, "")
        report = read_report(out)
        assert (report["design"], report["mode"], report["passed"]) == ("loas", mode, True)
        assert report["workload"]["weights"] == "the workload's"
        assert report["accuracy"]["rtl"] == report["accuracy"]["reference"]
        assert [layer["name"] for layer in report["layers"]] == ["conv2", "conv3", "fc"]
        for layer in report["layers"]:
            check_layer(layer)
        check_estimate(report)
        rows[simulator, mode] = report["layers"]
        page = (out / "report.html").read_text()
        assert "Speculation hits" in page
        assert "corrected" in done.stdout
    assert rows["icarus", "ft"] == rows["verilator", "ft"]
    for dual, ft in zip(rows["verilator", "dual"], rows["verilator", "ft"], strict=True):
        assert (dual["single_words"], ft["single_words"] > 0) == (0, True)
        assert ft["matches"] < dual["matches"]


@pytest.mark.sim
def test_sim_runs_captured_layers_on_loas(tmp_path: Path, workload: Path) -> None:
    options = ("--design=loas", "--config=small", f"--workload={workload}", "--backpressure=heavy")
    done = run_sim(*options, f"--out={tmp_path}")
    assert (done.returncode, done.stderr) == (0, "")
    assert "random int8, pruned at random to 98.20% zeros" in done.stdout
    report = read_report(tmp_path)
    assert report["totals"]["mismatches"] == 0
    cycles = report["totals"]["model_cycles"]
    assert report["totals"]["cycles"] > cycles == estimate(workload, "loas", "small").cycles


@pytest.mark.sim
def test_sim_runs_a_spiking_transformer_on_loas(tmp_path: Path) -> None:
    path = tmp_path / "transformer.npz"
    save(transformer_workload(4, images=1, time_steps=4), path)
    options = ("--design=loas", "--config=small", f"--workload={path}", "--layers=attn,last")
    done = run_sim(*options, f"--out={tmp_path}")
    assert (done.returncode, done.stderr) == (0, "")
    rows = read_report(tmp_path)["layers"]
    assert [row["name"] for row in rows] == ["attn.kv", "attn.qkv", "last"]
    for row in rows:
        check_layer(row)


def simulation_module(folder: Path, text: str) -> Path:
    """Make Python start every simulation, and nothing else, with some lines."""
    folder.mkdir()
    indented = "".join(f"    {line}\n" for line in text.splitlines())
    guard = 'import os\nif "COCOTB_TEST_MODULES" in os.environ:\n'
    (folder / "sitecustomize.py").write_text(guard + indented)
    return folder


WRONG_MODEL = """\
import snn_rtl.models.prosperity.prosperity
right = snn_rtl.models.prosperity.prosperity.layer_outputs
def wrong(spikes, weights, **options):
    outputs = right(spikes, weights, **options)
    outputs[0, 3] += 1
    return outputs
snn_rtl.models.prosperity.prosperity.layer_outputs = wrong
"""


@pytest.mark.sim
def test_sim_reports_a_mismatch(tmp_path: Path) -> None:
    out = tmp_path / "out"
    modules = simulation_module(tmp_path / "modules", WRONG_MODEL)
    done = run_sim(*SMALL, "--layers=fc", "--seed=3", f"--out={out}", modules=modules)
    assert done.returncode == 1
    failed, rerun = done.stderr.splitlines()
    assert failed.startswith("sim: FAILED: ")
    assert "fc: 1 outputs differ from the model, first at row 0 column 3" in failed
    assert rerun.startswith("rerun: make sim ")
    assert {"CONFIG=small", "LAYERS=fc", "SEED=3", "IMAGES=1"} <= set(rerun.split())
    assert "passed" not in done.stdout

    report = read_report(out)
    assert report["passed"] is False
    assert report["totals"]["mismatches"] == report["layers"][0]["mismatches"] == 1
    (failure,) = report["failures"]
    page = (out / "report.html").read_text()
    assert "Failed" in page
    assert failure in page
    assert rerun.removeprefix("rerun: ") in page


@pytest.mark.sim
def test_sim_says_when_the_simulation_dies(tmp_path: Path) -> None:
    for name in ("report.json", "report.html"):
        (tmp_path / name).write_text("of an earlier run")
    modules = simulation_module(tmp_path / "modules", "os._exit(3)")
    done = run_sim(*SMALL, f"--out={tmp_path}", modules=modules)
    assert done.returncode == 1
    failed, rerun = done.stderr.splitlines()
    assert failed.startswith("sim: FAILED: no results: the simulation died")
    assert rerun.startswith("rerun: make sim ")
    assert not list(tmp_path.glob("report.*"))


def test_sim_prints_help() -> None:
    done = run_sim("--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "--backpressure [none|light|heavy]" in done.stdout


def wait_until(condition: Callable[[], bool], patience_s: float = 60) -> None:
    """Wait until a condition holds."""
    end = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def group_is_gone(group: int) -> bool:
    """Return whether no process of a group runs; a zombie that nobody reaps does not."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, _, of_group = (folder / "stat").read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(of_group) == group and state != "Z":
            return False
    return True


@pytest.mark.sim
@pytest.mark.parametrize("whole_group", [True, False], ids=["group", "command"])
def test_sim_interrupted(tmp_path: Path, whole_group: bool) -> None:
    options = ("--config=small", "--images=400", f"--out={tmp_path}")
    (tmp_path / "report.json").write_text("of an earlier run")
    with subprocess.Popen(
        command(*options),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # A session started in the background ignores SIGINT, and would hand that down.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    ) as process:
        wait_until((tmp_path / "run" / "progress").exists)
        if whole_group:
            os.killpg(process.pid, signal.SIGINT)
        else:
            os.kill(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors == "sim: interrupted; no report was written\n"
    wait_until(lambda: group_is_gone(process.pid))
    assert not list(tmp_path.glob("report.*"))


def test_waves_come_with_signal_lists_and_their_size_beforehand(tmp_path: Path) -> None:
    kept = {path: path.stat().st_mtime_ns for path in RESULTS.glob("*.json")}
    options = (*SMALL, "--sim=icarus", "--layers=fc", "--waves=1", f"--out={tmp_path}")
    done = call(sim, *options)
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert next(i for i, line in enumerate(lines) if "the waveform of 137 cycles" in line) == 0
    wave = tmp_path / "run" / "snn_played_machine.fst"
    assert wave.is_file()
    assert "u_machine.s_axis_spike_tdata[" in wave.with_suffix(".gtkw").read_text()
    assert "variable_add snn_played_machine.u_machine.clk" in wave.with_suffix(".sucl").read_text()
    # The report stays for `make paper` when the next run overwrites this one.
    (one,) = (p for p in RESULTS.glob("*.json") if kept.get(p) != p.stat().st_mtime_ns)
    assert json.loads(one.read_text()) == read_report(tmp_path)
