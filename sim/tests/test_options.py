"""Every bad option, and every contradiction of options, is refused in one line that names it."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from snn_rtl.machines.prosperity import PROSPERITY
from snn_rtl.models.errors import InputError
from snn_rtl.models.loas.config import PAPER as LOAS_PAPER
from snn_rtl.models.loas.config import SMALL as LOAS_SMALL
from snn_rtl.models.prosperity.config import PAPER, SMALL
from snn_rtl.models.tests.helpers import captured_workload, chained_workload, transformer_workload
from snn_rtl.models.workload.layer import Layer
from snn_rtl.models.workload.workload import Workload, save
from snn_rtl.run.command import parse
from snn_rtl.run.options import MAX_SEED
from snn_rtl.sim.cli import sim
from snn_rtl.sim.launch import rerun_command
from snn_rtl.sim.options import SimOptions, check_options


def checked(**given: str) -> SimOptions:
    """Return options, read and checked as the command does it."""
    words = [f"--{name.replace('_', '-')}={text}" for name, text in given.items()]
    return check_options(**parse(sim, words))


def refusal(**given: str) -> str:
    """Return why options are refused."""
    with pytest.raises(InputError) as error:
        checked(**given)
    text = str(error.value)
    assert text.isprintable()
    assert len(text) < 400
    return text


def saved(path: Path, workload: Workload) -> str:
    """Write a workload and return its path."""
    save(workload, path)
    return str(path)


@pytest.fixture
def captured(tmp_path: Path) -> str:
    return saved(tmp_path / "captured.npz", captured_workload())


def linear_only(features: int, outputs: int = 1, *, steps: int = 1) -> Workload:
    """Make a workload of one linear layer with neurons."""
    layer = Layer(
        name="fc",
        kind="linear",
        input_shape=(steps, features),
        out_features=outputs,
        spikes=np.ones((steps, features), np.bool_),
        bias=np.zeros(outputs, np.int32),
        threshold=np.ones(outputs, np.int32),
    )
    return Workload(name="fc only", time_steps=steps, layers=[layer])


def test_options_defaults() -> None:
    options = checked()
    assert (options.spec.design, options.spec.simulator, options.spec.mode) == (
        "prosperity",
        "verilator",
        "product",
    )
    assert (options.config.parameters, options.spec.name) == (
        PAPER,
        str(PROSPERITY.bundled["paper"]),
    )
    assert options.spec.images == 20
    assert (options.spec.backpressure, options.spec.seed, options.waves) == ("none", 1, False)
    assert options.selected == options.workload.layers


def test_options_icarus_runs_one_image_of_the_full_machine() -> None:
    assert checked(sim="icarus").spec.images == 1
    assert checked(sim="icarus", config="small").spec.images == 20
    assert checked(sim="icarus", images="3").spec.images == 3


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("design", "DESIGN: {} is not one of 'prosperity', 'loas'"),
        ("sim", "SIM: {} is not one of 'verilator', 'icarus'"),
        ("mode", "MODE: {} is not one of 'product', 'bit', 'dense', "),
        ("config", "unknown configuration {}: choose from paper, "),
        ("backpressure", "BACKPRESSURE: {} is not one of 'none', 'light', 'heavy'"),
    ],
)
@pytest.mark.parametrize("value", ["loaf", "", "Paper ", "two\nlines"])
def test_options_refuse_an_unknown_name(name: str, expected: str, value: str) -> None:
    assert refusal(**{name: value}).startswith(expected.format(repr(value)))


def test_options_take_waves_as_a_bit() -> None:
    assert checked(waves="1").waves
    assert not checked(waves="0").waves
    assert refusal(waves="2") == "WAVES: '2' is neither 0 nor 1"


@pytest.mark.parametrize("value", ["fc9", "conv;fc_0", "../conv", "x" * 5000])
def test_options_refuse_an_unknown_layer(captured: str, value: str) -> None:
    text = refusal(workload=captured, layers=value)
    assert text.startswith("unknown layer '")
    assert text.endswith("choose from conv, fc_0")


@pytest.mark.parametrize("value", ["", "conv,", ",", "conv,,fc_0"])
def test_options_refuse_an_empty_layer(captured: str, value: str) -> None:
    expected = f"LAYERS: {value!r} has an empty name"
    assert refusal(workload=captured, layers=value) == expected


def test_options_select_layers_in_the_workloads_order(captured: str) -> None:
    options = checked(workload=captured, layers="fc_0, conv,fc_0")
    assert [layer.name for layer in options.selected] == ["conv", "fc_0"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0", "IMAGES: 0 is not in the range x>=1"),
        ("-1", "IMAGES: -1 is not in the range x>=1"),
        ("451", "IMAGES: 'digits' has 450 images, not 451"),
        ("all", "IMAGES: 'all' is not a valid whole number"),
        ("1.5", "IMAGES: '1.5' is not a valid whole number"),
        ("", "IMAGES: '' is not a valid whole number"),
        ("9" * 9999, "IMAGES: '9999"),
    ],
)
def test_options_refuse_a_bad_number_of_images(value: str, expected: str) -> None:
    assert refusal(images=value).startswith(expected)


def test_options_refuse_images_where_there_are_none(captured: str) -> None:
    assert refusal(workload=captured, images="1").endswith("has no images: leave IMAGES out")
    assert checked(workload=captured).spec.images is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("-1", f"SEED: -1 is not in the range 0<=x<={MAX_SEED}"),
        (str(MAX_SEED + 1), f"SEED: {MAX_SEED + 1} is not in the range 0<=x<={MAX_SEED}"),
        ("1" * 4000, "SEED: 1111"),
        ("0x10", "SEED: '0x10' is not a valid whole number"),
        ("seven", "SEED: 'seven' is not a valid whole number"),
        ("1e3", "SEED: '1e3' is not a valid whole number"),
        ("", "SEED: '' is not a valid whole number"),
    ],
)
def test_options_refuse_a_bad_seed(value: str, expected: str) -> None:
    assert refusal(seed=value).startswith(expected)


def test_options_take_the_largest_seed() -> None:
    assert checked(seed=str(MAX_SEED)).spec.seed == MAX_SEED


def test_options_refuse_a_bad_out(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    for out in (file, file / "below"):
        assert refusal(out=str(out)) == f"OUT: {out}: {file} is not a folder"
    assert refusal(out=str(tmp_path / ("x" * 300))).endswith(": File name too long")
    for text in ("two\nlines", "\udcff", "nul\0"):
        assert refusal(out=text) == f"OUT: {text!r} holds characters that cannot be printed"


def test_options_refuse_an_out_whose_run_folder_is_somebody_elses(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.touch()
    expected = f"OUT={tmp_path}: {folder} is there and was not made by a run"
    assert refusal(out=str(tmp_path)) == expected
    folder.unlink()
    folder.mkdir()
    assert checked(out=str(tmp_path)).out == tmp_path
    (folder / "notes").touch()
    assert refusal(out=str(tmp_path)) == expected
    (folder / "sim.log").touch()
    assert checked(out=str(tmp_path)).out == tmp_path


def test_options_leave_no_trace(tmp_path: Path) -> None:
    checked(out=str(tmp_path / "new" / "out"))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("workload", "expected"),
    [
        (linear_only(SMALL.max_k + 1), "K=4097 exceeds this machine's limit of 4096"),
        (linear_only(1, 1 << 16), "N=65536 exceeds this machine's limit of 65535"),
        (linear_only(1, steps=32), "T=32 must be a power of two up to 16"),
        (linear_only(1, steps=3), "T=3 must be a power of two up to 16"),
    ],
    ids=["K", "N", "T", "odd T"],
)
def test_options_refuse_what_the_machine_cannot_run(
    tmp_path: Path, workload: Workload, expected: str
) -> None:
    path = saved(tmp_path / "w.npz", workload)
    assert refusal(workload=path, config="small") == f"layer 'fc': {expected}"


def test_options_refuse_more_rows_than_the_machine_counts(tmp_path: Path) -> None:
    layer = Layer(
        name="conv",
        kind="conv2d",
        input_shape=(1, 1, 256, 256),
        out_channels=1,
        kernel_size=1,
        stride=1,
        padding=0,
        spikes=np.zeros((1, 1, 256, 256), np.bool_),
    )
    path = saved(tmp_path / "w.npz", Workload(name="tall", time_steps=1, layers=[layer]))
    expected = "layer 'conv': M=65536 exceeds this machine's limit of 65535"
    assert refusal(workload=path, config="small") == expected
    assert checked(workload=path).selected[0].m == 65536


def test_options_check_selected_layers_only(tmp_path: Path) -> None:
    # Three time steps: the linear layers with neurons cannot run, the last one has none.
    path = saved(tmp_path / "chained.npz", chained_workload())
    assert "T=3 must be a power of two" in refusal(workload=path)
    assert checked(workload=path, layers="last").spec.layers == ("last",)


def test_options_refuse_a_bad_workload_file(tmp_path: Path, captured: str) -> None:
    missing = str(tmp_path / "none.npz")
    assert refusal(workload=missing) == f"{missing}: cannot be read: No such file or directory"
    assert refusal(workload=str(tmp_path)) == f"{tmp_path}: is not a regular file"
    whole = Path(captured).read_bytes()
    Path(captured).write_bytes(whole[: len(whole) // 2])
    assert refusal(workload=captured).startswith(f"{captured}: is not a readable .npz (zip) file")
    np.savez(captured, manifest=np.array([{"format": "snn-workload/1"}], dtype=object))
    assert refusal(workload=captured).endswith("holds pickled objects, which are never loaded")


def test_options_of_loas() -> None:
    options = checked(design="loas")
    assert (options.spec.mode, options.config.parameters, options.spec.images) == (
        "dual",
        LOAS_PAPER,
        20,
    )
    assert options.machine.top == "loas_top"
    assert checked(design="loas", config="small", mode="ft").config.parameters == LOAS_SMALL
    assert refusal(design="loas", mode="bit") == "loas has no mode 'bit': choose from dual, ft"
    assert refusal(mode="ft") == "prosperity has no mode 'ft': choose from product, bit, dense"


def test_options_of_loas_refuse_time_steps(tmp_path: Path) -> None:
    five = saved(tmp_path / "five.npz", linear_only(4, steps=5))
    assert refusal(design="loas", workload=five) == (
        "layer 'fc': T=5 exceeds this machine's limit of 4"
    )
    three = saved(tmp_path / "three.npz", linear_only(4, steps=3))
    assert checked(design="loas", workload=three, mode="ft").spec.mode == "ft"
    one = saved(tmp_path / "one.npz", linear_only(4))
    assert checked(design="loas", workload=one).spec.mode == "dual"
    assert "mode ft would drop all of them" in refusal(design="loas", workload=one, mode="ft")


def test_options_of_loas_count_positions(tmp_path: Path) -> None:
    # 65536 rows of spikes are 16384 positions: DIM_W = 16 holds them.
    layer = Layer(
        name="conv",
        kind="conv2d",
        input_shape=(4, 1, 128, 128),
        out_channels=1,
        spikes=np.zeros((4, 1, 128, 128), np.bool_),
    )
    path = saved(tmp_path / "wide.npz", Workload(name="wide", time_steps=4, layers=[layer]))
    assert checked(design="loas", config="small", workload=path).selected[0].m == 1 << 16
    assert "M=65536 exceeds" in refusal(config="small", workload=path)


def test_options_of_loas_run_attention_in_dual_mode(tmp_path: Path) -> None:
    path = saved(tmp_path / "t.npz", transformer_workload(4, images=1, time_steps=4))
    assert checked(design="loas", config="small", workload=path).spec.images == 1
    text = refusal(design="loas", config="small", workload=path, mode="ft")
    assert text.startswith("layer 'attn.kv': with one time step")


def test_options_take_parameters_of_the_machine(tmp_path: Path) -> None:
    options = checked(config="small", tile_k="4", lanes="16")
    assert options.config.parameters == replace(SMALL, tile_k=4, lanes=16)
    assert options.config.title == "small, TILE_K=4 LANES=16"
    assert options.spec.name == str(PROSPERITY.bundled["small"])
    own = tmp_path / "own.yaml"
    own.write_text("base: small\ntime_steps: 2\n")
    one = saved(tmp_path / "one.npz", linear_only(4, steps=2))
    options = checked(design="loas", config=str(own), tppes="3", workload=one)
    assert options.config.parameters == replace(LOAS_SMALL, time_steps=2, tppes=3)
    # The bundled network has four time steps.
    assert refusal(design="loas", config=str(own)).endswith("T=4 exceeds this machine's limit of 2")


def test_options_refuse_parameters(tmp_path: Path) -> None:
    assert refusal(tile_k="24").startswith("spike_beat_w=1024 is not a legal Prosperity parameter")
    assert refusal(chunk="64").startswith("Prosperity has no parameter 'chunk'")
    assert refusal(tile_k="wide") == "TILE_K: 'wide' is not a valid integer"
    assert refusal(design="loas", fifo_depth="1").startswith("fifo_depth=1 is not a legal LoAS")
    assert refusal(design="loas", tppe="8").startswith("No such option '--tppe'")
    assert "none.yaml: cannot be read" in refusal(config=str(tmp_path / "none.yaml"))


def read_back(command: str) -> SimOptions:
    """Check the options of a `make sim` command."""
    make, target, *words = shlex.split(command)
    assert (make, target) == ("make", "sim")
    return checked(**{k.lower(): v for k, v in (word.split("=", 1) for word in words)})


def test_rerun_command_repeats_the_options(tmp_path: Path) -> None:
    path = saved(tmp_path / "it's $HOME #1.npz", captured_workload())
    own = tmp_path / "own.yaml"
    own.write_text("base: small\ntppes: 3\n")
    for given in (
        {},
        {"config": "small", "images": "7", "layers": "fc,conv2", "mode": "bit"},
        {"workload": path, "layers": "conv", "seed": "77", "backpressure": "heavy"},
        {"sim": "icarus"},
        {"design": "loas", "mode": "ft", "config": "small"},
        {"config": "small", "tile_k": "4", "weight_tiles": "3"},
        {"design": "loas", "config": str(own), "time_steps": "8"},
    ):
        options = checked(**given)
        again = read_back(rerun_command(options))
        assert (again.spec, again.config) == (options.spec, options.config)


def test_rerun_command_names_no_bundled_file() -> None:
    assert "WORKLOAD" not in rerun_command(checked(config="small"))
