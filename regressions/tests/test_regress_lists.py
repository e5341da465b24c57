"""Lists of tests: what they give, and how they are refused."""

from __future__ import annotations

import datetime
from pathlib import Path

import msgspec
import pytest

from snn_rtl.machines.spec import Spec
from snn_rtl.models.errors import InputError
from snn_rtl.regressions.builds import target
from snn_rtl.regressions.known import KnownFailure
from snn_rtl.regressions.lists import LISTS, load, named
from snn_rtl.regressions.plan import plan
from snn_rtl.regressions.testplan import load as load_plan
from snn_rtl.regressions.testplan import source_of

TODAY = datetime.date(2030, 6, 15)
HEAD = "doc: some\ndefaults: {design: prosperity}\ntests:\n"


def write(folder: Path, text: str, name: str = "mine") -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(text)
    return path


def specs(folder: Path, entries: str, seed: int = 1) -> list[Spec]:
    """Return the runs of some entries."""
    return load(write(folder, HEAD + entries), TODAY).expand(seed)


# ---- what lists give ----


@pytest.mark.parametrize("name", sorted(path.stem for path in LISTS.glob("*.yaml")))
def test_lists_of_the_project_are_good(name: str) -> None:
    runs = named(name).expand(7)
    assert len({run.id for run in runs}) == len(runs)
    simulated = [run for run in runs if run.kind != "synth"]
    assert {run.simulator for run in simulated} == {"verilator", "icarus"}


@pytest.mark.parametrize("name", sorted(path.stem for path in LISTS.glob("*.yaml")))
def test_lists_of_the_project_can_be_begun(name: str) -> None:
    begun = plan(name, 7)
    assert begun.specs == tuple(named(name).expand(7))
    assert {run.simulator for run in begun.specs} <= set(begun.tools)


def test_nightly_reaches_every_testpoint() -> None:
    names = {run.name for run in named("nightly").expand(1)}
    assert load_plan(source_of("prosperity")).tests() <= names


def test_nightly_has_many_seeds_of_random_tiles() -> None:
    runs = named("nightly").expand(1)
    assert len({run.seed for run in runs if run.name == "layers.Random"}) >= 50


def test_nights_share_no_seed() -> None:
    night = named("nightly")
    first, second = (night.base_seed(TODAY + datetime.timedelta(days=d)) for d in (0, 1))
    fixed = {run.seed for run in night.expand(0)} & {run.seed for run in night.expand(10**9)}
    seeds = [{run.seed for run in night.expand(base)} - fixed for base in (first, second)]
    assert seeds[0]
    assert not seeds[0] & seeds[1]


def test_an_entry_is_a_product(tmp_path: Path) -> None:
    runs = specs(
        tmp_path,
        "- {test: [layers.Random, layers.Shapes], config: [small, paper],"
        " backpressure: [none, heavy], reseed: 3, reason: many, wall_s: 7, cycles: 9,"
        " parameters: {queue_depth: 4}}\n",
        seed=10,
    )
    assert len(runs) == 2 * 2 * 2 * 2 * 3
    assert {run.seed for run in runs} == {10, 11, 12}
    assert {(run.limits.wall_s, run.limits.cycles) for run in runs} == {(7, 9)}
    name = "prosperity.layers.Random-small-icarus-heavy-queue_depth4.11"
    assert name in {run.id for run in runs}


def test_workloads_take_parameters(tmp_path: Path) -> None:
    runs = specs(
        tmp_path,
        "- {workload: examples/digits/digits.npz, config: [paper, small],"
        " parameters: {weight_tiles: 5}}\n",
    )
    assert len(runs) == 2 * 2
    assert "prosperity.digits-small-icarus-none-weight_tiles5-product.1" in {r.id for r in runs}
    wanted = target(runs[0])
    assert wanted is not None
    assert ".WEIGHT_TILES(5)" in wanted.design.defines["MACHINE_SIZES"]


def test_a_configuration_may_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("base: small\nqueue_depth: 4\n")
    runs = specs(
        tmp_path, "- {test: layers.Random, config: [small, own.yaml], parameters: {lif_cells: 2}}\n"
    )
    assert {run.config for run in runs} == {"small"}
    assert [r.parameters for r in runs[::2]] == [
        {"lif_cells": 2},
        {"lif_cells": 2, "queue_depth": 4},
    ]
    (tmp_path / "own.yaml").write_text("base: small\nqueue_dept: 4\n")
    with pytest.raises(InputError, match=r"own\.yaml:2: queue_dept: .*did you mean queue_depth"):
        specs(tmp_path, "- {test: layers.Random, config: own.yaml}\n")


def test_fixed_seeds_do_not_follow_the_base(tmp_path: Path) -> None:
    runs = specs(tmp_path, "- {unit: snn_fifo, seeds: [3, 5], reason: these}\n", seed=10)
    assert {run.seed for run in runs} == {3, 5}


def test_a_list_includes_another(tmp_path: Path) -> None:
    write(tmp_path, HEAD + "- {unit: snn_fifo}\n", "inner")
    path = write(tmp_path, "doc: x\ninclude: inner\ntests: [{unit: snn_popcount}]\n", "outer")
    assert {run.name for run in load(path).expand(1)} == {"unit.snn_fifo", "unit.snn_popcount"}


def test_equal_runs_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"unit\.snn_fifo-verilator\.1 is there twice.*label"):
        specs(tmp_path, "- {unit: snn_fifo}\n- {unit: [snn_fifo, snn_popcount]}\n")
    assert specs(tmp_path, "- {unit: snn_fifo}\n- {unit: snn_fifo, label: again}\n")


def test_syntheses(tmp_path: Path) -> None:
    runs = specs(tmp_path, "- {synth: [prosperity, loas], config: small}\n", seed=9)
    assert [(run.kind, run.design, run.config) for run in runs] == [
        ("synth", "prosperity", "small"),
        ("synth", "loas", "small"),
    ]
    assert {run.seed for run in runs} == {1}, "nothing in them is random"
    (more,) = specs(tmp_path, "- {synth: loas, config: small, gates: true}\n")
    assert (more.id, more.options) == ("loas.synth-small-yosys-gates.1", {"gates": 1})


def test_a_run_survives_json(tmp_path: Path) -> None:
    for run in specs(tmp_path, "- {set: coverage}\n- {unit: snn_fifo}\n"):
        assert Spec.from_json(run.to_json()) == run
    with pytest.raises(InputError, match="not a run"):
        Spec.from_json({"name": "x"})


# ---- how they are refused: file, line and key ----


@pytest.mark.parametrize(
    ("entry", "line", "message"),
    [
        ("- {test: layers.Rondom}", 4, "test: there is no layers.Rondom in tb/prosperity/tests/"),
        ("- test: layers.Random\n  desgin: x", 5, "desgin: unknown key; did you mean design?"),
        ("- {synth: gpu}", 4, "synth: unknown 'gpu'"),
        ("- {synth: loas, gates: 1}", 4, "gates: must be true or false"),
        ("- synth: loas\n  config: big", 5, "config: unknown 'big'"),
        ("- test: layers.Random\n  zzz: x", 5, "zzz: unknown key: choose from test, "),
        ("- test: layers.Random\n  design: x", 5, "design: unknown 'x': choose from prosperity"),
        ("- test: layers.Random\n  config: big", 5, "config: unknown 'big': choose from paper, "),
        ("- test: layers.Random\n  simulators: vcs", 5, "simulators: unknown 'vcs'"),
        ("- test: layers.Random\n  backpressure: max", 5, "backpressure: unknown 'max'"),
        ("- test: layers.Random\n  reseed: 3", 5, "reseed: needs a reason beside it"),
        ("- test: layers.Random\n  seeds: [1, 1]", 5, "seeds: must be a list of different num"),
        ("- test: layers.Random\n  reseed: many", 5, "reseed: must be a number, not 'many'"),
        ("- test: layers.Random\n  reseed: 1.5", 5, "reseed: must be a whole number, not 1.5"),
        ("- test: layers.Random\n  reseed: 0", 5, "reseed: must be 1 to 1000, not 0"),
        ("- test: layers.Random\n  wall_s: 0", 5, "wall_s: must be 0.1 to 86400, not 0"),
        ("- test: layers.Random\n  must_fail: (", 5, "must_fail: is no regular expression"),
        ("- test: layers.Random\n  coverage: 1", 5, "coverage: must be true or false, not 1"),
        ("- test: layers.Random\n  coverage: true", 5, "coverage: is measured by Verilator"),
        ("- test: layers.Random\n  parameters: {lanes: 3}", 5, "parameters: lif_cells=32 is not"),
        (
            "- test: layers.Random\n  parameters: {x: 3}",
            5,
            "parameters: Prosperity has no parameter",
        ),
        ("- test: layers.Random\n  parameters: {lanes: a}", 5, "parameters: must be a mapping"),
        ("- test: layers.Random\n  pauses: {spikes: max}", 5, "pauses: unknown spikes: max"),
        ("- test: layers.Random\n  pauses: {x: heavy}", 5, "pauses: unknown x: heavy"),
        ("- test: layers.Random\n  test: x.Y", 5, "test: is there twice"),
        ("- test: []", 4, r"test: must be a name or a list of names, not \[\]"),
        ("- test: [layers.Random, layers.Random]", 4, "test: names something twice"),
        ("- unit: fofi", 4, "unit: unknown 'fofi': choose from loas_column_output"),
        ("- unit: snn_fifo\n  test: layers.Random", 4, "unit: either test or unit"),
        ("- seeds: [1]", 4, "tests: needs one of test, unit, workload, synth, set"),
        ("- workload: none.npz", 4, "workload: there is no file none.npz"),
        ("- set: all", 4, "set: unknown 'all': choose from smoke, coverage"),
        ("- just", 4, "tests: must have keys and values"),
        ("- test: [", 5, "expected the node content"),
    ],
)
def test_an_entry_is_refused(tmp_path: Path, entry: str, line: int, message: str) -> None:
    with pytest.raises(InputError, match=rf"/mine\.yaml:{line}: {message}"):
        specs(tmp_path, entry + "\n")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "the file is empty"),
        ("tests: [{unit: snn_fifo}]", 1, "doc: is missing"),
        ("doc: x", 1, "tests: there are none"),
        ("doc: x\nteste: []", 2, "teste: unknown key; did you mean tests?"),
        ("doc: x\ninclude: other", 2, "include: there is no other list other"),
        ("doc: x\ninclude: mine", 2, "include: there is no other list mine"),
        ("doc: x\ntests: [{test: layers.Random}]", 2, "design: is missing"),
        ("doc: x\nseed: 5\ntests: []", 2, "seed: must be a name"),
        ("doc: x\nguard:\n  cycles: -1\ntests: [{unit: snn_fifo}]", 3, "cycles: must be 0 to 100"),
        ("doc: x\ntests: {}", 2, "tests: must be a list"),
        (
            "doc: !!python/object:os.system x\ntests: [{unit: snn_fifo}]",
            1,
            "doc: could not determine a constructor",
        ),
        ("tests: [{unit: snn_fifo}]\ndoc: 2030-13-45", 2, "doc: month must be in 1"),
        ("doc: x\ntests: &a [*a]", 2, "more than 100000 values, or 50 levels"),
    ],
)
def test_a_list_is_refused(tmp_path: Path, text: str, line: int, message: str) -> None:
    with pytest.raises(InputError, match=rf"/mine\.yaml:{line}: {message}"):
        load(write(tmp_path, text))


def test_unknown_list() -> None:
    with pytest.raises(InputError, match="no list 'x': choose from nightly, pr, smoke, weekly"):
        named("x")


# ---- known failures ----

KNOWN = HEAD + "- {unit: snn_fifo}\nknown_failures:\n- test: '*.snn_fifo-*'\n  message: got \\d+\n"


def test_a_known_failure_excuses_until_its_day(tmp_path: Path) -> None:
    path = write(tmp_path, KNOWN + f"  reason: why\n  expires: {TODAY}\n")
    (entry,) = load(path, TODAY).known
    assert entry.excuses("unit.snn_fifo-icarus.1", "x: got 12, expected 3")
    assert not entry.excuses("unit.snn_fifo-icarus.1", "another message")
    assert not entry.excuses("unit.snn_popcount-icarus.1", "x: got 12, expected 3")
    assert msgspec.json.decode(msgspec.json.encode(entry), type=KnownFailure) == entry
    with pytest.raises(InputError, match=r"mine\.yaml:9: expires: 2030-06-15 has passed"):
        load(path, TODAY + datetime.timedelta(days=1))


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        ("  reason: why\n", "6: expires: is missing"),
        ("  expires: 2030-07-01\n", "6: reason: is missing"),
        ("  reason: why\n  expires: soon\n", "9: expires: must be a date such as 2030-01-31"),
        ("  reason: ''\n  expires: 2030-07-01\n", "8: reason: must be a text"),
    ],
)
def test_a_known_failure_is_refused(tmp_path: Path, rest: str, message: str) -> None:
    with pytest.raises(InputError, match=rf"mine\.yaml:{message}"):
        load(write(tmp_path, KNOWN + rest), TODAY)


# ---- planted faults ----


def test_an_entry_with_planted_faults_is_a_run_for_each_folder(tmp_path: Path) -> None:
    found = specs(tmp_path, "- {mutate: all, mutants: 7, seeds: [3], reason: some}\n")
    assert [run.id for run in found] == [
        f"mutate.{name}-verilator.3" for name in ("common", "prosperity", "loas")
    ]
    assert all(run.kind == "mutate" and run.options == {"n": 7} for run in found)
    with pytest.raises(InputError, match="eyeriss"):
        specs(tmp_path, "- {mutate: eyeriss}\n")
    with pytest.raises(InputError, match="mutants"):
        specs(tmp_path, "- {mutate: all, mutants: 0}\n")


def test_builds_of_machines_that_differ_inside_are_told_apart() -> None:
    wanted = [
        target(Spec(kind=kind, name="n", simulator="icarus", seed=1, design=design, config=config))
        for kind in ("test", "workload")
        for design, config in (("prosperity", "paper"), ("prosperity", "turbo"), ("loas", "paper"))
    ]
    assert len({build.key for build in wanted if build is not None}) == 6
