"""Damaged and hostile workload files: each ends in one line that says what is wrong."""

from __future__ import annotations

import io
import json
import os
import pickle
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from snn_rtl.models.errors import InputError
from snn_rtl.models.tests.damage import (
    Json,
    at,
    change_manifest,
    header_of,
    members_of,
    npy,
    reason,
    set_manifest,
    without,
    write,
)
from snn_rtl.models.tests.helpers import assert_equal, captured_workload, chained_workload
from snn_rtl.models.workload.workload import load, save


class Opened:
    """Leaves a trace when it is unpickled."""

    calls: ClassVar[list[str]] = []

    def __reduce__(self) -> tuple[Any, ...]:
        return Opened.calls.append, ("opened",)


@pytest.fixture
def captured_file(tmp_path: Path) -> Path:
    path = tmp_path / "captured.npz"
    save(captured_workload(), path)
    return path


@pytest.fixture
def chained_file(tmp_path: Path) -> Path:
    path = tmp_path / "chained.npz"
    save(chained_workload(), path)
    return path


def test_load_refuses_what_is_no_file(tmp_path: Path) -> None:
    assert reason(tmp_path / "missing.npz") == "cannot be read: No such file or directory"
    assert reason(tmp_path) == "is not a regular file"
    os.mkfifo(tmp_path / "pipe")
    assert reason(tmp_path / "pipe") == "is not a regular file"
    with pytest.raises(InputError, match="cannot be read"):
        load("nul\0byte")


@pytest.mark.parametrize(
    "data", [b"", b"PK", b"snn-workload/1", b"\x93NUMPY\x01\x00", b"PK\x05\x06" + bytes(18)]
)
def test_load_refuses_other_files(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "w.npz"
    path.write_bytes(data)
    assert reason(path) in (
        "is not a readable .npz (zip) file, or is truncated",
        "array 'manifest' is missing",
    )


def test_load_refuses_a_file_cut_anywhere(captured_file: Path) -> None:
    data = captured_file.read_bytes()
    cut = captured_file.with_name("cut.npz")
    for length in range(len(data)):
        cut.write_bytes(data[:length])
        assert "truncated" in reason(cut), length


@pytest.mark.parametrize("pattern", [0x01, 0x80, 0xFF])
def test_load_survives_any_flipped_byte(captured_file: Path, pattern: int) -> None:
    data = captured_file.read_bytes()
    flipped = captured_file.with_name("flipped.npz")
    refusals = 0
    for index in range(len(data)):
        flip = bytes([data[index] ^ pattern])
        flipped.write_bytes(data[:index] + flip + data[index + 1 :])
        try:
            # a byte that carries nothing, such as a date, may change; the content may not
            assert_equal(load(flipped), captured_workload())
        except InputError:
            reason(flipped)
            refusals += 1
    assert refusals > len(data) // 2


def test_load_refuses_a_file_of_random_members(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    path = tmp_path / "w.npz"
    for _ in range(50):
        write(path, {"manifest.npy": rng.bytes(200)})
        assert reason(path) == "array 'manifest' has no valid .npy header"


MANIFESTS = [
    ("", "the manifest is not valid JSON"),
    ("not json", "the manifest is not valid JSON"),
    ('{"format": "snn-workload/1"', "the manifest is not valid JSON"),
    ("[" * 100_000, "the manifest is not valid JSON"),
    ('{"a": ' * 100_000, "the manifest is not valid JSON"),
    ('{"a": ' + "9" * 5000 + "}", "the manifest is not valid JSON"),
    ("[]", "the manifest is not a JSON object"),
    ("null", "the manifest is not a JSON object"),
    ("{}", "the manifest's format is None, not 'snn-workload/1'"),
    ('{"format": "snn-workload/2"}', "the manifest's format is 'snn-workload/2', not"),
    ('{"format": ["snn-workload/1"]}', "the manifest's format is ['snn-workload/1'], not"),
    ('{"format": 1, "format": "snn-workload/1"}', "the manifest names a key twice"),
    ('{"a": NaN}', "the manifest holds NaN"),
    ('{"a": -Infinity}', "the manifest holds -Infinity"),
    ('{"a": 1e999}', "the manifest holds the number 1e999"),
]


@pytest.mark.parametrize(("text", "expected"), MANIFESTS, ids=[text[:24] for text, _ in MANIFESTS])
def test_load_refuses_a_bad_manifest(captured_file: Path, text: str, expected: str) -> None:
    members = members_of(captured_file)
    set_manifest(members, text)
    write(captured_file, members)
    assert reason(captured_file).startswith(expected)


CONV: tuple[str | int, ...] = ("layers", 0)
FC: tuple[str | int, ...] = ("layers", 1)
HUGE = {"name": "fc_0", "kind": "linear", "input_shape": [2, 2**20]}
WIDE = {**HUGE, "kind": "conv2d", "input_shape": [2, 1, 8192, 8192], "kernel_size": 3}
WIDE |= {"stride": 1, "padding": 1, "out_channels": 1}

FIELDS: list[tuple[Callable[[Json], None], str]] = [
    (without("name"), "the manifest's name must be a string, not None"),
    (at("name", to=7), "the manifest's name must be a string, not 7"),
    (at("name", to="two\nlines"), "the manifest's name holds characters that cannot be printed"),
    (at("name", to="\ud800"), "the manifest's name holds characters that cannot be printed"),
    (at("source", to=None), "the manifest's source must be a string"),
    (at("license", to=["MIT"]), "the manifest's license must be a string"),
    (without("time_steps"), "the manifest's time_steps must be an integer, not None"),
    (at("time_steps", to=True), "the manifest's time_steps must be an integer, not True"),
    (at("time_steps", to=2.0), "the manifest's time_steps must be an integer, not 2.0"),
    (at("time_steps", to="2"), "the manifest's time_steps must be an integer, not '2'"),
    (at("time_steps", to=0), "the manifest's time_steps must be 1..1024, not 0"),
    (at("time_steps", to=10**30), "the manifest's time_steps must be 1..1024, not 1000"),
    (at("time_steps", to=4), "layer 'conv' has 2 time steps, the workload 4"),
    (without("layers"), "the manifest's layers must be a list of 1..1024 layers"),
    (at("layers", to=[]), "the manifest's layers must be a list of 1..1024 layers"),
    (at("layers", to={"conv": 1}), "the manifest's layers must be a list of 1..1024 layers"),
    (at("layers", to=[{}] * 1025), "the manifest's layers must be a list of 1..1024 layers"),
    (at("layers", 0, to="conv"), "the manifest's layers[0] is not an object"),
    (without(*CONV, "name"), "the manifest's layers[0]: name must be a string, not None"),
    (at(*CONV, "name", to=3), "the manifest's layers[0]: name must be a string, not 3"),
    (at(*CONV, "name", to=""), "layer name '' is not made of"),
    (at(*CONV, "name", to="../conv"), "layer name '../conv' is not made of"),
    (at(*CONV, "name", to=".."), "layer name '..' is not made of"),
    (at(*CONV, "name", to="/etc/passwd"), "layer name '/etc/passwd' is not made of"),
    (at(*CONV, "name", to="a\\b"), "layer name 'a\\\\b' is not made of"),
    (at(*CONV, "name", to="conv "), "layer name 'conv ' is not made of"),
    (at(*CONV, "name", to="x" * 65), "layer name 'xxxxxxxx"),
    (at(*CONV, "name", to="conv\n"), "the manifest's layers[0]: name holds characters"),
    (at(*CONV, "name", to="\u0441onv"), "layer name '\u0441onv' is not made of"),
    (at(*CONV, "name", to="fc_0"), "array 'conv/bias' belongs to nothing in the manifest"),
    (at(*FC, "name", to="conv"), "array 'fc_0/spikes' belongs to nothing in the manifest"),
    (at(*CONV, "kind", to="conv3d"), "the manifest's layers[0]: unknown kind 'conv3d'"),
    (at(*CONV, "kind", to=["conv2d"]), "the manifest's layers[0]: kind must be a string"),
    (without(*CONV, "kind"), "the manifest's layers[0]: kind must be a string, not None"),
    (at(*CONV, "kind", to="linear"), "the manifest's layers[0] has no out_features"),
    (without(*CONV, "input_shape"), "the manifest's layers[0]: input_shape must be a list"),
    (at(*CONV, "input_shape", to="2345"), "the manifest's layers[0]: input_shape must be a list"),
    (at(*CONV, "input_shape", to=[2, 60]), "layer 'conv': input_shape must be [T, C, H, W]"),
    (at(*FC, "input_shape", to=[2, 13, 1]), "layer 'fc_0': input_shape must be [T, F]"),
    (at(*FC, "input_shape", to=[2, None]), "layer 'fc_0': F of input_shape must be an integer"),
    (
        at(*CONV, "input_shape", 1, to=-3),
        "layer 'conv': C of input_shape must be 1..1048576, not -3",
    ),
    (at(*CONV, "input_shape", 2, to=True), "layer 'conv': H of input_shape must be an integer"),
    (at(*CONV, "input_shape", 3, to=5.0), "layer 'conv': W of input_shape must be an integer"),
    (at(*CONV, "input_shape", 3, to=2**40), "layer 'conv': W of input_shape must be 1..1048576"),
    (at(*CONV, "input_shape", to=[2, 2**20, 2**20, 9]), "layer 'conv': the padded input has"),
    (at(*FC, "input_shape", to=[1024, 2**20]), "the arrays take 1073742084 bytes, more than"),
    (at(*FC, "input_shape", to=[2, 2**20]), "array 'fc_0/spikes' has shape (4), not (262144)"),
    (at(*FC, "out_features", to=2**21), "layer 'fc_0': out_features must be 1..1048576"),
    (at("layers", 1, to={**HUGE, "out_features": 1025}), "layer 'fc_0': the weight matrix has"),
    (at("layers", 1, to=WIDE), "layer 'fc_0': the spike matrix has 1207959552 elements"),
    (
        at("layers", 1, to={**WIDE, "kernel_size": 1, "padding": 0, "out_channels": 2}),
        "layer 'fc_0': the output has 268435456 elements",
    ),
    (
        at("layers", 1, to={**WIDE, "input_shape": [2, 2**20, 1, 1], "padding": 255}),
        "layer 'fc_0': the padded input has",
    ),
    (at(*CONV, "input_shape", 1, to=4), "array 'conv/spikes' has shape (15), not (20)"),
    (at(*CONV, "out_channels", to=5), "array 'conv/weights' has shape (27, 4), not (27, 5)"),
    (at(*CONV, "out_channels", to=0), "layer 'conv': out_channels must be 1..1048576, not 0"),
    (at(*CONV, "out_channels", to=None), "layer 'conv': out_channels must be an integer"),
    (without(*CONV, "out_channels"), "the manifest's layers[0] has no out_channels"),
    (without(*CONV, "kernel_size"), "the manifest's layers[0] has no kernel_size"),
    (without(*CONV, "stride"), "the manifest's layers[0] has no stride"),
    (without(*CONV, "padding"), "the manifest's layers[0] has no padding"),
    (at(*CONV, "kernel_size", to=7), "layer 'conv': the kernel is larger than the padded input"),
    (at(*CONV, "kernel_size", to=2), "array 'conv/weights' has shape (27, 4), not (12, 4)"),
    (at(*CONV, "kernel_size", to=[3, 3]), "layer 'conv': kernel_size must be an integer"),
    (at(*CONV, "stride", to=0), "layer 'conv': stride must be 1..255, not 0"),
    (at(*CONV, "padding", to=-1), "layer 'conv': padding must be 0..255, not -1"),
    (at(*CONV, "padding", to=False), "layer 'conv': padding must be an integer, not False"),
    (at(*CONV, "pool", to=0), "layer 'conv': pool must be 1..255, not 0"),
    (at(*CONV, "pool", to=5), "layer 'conv': the pooling window is larger than the output"),
    (at(*FC, "pool", to=2), "layer 'fc_0': a linear layer has no kernel"),
    (without(*FC, "out_features"), "the manifest's layers[1] has no out_features"),
    (at(*FC, "out_features", to=-6), "layer 'fc_0': out_features must be 1..1048576, not -6"),
    (at(*CONV, "lif", to=3), "the manifest's layers[0]: lif is not an object"),
    (at(*CONV, "lif", to={"leak": 3}), "the manifest's layers[0]: lif has an unknown key 'leak'"),
    (at(*CONV, "lif", to={"leak_shift": 99}), "the manifest's layers[0]: leak_shift must be"),
    (at(*CONV, "lif", to={"reset": None}), "the manifest's layers[0]: reset must be"),
    (at(*CONV, "lif", to={"fire": "<"}), "the manifest's layers[0]: fire must be"),
    (at("images", to={"count": 1}), "the manifest has images but no encoder"),
    (at("images", to=1), "the manifest's images is not an object"),
    (at("test_accuracy", to=0.9), "the manifest's test_accuracy is not an object"),
    (at("encoder", to=None), "the manifest's encoder is not an object"),
]


@pytest.mark.parametrize(("change", "expected"), FIELDS, ids=[text for _, text in FIELDS])
def test_load_refuses_a_bad_field(
    captured_file: Path, change: Callable[[Json], None], expected: str
) -> None:
    change_manifest(captured_file, change)
    assert reason(captured_file).startswith(expected)


CHAIN_FIELDS: list[tuple[Callable[[Json], None], str]] = [
    (without("encoder"), "array 'encoder/bias' belongs to nothing"),
    (without("images"), "array 'images' belongs to nothing in the manifest"),
    (at("images", "count", to=4), "array 'images' has shape (3, 2, 9, 8), not (4, 2, 9, 8)"),
    (at("images", "count", to=-1), "the manifest's images.count must be 1..1048576, not -1"),
    (at("images", "count", to=True), "the manifest's images.count must be an integer"),
    (at("images", "count", to=2**20), "array 'images' has shape"),
    (at("encoder", "input_shape", 2, to=11), "array 'images' has shape"),
    (at("encoder", "input_shape", 0, to=2), "layer 'encoder' has 2 time steps"),
    (at("encoder", "pool", to=1), "layer 'conv' takes (3, 3, 4, 4), but layer 'encoder' makes"),
    (at("encoder", "kind", to="linear"), "the manifest's encoder has no out_features"),
    (at("layers", 0, "pool", to=3), "layer 'hidden' takes (3, 20), but layer 'conv' makes"),
    (at("layers", 0, "padding", to=0), "layer 'hidden' takes (3, 20), but layer 'conv' makes"),
    (at("layers", 1, "name", to="encoder"), "array 'hidden/threshold' belongs to nothing"),
]


@pytest.mark.parametrize(("change", "expected"), CHAIN_FIELDS, ids=[t for _, t in CHAIN_FIELDS])
def test_load_refuses_a_bad_chain(
    chained_file: Path, change: Callable[[Json], None], expected: str
) -> None:
    change_manifest(chained_file, change)
    assert reason(chained_file).startswith(expected)


def test_load_refuses_more_memory_than_it_may_take(chained_file: Path) -> None:
    members = members_of(chained_file)
    manifest = json.loads(np.load(io.BytesIO(members["manifest.npy"])).item())
    manifest["encoder"]["input_shape"] = [3, 2, 1024, 1024]
    manifest["images"]["count"] = 1 << 10
    set_manifest(members, json.dumps(manifest))
    write(chained_file, members)
    assert "more than 1073741824" in reason(chained_file)


WEIGHTS = np.zeros((27, 4), np.int8)
BIAS = np.zeros(4, np.int32)

ARRAYS: list[tuple[str, bytes | None, str]] = [
    ("manifest", None, "array 'manifest' is missing"),
    ("manifest", npy(np.arange(9)), "array 'manifest' is not a string (type <i8, shape (9))"),
    ("manifest", npy(np.array(b"{}")), "array 'manifest' is not a string (type |S2, shape ())"),
    ("manifest", npy(np.array(["{}"])), "array 'manifest' is not a string (type <U2, shape (1))"),
    ("manifest", npy(np.array(["{}"]), shape=(), descr="<U9"), "array 'manifest' holds 8 bytes"),
    (
        "manifest",
        npy(np.array(2**31 - 1, "<i4"), descr="<U1"),
        "array 'manifest' is not valid text",
    ),
    (
        "manifest",
        header_of("{'descr': '<U2', 'fortran_order': False, 'shape': ()}" + " " * 1024)
        + b"{\0\0\0}\0\0\0",
        "array 'manifest' has no valid .npy header",
    ),
    ("manifest", npy(np.array({"a": 1}, object)), "array 'manifest' holds pickled objects"),
    ("conv/spikes", None, "layer 'conv' has no spikes"),
    ("conv/spikes", npy(np.zeros(14, np.uint8)), "array 'conv/spikes' has shape (14), not (15)"),
    ("conv/spikes", npy(np.zeros(16, np.uint8)), "array 'conv/spikes' has shape (16), not (15)"),
    ("conv/spikes", npy(np.zeros((15, 1), np.uint8)), "array 'conv/spikes' has shape (15, 1)"),
    ("conv/spikes", npy(np.zeros(15, bool)), "array 'conv/spikes' has type |b1, not uint8"),
    ("conv/spikes", npy(np.zeros(15, np.int8)), "array 'conv/spikes' has type |i1, not uint8"),
    ("fc_0/spikes", npy(np.full(4, 255, np.uint8)), "array 'fc_0/spikes' has ones beyond"),
    ("conv/weights", npy(WEIGHTS.T), "array 'conv/weights' has shape (4, 27), not (27, 4)"),
    ("conv/weights", npy(WEIGHTS.ravel()), "array 'conv/weights' has shape (108), not (27, 4)"),
    ("conv/weights", npy(WEIGHTS.astype(np.uint8)), "array 'conv/weights' has type |u1, not int8"),
    ("conv/weights", npy(WEIGHTS.astype(float)), "array 'conv/weights' has type <f8, not int8"),
    ("conv/bias", npy(BIAS.astype(np.int64)), "array 'conv/bias' has type <i8, not int32"),
    ("conv/bias", npy(BIAS.astype(np.uint32)), "array 'conv/bias' has type <u4, not int32"),
    ("conv/threshold", npy(BIAS[0]), "array 'conv/threshold' has shape (), not (4)"),
    ("conv/threshold", npy(BIAS[:3]), "array 'conv/threshold' has shape (3), not (4)"),
    ("conv/bias", npy(np.array([Opened()] * 4)), "array 'conv/bias' holds pickled objects"),
    ("conv/bias", pickle.dumps(Opened()), "array 'conv/bias' has no valid .npy header"),
    ("conv/bias", npy(BIAS, descr=[("a", "<i4")]), "array 'conv/bias' has a structured type"),
    ("conv/bias", npy(BIAS, descr="<i4,<i4"), "array 'conv/bias' has type <i4,<i4, not int32"),
    ("conv/bias", npy(BIAS, descr="x" * 300), "array 'conv/bias' has type xxxx"),
    ("conv/bias", npy(BIAS, descr=7), "array 'conv/bias' has no valid .npy header"),
    ("conv/bias", npy(BIAS, fortran_order=0), "array 'conv/bias' has no valid .npy header"),
    ("conv/bias", npy(BIAS, shape=[4]), "array 'conv/bias' has no valid .npy header"),
    ("conv/bias", npy(BIAS, shape=(-4,)), "array 'conv/bias' has no valid .npy header"),
    ("conv/bias", npy(BIAS, shape=(True,) * 4), "array 'conv/bias' has no valid .npy header"),
    ("conv/bias", npy(BIAS, shape=(4.0,)), "array 'conv/bias' has no valid .npy header"),
    ("conv/bias", npy(BIAS, shape=(2**62,)), "array 'conv/bias' has shape (4611686018427387904)"),
    ("conv/bias", npy(BIAS, shape=(1,) * 200), "array 'conv/bias' has shape (1, 1, 1,"),
    ("conv/bias", npy(BIAS, more=1), "array 'conv/bias' has no valid .npy header"),
    ("conv/bias", npy(BIAS[:2], shape=(4,)), "array 'conv/bias' holds 8 bytes of data, not 16"),
    ("conv/bias", npy(BIAS) + b"\0", "array 'conv/bias' holds 17 bytes of data, not 16"),
    ("conv/bias", b"", "array 'conv/bias' has no valid .npy header"),
    ("conv/bias", b"\x93NUMPY", "array 'conv/bias' has no valid .npy header"),
    ("conv/bias", npy(BIAS)[:40], "array 'conv/bias' has no valid .npy header"),
    ("conv/bias", b"\x93NUMPZ" + npy(BIAS)[6:], "array 'conv/bias' has no valid .npy header"),
    ("conv/bias", b"\x93NUMPY\x09" + npy(BIAS)[7:], "array 'conv/bias' has no valid .npy header"),
    ("conv/bias", header_of("{"), "array 'conv/bias' has no valid .npy header"),
    ("conv/bias", header_of("[]"), "array 'conv/bias' has no valid .npy header"),
    ("conv/bias", header_of("{[]: 1}"), "array 'conv/bias' has no valid .npy header"),
    ("conv/bias", header_of("(" * 900), "array 'conv/bias' has no valid .npy header"),
    ("conv/bias", header_of("-" * 900 + "1"), "array 'conv/bias' has no valid .npy header"),
    ("conv/bias", header_of("9" * 900), "array 'conv/bias' has no valid .npy header"),
    ("conv/bias", header_of("exit(3)"), "array 'conv/bias' has no valid .npy header"),
    ("conv/bias", header_of("{}", 2), "array 'conv/bias' has no valid .npy header"),
    ("conv/bias", b"\x93NUMPY\x02\x00" + b"\xff" * 4, "array 'conv/bias' has no valid .npy header"),
    ("conv/biass", npy(BIAS), "array 'conv/biass' belongs to nothing in the manifest"),
    ("con/bias", npy(BIAS), "array 'con/bias' belongs to nothing in the manifest"),
    ("images", npy(BIAS), "array 'images' belongs to nothing in the manifest"),
    ("stray", npy(BIAS), "array 'stray' belongs to nothing in the manifest"),
    ("../stray", npy(BIAS), "holds a member with an illegal name: '../stray.npy'"),
    ("/stray", npy(BIAS), "holds a member with an illegal name: '/stray.npy'"),
    ("a/b/c", npy(BIAS), "holds a member with an illegal name: 'a/b/c.npy'"),
    ("a\nb", npy(BIAS), "holds a member with an illegal name: 'a\\nb.npy'"),
]


@pytest.mark.parametrize(
    ("name", "data", "expected"), ARRAYS, ids=[f"{at}-{a[2]}" for at, a in enumerate(ARRAYS)]
)
def test_load_refuses_a_bad_array(
    captured_file: Path, name: str, data: bytes | None, expected: str
) -> None:
    members = members_of(captured_file)
    if data is None:
        del members[f"{name}.npy"]
    else:
        members[f"{name}.npy"] = data
    write(captured_file, members)
    assert reason(captured_file).startswith(expected)
    assert not Opened.calls


def test_load_refuses_duplicate_arrays(captured_file: Path) -> None:
    members = members_of(captured_file)
    with (
        zipfile.ZipFile(captured_file, "a") as archive,
        pytest.warns(UserWarning, match="Duplicate name"),
    ):
        archive.writestr("conv/bias.npy", members["conv/bias.npy"])
    assert reason(captured_file) == "holds array 'conv/bias' twice"


def test_load_refuses_two_layers_of_one_name(tmp_path: Path) -> None:
    save(captured_workload(), tmp_path / "w.npz")
    members = members_of(tmp_path / "w.npz")
    manifest = json.loads(np.load(io.BytesIO(members["manifest.npy"])).item())
    manifest["layers"].append(manifest["layers"][1])
    set_manifest(members, json.dumps(manifest))
    write(tmp_path / "w.npz", members)
    assert reason(tmp_path / "w.npz") == "two layers have the name 'fc_0'"


@pytest.mark.parametrize("name", ["manifest", "conv/spikes", "conv/weights", "fc_0/spikes"])
def test_load_does_not_inflate_a_bomb(captured_file: Path, name: str) -> None:
    members = members_of(captured_file)
    members[f"{name}.npy"] += bytes(32 << 20)
    write(captured_file, members)
    assert captured_file.stat().st_size < 100_000
    tracemalloc.start()
    text = reason(captured_file)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert text.startswith(f"array {name!r} claims 3355")
    assert peak < 4 << 20


def test_load_does_not_inflate_a_bomb_with_a_false_size(captured_file: Path) -> None:
    members = members_of(captured_file)
    honest = len(members["conv/weights.npy"])
    members["conv/weights.npy"] += bytes(32 << 20)
    write(captured_file, members)
    data = captured_file.read_bytes()
    false = data.replace(struct.pack("<I", honest + (32 << 20)), struct.pack("<I", honest))
    assert false != data
    captured_file.write_bytes(false)
    tracemalloc.start()
    text = reason(captured_file)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert text == "array 'conv/weights' is damaged or truncated"
    assert peak < 4 << 20


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_load_refuses_methods_that_inflate_without_bound(captured_file: Path, method: int) -> None:
    write(captured_file, members_of(captured_file), method)
    assert reason(captured_file) == "array 'manifest' is compressed by an unsupported method"


def test_load_refuses_encrypted_members(captured_file: Path) -> None:
    data = bytearray(captured_file.read_bytes())
    # bit 0 of the flags, in the local and in the central header of every member
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.find(magic)
        while start >= 0:
            data[start + offset] |= 1
            start = data.find(magic, start + 4)
    captured_file.write_bytes(data)
    assert reason(captured_file) == "array 'manifest' is damaged or truncated"


def test_load_refuses_a_bad_checksum(captured_file: Path) -> None:
    write(captured_file, members_of(captured_file), zipfile.ZIP_STORED)
    data = captured_file.read_bytes()
    start = data.find(b"\x93NUMPY", data.find(b"conv/weights.npy")) + 130
    captured_file.write_bytes(data[:start] + bytes([data[start] ^ 1]) + data[start + 1 :])
    assert reason(captured_file) == "array 'conv/weights' is damaged or truncated"


def test_load_refuses_too_many_members(tmp_path: Path) -> None:
    write(tmp_path / "w.npz", {f"a{index}.npy": b"" for index in range(8193)})
    assert reason(tmp_path / "w.npz") == "holds 8193 arrays, more than 8192"


def test_load_refuses_an_oversized_file(tmp_path: Path) -> None:
    with (tmp_path / "w.npz").open("wb") as file:
        file.truncate((1 << 30) + 1)
    assert reason(tmp_path / "w.npz") == "is larger than 1073741824 bytes"


def test_load_keeps_the_message_on_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        load(tmp_path / "two\nlines.npz")
    assert (
        str(error.value) == f"{tmp_path}/two lines.npz: cannot be read: No such file or directory"
    )
